"""Results survive their JSON form, and students' views lack what is hidden."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from grader.errors import Frame
from grader.person import Person
from grader.provenance import Provenance
from grader.result import (
    CheckResult,
    Diagnosis,
    ExerciseResult,
    ExerciseStatus,
    Figure,
    FigureCells,
    GradingResult,
    Mismatch,
    Outcome,
    SourceSpan,
    SubmissionStatus,
    Visibility,
    redact,
)
from grader.submission import SubmissionRecord

SECRET = "hidden-prompt-4711"  # noqa: S105 - what must not get out


def check(visibility: Visibility) -> CheckResult:
    """Return a failed check that carries the secret wherever text can stand."""
    return CheckResult(
        id=f"test_kl[{SECRET}]",
        title="KL",
        outcome=Outcome.FAILED,
        points=0.0,
        max_points=1.0,
        visibility=visibility,
        message=SECRET,
        note=SECRET,
        hint="Look at the direction.",
        mismatch=Mismatch("kl", SECRET, SECRET, SECRET, SECRET),
        diagnoses=(Diagnosis("kl_reversed", "Reversed", "Swap them.", 0.9), Diagnosis("other", SECRET, SECRET, 0.1)),
        traceback=(Frame(1, 1, "f", SECRET),),
        figure=Figure("grid", SECRET, [SECRET], ["a"], FigureCells([[SECRET]]), FigureCells([[SECRET]])),
        duration_s=0.5 if visibility is Visibility.HIDDEN else 0.0,
    )


def redacted(result: GradingResult) -> tuple[CheckResult, ...]:
    """Return the checks as a student sees them."""
    return redact(result).exercises[0].checks


def result(*visibilities: Visibility) -> GradingResult:
    """Return a whole result with such checks."""
    exercise = ExerciseResult(
        "f",
        ExerciseStatus.PARTIAL,
        1.0,
        2.0,
        "F",
        "",
        ("twice",),
        (SourceSpan(3, 1, 2, "def f(): ..."),),
        tuple(check(v) for v in visibilities),
    )
    return GradingResult(
        SubmissionRecord("a", "a", "a.ipynb", "0"),
        "x",
        SubmissionStatus.GRADED,
        1.0,
        2.0,
        (exercise,),
        duration_s=0.5,
    )


def test_a_result_survives_its_json_form() -> None:
    """What is written to results.jsonl is read back as the same records."""
    before = result(Visibility.VISIBLE)

    assert GradingResult.from_json(json.loads(json.dumps(before.to_json()))) == before


def test_another_schema_is_refused() -> None:
    """A file of another version is not read as if it were this one."""
    with pytest.raises(ValueError, match="schema 1"):
        GradingResult.from_json(result(Visibility.VISIBLE).to_json() | {"schema": 2})


def test_a_hidden_check_gives_nothing_away() -> None:
    """A student's view has no inputs, differences, exceptions or figures of a hidden check.

    It has no ids of parameters either.
    """
    assert SECRET not in json.dumps(redact(result(Visibility.HIDDEN)).to_json())


def test_a_hidden_check_keeps_what_helps() -> None:
    """Title, verdict, points and hint stay; the mistake does not, even if named visibly."""
    kept = redacted(result(Visibility.HIDDEN, Visibility.VISIBLE))[0]

    assert (kept.title, kept.outcome, kept.max_points, kept.hint) == (
        "KL",
        Outcome.FAILED,
        1.0,
        "Look at the direction.",
    )
    assert kept.diagnoses == ()


def test_the_seed_is_not_shown() -> None:
    """The seed is not shown, since who knows the checks could draw hidden inputs from it."""
    before = replace(result(Visibility.VISIBLE), provenance=Provenance(grader="1", seed=4711, seed_source="given"))

    assert redact(before).provenance == Provenance(grader="1")


def test_a_visible_check_is_shown_whole() -> None:
    """Nothing is taken from what the student may see but how long it took."""
    before = result(Visibility.VISIBLE)

    assert redact(before) == replace(before, duration_s=0.0)


def test_an_error_of_ours_is_not_told_to_students() -> None:
    """An error's words are not told: they may hold a hidden id, a path or a traceback.

    What did run is not told yet.
    """
    before = replace(result(Visibility.VISIBLE, Visibility.HIDDEN), status=SubmissionStatus.ERROR, message=SECRET)

    after = redact(before)

    assert (after.message, after.score, after.exercises) == ("", 0.0, ())


def test_how_long_anything_took_is_not_told_to_students() -> None:
    """The time of a hidden check says something about its input."""
    before = result(Visibility.HIDDEN, Visibility.VISIBLE)

    assert before.duration_s
    assert '"duration_s": 0.5' not in json.dumps(redact(before).to_json())


def test_a_student_sees_of_the_upload_what_is_the_students() -> None:
    """How it was told from others, by names of folders and rosters, is for staff."""
    before = result(Visibility.VISIBLE)
    more = replace(before.submission, claims=(Person(name=SECRET),), person=SECRET, instead_of=SECRET)

    assert redact(replace(before, submission=more)).submission == before.submission
