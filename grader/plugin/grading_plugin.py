"""Run an assignment's checks on one student's functions, and keep the verdicts."""

from __future__ import annotations

import contextlib
import gc
import random
from collections.abc import Callable, Collection, Generator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import pytest

from grader import compare, settings
from grader.assignment import Assignment
from grader.diagnosis import Misconceptions, load_misconceptions
from grader.errors import AssignmentError, BadAnswer, GraderError, KernelError, StudentFault
from grader.extract import Extraction
from grader.kernel.exclusive_run import no_beat
from grader.plugin import GRADES, find_root, messages
from grader.plugin.check_run import CheckRun
from grader.plugin.check_verdict import verdict
from grader.plugin.failure_text import FailureText
from grader.plugin.figure_check import checked_figure
from grader.plugin.markers import CheckMarkers, markers_at_grading, read_markers, refuse_untitled, refuse_wrong_sums
from grader.plugin.name_mistakes import SURE, explain
from grader.result import Figure, Outcome
from grader.session import (
    TOO_LARGE_ANSWER,
    AnsweringSession,
    AnswerStore,
    NoAnswer,
    Reference,
    ReferenceAnswers,
    Student,
    StudentSession,
    answer_source,
)
from grader.session.bounded_cache import size
from grader.submission import SupportingFile

if TYPE_CHECKING:
    from grader.kernel import KernelPool

CHECK_RUN = pytest.StashKey[CheckRun]()


