"""Attach diagnoses to a failed check, and the partial credit that they leave."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence

from grader.diagnosis import ComparedCall, Misconceptions, Stage, diagnose, first_wrong_stage
from grader.errors import CallRaised, GraderError, KernelError, StudentFault
from grader.plugin import messages
from grader.plugin.check_run import CheckRun
from grader.plugin.check_verdict import CheckVerdict
from grader.result import Outcome
from grader.sanitize import visible
from grader.session import Call, ReferenceAnswers
from grader.session.answer_store import key
from grader.session.messages import reference_failed
from grader.value import Unpackable, Value

log = logging.getLogger(__name__)

SURE = 0.9
"""A mistake that decides about points must be known as surely as this, and alone."""


def explain(check_run: CheckRun, answers: ReferenceAnswers, known: Misconceptions, likely: Sequence[str]) -> None:
    """Name the mistake in a wrong answer, and let it decide what is declared of it.

    ``likely`` ones are tried first. Where something of ours fails at that, the check is an error if a mistake may leave
    some of its points; if none does, staff reads of it.
    """
    broken: list[str] = []
    try:
        seen = list(_compared_calls(check_run, answers, broken))
        check_run.diagnoses = diagnose(seen, known, likely)
        mismatch = check_run.verdict and check_run.verdict.mismatch
        if check_run.diagnoses:
            _settle(check_run, known)
        elif seen and mismatch and mismatch.total and known.singles and not broken:
            check_run.note = _unexplained(seen[-1], known.stages.get(check_run.calls[-1].name, ()))
    except Exception as error:
        if not isinstance(error, GraderError):  # a bug: staff wants to know where
            log.exception("%s could not be diagnosed", check_run.markers.id)
        broken.append(str(error) or type(error).__name__)
    if broken:
        check_run.staff_note = visible(messages.incomplete_diagnosis(broken[0]))
        log.warning("%s: %s", check_run.markers.id, check_run.staff_note)
        if not check_run.credit and not check_run.markers.hidden and any(m.credit for m in known.singles):
            check_run.verdict = CheckVerdict(Outcome.ERROR, messages.mistake_may_leave_points(check_run.staff_note))


def _compared_calls(check_run: CheckRun, answers: ReferenceAnswers, broken: list[str]) -> Iterator[ComparedCall]:
    """Yield the answers that a check saw from the function it called last, with right ones.

    Equal answers come once. Why a mistake did not answer is added to ``broken``.
    """
    name, model, keep = check_run.calls[-1].name, check_run.markers.model, not check_run.markers.draws
    calls = {key(c.args, c.kwargs, c.answer): c for c in check_run.calls if c.name == name}

    def variant(call: Call) -> Callable[[str], Value]:
        def ask(id: str) -> Value:
            try:
                return answers.variant(id, call.question(model), keep=keep)
            except KernelError as error:
                broken.append(str(error))
                raise KeyError(id) from error

        return ask

    for call in calls.values():
        try:
            expected = answers.call(call.question(model), keep=keep)
        except CallRaised:  # the reference has no answer to these arguments either
            continue
        except StudentFault as fault:
            raise KernelError(reference_failed(name, fault.sentence)) from fault
        answer = call.answer.parts if isinstance(call.answer, Unpackable) else call.answer
        yield ComparedCall(answer, expected, variant(call))


def _settle(check_run: CheckRun, known: Misconceptions) -> None:
    """Let a mistake that is surely known leave a failed check its declared share of points.

    A hidden check leaves none: its points would say which mistake it was, and code can choose that by the input.
    """
    first = check_run.diagnoses[0]
    sure = len(check_run.diagnoses) == 1 and first.confidence >= SURE
    mistake = known.get(first.id) if sure and not check_run.markers.hidden else None
    if mistake and mistake.credit:
        check_run.credit = mistake.credit
        check_run.note = messages.leaves_credit(mistake.credit)


def _unexplained(last: ComparedCall, stages: Sequence[Stage]) -> str:
    """Say of values that no known mistake explains what is known: how far they are right."""
    return messages.unexplained(first_wrong_stage(last, stages))
