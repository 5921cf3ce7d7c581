"""Sentences to students and staff on how a check ended, and to authors about their checks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.english import plural

AT_GRADING = "Checked at grading"
NOT_RUN = "The check did not run."
CONDITION_FAILED = "The check's condition does not hold."


def not_carried_out(reason: object) -> str:
    """For a check that ended in an error of ours."""
    return f"It was not carried out: {reason}"


def accepted(title: str) -> str:
    """Remark on a mistake that the assignment counts as right."""
    return f"Accepted as another right answer: {title}."


def leaves_credit(share: float) -> str:
    """Remark on a mistake that costs only a part of the points."""
    return f"This mistake leaves {share:.0%} of the points."


def unexplained(first_wrong: str) -> str:
    """Say that no known mistake explains an answer, and where it goes wrong, if that is known."""
    return f"No known mistake explains these values.{first_wrong and f' {first_wrong}.'}"


def incomplete_diagnosis(reason: str) -> str:
    """For staff, where comparing an answer with known mistakes failed."""
    return f"The diagnosis is not complete: {reason}"


def mistake_may_leave_points(note: str) -> str:
    """For a check that cannot decide whether a mistake leaves points."""
    return f"A known mistake may leave points. {note}"


def accepted_not_compared(mistake: str, reason: str) -> str:
    """For an accepted mistake that gave no answer to compare with."""
    return f"the answer could not be compared with {mistake}, which is accepted: {reason}"


def only_hidden_fail(failed: int) -> str:
    """For an exercise whose visible checks all pass."""
    verb = "does" if failed == 1 else "do"
    return f"The visible checks pass, but {failed} on other inputs {verb} not."


def at_grading(further: str) -> str:
    """Return the title of a hidden check that a release lacks; ``further`` says what it tries."""
    return f"{AT_GRADING}: {further}" if further else AT_GRADING


# Sentences to authors on their checks: ``check`` is a check's name.


def marked_xfail(check: str) -> str:
    """For a check that pytest would pass for failing."""
    return f"{check}: a check may not be marked xfail."


def no_points(check: str, given: object) -> str:
    """For a marker points(n) whose n is no number of points."""
    return f"{check}: points(n) takes a number from 0, not {given!r}."


def wrong_sum(exercise: str, sum_of_checks: float, points: float) -> str:
    """For an exercise whose checks do not add up to its points."""
    return f"the checks of {exercise} are worth {plural(sum_of_checks, 'point')}, the exercise {points:g}."


def no_title(check: str) -> str:
    """For a check without a title."""
    return f"{check}: needs a docstring, whose first line is the title that students read."


def wrong_folder(check: str) -> str:
    """For a check of which no folder says whether it is visible."""
    return f"{check}: checks lie in checks/visible and checks/hidden, in no other folder."


def one_argument(check: str, marker: str) -> str:
    """For a marker with no argument, or several."""
    return f"{check}: {marker}(...) takes one argument."


def not_one_of(check: str, marker: str, given: object, known: Sequence[str]) -> str:
    """For a marker that is missing or names nothing that there is."""
    missing = f"needs the marker {marker}(...)" if given is None else f"{marker}({given!r}) is not known"
    return f"{check}: {missing}; it may be {', '.join(known)}."


def unreadable_checks(where: str, reason: str) -> str:
    """For a file of checks that raises when it is imported."""
    return f"the checks in {where} could not be read: {reason}"


def pytest_failed(reason: object) -> str:
    """For an internal error of pytest."""
    return f"pytest broke down: {reason}"


def no_figure(type_name: str) -> str:
    """For a value that is given to the fixture `figure` in place of a record."""
    return f"figure(...) takes a grader.result.Figure, not an object of type {type_name}."


def figure_field(field: str, asked: str) -> str:
    """Say what a field of a figure must be; ``field`` may name a grid and its cells."""
    return f"Figure: {field} must {asked}."


A_TEXT = "be a text"
A_LIST_OF_TEXTS = "be a list of texts"
FIGURE_CELLS = "be a grader.result.FigureCells"


def grid_of(rows: int, columns: int) -> str:
    """Complete "must": the cells of a grid fill its rows and columns."""
    return f"be {rows} x {columns} cells, a list for each row"


def cells_of(what: str) -> str:
    """Complete "must": the cells of a grid hold one type."""
    return f"hold {what}, and None where there is none"


# Sentences on how pytest was called.


def not_one_assignment(count: int) -> str:
    """For a run of pytest with --submission over none or several assignments."""
    which = f"these are {count}" if count else "there is none at the paths given"
    return f"--submission needs the checks of one assignment, {which}: pytest assignments/SLUG."


def no_notebook(path: Path) -> str:
    """For a run of pytest whose --submission is a folder."""
    return f"{path} is a folder; --submission takes one notebook."


def which_notebook(file: str, slug: str) -> str:
    """For a run of pytest over checks without --submission."""
    return f"{file} holds the checks of the assignment {slug!r}; say which notebook to grade: --submission NOTEBOOK."
