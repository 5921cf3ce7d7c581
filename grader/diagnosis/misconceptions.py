"""Read ``misconceptions.py``: the mistakes that an author knows students make."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.assignment import Assignment, MistakeDecision
from grader.diagnosis import messages
from grader.errors import AssignmentError
from grader.typed_json import record

FILE = "misconceptions.py"


@dataclass(frozen=True, slots=True)
class Misconception:
    """A wrong variant of an exercise's function, computed by the function named ``id``.

    ``credit`` is the share of a check's points that this mistake leaves; ``accepted`` makes the variant another right
    answer; ``stage`` is the id of the step of the computation at which it goes wrong.
    """

    id: str
    exercise: str
    title: str
    hint: str
    credit: float = 0.0
    accepted: bool = False
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of an exercise's computation; ``part`` is the returned part that shows it."""

    id: str
    title: str
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Misconceptions:
    """The known mistakes of an assignment, or of one exercise (:meth:`of`).

    ``pairs`` are ids of mistakes that may meet in one answer; ``stages`` the steps of each exercise's computation.
    """

    singles: tuple[Misconception, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    stages: Mapping[str, tuple[Stage, ...]] = field(default_factory=dict)

    def of(self, exercise: str) -> Misconceptions:
        """Return what concerns one exercise."""
        mine = tuple(m for m in self.singles if m.exercise == exercise)
        ids = {m.id for m in mine}
        stages = {exercise: self.stages[exercise]} if exercise in self.stages else {}
        return Misconceptions(mine, tuple(p for p in self.pairs if p[0] in ids), stages)

    def get(self, id: str) -> Misconception | None:
        """Return a misconception by its id."""
        return next((m for m in self.singles if m.id == id), None)


def load_misconceptions(assignment: Assignment) -> Misconceptions:
    """Read an assignment's ``misconceptions.py`` without running it; empty without a file.

    What ``[misconceptions.ID]`` in ``assignment.toml`` says of credit replaces what ``misconceptions.py`` says. Raises
    AssignmentError when one of the two breaks a rule.
    """
    path = assignment.root / FILE
    found = _literals(path) if path.is_file() else {}
    with _following(path, "MISCONCEPTIONS"):
        misconceptions = tuple(_read_misconceptions(found.get("MISCONCEPTIONS", ()), assignment))
    with _following(path, "PAIRS"):
        pairs = tuple(_read_pairs(found.get("PAIRS", {}), {m.id: m.exercise for m in misconceptions}))
    with _following(path, "STAGES"):
        stages = dict(_read_stages(found.get("STAGES", {}), assignment))
    return Misconceptions(misconceptions, pairs, stages)


@contextlib.contextmanager
def _following(path: Path, name: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, AttributeError, KeyError, SyntaxError) as error:
        raise AssignmentError(path, messages.must_be(name, error)) from error


def _literals(path: Path) -> dict[str, Any]:
    found = {}
    with _following(path, "MISCONCEPTIONS"):
        statements = ast.parse(path.read_text(encoding="utf-8")).body
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in messages.RULES:
                with _following(path, name):
                    found[name] = ast.literal_eval(value)
    if "MISCONCEPTIONS" not in found:
        raise AssignmentError(path, messages.must_be("MISCONCEPTIONS", messages.IS_MISSING))
    return found


def _read_misconceptions(data: Any, assignment: Assignment) -> Iterator[Misconception]:
    changes, seen = assignment.misconceptions, set[str]()
    left = set(changes)
    for entry in data:
        found = record(Misconception, entry | changes.get(entry["id"], MistakeDecision()).to_json(), str(entry["id"]))
        left.discard(found.id)
        if found.exercise not in assignment.names:
            raise ValueError(messages.no_exercise_of(found.id, found.exercise))
        if found.id in seen:
            raise ValueError(messages.two_of_one_id(found.id))
        seen.add(found.id)
        if not 0 <= found.credit < 1:
            raise ValueError(messages.wrong_credit(found.id))
        yield found
    if left:
        raise ValueError(messages.not_among_them(left))


def _read_stages(data: Any, assignment: Assignment) -> Iterator[tuple[str, tuple[Stage, ...]]]:
    for exercise, steps in data.items():
        if exercise not in assignment.names:
            raise ValueError(messages.no_exercise(exercise))
        fields = [f.name for f in dataclasses.fields(Stage)]
        if any(len(step) > len(fields) for step in steps):
            raise ValueError(messages.too_long_stage(exercise))
        yield exercise, tuple(record(Stage, dict(zip(fields, step, strict=False)), exercise) for step in steps)


def _read_pairs(data: Any, exercises: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for first, seconds in data.items():
        for second in seconds:
            if first not in exercises or exercises[first] != exercises.get(second):
                raise ValueError(messages.no_pair(first, second))
            yield first, second
