"""Visible checks of ``prompt_to_residual_stream_activations``: four of its ten points."""

from __future__ import annotations

from typing import Any

import pytest

from grader import compare

from ..activations_signals import check as check_signals
from ..compare_activations import COLON, NAME, ask, check, check_form

pytestmark = pytest.mark.exercise("prompt_to_residual_stream_activations")

OPPOSITE, GERMAN = "fast : slow", "fast : schnell"
GOES_ON = "Anna said tall : short people, wet : dry. She went home"


@pytest.mark.points(1)
@pytest.mark.hint("End the function with `return` and one tensor, not a list of tensors.")
def test_returns_a_tensor(student: Any, reference: Any) -> None:
    """It returns one tensor of finite floating-point numbers."""
    given = compare.tensor(ask(student, reference, OPPOSITE), name=NAME)
    compare.dtype(given, "floating", name=NAME)
    compare.finite(given, axes=[f"axis {i}" for i in range(len(given.shape))], name=NAME)


@pytest.mark.points(1)
@pytest.mark.hint("Print the shape of each tensor on the way, and write down which axis is which.")
def test_shape(student: Any, reference: Any) -> None:
    """The tensor has the shape (layer, d_model)."""
    check_form(ask(student, reference, OPPOSITE), reference)


@pytest.mark.points(1)
@pytest.mark.hint("Print the token whose activations you return, and the name of the activation that you read.")
def test_values(student: Any, reference: Any) -> None:
    """It reads the residual stream at the first token after the colon."""
    for prompt in (OPPOSITE, GERMAN):
        check(student, reference, prompt)


@pytest.mark.points(0.5)
@pytest.mark.model("planted")
def test_place(student: Any, reference: Any) -> None:
    """It reads the right place of each layer, normalised, in the tokens that the model has."""
    for demarcation in (COLON, " said"):
        check_signals(student, reference, GOES_ON, demarcation)


@pytest.mark.points(0.5)
@pytest.mark.hint(
    "Print the tokens of this prompt with their positions. Which one follows the demarcation token you are given?"
)
def test_text_that_goes_on(student: Any, reference: Any) -> None:
    """It reads the first token after the given demarcation token, also when text follows."""
    for demarcation in (COLON, " said"):
        check(student, reference, GOES_ON, demarcation)
