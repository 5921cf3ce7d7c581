"""Pages say how a corrected grade came about, to students and to staff in their own words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from grader.corrections import FinalGrade, LatePolicy, Override, Terms, final_grade
from grader.report import batch_page, staff_page, student_page
from grader.result import GradingResult

from .conftest import HOSTILE

DUE = datetime(2026, 11, 20, tzinfo=UTC)


def corrected(
    result: GradingResult, *what: dict[str, Any], terms: Terms | None = None, **submission: Any
) -> FinalGrade:
    """Return the grade of a result that Cara corrected."""
    result = replace(result, submission=replace(result.submission, **submission))
    by_cara: dict[str, Any] = {"person": "x", "sha256": result.submission.sha256, "who": "Cara", "when": DUE}
    return final_grade(result, [Override(**by_cara | w) for w in what], terms)


LATE = Terms(DUE, LatePolicy(per_day=5.0, cutoff=timedelta(days=3)), attempts=2)
SAID: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "a day late": ({}, {"submitted": "2026-11-20T01:00:00+00:00"}, "1 day late: 1 point is taken off (5 % of 20)."),
    "too late": ({}, {"submitted": "2026-11-24T00:00:00+00:00"}, "Handed in 4 days late, which is too late to count."),
    "by nobody knows how much": ({}, {"late": True}, "it is still to be decided what that costs."),
    "an attempt too many": (
        {},
        {"attempt": 3},
        "This is attempt 3, and no more than 2 count; it is still to be decided",
    ),
    "waived": ({"late_waived": True}, {"late": True}, "waived what lateness costs."),
}


@pytest.mark.parametrize(("what", "submission", "said"), SAID.values(), ids=SAID)
def test_both_pages_say_what_the_terms_make_of_it(
    results: dict[str, Any], parse: Any, what: dict[str, Any], submission: dict[str, Any], said: str
) -> None:
    """In words; staff are not addressed as students are."""
    grade = corrected(results["full"], *([what] if what else []), terms=LATE, **submission)

    assert said in parse(student_page(grade)).text
    assert said in parse(staff_page(grade)).text
    assert "Your instructor" not in staff_page(grade)


def test_an_uncorrected_grade_says_nothing_of_it(results: dict[str, Any], parse: Any) -> None:
    """A page is as it was before there were corrections."""
    for page in (student_page, staff_page):
        assert "How this grade came about" not in parse(page(results["full"])).text
        assert "How this grade came about" in parse(page(corrected(results["full"], {"points": 1.0}))).text


def test_what_people_wrote_is_text(results: dict[str, Any], parse: Any) -> None:
    """A comment, a name or an exercise in the file is no markup and steers nothing."""
    what = [{"comment": HOSTILE, "who": HOSTILE}, {"exercise": HOSTILE, "points": 1.0}]
    grade = corrected(results["full"], *what)

    for html in (student_page(grade), staff_page(grade), batch_page([grade], problems=[HOSTILE])):
        page = parse(html)
        assert not page.all("img")
        assert len(page.all("script")) <= 1
        assert "\u202e" not in html
        assert "\x1b" not in html


def test_the_overview_has_the_final_score_beside_the_raw_one(results: dict[str, Any], parse: Any) -> None:
    """Its mean is over final scores; who is excused has none."""
    grades = [corrected(results["full"], {"points": 12.0}), corrected(results["reversed"], {"excused": True})]
    page = parse(batch_page(grades))

    assert "12 checks: 20" in page.text
    assert "excused" in page.text
    assert page.one("p", class_="summary").text == "1 of 2 submissions was graded; it has 12 of 20 points."


def test_points_set_for_a_file_that_could_not_be_read_settle_it_and_nothing_else_does(
    results: dict[str, Any], parse: Any
) -> None:
    """A waiver or a comment leaves it among what needs attention."""
    assert "Needs attention" in parse(batch_page([corrected(results["unreadable"], {"late_waived": True})])).text
    assert "Needs attention" not in parse(batch_page([corrected(results["unreadable"], {"points": 4.0})])).text


def test_the_points_of_the_checks_are_named_where_they_do_not_count(results: dict[str, Any], parse: Any) -> None:
    """A comment leaves them as they are."""
    assert "checks: 20" not in parse(batch_page([corrected(results["full"], {"comment": "Well done."})])).text
