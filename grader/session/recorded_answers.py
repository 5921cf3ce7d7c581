"""Reference answers recorded in a file: data, without a solution and without a kernel."""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Self

from grader import machine
from grader.errors import AssignmentError, KernelError
from grader.session import messages
from grader.session.answer_source import Answer, Question
from grader.session.bounded_cache import size
from grader.session.call_limits import Cost
from grader.value import Value
from grader.value_codec import decode, encode

FINGERPRINT = "model_fingerprint"
"""The fact of a model that tells its weights from others', as a few numbers.

A prelude may give it.
"""

_RECORDED = "recorded"  # in place of the name of the machine
_STAMP = (1980, 1, 1, 0, 0, 0)  # equal answers make equal files


class RecordedAnswers:
    """An AnswerSource that knows the answers that were recorded, and no others.

    ``file`` is a zip of answers, each named by function, arguments and the digest of the model's weights; ``digest``
    gives that of a model.
    """

    def __init__(self, file: Path, digest: Callable[[str], str]) -> None:
        self._file = file
        self._digest = digest

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        if "_archive" in self.__dict__:
            self._archive.close()

    def answer(self, question: Question, *, keep: bool = True) -> Answer:
        """Return an answer.

        Raises KernelError for what was not recorded, AssignmentError for a damaged file.
        """
        try:
            return Answer.from_value(
                _recorded_value(self._archive, recorded_key(question, self._digest(question.model)))
            )
        except KeyError as error:
            raise KernelError(messages.not_recorded(question.name, question.model)) from error
        except (OSError, ValueError, TypeError, RecursionError, zipfile.BadZipFile) as error:
            raise AssignmentError(self._file, messages.unreadable_record(error)) from error

    def cost(self, question: Question, *, keep: bool = True) -> Cost | None:
        """Return what an answer cost where it was recorded; None for one that raised."""
        answer = self.answer(question)
        spent = answer.costs.get(_RECORDED)
        return None if answer.raised or spent is None else Cost(*spent, size(answer.value))

    @cached_property
    def _archive(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(self._file)


def recorded_key(question: Question, digest: str) -> str:
    """Return the name of a recorded answer; ``digest`` is that of the model's weights."""
    return question.key(digest)


def pack_answers(answers: Mapping[str, Answer]) -> bytes:
    """Return a file of answers by their names, each with what it cost here.

    The names are those of :func:`recorded_key`.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, answer in sorted(answers.items()):
            structure, arrays = encode(_with_own_cost(answer).to_value(), opaque=True)
            for number, data in enumerate((json.dumps(structure).encode(), *map(bytes, arrays))):
                archive.writestr(zipfile.ZipInfo(f"{name}/{number}", _STAMP), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _with_own_cost(answer: Answer) -> Answer:
    """Return an answer with what it cost on this machine, if that is known, and on no other."""
    here = answer.costs.get(machine.identity())
    return replace(answer, costs={_RECORDED: here} if here else {})


def _recorded_value(archive: zipfile.ZipFile, name: str) -> Value:
    """Return a recorded value; raises KeyError where there is none of that name."""
    structure = json.loads(archive.read(f"{name}/0"))
    members = itertools.takewhile(archive.NameToInfo.__contains__, (f"{name}/{n}" for n in itertools.count(1)))
    return decode(structure, [archive.read(member) for member in members])
