"""Hidden checks of ``prompt_to_residual_stream_activations``: six of its ten points."""

from __future__ import annotations

import random
from typing import Any

import pytest

from grader import compare

from ..compare_activations import AXES, COLON, NAME, ask, check

pytestmark = pytest.mark.exercise("prompt_to_residual_stream_activations")

NAMES = ["Mary", "John", "Emma", "Oliver", "Sophia", "Lucas", "Henry", "Anna", "Peter", "Sarah", "Kate"]
PLACES = ["school", "park", "library", "hospital", "museum", "garden", "river", "market"]
OPPOSITES = {"hot": "cold", "new": "old", "big": "small", "fast": "slow", "rich": "poor", "clean": "dirty"}
GERMAN_WORDS = {"sweet": "süß", "early": "früh", "ugly": "hässlich", "short": "kurz", "white": "weiß"}


def telling_prompt(rng: random.Random) -> tuple[str, str]:
    """Return a text with an answer of two tokens, and what follows it.

    That is a second demarcation token and a sentence. The answer stands further back than in the notebook's pairs, and
    behind another token to ask for, " said".
    """
    (first, second), word, german = rng.sample(NAMES, 2), rng.choice([*OPPOSITES]), rng.choice([*GERMAN_WORDS])
    prompt = f"{first} and {second} said {word}{COLON} {OPPOSITES[word]} {rng.choice(['water', 'day', 'house'])}"
    follows = f", {german}{COLON} {GERMAN_WORDS[german]}. {second} went to the {rng.choice(PLACES)}"
    return prompt, follows


@pytest.mark.points(1)
@pytest.mark.hint("Which token do you read when the answer is more than one token long?")
def test_answer_of_several_tokens(student: Any, reference: Any) -> None:
    """It reads the first token of an answer that has several."""
    check(student, reference, "ugly : unbeautifully plain")


@pytest.mark.points(1)
@pytest.mark.hint("Which token do you read when the text goes on after the answer?")
def test_text_after_the_answer(student: Any, reference: Any) -> None:
    """It reads the right token when the text goes on after the answer."""
    check(student, reference, "The German word for cold : kalt. Mary and John went to the park.")


@pytest.mark.points(1)
@pytest.mark.hint("A text may hold the demarcation token more than once. Which one does the notebook take?")
def test_second_demarcation_token(student: Any, reference: Any) -> None:
    """It takes the first demarcation token when there are several."""
    check(student, reference, "hot : cold, new : neu, big : small and the end")


@pytest.mark.points(1)
@pytest.mark.hint("The demarcation token is an argument of the function.")
def test_other_demarcation_token(student: Any, reference: Any) -> None:
    """It uses the demarcation token that it is given."""
    check(student, reference, "Das Mädchen war süß : und die Straße war groß, the end", " war")


@pytest.mark.points(1)
@pytest.mark.model("random")
@pytest.mark.hint(
    "If only the other model fails: take the numbers of layers and dimensions from the model's configuration."
)
def test_another_model(student: Any, reference: Any) -> None:
    """The activations are right on a model of another depth and width."""
    check(student, reference, "warm : cool and not so hot")


@pytest.mark.points(1)
@pytest.mark.hint(
    "The result must depend on the arguments alone: not on the text behind the answer, and not on earlier calls."
)
def test_fresh_prompt(student: Any, reference: Any, rng: random.Random) -> None:
    """It reads the right token on a new prompt, whatever text follows the answer."""
    prompt, follows = telling_prompt(rng)
    given = check(student, reference, f"{prompt}{follows}")
    compare.close(ask(student, reference, prompt), given, axes=AXES, name=f"{NAME} of the same text, cut short")
    check(student, reference, f"{prompt}{follows}", " said")
