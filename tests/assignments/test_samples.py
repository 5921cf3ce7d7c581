"""The samples are what their source makes, and each gets the verdict that its name says."""

from __future__ import annotations

import runpy
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from grader.assignment import load_assignment
from grader.intake import discover
from grader.result import ExerciseResult, GradingResult
from grader.worker import Examiners
from tests.first_of_each import first_of_each

ASSIGNMENT = Path(__file__).resolve().parents[2] / "assignments" / "transformer_interp"
SAMPLES = ASSIGNMENT / "samples"
EXPECTED: dict[str, Any] = tomllib.loads((SAMPLES / "EXPECTED.toml").read_text(encoding="utf-8"))
BROKEN = "broken_cut_short.ipynb"
CALL_S = 5  # seconds: endless loops need not wait longer, and memory has been filled by then


def kind(name: str) -> object:
    """Return how exercises end that are not right; every run tries a sample of each kind."""
    return sorted({exercise["status"] for exercise in EXPECTED[name].values()} - {"passed"})


GRADED = first_of_each((n for n in EXPECTED if n != BROKEN), lambda name: str(kind(name)), str)


@pytest.fixture(scope="module")
def graded(kept: None, request: pytest.FixtureRequest) -> dict[str, GradingResult]:
    """The results by file name of the samples that this session asks for, from one batch."""
    items = (item for item in request.session.items if isinstance(item, pytest.Function))
    asked = {BROKEN, *(item.callspec.params.get("name") for item in items if hasattr(item, "callspec"))}
    submissions = [s for s in discover([SAMPLES]) if s.path.name in asked]
    with Examiners(load_assignment(str(ASSIGNMENT)).with_call_limit(CALL_S), jobs=2) as examiners:
        return {result.submission.path: result for result in examiners.grade(submissions)}


def named_most(exercise: ExerciseResult) -> str | None:
    """Return the mistake that comes first in most of an exercise's failed checks."""
    first = Counter(check.diagnoses[0].id for check in exercise.checks if check.diagnoses)
    return max(first, key=first.__getitem__, default=None)


def test_the_committed_samples_are_what_the_source_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run make_samples.py when this fails."""
    monkeypatch.syspath_prepend(ASSIGNMENT)
    sources = (SAMPLES / "SAMPLES.md", ASSIGNMENT / "notebook.md")
    render = runpy.run_path(str(ASSIGNMENT / "make_samples.py"))["render"]
    made = render(*(source.read_text(encoding="utf-8") for source in sources))

    assert {path.name: path.read_text(encoding="utf-8") for path in SAMPLES.glob("*.ipynb")} == made


def test_every_sample_has_an_expected_verdict() -> None:
    """The files that would be graded, and no others, stand in EXPECTED.toml."""
    assert {submission.label for submission in discover([SAMPLES])} == set(EXPECTED)


@pytest.mark.slow
@pytest.mark.parametrize("name", GRADED)
def test_a_sample_gets_the_verdict_its_name_says(name: str, graded: dict[str, GradingResult]) -> None:
    """Status, points and named mistake of both exercises are as expected."""
    found = {
        exercise.name: {"status": exercise.status, "score": exercise.score}
        | ({"diagnosis": mistake} if (mistake := named_most(exercise)) else {})
        for exercise in graded[name].exercises
    }

    assert graded[name].status == "graded", graded[name].message
    assert found == EXPECTED[name]


@pytest.mark.slow
def test_a_broken_file_is_unreadable_and_keeps_its_row(graded: dict[str, GradingResult]) -> None:
    """A download that broke off gets no points and a sentence, and the batch goes on."""
    result = graded[BROKEN]

    assert (result.status, result.score) == ("unreadable", 0)
    assert result.message