class GradingPlugin:
    """Fixtures, order of the checks, and verdicts of a grading run.

    ``files`` lie beside the student's code; ``seed`` is what inputs are drawn from; ``hidden`` is whether hidden checks
    run too; ``only`` are the exercises whose checks run, None for all; ``complete`` whether the points of an exercise's
    checks must add up to its own. ``check_runs`` holds the checks in the order in which they run, ``left_out`` the
    hidden ones that do not, or in a release what stands for them; ``trouble`` says why the checks could not be run.
    Kernels start when a check needs one and end with the session; ``beat`` is called again and again while they work.
    """

    def __init__(
        self,
        assignment: Assignment,
        extraction: Extraction,
        files: Sequence[SupportingFile] = (),
        *,
        seed: int = 0,
        address: str | None = None,
        hidden: bool = True,
        only: Collection[str] | None = None,
        complete: bool = False,
        beat: Callable[[], None] = no_beat,
    ) -> None:
        self.check_runs: dict[str, CheckRun] = {}
        self.left_out: list[CheckRun] = []
        self.trouble = ""
        self._assignment = assignment
        self._extraction = extraction
        self._files = files
        self._seed = seed
        self._address = address
        self._hidden = hidden
        self._only = only
        self._complete = complete
        self._beat = beat
        self._end = contextlib.ExitStack()

    def pytest_configure(self, config: pytest.Config) -> None:
        """Mark this run as one that grades a submission."""
        config.stash[GRADES] = True

    @cached_property
    def pool(self) -> KernelPool:
        """The kernels' pool; asking for it starts a zygote where none runs."""
        from grader.kernel import KernelPool  # inside a notebook there are no kernels, and Jupyter is as it is

        return self._end.enter_context(KernelPool(self._assignment, address=self._address, beat=self._beat))

    @cached_property
    def _session(self) -> AnsweringSession:
        return self._end.enter_context(
            StudentSession(
                lambda: self.pool, self._extraction, self._assignment.limits, self._answers.cost, self._files
            )
        )

    @cached_property
    def _answers(self) -> ReferenceAnswers:
        store = AnswerStore(settings.cache_dir() / "answers")
        return self._end.enter_context(ReferenceAnswers(answer_source(lambda: self.pool, self._assignment, store)))

    @cached_property
    def _misconceptions(self) -> Misconceptions:
        return load_misconceptions(self._assignment)

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> Student:
        """The student's functions, on the check's model."""
        check_run = request.node.stash[CHECK_RUN]
        markers = check_run.markers
        self._session.begin_check()
        return Student(
            self._session, markers.model, hidden=markers.hidden, calls=check_run.calls, keep=not markers.draws
        )

    @pytest.fixture
    def reference(self, request: pytest.FixtureRequest) -> Reference:
        """The reference's functions, on the check's model.

        What drawn inputs ask for is asked once and not kept.
        """
        check_run = request.node.stash[CHECK_RUN]
        return Reference(
            self._answers, check_run.markers.model, keep=not check_run.markers.draws, instead=check_run.instead
        )

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> random.Random:
        """A source of fresh inputs: the same seed, the same inputs, others in each check."""
        check_run: CheckRun = request.node.stash[CHECK_RUN]
        check_run.rng.seed(self._seed_of(check_run))
        return check_run.rng

    def _seed_of(self, check_run: CheckRun) -> str:
        return f"{self._seed} {check_run.markers.id}"

    @pytest.fixture
    def figure(self, request: pytest.FixtureRequest) -> Callable[[Figure], None]:
        """A function that attaches a figure to the check's result, or raises CheckError."""
        check_run = request.node.stash[CHECK_RUN]

        def attach(figure: Figure) -> None:
            check_run.figure = checked_figure(figure)

        return attach

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Read the markers; put visible checks before hidden ones, each model's together.

        Other tests stay as they are.
        """
        try:
            checks = [i for i in items if find_root(i.path) == self._assignment.root]
            for item in checks:
                item.stash[CHECK_RUN] = CheckRun(read_markers(item, self._assignment))
            _ = self._misconceptions  # that it breaks a rule must be said, not be taken for a diagnosis that failed
            markers = [i.stash[CHECK_RUN].markers for i in checks]
            markers += (at_grading := markers_at_grading(markers, self._assignment))
            if self._complete and not self.trouble:
                refuse_wrong_sums(markers, self._assignment)
            if config.option.collectonly:  # before anything is graded; while a check is being written it may have none
                refuse_untitled(checks)
        except GraderError as error:
            self.trouble = str(error)
            raise pytest.UsageError(str(error)) from error
        kept = [i for i in checks if self._is_run(i.stash[CHECK_RUN].markers)]
        kept.sort(key=lambda i: self._turn(i.stash[CHECK_RUN].markers))
        self.check_runs = {i.nodeid: i.stash[CHECK_RUN] for i in kept}
        left_out = [i for i in checks if i.nodeid not in self.check_runs]
        self.left_out = [*(i.stash[CHECK_RUN] for i in left_out), *map(CheckRun, at_grading)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [*(i for i in items if i not in checks), *kept]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Let pytest write no tracebacks where no terminal shows them.

        Writing one takes longer than most checks.
        """
        if not session.config.pluginmanager.hasplugin("terminal"):
            session.config.option.tbstyle = "no"

    def _is_run(self, markers: CheckMarkers) -> bool:
        return (self._hidden or not markers.hidden) and (self._only is None or markers.exercise in self._only)

    def _turn(self, markers: CheckMarkers) -> tuple[bool, int]:
        return markers.hidden, self._assignment.models.index(markers.model)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Collect the comparators' remarks, and try accepted mistakes on a wrong answer."""
        check_run = item.stash.get(CHECK_RUN, None)
        with compare.collecting() as remarks:
            try:
                yield
            except (AssertionError, pytest.fail.Exception) as error:
                failed = verdict(error, self._assignment.root).outcome is Outcome.FAILED
                title = check_run and failed and self._right_otherwise(item, check_run)
                if not title:
                    raise
                remarks[:] = [messages.accepted(title)]
            finally:
                if check_run:
                    check_run.remarks = remarks

    def _right_otherwise(self, item: pytest.Item, check_run: CheckRun) -> str:
        """Return the title of an accepted mistake with which, as the reference, the check passes.

        Raises KernelError when one of them did not answer: it may have been that one.
        """
        before = check_run.calls[:], check_run.figure
        for mistake in self._misconceptions.of(check_run.markers.exercise).singles:
            if mistake.accepted:
                check_run.calls.clear()
                check_run.rng.seed(self._seed_of(check_run))
                check_run.instead[mistake.exercise] = mistake.id
                try:
                    item.runtest()
                except Exception as error:
                    again = verdict(error, self._assignment.root)
                    if again.outcome is Outcome.ERROR and not isinstance(error, NoAnswer):
                        raise KernelError(messages.accepted_not_compared(mistake.id, again.message)) from error
                else:
                    return mistake.title
                finally:
                    check_run.instead.clear()
        check_run.calls[:], check_run.figure = before
        return ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what ended the check into a verdict, with a sentence instead of pytest's traceback."""
        report = yield
        check_run = item.stash.get(CHECK_RUN, None)
        if check_run is None:
            return report
        check_run.duration_s += call.duration
        error = call.excinfo.value if call.excinfo else None
        if (
            isinstance(error, MemoryError) and check_run.calls and self._session.excess >> 20
        ):  # a MB of the student's making
            error = BadAnswer(TOO_LARGE_ANSWER)
        if error is not None or call.when == "call":
            check_run.verdict = verdict(error, self._assignment.root, in_check=call.when == "call")
            check_run.mark_figure(error)
            if check_run.verdict.outcome is Outcome.FAILED and check_run.calls and not isinstance(error, StudentFault):
                self._explain(check_run)
            if report.skipped or check_run.verdict.outcome in (Outcome.FAILED, Outcome.NOT_ATTEMPTED):
                report.outcome, report.longrepr = "failed", FailureText(check_run.result())
                vars(report).pop("wasxfail", None)  # it would count as a failure that was expected
        if call.when == "teardown":
            self._release(check_run)
        return report

    def _release(self, check_run: CheckRun) -> None:
        """Hold a check's answers no longer than until its verdict."""
        held = sum(size(call.answer) for call in check_run.calls)
        check_run.calls.clear()
        if held >> 20:  # tracebacks hold answers in cycles, which would wait for a collection that may come late
            gc.collect()

    def _explain(self, check_run: CheckRun) -> None:
        """Name the mistake in a wrong answer, first trying those named for the same exercise."""
        beside = (s for s in self.check_runs.values() if s.markers.exercise == check_run.markers.exercise)
        likely = {d.id: None for s in beside for d in s.diagnoses if d.confidence >= SURE}
        explain(check_run, self._answers, self._misconceptions.of(check_run.calls[-1].name), tuple(likely))

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Give verdicts pytest's words.

        An error of ours is an error in every phase, a wrong answer a failure.
        """
        check_run = self.check_runs.get(report.nodeid)
        if check_run is None or check_run.verdict is None or (report.passed and report.when != "call"):
            return None
        category, letter, word = {
            Outcome.PASSED: ("passed", ".", "PASSED"),
            Outcome.FAILED: ("failed", "F", "FAILED"),
            Outcome.NOT_ATTEMPTED: ("failed", "N", "NOT ATTEMPTED"),
        }.get(check_run.verdict.outcome, ("error", "E", "ERROR"))
        return category, letter, f"{word} (hidden)" if check_run.markers.hidden else word

    def pytest_exception_interact(self, node: pytest.Item | pytest.Collector, call: pytest.CallInfo[object]) -> None:
        """Note what a file of checks raises when it is imported, and where."""
        if isinstance(node, pytest.Collector) and call.excinfo:
            error = call.excinfo.value
            self.trouble = str(AssignmentError.of(error.__cause__ or error, node.path))

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Treat a file of checks that ends the process as faulty, which pytest does not."""
        try:
            return (yield)
        except SystemExit as end:
            self.trouble = str(AssignmentError.of(end, collector.path))
            raise pytest.UsageError(self.trouble) from end

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note checks that could not be collected, or that their file would have left out."""
        if not report.passed and not self.trouble:
            self.trouble = messages.unreadable_checks(report.nodeid, report.longreprtext)

    def pytest_internalerror(self, excrepr: object) -> None:
        """Note that pytest itself broke down."""
        self.trouble = messages.pytest_failed(excrepr)

    def pytest_unconfigure(self) -> None:
        """End the kernels."""
        self._end.close()
