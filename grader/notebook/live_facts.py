"""What checks ask of a notebook's model: its facts, and answers that were recorded."""

from __future__ import annotations

from typing import Any, Self

from grader.kernel import codec
from grader.kernel.inside.call import answer
from grader.notebook.live_model import LiveModel
from grader.session.answer_source import Answer, AnswerSource, Question
from grader.session.call_limits import Cost

_MOST_BYTES = 1 << 30


class LiveFacts:
    """An AnswerSource that asks the notebook's model for facts, another source for the rest."""

    def __init__(self, model: LiveModel, otherwise: AnswerSource) -> None:
        self._model = model
        self._otherwise = otherwise
        self._known: dict[str, Answer] = {}

    def __enter__(self) -> Self:
        self._otherwise.__enter__()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._otherwise.__exit__(*exc_info)

    def answer(self, question: Question, *, keep: bool = True) -> Answer:
        """Return an answer; raises as the other source, and the StudentFault that a fact raised."""
        if question.name not in self._model.facts:
            return self._otherwise.answer(question, keep=keep)
        if (asked := question.key(question.model)) not in self._known:
            self._known[asked] = Answer(self._ask(question))
        return self._known[asked]

    def _ask(self, question: Question) -> Any:
        given = [bytes(buffer) for buffer in codec.encode_call(question.args, question.kwargs)]
        with self._model.turned_into(question.model):
            reply = answer(dict(self._model.facts), question.name, given, _MOST_BYTES)
        return codec.decode_reply(reply, question.name)

    def cost(self, question: Question, *, keep: bool = True) -> Cost | None:
        """Return what an answer cost where it was recorded."""
        return None if question.name in self._model.facts else self._otherwise.cost(question, keep=keep)
