"""Run visible checks on live functions, and show below the cell what they say."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.assignment import Assignment, Exercise, load_assignment
from grader.errors import GraderError, UsageError
from grader.extract import FunctionSource, parse_stub
from grader.extract.not_attempted import why_not_attempted
from grader.extract.syntax import definition_of
from grader.grade import run_pytest
from grader.intake import read_stub
from grader.notebook import messages
from grader.notebook.cell_numbers import running_shell
from grader.notebook.kept_process import kept_process
from grader.notebook.live_functions import LiveFunctions
from grader.notebook.live_model import live_model
from grader.notebook.notebook_plugin import NotebookPlugin
from grader.plugin.exercise_result import exercise_result
from grader.report import cell_report, cell_text
from grader.result import ExerciseResult, ExerciseStatus, Outcome

_OPTIONS = (
    "--capture=no",
    *(word for plugin in ("faulthandler", "logging", "unraisableexception") for word in ("-p", f"no:{plugin}")),
)
"""Output and process are the notebook's; looking for lost exceptions would take long."""


Why = Callable[[str, int], tuple[str, ...]]
"""Says, of an exercise and a number, why so many of its visible checks were left out."""


class ChecksFailed(AssertionError):  # noqa: N818 - the word that a student reads first
    """Visible checks fail, or could not be run; Jupyter shows no traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class ChecksInterrupted(KeyboardInterrupt):
    """The student interrupted the checks; Jupyter shows no traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def check_function(release: Path, name: str, function: Callable[..., Any]) -> None:
    """Run the visible checks of one exercise on a function, and show what they say.

    Raises ChecksFailed unless all that can be run pass.
    """
    names = getattr(inspect.unwrap(function), "__globals__", {})
    try:
        assignment = load_assignment(str(release))
        [result] = check_functions(assignment, {name: function}, names)
    except Exception as error:
        raise ChecksFailed(messages.not_run(error)) from error
    show(assignment, [result])
    shown = [c for c in result.checks if c.outcome is not Outcome.SKIPPED]
    passed = sum(c.outcome is Outcome.PASSED for c in shown)
    if passed < len(shown):
        raise ChecksFailed(messages.checks_failed(name, passed, len(shown)))


def check_functions(
    assignment: Assignment, functions: Mapping[str, Callable[..., Any]], names: Mapping[str, Any]
) -> list[ExerciseResult]:
    """Run the visible checks of a release on functions of this process.

    ``names`` are their globals. Raises UsageError for an assignment that is no release, another GraderError when checks
    cannot be run.
    """
    recorded = assignment.recorded
    if recorded is None:
        raise UsageError(messages.nothing_recorded(assignment.root))
    with kept_process():  # what a prelude sets for a zygote would keep this notebook from its network and GPU
        model = live_model(assignment, names, recorded.models)
    assignment = assignment.with_first(model.first)
    not_attempted = _not_attempted(assignment, functions)
    live = LiveFunctions(functions, not_attempted, assignment.limits, model)
    plugin = NotebookPlugin(assignment, recorded.answers, live, model)
    with kept_process():
        try:
            run_pytest(plugin, assignment, *_OPTIONS)
        except GraderError:
            if live.interrupted:
                raise ChecksInterrupted(messages.INTERRUPTED) from None
            raise
    plugin.leave_out_unanswered()

    def why(name: str, count: int) -> tuple[str, ...]:
        own = (messages.left_out_unaffected(name),) if name in live.unaffected else ()
        if not model.name:
            return (messages.only_properties(count), *own)
        return own or (messages.checks_left_out(count),)

    return [
        _exercise_result(e, not_attempted.get(e.name, ""), plugin, why)
        for e in assignment.exercises
        if e.name in functions
    ]


def _exercise_result(exercise: Exercise, unsolved: str, plugin: NotebookPlugin, why: Why) -> ExerciseResult:
    """Return what the checks of an exercise say, and ``why`` visible ones were left out.

    ``unsolved`` says why the function counts as not attempted, or is empty.
    """
    status = ExerciseStatus.NOT_ATTEMPTED if unsolved else None
    result = exercise_result(exercise, FunctionSource(exercise.name, status, unsolved), plugin)
    left_out = [c for c in result.visible_checks if c.outcome is Outcome.SKIPPED]
    if not left_out:
        return result
    checks = tuple(replace(c, hint="") if c in left_out else c for c in result.checks)
    return replace(result, checks=checks, remarks=why(exercise.name, len(left_out)))


def show(assignment: Assignment, results: list[ExerciseResult]) -> None:
    """Show results below the running cell; print them where there is no notebook."""
    text = cell_text(results, further=assignment.further)
    if shell := running_shell():
        page = cell_report(results, further=assignment.further)
        shell.display_pub.publish({"text/html": page, "text/plain": text})
    else:
        print(text)


def _not_attempted(assignment: Assignment, functions: Mapping[str, Callable[..., Any]]) -> dict[str, str]:
    """Return why functions count as not attempted, by the names of those that do."""
    stub = parse_stub(read_stub(assignment))
    found = {}
    for name, function in functions.items():
        try:
            [statement] = ast.parse(textwrap.dedent(inspect.getsource(function))).body
        except (OSError, TypeError, SyntaxError, ValueError):  # it was not typed into a cell
            continue
        definition = definition_of(statement, function.__name__)
        if definition and (why := why_not_attempted(definition, stub.definition(name))):
            found[name] = messages.not_attempted(name, why)
    return found
