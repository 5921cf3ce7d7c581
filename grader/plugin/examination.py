"""One examination: an assignment's checks, one student's functions, and the verdicts."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Generator
from functools import cached_property

import pytest

from grader import compare, settings
from grader.assignment import Assignment
from grader.diagnosis import Misconceptions, load_misconceptions
from grader.errors import AssignmentError, BadAnswer, GraderError, KernelError, StudentFault
from grader.extract import Extraction
from grader.kernel import KernelPool
from grader.kernel.turns import no_beat
from grader.plugin import EXAMINED, find_root
from grader.plugin.marks import Marks, read_marks, refuse_wrong_sums
from grader.plugin.naming import SURE, explain
from grader.plugin.sheet import Sheet
from grader.plugin.verdict import verdict
from grader.plugin.words import Said
from grader.result import Figure, Outcome
from grader.student import TOO_LARGE, AnswerStore, Bench, NoAnswer, Reference, ReferenceAnswers, Student

SHEET = pytest.StashKey[Sheet]()


class Examination:
    """The pytest plugin of a grading run: fixtures, order and verdicts.

    ``seed`` is what inputs are drawn from; ``hidden`` is whether hidden checks run too; ``complete`` whether the points
    of an exercise's checks must add up to its own. ``sheets`` holds the checks in the order in which they run,
    ``left_out`` the hidden ones that do not; ``trouble`` says why the checks could not be run. Kernels start when a
    check needs one and end with the session; ``beat`` is called again and again while they work.
    """

    def __init__(
        self,
        assignment: Assignment,
        extraction: Extraction,
        *,
        seed: int = 0,
        address: str | None = None,
        hidden: bool = True,
        complete: bool = False,
        beat: Callable[[], None] = no_beat,
    ) -> None:
        self.sheets: dict[str, Sheet] = {}
        self.left_out: list[Sheet] = []
        self.trouble = ""
        self._assignment = assignment
        self._extraction = extraction
        self._seed = seed
        self._address = address
        self._hidden = hidden
        self._complete = complete
        self._beat = beat
        self._end = contextlib.ExitStack()

    def pytest_configure(self, config: pytest.Config) -> None:
        """Let it be known that checks have a submission to be held against."""
        config.stash[EXAMINED] = True

    @cached_property
    def pool(self) -> KernelPool:
        """The kernels' pool; asking for it starts a zygote where none runs."""
        return self._end.enter_context(KernelPool(self._assignment, address=self._address, beat=self._beat))

    @cached_property
    def _bench(self) -> Bench:
        return self._end.enter_context(
            Bench(lambda: self.pool, self._extraction, self._assignment.limits, self._answers.cost)
        )

    @cached_property
    def _answers(self) -> ReferenceAnswers:
        store = AnswerStore(settings.cache_dir() / "answers")
        return self._end.enter_context(ReferenceAnswers(lambda: self.pool, self._assignment, store))

    @cached_property
    def _misconceptions(self) -> Misconceptions:
        return load_misconceptions(self._assignment)

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> Student:
        """The student's functions, on the check's model."""
        sheet = request.node.stash[SHEET]
        marks = sheet.marks
        self._bench.begin_check()
        return Student(self._bench, marks.model, hidden=marks.hidden, calls=sheet.calls, keep=not marks.draws)

    @pytest.fixture
    def reference(self, request: pytest.FixtureRequest) -> Reference:
        """The reference's functions, on the check's model; what drawn inputs ask for is asked once and not kept."""
        sheet = request.node.stash[SHEET]
        return Reference(self._answers, sheet.marks.model, keep=not sheet.marks.draws, instead=sheet.instead)

    @pytest.fixture
    def draw(self, request: pytest.FixtureRequest) -> random.Random:
        """A source of fresh inputs for this check: the same seed, the same inputs, another one in each check."""
        sheet: Sheet = request.node.stash[SHEET]
        sheet.draw.seed(self._seed_of(sheet))
        return sheet.draw

    def _seed_of(self, sheet: Sheet) -> str:
        return f"{self._seed} {sheet.marks.id}"

    @pytest.fixture
    def figure(self, request: pytest.FixtureRequest) -> Callable[[Figure], None]:
        """A function that attaches a figure to the check's result."""
        sheet = request.node.stash[SHEET]

        def attach(figure: Figure) -> None:
            sheet.figure = figure

        return attach

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Read the markers; put visible checks before hidden ones, each model's together; leave other tests alone."""
        try:
            checks = [i for i in items if find_root(i.path) == self._assignment.root]
            for item in checks:
                item.stash[SHEET] = Sheet(read_marks(item, self._assignment))
            _ = self._misconceptions  # that it breaks a rule must be said, not be taken for a diagnosis that failed
            if self._complete and not self.trouble:
                refuse_wrong_sums((i.stash[SHEET].marks for i in checks), self._assignment)
        except GraderError as error:
            self.trouble = str(error)
            raise pytest.UsageError(str(error)) from error
        kept = [i for i in checks if self._hidden or not i.stash[SHEET].marks.hidden]
        kept.sort(key=lambda i: self._turn(i.stash[SHEET].marks))
        self.sheets = {i.nodeid: i.stash[SHEET] for i in kept}
        left_out = [i for i in checks if i.nodeid not in self.sheets]
        self.left_out = [i.stash[SHEET] for i in left_out]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [*(i for i in items if i not in checks), *kept]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Spare pytest its tracebacks where no terminal shows them: to write one takes longer than most checks."""
        if not session.config.pluginmanager.hasplugin("terminal"):
            session.config.option.tbstyle = "no"

    def _turn(self, marks: Marks) -> tuple[bool, int]:
        return marks.hidden, self._assignment.models.index(marks.model)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Collect what the comparators remark, and hold a wrong answer against what the instructor accepts besides."""
        sheet = item.stash.get(SHEET, None)
        with compare.collecting() as remarks:
            try:
                yield
            except (AssertionError, pytest.fail.Exception) as error:
                failed = verdict(error, self._assignment.root).outcome is Outcome.FAILED
                title = sheet and failed and self._right_otherwise(item, sheet)
                if not title:
                    raise
                remarks[:] = [f"Accepted as another right answer: {title}."]
            finally:
                if sheet:
                    sheet.remarks = remarks

    def _right_otherwise(self, item: pytest.Item, sheet: Sheet) -> str:
        """Run a check again with each accepted mistake in the reference's place; return one's title that it passes.

        Raises KernelError when one of them did not answer: it may have been that one.
        """
        before = sheet.calls[:], sheet.figure
        for mistake in self._misconceptions.of(sheet.marks.exercise).singles:
            if mistake.accepted:
                sheet.calls.clear()
                sheet.draw.seed(self._seed_of(sheet))
                sheet.instead[mistake.exercise] = mistake.id
                try:
                    item.runtest()
                except Exception as error:
                    again = verdict(error, self._assignment.root)
                    if again.outcome is Outcome.ERROR and not isinstance(error, NoAnswer):
                        tried = f"the answer could not be compared with {mistake.id}, which is accepted"
                        raise KernelError(f"{tried}: {again.message}") from error
                else:
                    return mistake.title
                finally:
                    sheet.instead.clear()
        sheet.calls[:], sheet.figure = before
        return ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what ended the check into a verdict, and pytest's traceback into the student's sentence."""
        report = yield
        sheet = item.stash.get(SHEET, None)
        if sheet is None:
            return report
        sheet.duration_s += call.duration
        error = call.excinfo.value if call.excinfo else None
        if isinstance(error, MemoryError) and sheet.calls and self._bench.excess >> 20:  # a MB of the student's making
            error = BadAnswer(TOO_LARGE)
        if error is not None or call.when == "call":
            sheet.verdict = verdict(error, self._assignment.root)
            sheet.mark_figure(error)
            if sheet.verdict.outcome is Outcome.FAILED and sheet.calls and not isinstance(error, StudentFault):
                self._explain(sheet)
            if report.skipped or sheet.verdict.outcome in (Outcome.FAILED, Outcome.NOT_ATTEMPTED):
                report.outcome, report.longrepr = "failed", Said(sheet, sheet.verdict)
                vars(report).pop("wasxfail", None)  # it would count as a failure that was expected
        if call.when == "teardown":
            self._release(sheet)
        return report

    def _release(self, sheet: Sheet) -> None:
        """Hold a check's answers no longer than until its verdict."""
        sheet.calls.clear()

    def _explain(self, sheet: Sheet) -> None:
        """Name the mistake in a wrong answer; those named in checks of the same exercise are tried first."""
        beside = (s for s in self.sheets.values() if s.marks.exercise == sheet.marks.exercise)
        likely = {d.id: None for s in beside for d in s.diagnoses if d.confidence >= SURE}
        explain(sheet, self._answers, self._misconceptions.of(sheet.calls[-1].name), tuple(likely))

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Give verdicts pytest's words: an error of ours is an error in every phase, a wrong answer a failure."""
        sheet = self.sheets.get(report.nodeid)
        if sheet is None or sheet.verdict is None or (report.passed and report.when != "call"):
            return None
        category, letter, word = {
            Outcome.PASSED: ("passed", ".", "PASSED"),
            Outcome.FAILED: ("failed", "F", "FAILED"),
            Outcome.NOT_ATTEMPTED: ("failed", "N", "NOT ATTEMPTED"),
        }.get(sheet.verdict.outcome, ("error", "E", "ERROR"))
        return category, letter, f"{word} (hidden)" if sheet.marks.hidden else word

    def pytest_exception_interact(self, node: pytest.Item | pytest.Collector, call: pytest.CallInfo[object]) -> None:
        """Note what a file of checks raises when it is imported, and where."""
        if isinstance(node, pytest.Collector) and call.excinfo:
            error = call.excinfo.value
            self.trouble = str(AssignmentError.of(error.__cause__ or error, node.path))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note checks that could not be collected, or that their file would have left out."""
        if not report.passed and not self.trouble:
            self.trouble = f"the checks in {report.nodeid} could not be read: {report.longreprtext}"

    def pytest_internalerror(self, excrepr: object) -> None:
        """Note that pytest itself broke down."""
        self.trouble = f"pytest broke down: {excrepr}"

    def pytest_unconfigure(self) -> None:
        """End the kernels."""
        self._end.close()
