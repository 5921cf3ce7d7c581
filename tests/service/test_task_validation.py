"""What validation found of an assignment is kept with its files, and shown."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from grader.validation import ReportSection, ValidationReport
from grader.validation.validation_report import ReportTable

from .conftest import People
from .test_task_pages import PLACE
from .test_task_regrade import run

REPORT = ValidationReport(
    "tiny",
    "0" * 64,
    (
        ReportSection("Notebooks", holds=True, verdict="exercise.ipynb earns 0 of 6."),
        ReportSection(
            "Misconceptions",
            holds=False,
            verdict="2 of 3 are caught.",
            failings=("scale_raises: it is caught, but nothing names it.",),
            tables=(
                ReportTable("what fails", ("mistake", "test_a", "share"), (("adds", True, 0.25), ("x", False, None))),
            ),
        ),
    ),
)


def validated(people: People, report: ValidationReport) -> None:
    """Keep a report with the assignment's files."""
    files = people.assignment.files
    files.validation = {**report.to_json(), "made": "2026-11-30T19:00:00+00:00"}
    files.save()


def test_a_report_is_read_as_it_was_written() -> None:
    """Also after a database has kept it."""
    assert ValidationReport.from_json(json.loads(json.dumps(REPORT.to_json()))) == REPORT


def test_the_page_shows_the_report(people: People) -> None:
    """Verdicts, failings, and tables as the command prints them."""
    validated(people, REPORT)
    page = people.client("grader").get(f"{PLACE}/validation").content.decode()

    assert "tiny: validation failed: misconceptions." in page
    assert "nothing names it" in page
    assert [mark in page for mark in ("<td>✗</td>", "<td>0.25</td>", "<li>test_a</li>")] == [True] * 3
    assert "Validate again" not in page


@pytest.mark.parametrize(
    ("report", "said"),
    [(None, "not validated yet"), (REPORT, "validation failed"), (replace(REPORT, sections=()), "validated")],
)
def test_the_assignments_page_says_whether_it_is_valid(
    people: People, report: ValidationReport | None, said: str
) -> None:
    """Before anybody trusts its grades."""
    if report:
        validated(people, report)

    assert f"{said}</span>" in people.client("grader").get(f"{PLACE}/").content.decode()


@pytest.mark.exhaustive
def test_validation_keeps_its_report(people: People) -> None:
    """As `grader assignment test` finds it."""
    task = run(people, "validation", files=people.assignment.files_id)
    people.assignment.files.refresh_from_db()
    report = ValidationReport.from_json(people.assignment.files.validation)

    assert (task.state, task.message) == ("done", report.result)
    assert report.sections[0].title == "Notebooks"
    assert task.done == task.total > 0
