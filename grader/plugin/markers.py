"""Read a check's pytest markers, and refuse those that do not fit the assignment."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from grader.assignment import Assignment
from grader.errors import AssignmentError
from grader.plugin import messages
from grader.result import Visibility


@dataclass(frozen=True, slots=True)
class CheckMarkers:
    """One check as its author declared it.

    ``id`` is its name below its file, ``title`` its docstring's first line. ``visibility`` is the name of
    the folder that it lies in. ``draws`` is whether its inputs are drawn anew for each submission.
    """

    id: str
    title: str
    exercise: str
    points: float
    visibility: Visibility
    hint: str
    model: str
    draws: bool

    @property
    def hidden(self) -> bool:
        """Whether the student must not see what goes into this check and what comes out."""
        return self.visibility is Visibility.HIDDEN


def read_markers(item: pytest.Item, assignment: Assignment) -> CheckMarkers:
    """Read a check's markers; raises AssignmentError for one that does not fit the assignment."""
    if item.get_closest_marker("xfail"):
        raise AssignmentError(item.path, messages.marked_xfail(item.name))
    exercise = _one_of(item, "exercise", assignment.names, None)
    points = _marker_argument(item, "points", 0.0)
    if not isinstance(points, int | float) or points < 0:
        raise AssignmentError(item.path, messages.no_points(item.name, points))
    return CheckMarkers(
        id=item.nodeid.partition("::")[2],
        title=_first_line(item) or item.name,
        exercise=exercise,
        points=float(points),
        visibility=_visibility(item, assignment),
        hint=str(_marker_argument(item, "hint", "")),
        model=_one_of(item, "model", assignment.models, assignment.models[0]),
        draws="rng" in getattr(item, "fixturenames", ()),
    )


def markers_at_grading(visible: Sequence[CheckMarkers], assignment: Assignment) -> list[CheckMarkers]:
    """Return what stands for the hidden checks that a release lacks: number and points."""
    numbers = assignment.recorded.hidden if assignment.recorded else {}
    title = messages.at_grading(assignment.further)
    return [
        CheckMarkers(
            id=f"at grading {number}",
            title=title,
            exercise=exercise.name,
            points=(exercise.points - sum(m.points for m in visible if m.exercise == exercise.name)) / count,
            visibility=Visibility.HIDDEN,
            hint="",
            model=assignment.models[0],
            draws=False,
        )
        for exercise in assignment.exercises
        if (count := numbers.get(exercise.name, 0))
        for number in range(1, count + 1)
    ]


def refuse_wrong_sums(markers: Iterable[CheckMarkers], assignment: Assignment) -> None:
    """Raise AssignmentError unless the points of each exercise's checks add up to its points."""
    sums = dict.fromkeys(assignment.names, 0.0)
    for mark in markers:
        sums[mark.exercise] += mark.points
    for exercise in assignment.exercises:
        if abs(sums[exercise.name] - exercise.points) > 1e-6:
            rule = messages.wrong_sum(exercise.name, sums[exercise.name], exercise.points)
            raise AssignmentError(assignment.root, rule)


def refuse_untitled(items: Iterable[pytest.Item]) -> None:
    """Raise AssignmentError for a check without a docstring, whose first line students read."""
    for item in items:
        if not _first_line(item):
            raise AssignmentError(item.path, messages.no_title(item.name))


def _visibility(item: pytest.Item, assignment: Assignment) -> Visibility:
    for visibility in Visibility:
        if item.path.parent == assignment.checks(visibility):
            return visibility
    raise AssignmentError(item.path, messages.wrong_folder(item.name))


def _marker_argument(item: pytest.Item, name: str, default: Any) -> Any:
    marker = item.get_closest_marker(name)
    if marker is None:
        return default
    if len(marker.args) != 1 or marker.kwargs:
        raise AssignmentError(item.path, messages.one_argument(item.name, name))
    return marker.args[0]


def _one_of(item: pytest.Item, name: str, known: tuple[str, ...], default: str | None) -> str:
    value = _marker_argument(item, name, default)
    if value not in known:
        raise AssignmentError(item.path, messages.not_one_of(item.name, name, value, known))
    return str(value)


def _first_line(item: pytest.Item) -> str:
    return (inspect.getdoc(getattr(item, "function", None)) or "").partition("\n")[0]
