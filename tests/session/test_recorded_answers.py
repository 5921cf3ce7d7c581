"""Answers recorded in a file are found by what was asked, without solution and kernel."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from grader import machine
from grader.errors import AssignmentError, KernelError
from grader.session import NoAnswer, ReferenceAnswers
from grader.session.answer_source import Answer, Question
from grader.session.bounded_cache import size
from grader.session.call_limits import Cost
from grader.session.recorded_answers import RecordedAnswers, pack_answers, recorded_key
from grader.session.reference_answers import variant_question
from grader.value import Tensor, Value

WEIGHTS = "digest of the weights"
GIVEN: tuple[tuple[Value, ...], dict[str, Value]] = (("a text", [1, 2.5]), {"k": 3, "flag": None})
VALUE = (Tensor(np.arange(6, dtype="float32").reshape(2, 3), "float32"), {"words": ["süß", " :"]}, None)


def opened(file: Path, digest: str = WEIGHTS) -> ReferenceAnswers:
    return ReferenceAnswers(RecordedAnswers(file, lambda model: digest))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with answers of a function, a mistake that raised and two at once."""
    asked = [
        (Question("any", "f", *GIVEN), Answer(VALUE, costs={machine.identity(): (1.0, 2.0), "another": (3.0, 4.0)})),
        (variant_question("raises", Question("any", "f", *GIVEN)), Answer(None, ("ValueError", "no"))),
        (variant_question("one+two", Question("any", "f", *GIVEN)), Answer(7)),
    ]
    answers = {recorded_key(question, WEIGHTS): answer for question, answer in asked}
    (tmp_path / "answers.zip").write_bytes(pack_answers(answers))
    return tmp_path / "answers.zip"


def test_an_answer_is_found_by_function_arguments_and_weights(file: Path) -> None:
    """The model's name and the order of keyword arguments do not matter."""
    args, kwargs = GIVEN

    with opened(file) as answers:
        tensor, words, nothing = answers.call(Question("another name", "f", args, dict(reversed(kwargs.items()))))

    assert np.array_equal(tensor.data, VALUE[0].data)
    assert (tensor.dtype, words, nothing) == ("float32", VALUE[1], None)


@pytest.mark.parametrize(
    ("name", "args", "digest"),
    [("g", GIVEN[0], WEIGHTS), ("f", ("another text", [1, 2.5]), WEIGHTS), ("f", GIVEN[0], "other weights")],
)
def test_what_was_not_recorded_is_an_error_of_ours(file: Path, name: str, args: tuple[Value, ...], digest: str) -> None:
    """Another function, argument or model has no answer, and no student pays for that."""
    with opened(file, digest) as answers, pytest.raises(KernelError, match=f"no answer of {name} to these arguments"):
        answers.call(Question("m", name, args, GIVEN[1]))


def test_mistakes_are_recorded_alone_and_together(file: Path) -> None:
    """One that raised has no answer, as where it is computed."""
    with opened(file) as answers:
        assert answers.variant("one+two", Question("m", "f", *GIVEN)) == 7
        with pytest.raises(NoAnswer):
            answers.variant("raises", Question("m", "f", *GIVEN))


def test_what_an_answer_cost_where_it_was_recorded_counts(file: Path) -> None:
    """Limits follow from the recorded cost and are explained by it, not by other machines'."""
    with opened(file) as answers:
        assert answers.cost(Question("m", "f", *GIVEN)) == Cost(1.0, 2.0, size(VALUE))
        assert answers.cost(Question("m", "raises", *GIVEN)) is None
        assert answers.cost(Question("m", "g", *GIVEN)) is None


@pytest.mark.parametrize("damage", [b"", b"not a zip"])
def test_a_damaged_file_is_named(file: Path, damage: bytes) -> None:
    """Who has it can get it again."""
    file.write_bytes(damage)

    with opened(file) as answers, pytest.raises(AssignmentError, match="get the course's files again"):
        answers.call(Question("m", "f", *GIVEN))


def test_equal_answers_make_equal_files(tmp_path: Path) -> None:
    """A release made twice from the same files is the same, so that it is trusted once."""
    answers = {
        "b" * 64: Answer(VALUE, costs={machine.identity(): (1.0, 2.0), "another": (3.0, 4.0)}),
        "a" * 64: Answer(1),
    }

    assert pack_answers(answers) == pack_answers(dict(reversed(answers.items())))
    with zipfile.ZipFile(io.BytesIO(pack_answers(answers))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}  # a zip's first
