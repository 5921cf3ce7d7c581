"""Grade one submission: prepare it, run the checks, add up its points."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

import grader.plugin
from grader import messages
from grader.assignment import Assignment
from grader.errors import AssignmentError, GraderError, UnreadableError, UsageError
from grader.extract import Extraction, Stub
from grader.kernel.exclusive_run import no_beat
from grader.plugin.exercise_result import exercise_result, fails_in_sight
from grader.plugin.grading_plugin import GradingPlugin
from grader.plugin.source_only import source_only
from grader.prepare import choose_seed, prepare
from grader.provenance import Provenance
from grader.result import (
    ExerciseResult,
    GradingResult,
    Outcome,
    SubmissionStatus,
    Visibility,
)
from grader.sanitize import visible
from grader.secret import Secret
from grader.submission import Submission
from grader.zygote_info import ZygoteInfo

log = logging.getLogger(__name__)


def grade_one(
    submission: Submission,
    assignment: Assignment,
    *,
    address: str | None = None,
    hidden: bool = True,
    seed: int | None = None,
    secret: Secret | None = None,
    stub: Stub | None = None,
    beat: Callable[[], None] = no_beat,
) -> GradingResult:
    """Grade one submission, in a process that has graded no other.

    The reason is that pytest keeps the check modules it imported. An exercise that fails visible checks is graded in
    its second reading too, if there is one, which counts if it earns more in visible checks. ``address`` is that of a
    zygote that runs (without one a zygote is started). Without ``hidden``, hidden checks are skipped. Inputs that
    checks draw depend on ``seed``, or on what :func:`choose_seed` makes of the ``secret``. ``stub`` is what students
    were given, where it is parsed already. ``beat`` is called again and again while kernels work. Raises UsageError for
    a secret that is damaged, and nothing else: what is wrong with the submission, or with us, is in the result's status
    and message.
    """
    start = time.monotonic()
    chosen = choose_seed(submission, given=seed, secret=secret)
    begun = Provenance.begun(assignment.digest, assignment.limits.call_s)
    blank = GradingResult(
        submission=submission.record(),
        assignment=assignment.slug,
        status=SubmissionStatus.GRADED,
        score=0.0,
        max_score=assignment.max_score,
        provenance=replace(begun, seed=chosen.number, seed_source=chosen.source),
    )
    try:
        prepared = prepare(submission, assignment, chosen, stub=stub, beat=beat)
        plugin_for = partial(
            GradingPlugin, assignment, files=submission.files,
            seed=chosen.number, address=address, hidden=hidden, complete=True, beat=beat,
        )  # fmt: skip
        remarks = visible(" ".join(filter(None, (submission.withheld, *prepared.extraction.remarks))))
        result = _grade_extraction(replace(blank, message=remarks), assignment, prepared.extraction, plugin_for)
    except UnreadableError as error:
        result = replace(blank, status=SubmissionStatus.UNREADABLE, message=visible(str(error)))
    except Exception as error:
        if not isinstance(error, GraderError):  # a bug: staff wants to know where
            log.exception("%s could not be graded", submission.label)
        result = replace(blank, status=SubmissionStatus.ERROR, message=visible(f"{error}" or type(error).__name__))
    return replace(result, duration_s=round(time.monotonic() - start, 3))


def _grade_extraction(
    blank: GradingResult, assignment: Assignment, extraction: Extraction, plugin_for: Callable[..., GradingPlugin]
) -> GradingResult:
    plugin = plugin_for(extraction)
    info = run_checks(plugin, assignment)
    exercises = {e.name: exercise_result(e, extraction.functions[e.name], plugin) for e in assignment.exercises}
    result = _added_up(replace(blank, provenance=blank.provenance.made_with(info, assignment.models[0])), exercises)
    second = extraction.second_reading
    again = [name for name in second.functions if fails_in_sight(plugin, name)] if second else []
    if not second or not again or result.status is SubmissionStatus.ERROR:
        return result
    try:
        plugin = plugin_for(second, only=again)
        run_checks(plugin, assignment)
    except Exception:  # ours, or the machine's: the first reading is a grade
        log.exception("%s: the second reading could not be graded", blank.submission.id)
        return result
    others = (exercise_result(e, second.functions[e.name], plugin) for e in assignment.exercises if e.name in again)
    return _added_up(result, exercises | {e.name: e for e in others if _earns_more(e, exercises[e.name])})


def _added_up(blank: GradingResult, exercises: Mapping[str, ExerciseResult]) -> GradingResult:
    result = replace(blank, score=sum(e.score for e in exercises.values()), exercises=tuple(exercises.values()))
    broken = next((c for e in result.exercises for c in e.checks if c.outcome is Outcome.ERROR), None)
    if broken is None:
        return result
    message = messages.check_not_run(broken.id, broken.message)
    return replace(result, status=SubmissionStatus.ERROR, message=message)


def _earns_more(second: ExerciseResult, first: ExerciseResult) -> bool:
    """Tell whether the second reading of an exercise is taken.

    What hidden checks found must not show in that.
    """
    one, other = second.visible_checks, first.visible_checks
    ours = any(c.outcome is Outcome.ERROR for c in one)
    return not ours and sum(c.points for c in one) > sum(c.points for c in other)


def collect_checks(assignment: Assignment) -> None:
    """Collect an assignment's checks without running any.

    The process must have imported none before. Raises UsageError when they cannot be collected, or do not fit the
    assignment.
    """
    run_pytest(GradingPlugin(assignment, Extraction({}, ()), complete=True), assignment, "--collect-only")


def run_checks(plugin: GradingPlugin, assignment: Assignment) -> ZygoteInfo:
    """Run the assignment's checks in this process, and return what the zygote said of itself."""
    info = plugin.pool.info
    run_pytest(plugin, assignment)
    return info


