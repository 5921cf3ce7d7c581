"""What a function is asked, what the reference answers, and where answers may come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from grader.errors import CallRaised
from grader.session.answer_store import key
from grader.session.call_limits import Cost
from grader.value import Value

Spent = tuple[float, float]
"""Processor time in seconds and memory in MB, both measured from outside the kernel."""


class Question(NamedTuple):
    """A call of a student's function, of the solution or of a file beside it, on one model."""

    model: str
    name: str
    args: tuple[Value, ...]
    kwargs: dict[str, Value]

    def key(self, *circumstances: Value) -> str:
        """Return the SHA-256 of what decides the answer: a call, its model and circumstances."""
        return key(*circumstances, self.name, self.args, dict(sorted(self.kwargs.items())))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a function returned, or the name and text of the exception that it raised.

    ``costs`` is what answering took, by machine; it may be unknown.
    """

    value: Value = None
    raised: tuple[str, str] | None = None
    costs: Mapping[str, Spent] = field(default_factory=dict)

    def unwrap(self) -> Value:
        """Return the value; raises CallRaised where the function raised."""
        if self.raised:
            raise CallRaised(*self.raised)
        return self.value

    def to_value(self) -> Value:
        """Return the answer as a value to be stored."""
        found: dict[str, Value] = {"raised": list(self.raised)} if self.raised else {"value": self.value}
        return found | {"costs": {machine: list(spent) for machine, spent in self.costs.items()}}

    @classmethod
    def from_value(cls, stored: Value) -> Answer:
        """Read what :meth:`to_value` returned, without costs that are none.

        Raises ValueError for another value.
        """
        match stored:
            case {"raised": [str(name), str(text)]}:
                return cls(None, (name, text), _costs(stored.get("costs")))
            case {"value": value}:
                return cls(value, None, _costs(stored.get("costs")))
        raise ValueError("not an answer")


class AnswerSource(Protocol):
    """Where the reference's answers come from; a context manager."""

    def answer(self, question: Question, *, keep: bool = True) -> Answer:
        """Return an answer, which may be kept for others who ask the same unless ``keep`` is off.

        Raises the StudentFault that the reference's own code made instead of answering (an exception that it raised is
        an answer), KernelError when there is no answer for another reason.
        """

    def cost(self, question: Question, *, keep: bool = True) -> Cost | None:
        """Return what an answer costs on this machine, or None where that is not known.

        Raises as ``answer`` does.
        """

    def __enter__(self) -> AnswerSource: ...

    def __exit__(self, *exc_info: object) -> None: ...


def _costs(found: Value) -> dict[str, Spent]:
    stored = found.items() if isinstance(found, dict) else ()
    return {
        machine: (float(spent[0]), float(spent[1]))
        for machine, spent in stored
        if isinstance(spent, list | tuple)
        and len(spent) == 2
        and all(isinstance(x, int | float) and x >= 0 for x in spent)
    }
