"""Visible checks of ``logit_lens_analysis``: four of its ten points."""

from __future__ import annotations

from typing import Any

import pytest

from grader import compare

from ..compare_lens import (
    AXES,
    KL,
    TOP,
    ask,
    check_beginning_alike,
    check_divergences,
    check_form,
    check_not_negative,
    check_order,
    check_tokens,
    check_top_tokens,
    draw,
)
from ..lens_signals import check as check_signals

pytestmark = pytest.mark.exercise("logit_lens_analysis")

SCHOOL = "James Potter went to school. James"
STORE = "Alice and Bob went to the store. Alice gave the milk to"
PROMPTS = [pytest.param(SCHOOL, id="school"), pytest.param(STORE, id="store")]


@pytest.mark.points(0.5)
@pytest.mark.hint("End the function with the `return` that the notebook gives: three things, in that order.")
def test_returns_three_things(student: Any, reference: Any) -> None:
    """It returns three things: the tokens, the most likely tokens, and the KL divergences."""
    parts = ask(student, SCHOOL)
    check_order(parts, reference.prompt_tokens(SCHOOL).shape[1])
    for name in (TOP, KL):
        compare.tensor(parts[name], name=name)


@pytest.mark.points(0.5)
def test_tokens(student: Any, reference: Any) -> None:
    """The tokens are those of the prompt, with the beginning-of-text token first."""
    for prompt in (SCHOOL, STORE):
        check_tokens(ask(student, prompt), reference, prompt)


@pytest.mark.points(0.25)
@pytest.mark.hint("Print the shape of each tensor on the way, and write down which axis is which.")
def test_shapes(student: Any, reference: Any) -> None:
    """The most likely tokens and the KL divergences have the shape (position, layer)."""
    for prompt in (SCHOOL, STORE):
        check_form(ask(student, prompt), reference, prompt)


@pytest.mark.points(0.25)
def test_properties(student: Any, reference: Any) -> None:
    """The KL divergences are finite, never below zero, and do not depend on text that follows."""
    given, long = ask(student, SCHOOL), ask(student, f"{SCHOOL} and Alice")
    for parts, prompt in ((given, SCHOOL), (long, f"{SCHOOL} and Alice")):
        check_form(parts, reference, prompt)
        compare.finite(parts[KL], axes=AXES, name=KL)
    check_not_negative(given)
    check_beginning_alike(given, long, reference.prompt_tokens(SCHOOL).shape[1] - 1)


@pytest.mark.points(0.5)
@pytest.mark.model("planted")
def test_place(student: Any, reference: Any) -> None:
    """The lens reads the right place, and compares it with the model's final prediction."""
    check_signals(ask(student, STORE), reference, STORE)


@pytest.mark.points(0.5)
@pytest.mark.parametrize("prompt", PROMPTS)
def test_top_tokens(student: Any, reference: Any, figure: Any, prompt: str) -> None:
    """The most likely token of every layer is right."""
    given = ask(student, prompt)
    figure(draw(reference, prompt, given))
    check_top_tokens(given, reference, prompt)


@pytest.mark.points(0.5)
@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.hint(
    "Check on paper, for one position: which distribution is P, which is Q, and over which axis does the sum run?"
)
def test_divergences(student: Any, reference: Any, figure: Any, prompt: str) -> None:
    """The KL divergence between the final prediction and each layer's is right."""
    given = ask(student, prompt)
    figure(draw(reference, prompt, given))
    check_divergences(given, reference, prompt)
