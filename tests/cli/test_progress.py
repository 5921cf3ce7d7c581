"""The progress of a batch on a terminal, whatever students are called."""

from __future__ import annotations

import pytest

from grader.cli.progress import batch_progress
from grader.result import GradingResult, SubmissionStatus
from grader.submission import SubmissionRecord


def test_a_name_that_looks_like_markup_is_shown_as_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The bar shows a student's name letter for letter, and brackets in it end nothing."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    result = GradingResult(
        SubmissionRecord("jo", "[/b] [red]Jo", "jo.ipynb", ""), "tiny", SubmissionStatus.GRADED, score=1, max_score=2
    )

    with batch_progress(1) as report:
        report(result, 1, 1)

    assert "[/b] [red]Jo" in capsys.readouterr().err


def test_a_name_with_line_ends_stays_in_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A CI service takes a line that begins with two colons for a command."""
    submission = SubmissionRecord("jo", "Jo\n::error::all", "jo.ipynb", "")
    result = GradingResult(submission, "tiny", SubmissionStatus.GRADED, score=1, max_score=2)

    with batch_progress(1) as report:
        report(result, 1, 1)

    assert "Jo⟨U+000A⟩::error::all" in capsys.readouterr().err
