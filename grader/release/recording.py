"""Record what visible checks ask of the reference and of all known mistakes."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

import pytest

from grader import fork_server, settings
from grader.assignment import Assignment, RecordedModel
from grader.diagnosis import Misconceptions, load_misconceptions
from grader.errors import AssignmentError, KernelError, StudentFault
from grader.grade import run_checks
from grader.kernel import KernelPool
from grader.plugin.check_run import CheckRun
from grader.release import messages
from grader.session import AnswerStore, ReferenceAnswers, answer_source
from grader.session.answer_source import Answer, AnswerSource, Question
from grader.session.call_limits import Cost
from grader.session.recorded_answers import FINGERPRINT, recorded_key
from grader.session.reference_answers import variant_question
from grader.validation.candidate_answers import CandidateAnswers
from grader.validation.candidates import Candidate, CandidateKind, CandidateResult
from grader.validation.validate import known_candidates
from grader.validation.validation_session import ValidationSession
from grader.worker import examiner_folder


@dataclass(frozen=True, slots=True)
class Recording:
    """The answers to all that visible checks ask, by name, and the numbers of hidden checks.

    ``models`` are those whose weights a notebook may hold; ``unavailable`` says of others why they could not be loaded.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    hidden: dict[str, int] = field(default_factory=dict)
    models: dict[str, RecordedModel] = field(default_factory=dict)
    unavailable: dict[str, str] = field(default_factory=dict)

    def update(self, other: Recording) -> None:
        """Add what another recording found."""
        self.answers.update(other.answers)
        self.hidden.update(other.hidden)
        self.models.update(other.models)


def record_visible_checks(assignment: Assignment) -> Recording:
    """Record what visible checks ask of the reference and its wrong variants, on each model.

    A model that only notebooks hold is left out where it cannot be loaded. Raises GraderError when a check could not be
    carried out, AssignmentError for a visible check that draws its inputs.
    """
    found = Recording()
    with KernelPool(assignment) as pool:
        for model in assignment.models:
            found.update(_in_own_process(assignment.with_first(model), pool.address))
    for model in assignment.notebook_models:
        with KernelPool(own := assignment.with_first(model), idle_s=0) as pool:
            try:
                address = pool.address
            except AssignmentError as error:
                found.unavailable[model] = f"{error.path.name}: {error.rule.removesuffix('; mend it.')}"
                continue
            found.update(_in_own_process(own, address))
    return found


def _in_own_process(assignment: Assignment, address: str) -> Recording:
    """Record in a process of its own, because pytest keeps the modules that it imported."""
    try:
        with ProcessPoolExecutor(1, mp_context=fork_server.started_context()) as pool:
            return pool.submit(_record_answers, assignment, address).result()
    except BrokenProcessPool as error:
        raise KernelError(messages.RECORDER_ENDED) from error


def _record_answers(assignment: Assignment, address: str) -> Recording:
    os.chdir(examiner_folder(address))
    session = RecordingSession(assignment, address)
    run_checks(session, assignment)
    hidden = Counter(c.markers.exercise for c in session.left_out)
    return Recording(session.recorder.found, {name: hidden[name] for name in assignment.names}, session.models)


class RecordingSession(ValidationSession):
    """The pytest plugin that runs visible checks on reference and mistakes, and records.

    ``models`` holds the default model, if a notebook's can be recognised as it.
    """

    def __init__(self, assignment: Assignment, address: str) -> None:
        known = load_misconceptions(assignment)
        candidates = [c for c in known_candidates(assignment, known) if c.kind is not CandidateKind.VARIANT]
        super().__init__(assignment, candidates, address, hidden=False)
        self._known = known
        self.models: dict[str, RecordedModel] = {}

    @cached_property
    def recorder(self) -> Recorder:
        """What notes the answers."""
        store = AnswerStore(settings.cache_dir() / "answers")
        source = answer_source(lambda: self.pool, self._assignment, store)
        return Recorder(source, self.pool.info.models)

    @cached_property
    def _answers(self) -> ReferenceAnswers:
        return self._end.enter_context(ReferenceAnswers(self.recorder))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the checks, and keep how the default model can be recognised."""
        super().pytest_runtestloop(session)
        model = self._assignment.models[0]  # each is the first in one recording
        with contextlib.suppress(StudentFault):  # the prelude does not say
            match self._answers.call(Question(model, FINGERPRINT, (), {})):
                case [*numbers]:
                    digest = self.pool.info.models[model]
                    self.models[model] = RecordedModel(digest, tuple(float(n) for n in numbers))
        return True

    def _validate(self, candidate: Candidate) -> CandidateResult:
        for check_run, _ in self._runs(CandidateAnswers(candidate, self._answers, self._assignment)):
            if check_run.markers.draws:
                raise AssignmentError(self._assignment.root, messages.draws_inputs(check_run.markers.id))
        return CandidateResult(candidate, ())

    def _release(self, check_run: CheckRun) -> None:
        """Ask every known mistake what the check asked, as any may explain a new answer."""
        for call in check_run.calls:
            for id in _ids(self._known.of(call.name)):
                with contextlib.suppress(StudentFault, KernelError):  # it has no answer here, nor has it when grading
                    self.recorder.ask(variant_question(id, call.question(check_run.markers.model)))


def _ids(known: Misconceptions) -> list[str]:
    return [m.id for m in known.singles] + ["+".join(pair) for pair in known.pairs]


class Recorder:
    """An AnswerSource that notes what it answers."""

    def __init__(self, source: AnswerSource, digests: Mapping[str, str]) -> None:
        self.found: dict[str, Answer] = {}
        self._source = source
        self._digests = digests

    def __enter__(self) -> Self:
        self._source.__enter__()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._source.__exit__(*exc_info)

    def answer(self, question: Question, *, keep: bool = True) -> Answer:
        """Return an answer, and note it."""
        answer = self._source.answer(question, keep=keep)
        self.found[recorded_key(question, self._digests[question.model])] = answer
        return answer

    def ask(self, question: Question) -> None:
        """Note the answer to a question, unless it was asked before or there is none."""
        if recorded_key(question, self._digests[question.model]) not in self.found:
            self.answer(question)

    def cost(self, question: Question, *, keep: bool = True) -> Cost | None:
        """Return what an answer costs."""
        return self._source.cost(question, keep=keep)
