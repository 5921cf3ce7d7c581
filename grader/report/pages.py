"""The three pages, as strings of self-contained HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.corrections import FinalGrade, final_grade
from grader.report import messages, status_texts
from grader.report.batch_statistics import PLOT_HEIGHT, PLOT_WIDTH, sum_up
from grader.report.grade_sentences import correction_facts, grade_sentences, staff_sentences
from grader.report.presentation import without_our_faults
from grader.report.record import provenance_facts, submission_facts
from grader.report.result_view import exercise_views, start_with
from grader.report.staff_site import FOLDER, StaffSite
from grader.report.template_environment import fill_template
from grader.result import GradingResult, redact

MOST_FILES = 20


def student_page(
    result: GradingResult | FinalGrade, *, assignment_title: str = "", contents: Sequence[tuple[str, str]] = ()
) -> str:
    """Return the student's page: what :func:`grader.result.redact` leaves of the result.

    Of a grade it is made of what staff corrected and of what lateness cost, and says so. ``contents`` are the links at
    its head: addresses and texts.
    """
    grade = _grade(result)
    shown = without_our_faults(redact(grade.result))
    return _submission_page(grade, shown, assignment_title, staff=False, contents=contents)


def staff_page(
    result: GradingResult | FinalGrade,
    *,
    assignment_title: str = "",
    contents: Sequence[tuple[str, str]] = ((f"../{FOLDER.overview}", "Overview"),),
) -> str:
    """Return the staff's page: all checks in full, with ids, durations and provenance.

    Of a grade it also says who corrected what, and when. ``contents`` are the links at its head: addresses and texts.
    """
    grade = _grade(result)
    return _submission_page(grade, grade.result, assignment_title, staff=True, contents=contents)


_NEIGHBOURS = re.compile(r"(<!--neighbours-->).*?(<!--/neighbours-->)", re.DOTALL)


def with_neighbours(page: str, before: GradingResult | None, after: GradingResult | None) -> str:
    """Return a page of :func:`staff_page` with links to those before and after it."""
    links = fill_template("_neighbours.html", before=before, after=after).strip()
    return _NEIGHBOURS.sub(lambda found: f"{found[1]}{links}{found[2]}", page, count=1)


def batch_page(
    results: Sequence[GradingResult | FinalGrade],
    *,
    assignment_title: str = "",
    missing: int = 0,
    intake: str = "",
    problems: Sequence[str] = (),
    site: StaffSite = FOLDER,
) -> str:
    """Return the staff's page of a batch.

    It links to the pages of submissions as ``site`` says. ``missing`` is how many submissions are still to be
    graded; the page says so. ``intake`` lists what was not graded: titles, and below each its files, indented.
    ``problems`` are sentences on corrections that are of nobody.
    """
    grades = [_grade(r) for r in results]
    return fill_template(
        "batch.html",
        title=assignment_title or next((g.raw.assignment for g in grades), "Results"),
        grades=grades,
        missing=missing,
        remarks=[*problems, *_intake_sentences(intake)],
        batch=sum_up(grades, site),
        site=site,
        plot=(PLOT_WIDTH, PLOT_HEIGHT),
    )


def _intake_sentences(intake: str) -> list[str]:
    """Return a sentence for each title of a list of files, with the first of them."""
    found: dict[str, list[str]] = {}
    for line in intake.splitlines():
        if not line.startswith(" "):
            found[line.rstrip(":")] = []
        elif found:
            next(reversed(found.values())).append(line.strip())
    return [
        f"{title}: {', '.join(files[:MOST_FILES])}"
        + (messages.more_in_intake(len(files) - MOST_FILES) if len(files) > MOST_FILES else "")
        for title, files in found.items()
    ]


def _grade(result: GradingResult | FinalGrade) -> FinalGrade:
    return result if isinstance(result, FinalGrade) else final_grade(result)


def _submission_page(
    grade: FinalGrade,
    result: GradingResult,
    assignment_title: str,
    *,
    staff: bool,
    contents: Sequence[tuple[str, str]] = (),
) -> str:
    views = exercise_views(result)
    return fill_template(
        "submission.html",
        title=assignment_title or result.assignment,
        result=result,
        grade=grade,
        came_about=staff_sentences(grade) if staff else grade_sentences(grade),
        corrections=correction_facts(grade, grade.applied) if staff else [],
        offered=correction_facts(grade, grade.offered) if staff else [],
        staff=staff,
        contents=contents,
        views=views,
        headline=messages.score_headline(result),
        most=sum(view.most for view in views) if views else result.max_score,
        summary=messages.summary(result, start_with(views), staff=staff),
        submission=status_texts.SUBMISSIONS[result.status],
        record=submission_facts(result.submission),
        provenance=provenance_facts(result.provenance),
    )
