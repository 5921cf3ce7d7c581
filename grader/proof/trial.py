"""The checks of an assignment, run by pytest on one candidate after the other in a single session."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

import pytest

from grader import settings
from grader.assignment import Assignment
from grader.errors import GraderError
from grader.extract import Extraction
from grader.grade import examine
from grader.kernel import KernelPool
from grader.plugin.examination import SHEET, Examination, Sheet
from grader.proof.candidates import Candidate, Judged, Kind, Record
from grader.proof.workshop import mutated
from grader.result import Diagnosis, Outcome
from grader.student import AnswerStore, ReferenceAnswers, Student
from grader.value import Value


def run_trial(assignment: Assignment, candidates: Sequence[Candidate], address: str) -> list[Record]:
    """Judge candidates by the assignment's checks; in a process that has run no checks before.

    Raises GraderError when a check could not be carried out.
    """
    trial = Trial(assignment, candidates, address)
    examine(trial, assignment)
    return trial.records


class StandIn:
    """Answers in the place of a student's functions: the exercise's own by the candidate, others by the reference."""

    def __init__(self, candidate: Candidate, answers: ReferenceAnswers, assignment: Assignment) -> None:
        self.exercises = frozenset(assignment.names)
        self.candidate = candidate
        self._answers = answers

    def call(self, model: str, name: str, args: tuple[Value, ...], kwargs: dict[str, Value], **_: bool) -> Value:
        """Return the candidate's answer; raises the StudentFault that happened instead."""
        function = self.candidate.function if name == self.candidate.exercise else name
        return self._answers.call(model, function, args, kwargs)


class Trial(Examination):
    """The pytest plugin that runs every check once for each candidate; ``records`` fills up meanwhile."""

    def __init__(self, assignment: Assignment, candidates: Sequence[Candidate], address: str) -> None:
        super().__init__(assignment, Extraction({}, ()), address=address, complete=True)
        self.records: list[Record] = []
        self._candidates = candidates
        self._stand_in: StandIn

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> Student:
        """The candidate's functions, on the check's model."""
        sheet = request.node.stash[SHEET]
        return Student(self._stand_in, sheet.marks.model, hidden=sheet.marks.hidden, calls=sheet.calls)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the checks of each candidate's exercise, a mutant's only up to the first that it does not pass."""
        for candidate in () if self.trouble else self._candidates:
            items = [i for i in session.items if SHEET in i.stash]
            own = [i for i in items if i.stash[SHEET].marks.exercise == candidate.exercise]
            with self._answers_of(candidate) as answers:
                self._stand_in = StandIn(candidate, answers, self._assignment)
                self.records.append(Record(candidate, tuple(self._judge(candidate, own))))
        return True

    @contextlib.contextmanager
    def _answers_of(self, candidate: Candidate) -> Iterator[ReferenceAnswers]:
        if candidate.mutant is None:
            yield self._answers
            return
        with (
            mutated(self._assignment, candidate.mutant) as changed,
            KernelPool(changed, address=self._address) as pool,
            ReferenceAnswers(lambda: pool, changed, AnswerStore(settings.cache_dir() / "answers")) as answers,
        ):
            yield answers

    def _judge(self, candidate: Candidate, items: Sequence[pytest.Item]) -> Iterator[Judged]:
        for item in items:
            marks = item.stash[SHEET].marks
            item.stash[SHEET] = Sheet(marks)
            item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
            sheet = item.stash[SHEET]
            result = sheet.result()
            if result.outcome is Outcome.ERROR:
                raise GraderError(f"{marks.id} could not be carried out on {candidate.id}: {result.message}")
            yield Judged(marks.id, result.outcome, result.message, tuple((d.id, d.confidence) for d in sheet.diagnoses))
            if candidate.kind is Kind.MUTANT and result.outcome is not Outcome.PASSED:
                return

    def _diagnose(self, sheet: Sheet) -> tuple[Diagnosis, ...]:
        """Name the mistake where it is known which one it is; for mutants that would be time lost."""
        return super()._diagnose(sheet) if self._stand_in.candidate.kind is Kind.MISCONCEPTION else ()
