"""What a named mistake means for a check: its words, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from grader.diagnose import Bank, Case, Stage, parting
from grader.errors import StudentFault
from grader.plugin.sheet import Sheet
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


def settle(sheet: Sheet, bank: Bank) -> None:
    """Let a mistake that is known for sure leave a failed check some of its points, where the bank says so.

    A hidden check leaves none: its points would say which mistake it was, and code can choose that by the input.
    """
    first = sheet.diagnoses[0]
    sure = len(sheet.diagnoses) == 1 and first.confidence >= SURE
    mistake = bank.get(first.id) if sure and not sheet.marks.hidden else None
    if mistake and mistake.credit:
        sheet.credit = mistake.credit
        sheet.note = f"This mistake leaves {mistake.credit:.0%} of the points."


def unexplained(last: Case, stages: Sequence[Stage]) -> str:
    """Say of values that no known mistake explains what is known: how far they are right."""
    found = parting(last, stages)
    return f"No known mistake explains these values.{found and f' {found}.'}"
