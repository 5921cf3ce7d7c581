"""Run an assignment's checks by pytest on one candidate after the other, in one session."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import pytest

from grader import compare, settings
from grader.assignment import Assignment
from grader.errors import GraderError
from grader.extract import Extraction
from grader.grade import run_checks
from grader.kernel import KernelPool
from grader.plugin.check_run import CheckRun
from grader.plugin.grading_plugin import CHECK_RUN, GradingPlugin
from grader.result import Outcome
from grader.session import AnswerStore, ReferenceAnswers, Student, answer_source
from grader.session.answer_source import Question
from grader.validation import messages, right_variants
from grader.validation.candidate_answers import CandidateAnswers
from grader.validation.candidates import Candidate, CandidateCheckResult, CandidateKind, CandidateResult
from grader.validation.mutated_solution import mutated_solution
from grader.worker import examiner_folder

SEEDS = 3
"""How many seeds the inputs are drawn from on which a survivor's answers are compared."""


def run_validation_session(
    assignment: Assignment, candidates: Sequence[Candidate], address: str
) -> list[CandidateResult]:
    """Run the assignment's checks on candidates, in a process that has run no checks before.

    Raises GraderError when a check could not be carried out.
    """
    os.chdir(examiner_folder(address))
    session = ValidationSession(assignment, candidates, address)
    run_checks(session, assignment)
    return session.records


class ValidationSession(GradingPlugin):
    """The pytest plugin that runs every check on each candidate; ``records`` are the results."""

    def __init__(
        self, assignment: Assignment, candidates: Sequence[Candidate], address: str, *, hidden: bool = True
    ) -> None:
        super().__init__(assignment, Extraction({}, ()), address=address, hidden=hidden, complete=True)
        self.records: list[CandidateResult] = []
        self._candidates = candidates
        self._calls: dict[str, Sequence[Question]] = {}
        self._items: Sequence[pytest.Item] = ()
        self._candidate_answers: CandidateAnswers

    @cached_property
    def _variants(self) -> ReferenceAnswers:
        """The right variants' answers, from kernels without the misconceptions' names."""
        return self._end.enter_context(_reference_answers(self.pool, self._assignment, file=right_variants.FILE))

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> Student:
        """The candidate's functions, on the check's model."""
        check_run = request.node.stash[CHECK_RUN]
        return Student(
            self._candidate_answers, check_run.markers.model, hidden=check_run.markers.hidden, calls=check_run.calls
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the checks on each candidate, and measure the answers of one that passes all."""
        self._items = [i for i in session.items if CHECK_RUN in i.stash]
        try:
            self.records.extend(self._validate(c) for c in self._candidates if not self.trouble)
        except GraderError as error:
            self.trouble = str(error)
        return True

    def _validate(self, candidate: Candidate) -> CandidateResult:
        with self._answers_of(candidate) as answers:
            given = CandidateAnswers(candidate, answers, self._assignment)
            record = CandidateResult(candidate, tuple(_check_result(*run) for run in self._runs(given)))
            if record.caught or candidate.kind is CandidateKind.REFERENCE:
                return record
            return given.measure(record, self._asked_calls(candidate.exercise), self._answers)

    @contextlib.contextmanager
    def _answers_of(self, candidate: Candidate) -> Iterator[ReferenceAnswers]:
        if candidate.mutant is None:
            yield self._variants if candidate.kind is CandidateKind.VARIANT else self._answers
            return
        with (
            mutated_solution(self._assignment, candidate.mutant) as changed,
            KernelPool(changed, address=self._address) as pool,
            _reference_answers(pool, changed, patience_s=changed.limits.call_s) as answers,
        ):
            yield answers

    def _runs(self, given: CandidateAnswers) -> Iterator[tuple[CheckRun, dict[str, float]]]:
        """Run a candidate's checks, a mutant's up to the first failure, and yield each as it ran.

        With it comes how much of their tolerance its comparisons used.
        """
        self._candidate_answers, candidate = given, given.candidate
        own = [i for i in self._items if i.stash[CHECK_RUN].markers.exercise == candidate.exercise]
        for item in own:
            item.stash[CHECK_RUN] = CheckRun(item.stash[CHECK_RUN].markers)
        self.check_runs = {i.nodeid: i.stash[CHECK_RUN] for i in own}
        for item in own:
            check_run, markers = item.stash[CHECK_RUN], item.stash[CHECK_RUN].markers
            with compare.measuring() as shares:
                item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
            outcome = check_run.verdict.outcome if check_run.verdict else Outcome.ERROR
            if outcome is Outcome.ERROR:
                raise GraderError(messages.not_carried_out(markers.id, candidate.id, check_run.result().message))
            yield check_run, shares
            if candidate.kind is CandidateKind.MUTANT and outcome is not Outcome.PASSED:
                return

    def _asked_calls(self, exercise: str) -> Sequence[Question]:
        """Return the calls that the checks of an exercise make, with the inputs of every seed."""
        if exercise not in self._calls:
            reference = Candidate(exercise, exercise, CandidateKind.REFERENCE)
            given = CandidateAnswers(reference, self._answers, self._assignment)
            found: dict[str, Question] = {}
            for self._seed in range(SEEDS):
                for check_run, _ in self._runs(given):
                    for call in check_run.calls:
                        asked = call.question(check_run.markers.model)
                        found.setdefault(asked.key(asked.model), asked)
            self._seed = 0
            self._calls[exercise] = tuple(found.values())
        return self._calls[exercise]

    def _release(self, check_run: CheckRun) -> None:
        """Keep the reference's answers: the next candidates are asked for the same."""

    def _explain(self, check_run: CheckRun) -> None:
        """Name the mistake of a misconception; no other candidate has a name to compare with."""
        if self._candidate_answers.candidate.kind in (CandidateKind.MISCONCEPTION, CandidateKind.PAIR):
            super()._explain(check_run)


def _check_result(check_run: CheckRun, shares: dict[str, float]) -> CandidateCheckResult:
    result = check_run.result()
    named = tuple((d.id, d.confidence) for d in check_run.diagnoses)
    return CandidateCheckResult(result.id, result.outcome, result.message, named, tuple(shares.items()))


def _reference_answers(pool: KernelPool, assignment: Assignment, **options: Any) -> ReferenceAnswers:
    store = AnswerStore(settings.cache_dir() / "answers")
    return ReferenceAnswers(answer_source(lambda: pool, assignment, store, **options))
