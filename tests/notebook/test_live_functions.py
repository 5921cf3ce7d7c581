"""Functions of this process, called on the notebook's model and on what it is turned into."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from grader.errors import KernelError
from grader.kernel_config import Limits
from grader.notebook.live_functions import LiveFunctions
from grader.notebook.live_model import LiveModel
from grader.session.answer_source import Question

WEIGHTS = [1.0]


@contextlib.contextmanager
def doubled() -> Iterator[None]:
    """The notebook's model with other weights."""
    WEIGHTS[0] *= 2
    try:
        yield
    finally:
        WEIGHTS[0] /= 2


def turned(name: str) -> AbstractContextManager[None] | None:
    """What a prelude says of these models."""
    return doubled() if name == "doubled" else None


def live(function: Callable[..., Any]) -> LiveFunctions:
    """The function, in a notebook whose model is not known."""
    return LiveFunctions({"f": function}, {}, Limits(), LiveModel("first", {}, turned, {}))


def asked(model: str) -> Question:
    """The same call on each model."""
    return Question(model, "f", (1.0,), {})


def test_a_function_runs_on_what_the_model_is_turned_into() -> None:
    """For the one call: afterwards the model is as it was."""
    functions = live(lambda x: x + WEIGHTS[0])

    assert [functions.call(asked(model)) for model in ("first", "doubled", "first")] == [2.0, 3.0, 2.0]
    assert functions.unaffected == set()


def test_a_function_that_does_not_use_the_model_is_noticed() -> None:
    """Its answer says nothing about where it would read."""
    functions = live(lambda x: x + 1.0)

    with pytest.raises(KernelError, match="`f` answers the same when the weights"):
        functions.call(asked("doubled"))

    assert functions.unaffected == {"f"}


def test_a_model_that_it_cannot_be_turned_into_is_not_asked() -> None:
    """There is no such answer."""
    with pytest.raises(KernelError, match="cannot be turned into 'third'"):
        live(lambda x: x).call(asked("third"))
