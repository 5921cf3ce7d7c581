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
from grader.proof.stand_in import Question, StandIn
from grader.proof.workshop import mutated
from grader.result import Diagnosis, Outcome
from grader.student import AnswerStore, ReferenceAnswers, Student
from grader.student.store import key

SEEDS = 3
"""From how many seeds inputs are drawn on which answers are compared."""


def run_trial(assignment: Assignment, candidates: Sequence[Candidate], address: str) -> list[Record]:
    """Judge candidates by the assignment's checks; in a process that has run no checks before.

    Raises GraderError when a check could not be carried out.
    """
    trial = Trial(assignment, candidates, address)
    examine(trial, assignment)
    return trial.records


class Trial(Examination):
    """The pytest plugin that runs every check once for each candidate; ``records`` fills up meanwhile."""

    def __init__(self, assignment: Assignment, candidates: Sequence[Candidate], address: str) -> None:
        super().__init__(assignment, Extraction({}, ()), address=address, complete=True)
        self.records: list[Record] = []
        self._candidates = candidates
        self._questions: dict[str, Sequence[Question]] = {}
        self._items: Sequence[pytest.Item] = ()
        self._stand_in: StandIn

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> Student:
        """The candidate's functions, on the check's model."""
        sheet = request.node.stash[SHEET]
        return Student(self._stand_in, sheet.marks.model, hidden=sheet.marks.hidden, calls=sheet.calls)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge each candidate, and measure how far its answers are from the right ones if no check says no."""
        if not self.trouble:
            self._items = [i for i in session.items if SHEET in i.stash]
            self.records.extend(map(self._try, self._candidates))
        return True

    def _try(self, candidate: Candidate) -> Record:
        with self._answers_of(candidate) as answers:
            self._stand_in = StandIn(candidate, answers, self._assignment)
            record = Record(candidate, tuple(_judged(s) for s in self._sheets(candidate)))
            if record.caught or candidate.kind is Kind.REFERENCE:
                return record
            return StandIn(candidate, answers, self._assignment).measure(
                record, self._asked(candidate.exercise), self._answers
            )

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

    def _sheets(self, candidate: Candidate) -> Iterator[Sheet]:
        """Run the checks of a candidate's exercise; a mutant's only up to the first that it does not pass."""
        for item in self._items:
            marks = item.stash[SHEET].marks
            if marks.exercise != candidate.exercise:
                continue
            item.stash[SHEET] = sheet = Sheet(marks)
            item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
            outcome = sheet.verdict.outcome if sheet.verdict else Outcome.ERROR
            if outcome is Outcome.ERROR:
                raise GraderError(f"{marks.id} could not be carried out on {candidate.id}: {sheet.result().message}")
            yield sheet
            if candidate.kind is Kind.MUTANT and outcome is not Outcome.PASSED:
                return

    def _asked(self, exercise: str) -> Sequence[Question]:
        """Return what the checks of an exercise ask, with the inputs that further seeds draw."""
        if exercise not in self._questions:
            reference = Candidate(exercise, exercise, Kind.REFERENCE)
            self._stand_in = StandIn(reference, self._answers, self._assignment)
            found: dict[str, Question] = {}
            for self._seed in range(SEEDS):
                for sheet in self._sheets(reference):
                    for call in sheet.calls:
                        asked = Question(sheet.marks.model, call.name, call.args, call.kwargs)
                        found.setdefault(key(asked.model, asked.name, asked.args, asked.kwargs), asked)
            self._seed = 0
            self._questions[exercise] = tuple(found.values())
        return self._questions[exercise]

    def _diagnose(self, sheet: Sheet) -> tuple[Diagnosis, ...]:
        """Name the mistake where it is known which one it is; for mutants that would be time lost."""
        return super()._diagnose(sheet) if self._stand_in.candidate.kind is Kind.MISCONCEPTION else ()


def _judged(sheet: Sheet) -> Judged:
    result = sheet.result()
    return Judged(result.id, result.outcome, result.message, tuple((d.id, d.confidence) for d in sheet.diagnoses))
