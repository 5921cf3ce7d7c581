"""Which of two readings is graded where a name is changed below a function."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.result import ExerciseResult, ExerciseStatus, GradingResult, SubmissionStatus

Graded = Callable[..., GradingResult]

PAIR = "def pair(number):\n    return number, number * factor\n"
SCALE = "offset = 0.0\ndef scale(numbers):\n    return np.asarray(numbers, 'float32') * factor + offset"
REMARK = "Cell 2 gives `offset` another value; your function was graded as it stood after cell 1."


def scale(result: GradingResult) -> ExerciseResult:
    return next(e for e in result.exercises if e.name == "scale")


@pytest.mark.parametrize("below", ["offset = None", "offset = 5.0"])
def test_what_worked_in_its_cell_keeps_its_points(graded: Graded, below: str) -> None:
    """A crash or a wrong value under a name changed below costs nothing.

    The page shows the code that counts.
    """
    result = graded(scale=SCALE, pair=f"{below}\n{PAIR}")

    assert (result.status, result.score) == (SubmissionStatus.GRADED, 6.0)
    assert scale(result).remarks == (REMARK,)
    assert [s.cell for s in scale(result).source] == [1]


def test_with_equal_points_the_notebook_counts_as_it_was_left(graded: Graded) -> None:
    """Of a function that is wrong in both readings, the result is the first one's."""
    result = graded(scale=SCALE.replace("* factor", "- factor"), pair=f"offset = 5.0\n{PAIR}")

    assert scale(result).status is ExerciseStatus.FAILED
    assert scale(result).remarks == ()


def test_what_passes_is_not_graded_again(graded: Graded) -> None:
    """A value below that mends the function counts."""
    result = graded(scale=SCALE.replace("offset = 0.0", "offset = 5.0"), pair=f"offset = 0.0\n{PAIR}")

    assert (result.score, scale(result).remarks) == (6.0, ())


def shifted(above: str, below: str, graded: Graded) -> ExerciseResult:
    """Grade ``scale`` with answers that are wrong where a condition holds.

    As its cell left it, it is wrong where ``above`` holds; as the notebook was left, where ``below`` does.
    """
    offset = "def offset(numbers):\n    return 5000.0 * ({})\n"
    scales = "def scale(numbers):\n    return np.asarray(numbers, 'float32') * factor + offset(numbers)"
    return scale(graded(scale=offset.format(above) + scales, pair=offset.format(below) + PAIR))


def test_hidden_checks_do_not_choose_the_reading(graded: Graded) -> None:
    """Where visible checks pass, that hidden ones pass in the other reading does not count."""
    found = shifted("False", "numbers == [4711.0]", graded)

    assert (found.score, found.remarks) == (3.0, ())


def test_all_results_come_from_the_reading_that_visible_checks_choose(graded: Graded) -> None:
    """The exercise earns less where the hidden checks fail in it."""
    found = shifted("numbers == [4711.0] or factor == 3", "numbers[0] == 5.0", graded)

    assert {c.id: c.points for c in found.checks} == {
        "test_scale[short]": 1.0,
        "test_scale[equal]": 1.0,
        "test_scale_secret": 0.0,
        "test_scale_by_three": 0.0,
    }


def test_what_runs_out_of_time_is_not_graded_again(graded: Graded, tiny: Path) -> None:
    """An endless loop costs its limits once."""
    file = tiny / "assignment.toml"
    file.write_text(file.read_text().replace("call_s = 3", "call_s = 1\nidle_s = 1"))
    loops = "def scale(numbers):\n    while offset:\n        pass\n    return np.asarray(numbers, 'float32') * factor"
    result = graded(scale=f"offset = False\n{loops}", pair=f"offset = True\n{PAIR}")

    assert (scale(result).status, scale(result).remarks) == (ExerciseStatus.TIMED_OUT, ())


def test_without_hidden_checks_the_choice_is_the_same(graded: Graded) -> None:
    """Students who check their notebook see the reading that will be graded."""
    result = graded(scale=SCALE, pair=f"offset = None\n{PAIR}", hidden=False)

    assert (scale(result).score, scale(result).remarks) == (2.0, (REMARK,))


def test_an_error_of_ours_in_the_second_reading_leaves_the_first(graded: Graded, tiny: Path) -> None:
    """Nothing is chosen by a reading in which a visible check gives no verdict."""
    checks = tiny / "checks" / "visible" / "test_checks.py"
    breaks = (
        "    if len(numbers) == 3 and not student.scale([0.0]).data.any():\n        raise OSError\n    compare.close("
    )
    checks.write_text(checks.read_text().replace("    compare.close(", breaks))
    result = graded(scale=SCALE, pair=f"offset = 5000.0\n{PAIR}")

    assert (result.status, scale(result).status) == (SubmissionStatus.GRADED, ExerciseStatus.FAILED), result.message
