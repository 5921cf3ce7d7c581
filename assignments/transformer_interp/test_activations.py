"""Checks of ``prompt_to_residual_stream_activations``: ten points."""

from __future__ import annotations

import random
from typing import Any

import pytest

from grader import compare

pytestmark = pytest.mark.exercise("prompt_to_residual_stream_activations")

AXES = ("layer", "d_model")
NAME = "activations"
NAMES = ["Mary", "John", "Emma", "Oliver", "Sophia", "Lucas", "Henry", "Anna", "Peter", "Sarah", "Kate"]
PLACES = ["school", "park", "library", "hospital", "museum", "garden", "river", "market"]
OPPOSITES = {"hot": "cold", "new": "old", "big": "small", "fast": "slow", "rich": "poor", "clean": "dirty"}
GERMAN_WORDS = {"sweet": "süß", "early": "früh", "ugly": "hässlich", "short": "kurz", "white": "weiß"}
OPPOSITE, GERMAN = "fast : slow", "fast : schnell"
COLON = " :"


def ask(student: Any, reference: Any, prompt: str, demarcation: str = COLON) -> Any:
    """Return the student's answer for a prompt and the text of a demarcation token."""
    return student.prompt_to_residual_stream_activations(prompt, reference.demarcation_token(demarcation))


def check(student: Any, reference: Any, prompt: str, demarcation: str = COLON) -> Any:
    """Compare the student's answer with the reference's, element by element, and return it."""
    expected = reference.prompt_to_residual_stream_activations(prompt, reference.demarcation_token(demarcation))
    given = ask(student, reference, prompt, demarcation)
    compare.close(given, expected, axes=AXES, name=NAME)
    return given


def telling_prompt(rng: random.Random) -> tuple[str, str]:
    """Return a text with an answer of two tokens, and what follows it: a second demarcation token and a sentence.

    The answer stands further back than in the notebook's pairs, and behind another token to ask for, " said".
    """
    (first, second), word, german = rng.sample(NAMES, 2), rng.choice([*OPPOSITES]), rng.choice([*GERMAN_WORDS])
    prompt = f"{first} and {second} said {word}{COLON} {OPPOSITES[word]} {rng.choice(['water', 'day', 'house'])}"
    follows = f", {german}{COLON} {GERMAN_WORDS[german]}. {second} went to the {rng.choice(PLACES)}"
    return prompt, follows


@pytest.mark.points(1)
@pytest.mark.hint("The function must end with `return` and one tensor, not a list of them.")
def test_returns_a_tensor(student: Any, reference: Any) -> None:
    """It returns one tensor of finite floating-point numbers."""
    given = compare.tensor(ask(student, reference, OPPOSITE), name=NAME)
    compare.dtype(given, "floating", name=NAME)
    compare.finite(given, axes=[f"axis {i}" for i in range(len(given.shape))], name=NAME)


@pytest.mark.points(1)
@pytest.mark.hint("Print the shape of each tensor on the way, and write down which axis is which.")
def test_shape(student: Any, reference: Any) -> None:
    """The tensor has the axes (layer, d_model)."""
    expected = reference.prompt_to_residual_stream_activations(OPPOSITE, reference.demarcation_token(COLON))
    compare.shape(ask(student, reference, OPPOSITE), expected.shape, axes=AXES, name=NAME)


@pytest.mark.points(2)
@pytest.mark.hint("Print the token whose activations you return, and the name of the activation you read.")
def test_values(student: Any, reference: Any) -> None:
    """On pairs of the notebook it reads the stream at the first token after the colon."""
    for prompt in (OPPOSITE, GERMAN):
        check(student, reference, prompt)


@pytest.mark.points(1)
@pytest.mark.visibility("hidden")
@pytest.mark.hint("Which token do you read when the answer is more than one token long?")
def test_answer_of_several_tokens(student: Any, reference: Any) -> None:
    """It reads the first token of an answer that has several."""
    check(student, reference, "ugly : unbeautifully plain")


@pytest.mark.points(1)
@pytest.mark.visibility("hidden")
@pytest.mark.hint("Which token do you read when the text goes on after the answer?")
def test_text_after_the_answer(student: Any, reference: Any) -> None:
    """It reads the right token when the text goes on after the answer."""
    check(student, reference, "The German word for cold : kalt. Mary and John went to the park.")


@pytest.mark.points(1)
@pytest.mark.visibility("hidden")
@pytest.mark.hint("A text may hold the demarcation token more than once. Which one does the notebook take?")
def test_second_demarcation_token(student: Any, reference: Any) -> None:
    """It takes the first demarcation token when there are several."""
    check(student, reference, "hot : cold, new : neu, big : small and the end")


@pytest.mark.points(1)
@pytest.mark.visibility("hidden")
@pytest.mark.hint("The demarcation token is an argument of the function.")
def test_other_demarcation_token(student: Any, reference: Any) -> None:
    """It uses the demarcation token that it is given, in any language."""
    check(student, reference, "Das Mädchen war süß : und die Straße war groß, the end", " war")


@pytest.mark.points(1)
@pytest.mark.visibility("hidden")
@pytest.mark.model("random")
@pytest.mark.hint("If only the other model fails: ask the model for its sizes instead of writing numbers down.")
def test_another_model(student: Any, reference: Any) -> None:
    """It is right on a model of another depth and width."""
    check(student, reference, "warm : cool and not so hot")


@pytest.mark.points(1)
@pytest.mark.visibility("hidden")
@pytest.mark.hint(
    "The answer should depend on the arguments alone: not on what follows the answer or was asked before."
)
def test_fresh_prompt(student: Any, reference: Any, rng: random.Random) -> None:
    """It is right on a prompt made for this submission alone, whatever follows and whichever token is asked for."""
    prompt, follows = telling_prompt(rng)
    given = check(student, reference, f"{prompt}{follows}")
    compare.close(ask(student, reference, prompt), given, axes=AXES, name=f"{NAME} of the same text, cut short")
    check(student, reference, f"{prompt}{follows}", " said")
