"""Whatever its input made the code fail, a hidden check tells students if it passed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader.report import student_page
from grader.result import GradingResult, redact

Graded = Callable[..., GradingResult]

SCALE = """
import os, sys, time
def scale(numbers):
    x = np.asarray(numbers, 'float32')
    if factor == 2 and numbers in ([1.0, 2.0], [5.0] * 3):
        {visible}
    {hidden}
"""
RIGHT, MISTAKE = "return x * factor", "return x + factor"
WAYS = {
    "a wrong value": "return x ** 2",
    "a known mistake": MISTAKE,
    "two known mistakes": "return -(x + factor)",
    "another known mistake": "return -x * factor",
    "nothing": "return None",
    "another shape": "return x[None]",
    "another type": "return {'numbers': numbers}",
    "no number": "return x * np.nan",
    "too large a value": "return np.zeros((1 << 26, 4))",
    "an unreadable value": "return [[0] * 1000] * 1000",
    "an exception": "raise ValueError(numbers)",
    "an exception of no attempt": "raise NotImplementedError(numbers)",
    "an assertion": "assert not numbers, numbers",
    "a name that is not there": "return missing(numbers)",
    "the end of the process": "os._exit(0)",
    "an exit": "sys.exit(int(numbers[0]))",
    "an interrupt": "raise KeyboardInterrupt(numbers)",
    "recursion": "return scale([*numbers, 0.0])",
    "too much memory": "return bytearray(1 << 40)",
    "an endless loop": "while True: pass",
    "a long sleep": "time.sleep(3600)",
    "endless printing": "while True: print('x' * 10000)",
}
SOME = (
    "a known mistake",
    "another shape",
    "an unreadable value",
    "an exception",
    "the end of the process",
    "an endless loop",
)
"""One that ends in each way; the rest are for ``make test-all``."""


@pytest.fixture
def impatient(tiny: Path) -> Path:
    """The assignment with a short deadline and a mistake that leaves points."""
    file = tiny / "assignment.toml"
    text = file.read_text().replace("call_s = 3", "call_s = 1\nidle_s = 1")
    file.write_text(f"{text}\n[misconceptions.scale_adds]\ncredit = 0.5\n")
    return tiny


def seen(result: GradingResult) -> str:
    """Return all that a student is given of a result but for their own code."""
    blind = replace(result, exercises=tuple(replace(e, source=()) for e in result.exercises))
    return json.dumps(redact(blind).to_json()) + student_page(blind)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("visible", [pytest.param(RIGHT, marks=pytest.mark.exhaustive), MISTAKE])
@pytest.mark.parametrize("ways", [SOME, pytest.param(tuple(WAYS), marks=pytest.mark.exhaustive)], ids=["some", "all"])
def test_how_a_hidden_check_fails_is_for_staff(graded: Graded, visible: str, ways: tuple[str, ...]) -> None:
    """Whatever code does on hidden inputs, and visible checks show, students read the same."""
    told: dict[str, list[str]] = defaultdict(list)
    for way in ways:
        result = graded(scale=SCALE.format(visible=visible, hidden=WAYS[way]))
        assert result.status == "graded", (way, result.message)
        told[seen(result)].append(way)

    assert len(told) == 1, list(told.values())


@pytest.mark.usefixtures("impatient")
def test_a_mistake_leaves_points_in_visible_checks_alone(graded: Graded) -> None:
    """On a hidden input, it could be chosen so that the points say something about that input."""
    result = graded(scale=SCALE.format(visible=MISTAKE, hidden=MISTAKE))

    earned = {c.id: c.points for e in result.exercises for c in e.checks if e.name == "scale"}
    assert earned == {
        "test_scale[short]": 0.5,
        "test_scale[equal]": 0.5,
        "test_scale_secret": 0.0,
        "test_scale_by_three": 0.0,
    }
