"""Sentences to a student inside the notebook."""

from __future__ import annotations

from pathlib import Path

from grader.english import plural
from grader.errors import GraderError

INTERRUPTED = "You stopped the checks."
NOT_RECORDED = "no answers are recorded for the model of this notebook."
PRELUDE_NO_PYTHON = "is not a Python file."
USAGE = "%grader check [SLUG]: run the visible checks on your functions. %grader trust [SLUG]: let them run."


def not_run(error: Exception) -> str:
    """Say why checks could not be run."""
    return str(error) if isinstance(error, GraderError) else f"The checks broke down: {type(error).__name__}: {error}"


def not_attempted(name: str, reason: str) -> str:
    """Say that a function is still as it was given."""
    return f"`{name}` has not been attempted: {reason} Fill in the steps, then run this cell again."


def only_properties(count: int) -> str:
    """Say that a model has no recorded answers, so that visible checks were left out."""
    return (
        "There are no recorded answers for your notebook's model, so only properties of your answers were checked, not "
        f"their numbers: {plural(count, 'visible check')} {'was' if count == 1 else 'were'} left out. `grader check` "
        "runs all of them, on a model of its own."
    )


def checks_left_out(count: int) -> str:
    """Say that visible checks were left out because they need another model."""
    return (
        f"{plural(count, 'visible check')} {'was' if count == 1 else 'were'} left out, because "
        f"{'it needs' if count == 1 else 'they need'} another model than your notebook's. `grader check` runs all of "
        "them."
    )


def unaffected(name: str) -> str:
    """Say that a function answers the same with other weights."""
    return f"`{name}` answers the same when the weights of your notebook's model are changed."


def left_out_unaffected(name: str) -> str:
    """Say that checks were left out because a function does not use the notebook's model."""
    return (
        f"{unaffected(name)} Does it use a model of its own, or answers that it has kept? The checks that change them "
        "were left out; `grader check` runs all of them."
    )


def not_that_model(model: str) -> str:
    """Say that a notebook's model cannot be turned into another one."""
    return f"the notebook's model cannot be turned into {model!r}."


def checks_failed(name: str, passed: int, number: int) -> str:
    """Count the visible checks of a function that pass."""
    return f"{name}: {passed} of {plural(number, 'visible check')} {'passes' if number == 1 else 'pass'}."


def no_release(folder: str) -> str:
    """Say that no checks lie beside the notebook."""
    return f"There are no checks in {folder}: keep the folder that came with the notebook beside it."


def nothing_recorded(folder: Path) -> str:
    """Say that checks are not those of a release."""
    return f"{folder} is no release: it has no recorded answers."


def several_releases(names: str) -> str:
    """Say that several assignments lie beside the notebook."""
    return f"Several assignments lie beside this notebook ({names}); name one: %grader check SLUG."


def not_trusted(folder: str) -> str:
    """Say that checks were not run because nobody said that they are trusted."""
    return (
        f"The checks in {folder} are programs that run on this computer. If they come from your course, run "
        "`%grader trust` once, then `%grader check` again."
    )


def trusted_from_now(folder: Path) -> str:
    """Say that checks may run from now on."""
    return f"The checks in {folder} are trusted from now on."


def not_defined(names: str) -> str:
    """Say which exercises' functions are not defined yet."""
    return f"Not defined yet: {names}. Run the cells that define what is to be checked."
