"""``misconceptions.py``: declarations of an author, read without running anything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.assignment import Assignment, Exercise, MistakeDecision, load_assignment
from grader.diagnosis import Misconception, Misconceptions, Stage, load_misconceptions
from grader.errors import AssignmentError

TINY = Path(__file__).resolve().parents[1] / "plugin" / "tiny"

FILE = """
MISCONCEPTIONS = [
    {"id": "reversed", "exercise": "f", "title": "Reversed", "hint": "Turn " "it.", "stage": "end"},
    {"id": "bits", "exercise": "f", "title": "Bits", "hint": "Base.", "credit": 0.5},
    {"id": "other", "exercise": "g", "title": "Other", "hint": "", "accepted": True},
]
PAIRS = {"reversed": ["bits"]}
STAGES = {"f": [("begin", "the beginning", 0), ("end", "the end", None)]}
raise RuntimeError("this file must not be run to be read")
"""


EXERCISES = (Exercise("f", "F", 1.0), Exercise("g", "G", 1.0))


def written(folder: Path, text: str, **decisions: MistakeDecision) -> Assignment:
    """Return an assignment with this text, and what ``assignment.toml`` says of it."""
    (folder / "misconceptions.py").write_text(text)
    return replace(load_assignment(str(TINY)), root=folder, exercises=EXERCISES, misconceptions=decisions)


def test_misconceptions_are_read_without_running_it(tmp_path: Path) -> None:
    """What it says are literals: the examiner has no torch to run the variants with."""
    known = load_misconceptions(written(tmp_path, FILE)).of("f")

    assert known.singles == (
        Misconception("reversed", "f", "Reversed", "Turn it.", stage="end"),
        Misconception("bits", "f", "Bits", "Base.", credit=0.5),
    )
    assert known.pairs == (("reversed", "bits"),)
    assert known.stages == {"f": (Stage("begin", "the beginning", 0), Stage("end", "the end"))}


def test_the_misconceptions_of_an_exercise_hold_nothing_of_another(tmp_path: Path) -> None:
    """Neither mistakes nor pairs nor stages."""
    known = load_misconceptions(written(tmp_path, FILE)).of("g")

    assert ([m.id for m in known.singles], known.pairs, known.stages) == (["other"], (), {})


def test_an_instructor_decides_what_a_mistake_costs(tmp_path: Path) -> None:
    """``assignment.toml`` replaces credit without a change to ``misconceptions.py``."""
    decisions = {"reversed": MistakeDecision(accepted=True), "bits": MistakeDecision(credit=0.25)}
    known = load_misconceptions(written(tmp_path, FILE, **decisions))

    assert [(m.credit, m.accepted) for m in known.singles] == [(0.0, True), (0.25, False), (0.0, True)]


def test_an_assignment_may_have_no_misconceptions(tmp_path: Path) -> None:
    """Without the file there is nothing to diagnose with."""
    assert load_misconceptions(replace(load_assignment(str(TINY)), root=tmp_path)) == Misconceptions()


@pytest.mark.parametrize(
    "text",
    [
        "MISCONCEPTIONS = [f()]",
        "MISCONCEPTIONS = [{'id': 'a'}]",
        "MISCONCEPTIONS = [{'id': 'a', 'exercise': 'f', 'title': '', 'hint': '', 'credit': 1}]",
        "MISCONCEPTIONS = [{'id': 'a', 'exercise': 'f', 'title': 5, 'hint': ''}]",
        "MISCONCEPTIONS = [{'id': 'a', 'exercise': 'f', 'title': '', 'hint': '', 'accepted': 'no'}]",
        "MISCONCEPTIONS = [{'id': 'a', 'exercise': 'f', 'title': '', 'hint': '', 'acepted': True}]",
        "MISCONCEPTIONS = [",
        "OTHER = []",
    ],
)
def test_declarations_that_are_no_literals_are_refused(tmp_path: Path, text: str) -> None:
    """The author hears which file and which rule."""
    with pytest.raises(AssignmentError, match=r"misconceptions\.py: MISCONCEPTIONS must be a list of literal"):
        load_misconceptions(written(tmp_path, text))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PAIRS", 'PAIRS = {"reversed": ["nobody"]}'),
        ("PAIRS", 'PAIRS = {"reversed": ["other"]}'),
        ("PAIRS", "PAIRS = [f()]"),
        ("STAGES", 'STAGES = {"f": [("a",)]}'),
        ("STAGES", 'STAGES = {"f": [("a", "A", "first")]}'),
        ("STAGES", 'STAGES = {"f": [("a", "A", 0, 0)]}'),
        ("STAGES", 'STAGES = {"nowhere": [("a", "A", 0)]}'),
    ],
)
def test_pairs_and_stages_that_break_a_rule_are_refused(tmp_path: Path, name: str, text: str) -> None:
    """Pairs are of one exercise, stages have a title."""
    with pytest.raises(AssignmentError, match=f"{name} must be a literal dictionary"):
        load_misconceptions(written(tmp_path, f"{FILE}\n{text}"))


def test_an_override_for_an_unknown_mistake_is_refused(tmp_path: Path) -> None:
    """A misspelt id would silently change nothing."""
    with pytest.raises(AssignmentError, match=r"assignment\.toml names nobody"):
        load_misconceptions(written(tmp_path, FILE, nobody=MistakeDecision(accepted=True)))
