"""Hidden checks of ``logit_lens_analysis``: six of its ten points."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

import pytest

from grader import compare
from grader.value import Tensor

from ..compare_lens import AXES, KL, TOP, ask, check_divergences, check_tokens, check_top_tokens

pytestmark = pytest.mark.exercise("logit_lens_analysis")

PROMPTS = [
    pytest.param("Kate", id="one word"),
    pytest.param("ugly : hässlich, hot : heiß, sweet : süß, early : früh", id="not ASCII"),
    pytest.param(
        "Mary and John went to the park. Mary gave the book to John. John Miller is a teacher. The house was big and "
        "the dog was small. In German, cold is kalt. hot : cold, new : old, big : small, young : old. Mary and John "
        "met Sarah at the library, and Sarah handed the letter to Mary. Peter and Anna walked to the river. Peter gave "
        "the key to Anna, and Anna was happy. The tree was old, the street was short.",
        id="long",
    ),
]
MIXED = "One day Emma and Oliver walked to the river. fast : schnell, Emma"

LEADS = ["One day", "Then", "After that"]
NAMES = ["Mary", "John", "Emma", "Oliver", "Sophia", "Lucas", "Henry", "Anna", "Peter", "Sarah", "Kate"]
PLACES = ["school", "park", "library", "hospital", "museum", "garden", "river", "market"]
THINGS = ["book", "ball", "ring", "key", "letter", "flower", "apple", "gift"]
GERMAN = {"hot": "heiß", "sweet": "süß", "early": "früh", "ugly": "hässlich", "big": "groß", "short": "kurz"}


def fresh_prompt(rng: random.Random) -> tuple[str, str]:
    """Return a text with repeated names and a word that is not ASCII, and what may follow."""
    (first, second), word = rng.sample(NAMES, 2), rng.choice([*GERMAN])
    where = f"{rng.choice(LEADS)} {first} and {second} went to the {rng.choice(PLACES)}."
    prompt = f"{where} {word} : {GERMAN[word]}, {first} gave the {rng.choice(THINGS)} to"
    return prompt, f" {second}. {first} was late"


def check_beginning(given: dict[str, Any], known: dict[str, Any], reference: Any, prompt: str, when: str) -> None:
    """Compare an answer's first positions with a ``known`` answer to ``prompt``.

    ``prompt`` is what was asked, or the beginning of it.
    """
    first = {name: beginning(given[name], len(known[name].data)) for name in (TOP, KL)}
    margins, words = reference.lens_margins(prompt), reference.vocabulary()
    compare.argmax(first[TOP], known[TOP], margins, axes=AXES, name=f"{TOP} {when}", vocabulary=words)
    compare.close(first[KL], known[KL], axes=AXES, name=f"{KL} {when}")


def beginning(value: Any, positions: int) -> Any:
    """Return the first positions of a tensor; anything else as it is."""
    if not isinstance(value, Tensor) or not value.shape:
        return value
    return dataclasses.replace(value, data=value.data[:positions])


@pytest.mark.points(0.5)
@pytest.mark.parametrize("prompt", PROMPTS)
def test_top_tokens_elsewhere(student: Any, reference: Any, prompt: str) -> None:
    """The most likely tokens are right on other prompts: short, long, in other languages."""
    check_top_tokens(ask(student, prompt), reference, prompt)


@pytest.mark.points(0.5)
@pytest.mark.parametrize("prompt", PROMPTS)
def test_divergences_elsewhere(student: Any, reference: Any, prompt: str) -> None:
    """The KL divergences are right on other prompts: short, long, in other languages."""
    check_divergences(ask(student, prompt), reference, prompt)


@pytest.mark.points(1)
@pytest.mark.hint("The answer must depend on the prompt alone, and at each position only on the tokens up to it.")
def test_fresh_prompt(student: Any, reference: Any, rng: random.Random) -> None:
    """All results are right on a new prompt, whatever text follows, and when asked twice."""
    prompt, follows = fresh_prompt(rng)
    given = ask(student, prompt)
    check_tokens(given, reference, prompt)
    check_top_tokens(given, reference, prompt)
    check_divergences(given, reference, prompt)
    check_beginning(ask(student, f"{prompt}{follows}"), given, reference, prompt, "when more text follows")
    check_beginning(ask(student, prompt), given, reference, prompt, "when it is asked again")


@pytest.mark.points(1)
@pytest.mark.model("random")
@pytest.mark.hint(
    "If only the other model fails: take the numbers of layers and dimensions from the model's configuration."
)
def test_top_tokens_of_another_model(student: Any, reference: Any) -> None:
    """The most likely token of every layer is right on a model of another depth and width."""
    check_top_tokens(ask(student, MIXED), reference, MIXED)


@pytest.mark.points(1)
@pytest.mark.model("random")
@pytest.mark.hint(
    "If only the other model fails: take the numbers of layers and dimensions from the model's configuration."
)
def test_divergences_of_another_model(student: Any, reference: Any) -> None:
    """The KL divergence is right on a model of another depth and width."""
    check_divergences(ask(student, MIXED), reference, MIXED)
