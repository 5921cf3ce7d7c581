"""How a grade came about, in words: what staff corrected, and what lateness cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.corrections import FinalGrade, Override, Target
from grader.english import plural
from grader.report.check_text import case
from grader.report.display_text import format_score
from grader.result import CheckResult, ExerciseResult, SubmissionStatus, Visibility

WHOLE = "the whole submission"


@dataclass(frozen=True, slots=True)
class CorrectionFact:
    """One correction for staff: what it is of, what it sets, the points before, who and when."""

    what: str
    sets: str
    before: str
    comment: str
    who: str
    when: str


def grade_sentences(grade: FinalGrade) -> list[str]:
    """Return what a student should know of the grade beside the checks, if anything.

    It says nothing of a hidden check but its title. Of several corrections of one thing the last is told.
    """
    return [*_correction_sentences(grade), *_lateness_sentences(grade, "Your instructor")]


def staff_sentences(grade: FinalGrade) -> list[str]:
    """Return the same for staff, who reads corrections as :func:`correction_facts`."""
    return [*_lateness_sentences(grade, "Staff")]


def correction_facts(grade: FinalGrade, overrides: tuple[Override, ...]) -> list[CorrectionFact]:
    """Return corrections as staff read them, in their order."""
    return [correction_fact(grade, override) for override in overrides]


def correction_fact(grade: FinalGrade | None, override: Override) -> CorrectionFact:
    """Return a correction as staff reads it; the grade, if it is known whose, tells the rest."""
    target = override.target
    before = _points_before(grade, target)[0] if grade else None
    sets = [
        f"{format_score(override.points)} points" if override.points is not None else "",
        "excused" if override.excused else "",
        "late deduction waived" if override.late_waived else "",
        f"{plural(override.days_late, 'day')} late" if override.days_late is not None else "",
        "a comment" if override.comment else "",
    ]
    return CorrectionFact(
        what=_what(grade, target, hide=False) if grade else target.check or target.exercise or WHOLE,
        sets=", ".join(filter(None, sets)),
        before=format_score(before) if before is not None and override.points is not None else "",
        comment=override.comment,
        who=override.who,
        when=f"{override.when:%Y-%m-%d %H:%M %Z}".strip(),
    )


def _correction_sentences(grade: FinalGrade) -> Iterator[str]:
    points = {o.target: o for o in grade.applied if o.points is not None}
    comments = {o.target: o for o in grade.applied if o.comment}
    for target in dict.fromkeys(o.target for o in grade.applied):
        what = _what(grade, target, hide=True)
        if (override := points.get(target)) and grade.result.status is not SubmissionStatus.EXCUSED:
            before, most = _points_before(grade, target)
            set_to = f"{format_score(override.points or 0.0)} of {format_score(most)} points"
            gave = "" if before is None else f"; the checks gave {format_score(before)}"
            yield f"Your instructor set the points of {what}: {set_to}{gave}."
        if override := comments.get(target):
            yield f"Your instructor on {what}: {override.comment}"


def _lateness_sentences(grade: FinalGrade, by: str) -> Iterator[str]:
    if cost := grade.deduction:
        late = f"Handed in {plural(cost.days, 'day')} late"
        if cost.cut_off:
            yield f"{late}, which is too late to count."
        else:
            points = plural(float(format_score(cost.points)), "point")
            share = f"{format_score(cost.per_cent)} % of {format_score(cost.of)}"
            yield f"{late}: {points} {'is' if points == '1 point' else 'are'} taken off ({share})."
    elif grade.days_wanted:
        yield "Handed in late; it is still to be decided what that costs."
    elif grade.beyond_attempts:
        yield f"This is {grade.why_none}; it is still to be decided whether it does."
    if any(o.late_waived for o in grade.applied):
        yield f"{by} waived what lateness costs."


def _what(grade: FinalGrade, target: Target, *, hide: bool) -> str:
    exercise, check = _located(grade, target)
    name = (exercise.title or exercise.name) if exercise else target.exercise
    if not target.check:
        return name or WHOLE
    if check is None:
        return f"{target.check} ({name})" if name else target.check
    hidden = hide and check.visibility is Visibility.HIDDEN
    which = f" ({case(check)})" if case(check) and not hidden else ""
    return f"“{check.title}”{which} in {name}"


def _points_before(grade: FinalGrade, target: Target) -> tuple[float | None, float]:
    """Return the points that the checks gave, None where none were given, and the most."""
    exercise, check = _located(grade, target)
    if check:
        return check.points, check.max_points
    if exercise:
        return exercise.score, exercise.max_score
    return (grade.raw.score if grade.raw.has_score and target == Target() else None), grade.raw.max_score


def _located(grade: FinalGrade, target: Target) -> tuple[ExerciseResult | None, CheckResult | None]:
    for exercise in grade.raw.exercises:
        if target.exercise in ("", exercise.name):
            for check in exercise.checks:
                if check.id == target.check:
                    return exercise, check
            if target.exercise and not target.check:
                return exercise, None
    return None, None