def run_pytest(plugin: GradingPlugin, assignment: Assignment, *more: str) -> None:
    """Run the assignment's checks with a plugin in this process.

    ``more`` are options of pytest's. Raises UsageError for checks that cannot be run, GraderError where pytest itself
    broke down.
    """
    folders = [assignment.checks(visibility) for visibility in Visibility]
    checks = sorted({str(p) for f in folders for name in ("test_*.py", "*_test.py") for p in f.glob(name)})
    if not checks:
        raise AssignmentError(assignment.root, messages.NO_CHECKS)
    for name in [n for n in os.environ if n.startswith("PYTEST_")]:
        del os.environ[name]  # options and plugins that somebody has for runs of their own
    options = [
        *isolating_options(assignment.root),
        *("--import-mode=importlib", "--strict-markers", "--disable-plugin-autoload"),
        *("-p", "no:cacheprovider", "-p", "no:terminal"),
        # A check that returns its verdict, or asserts in a thread, would pass everybody.
        *("-W", "error::pytest.PytestReturnNotNoneWarning"),
        *("-W", "error::pytest.PytestUnhandledThreadExceptionWarning"),
        *more,
        *checks,
    ]
    said = io.StringIO()
    places = (assignment.root, *assignment.solution_reads, *assignment.prelude_reads.values())
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), source_only(places):
        code = pytest.main(options, plugins=[grader.plugin, plugin])
    if plugin.trouble or code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        errors = [line[1:].strip() for line in said.getvalue().splitlines() if line.startswith("E ")]
        words = errors[-1] if errors else said.getvalue()[-500:].strip()
        trouble = plugin.trouble or messages.checks_not_run(assignment.root, words or repr(code))
        raise GraderError(trouble) if code is pytest.ExitCode.INTERNAL_ERROR else UsageError(trouble)


def isolating_options(root: Path) -> list[str]:
    """Return options by which pytest reads no configuration and conftest.py outside a folder."""
    return ["-c", os.devnull, "--rootdir", str(root), "--confcutdir", str(root)]
