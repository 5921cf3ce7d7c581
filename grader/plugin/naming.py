"""What a named mistake means for a check: its words, and what it costs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence

from grader.compare.mismatch import LAYER
from grader.diagnose import Bank, Case, parting
from grader.errors import StudentFault
from grader.plugin.sheet import Sheet
from grader.plugin.verdict import Verdict
from grader.result import Diagnosis, Mismatch, Outcome
from grader.student import Call, ReferenceAnswers
from grader.student.store import key
from grader.value import Value

SURE = 0.9
"""A mistake that decides about points must be known as surely as this, and alone."""


def cases(sheet: Sheet, answers: ReferenceAnswers) -> list[Case]:
    """Return the different answers that a check saw from the function it called last, each beside the right one."""
    name, model, keep = sheet.calls[-1].name, sheet.marks.model, not sheet.marks.draws
    calls = {key(c.args, c.kwargs, c.answer): c for c in sheet.calls if c.name == name}

    def variant(call: Call) -> Callable[[str], Value]:
        return lambda id: answers.variant(model, id, call.args, call.kwargs, keep=keep)

    def seen() -> Iterator[Case]:
        for call in calls.values():
            try:
                expected = answers.call(model, name, call.args, call.kwargs, keep=keep)
            except StudentFault:  # the reference has no answer to these arguments either
                continue
            yield Case(call.answer, expected, variant(call))

    return list(seen())


def decided(verdict: Verdict, diagnoses: Sequence[Diagnosis], bank: Bank) -> tuple[Verdict, float]:
    """Return the verdict and the share of the points that a failed check earns, once its mistake has a name.

    A mistake that the instructor accepts is right; one that keeps some credit is told so.
    """
    mistake = bank.get(diagnoses[0].id) if len(diagnoses) == 1 and diagnoses[0].confidence >= SURE else None
    if mistake is None:
        return verdict, 0.0
    if mistake.accepted:
        return Verdict(Outcome.PASSED, f"Accepted as another right answer: {mistake.title}."), 0.0
    if mistake.credit:
        message = f"{verdict.message} This mistake leaves {mistake.credit:.0%} of the points."
        return dataclasses.replace(verdict, message=message), mistake.credit
    return verdict, 0.0


def unexplained(verdict: Verdict, last: Case, exercise: str, bank: Bank) -> Verdict:
    """Return the verdict on values that no known mistake explains, with what is known: how far they are right."""
    if not bank.misconceptions or verdict.mismatch is None or not verdict.mismatch.total:
        return verdict
    found = parting(last, bank.stages.get(exercise, ()))
    said = ["No known mistake explains this.", f"{found}." if found else "", _right_before(verdict.mismatch)]
    return dataclasses.replace(verdict, message=" ".join(filter(None, (verdict.message, *said))))


def _right_before(mismatch: Mismatch) -> str:
    layer = mismatch.first.get(LAYER, 0)
    return f"Up to layer {layer - 1} this is right." if layer else ""
