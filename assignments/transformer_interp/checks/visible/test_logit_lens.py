"""Visible checks of ``logit_lens_analysis``: four of its ten points."""

from __future__ import annotations

from typing import Any

import pytest

from grader import compare

from ..compare_lens import AXES, KL, TOP, answer, ask, check_divergences, check_tokens, check_top_tokens, draw

pytestmark = pytest.mark.exercise("logit_lens_analysis")

SCHOOL = "James Potter went to school. James"
STORE = "Alice and Bob went to the store. Alice gave the milk to"
PROMPTS = [pytest.param(SCHOOL, id="school"), pytest.param(STORE, id="store")]


@pytest.mark.points(0.5)
@pytest.mark.hint("End the function with the `return` that the notebook gives: three things, in that order.")
def test_returns_three_things(student: Any, reference: Any) -> None:
    """It returns three things: the tokens, the most likely tokens, and the KL divergences."""
    parts = ask(student, SCHOOL)
    for name in (TOP, KL):
        compare.tensor(parts[name], name=name)


@pytest.mark.points(0.5)
def test_tokens(student: Any, reference: Any) -> None:
    """The tokens are those of the prompt, with the beginning-of-text token first."""
    for prompt in (SCHOOL, STORE):
        check_tokens(ask(student, prompt), reference, prompt)


@pytest.mark.points(0.5)
@pytest.mark.hint("Print the shape of each tensor on the way, and write down which axis is which.")
def test_shapes(student: Any, reference: Any) -> None:
    """The most likely tokens and the KL divergences have the shape (position, layer)."""
    for prompt in (SCHOOL, STORE):
        parts, expected = ask(student, prompt), answer(reference, prompt)
        for name, kind in ((TOP, "integer"), (KL, "floating")):
            compare.shape(parts[name], expected[name].shape, axes=AXES, name=name)
            compare.dtype(parts[name], kind, name=name)


@pytest.mark.points(0.5)
@pytest.mark.parametrize("prompt", PROMPTS)
def test_top_tokens(student: Any, reference: Any, figure: Any, prompt: str) -> None:
    """The most likely token of every layer is right."""
    given = ask(student, prompt)
    figure(draw(reference, prompt, given))
    check_top_tokens(given, reference, prompt)


@pytest.mark.points(0.75)
@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.hint(
    "Check on paper, for one position: which distribution is P, which is Q, and over which axis does the sum run?"
)
def test_divergences(student: Any, reference: Any, figure: Any, prompt: str) -> None:
    """The KL divergence between the final prediction and each layer's is right."""
    given = ask(student, prompt)
    figure(draw(reference, prompt, given))
    check_divergences(given, reference, prompt)
