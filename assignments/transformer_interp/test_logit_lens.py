"""Checks of ``logit_lens_analysis``: ten points."""

from __future__ import annotations

import dataclasses
import math
import random
from typing import Any

import pytest

from grader import compare
from grader.result import Figure, FigureCells
from grader.value import Tensor

pytestmark = pytest.mark.exercise("logit_lens_analysis")

AXES = ("position", "layer")
TOKENS, TOP, KL = "tokens", "best tokens", "KL divergences"
RETURNED = ("tokens", "top_unembedded_residual_stream_caches", "kl_divergences")

SCHOOL = "James Potter went to school. James"
STORE = "Alice and Bob went to the store. Alice gave the milk to"
VISIBLE = [pytest.param(SCHOOL, id="school"), pytest.param(STORE, id="store")]
HIDDEN = [
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
    """Return a text with names to be remembered and words that are not ASCII, and what may follow it."""
    (first, second), word = rng.sample(NAMES, 2), rng.choice([*GERMAN])
    where = f"{rng.choice(LEADS)} {first} and {second} went to the {rng.choice(PLACES)}."
    prompt = f"{where} {word} : {GERMAN[word]}, {first} gave the {rng.choice(THINGS)} to"
    return prompt, f" {second}. {first} was late"


def ask(student: Any, prompt: str) -> dict[str, Any]:
    """Return the parts of the student's answer by name."""
    parts = compare.parts(student.logit_lens_analysis(prompt), RETURNED)
    return dict(zip((TOKENS, TOP, KL), parts, strict=True))


def answer(reference: Any, prompt: str) -> dict[str, Any]:
    """Return the parts of the right answer by name."""
    return dict(zip((TOKENS, TOP, KL), reference.logit_lens_analysis(prompt), strict=True))


def check_top_tokens(given: dict[str, Any], reference: Any, prompt: str) -> None:
    """Compare the best tokens; where the reference has two nearly equal ones, either is right."""
    expected, margins = answer(reference, prompt)[TOP], reference.lens_margins(prompt)
    compare.argmax(given[TOP], expected, margins, axes=AXES, name=TOP, vocabulary=reference.vocabulary())


def check_tokens(given: dict[str, Any], reference: Any, prompt: str) -> None:
    """Compare the tokens."""
    expected, words = answer(reference, prompt)[TOKENS], reference.vocabulary()
    compare.tokens(given[TOKENS], expected, vocabulary=words, tokenizer="`to_tokens`")


def check_divergences(given: dict[str, Any], reference: Any, prompt: str) -> None:
    """Compare the divergences element by element."""
    compare.kl(given[KL], answer(reference, prompt)[KL], axes=AXES, name=KL)


def check_beginning(given: dict[str, Any], known: dict[str, Any], reference: Any, prompt: str, when: str) -> None:
    """Compare the first positions of an answer with a ``known`` one to ``prompt``, the beginning of what was asked."""
    first = {name: beginning(given[name], len(known[name].data)) for name in (TOP, KL)}
    margins, words = reference.lens_margins(prompt), reference.vocabulary()
    compare.argmax(first[TOP], known[TOP], margins, axes=AXES, name=f"{TOP} {when}", vocabulary=words)
    compare.close(first[KL], known[KL], axes=AXES, name=f"{KL} {when}")


def beginning(value: Any, positions: int) -> Any:
    """Return the first positions of a tensor; anything else as it is."""
    if not isinstance(value, Tensor) or not value.shape:
        return value
    return dataclasses.replace(value, data=value.data[:positions])


def grid(parts: dict[str, Any], like: Tensor, words: list[str]) -> FigureCells:
    """Lay an answer out as texts and values, a row for each layer; empty when it has not the shape of ``like``."""
    top, kl = parts.get(TOP), parts.get(KL)
    if not (isinstance(top, Tensor) and isinstance(kl, Tensor) and top.is_integer and kl.is_floating):
        return FigureCells()
    if not top.shape == kl.shape == like.shape:
        return FigureCells()
    texts = [[words[i] if 0 <= i < len(words) else f"id {i}" for i in row] for row in top.data.T.tolist()]
    values = [[value if math.isfinite(value) else None for value in row] for row in kl.data.T.tolist()]
    return FigureCells(texts, values)


def draw(reference: Any, prompt: str, given: dict[str, Any]) -> Figure:
    """Return the student's lens beside the reference's."""
    expected, words = answer(reference, prompt), reference.vocabulary()
    wanted = grid(expected, expected[TOP], words)
    return Figure(
        kind="logit_lens",
        title=f"What each layer would say next: {prompt!r}",
        rows=[str(layer) for layer in range(expected[TOP].shape[1])],
        columns=[words[token] for token in expected[TOKENS].data[0].tolist()],
        student=grid(given, expected[TOP], words),
        reference=wanted,
        value_name="KL(final || layer), nats",
    )


@pytest.mark.points(0.5)
@pytest.mark.hint("End the function with the `return` that the notebook gives: three things, in that order.")
def test_returns_three_things(student: Any, reference: Any) -> None:
    """It returns three things: tokens, best tokens, divergences."""
    parts = ask(student, SCHOOL)
    for name in (TOP, KL):
        compare.tensor(parts[name], name=name)


@pytest.mark.points(0.5)
def test_tokens(student: Any, reference: Any) -> None:
    """The tokens are those of the prompt, with the one that begins every text."""
    for prompt in (SCHOOL, STORE):
        check_tokens(ask(student, prompt), reference, prompt)


@pytest.mark.points(0.5)
@pytest.mark.hint("Print the shape of each tensor on the way, and write down which axis is which.")
def test_shapes(student: Any, reference: Any) -> None:
    """Best tokens and divergences have the axes (position, layer)."""
    for prompt in (SCHOOL, STORE):
        parts, expected = ask(student, prompt), answer(reference, prompt)
        for name, kind in ((TOP, "integer"), (KL, "floating")):
            compare.shape(parts[name], expected[name].shape, axes=AXES, name=name)
            compare.dtype(parts[name], kind, name=name)


@pytest.mark.points(0.5)
@pytest.mark.parametrize("prompt", VISIBLE)
def test_top_tokens(student: Any, reference: Any, figure: Any, prompt: str) -> None:
    """Every layer says the right word."""
    given = ask(student, prompt)
    figure(draw(reference, prompt, given))
    check_top_tokens(given, reference, prompt)


@pytest.mark.points(0.75)
@pytest.mark.parametrize("prompt", VISIBLE)
@pytest.mark.hint(
    "Check on paper, for one position, which distribution is P and which is Q, and over what the sum goes."
)
def test_divergences(student: Any, reference: Any, figure: Any, prompt: str) -> None:
    """The KL divergence from the final prediction to each layer's is right."""
    given = ask(student, prompt)
    figure(draw(reference, prompt, given))
    check_divergences(given, reference, prompt)


@pytest.mark.points(0.5)
@pytest.mark.visibility("hidden")
@pytest.mark.parametrize("prompt", HIDDEN)
def test_top_tokens_elsewhere(student: Any, reference: Any, prompt: str) -> None:
    """Every layer says the right word on other prompts, short, long and in other languages."""
    check_top_tokens(ask(student, prompt), reference, prompt)


@pytest.mark.points(0.5)
@pytest.mark.visibility("hidden")
@pytest.mark.parametrize("prompt", HIDDEN)
def test_divergences_elsewhere(student: Any, reference: Any, prompt: str) -> None:
    """The KL divergence is right on other prompts, short, long and in other languages."""
    check_divergences(ask(student, prompt), reference, prompt)


@pytest.mark.points(1)
@pytest.mark.visibility("hidden")
@pytest.mark.hint("The answer should depend on the prompt alone, a position's on what stands before it alone.")
def test_fresh_prompt(student: Any, reference: Any, rng: random.Random) -> None:
    """On a prompt made for this submission alone it is right, whatever follows, and again when it is asked again."""
    prompt, follows = fresh_prompt(rng)
    given = ask(student, prompt)
    check_tokens(given, reference, prompt)
    check_top_tokens(given, reference, prompt)
    check_divergences(given, reference, prompt)
    check_beginning(ask(student, f"{prompt}{follows}"), given, reference, prompt, "when more text follows")
    check_beginning(ask(student, prompt), given, reference, prompt, "when it is asked again")


@pytest.mark.points(1)
@pytest.mark.visibility("hidden")
@pytest.mark.model("random")
@pytest.mark.hint("If only the other model fails: ask the model for its sizes instead of writing numbers down.")
def test_top_tokens_of_another_model(student: Any, reference: Any) -> None:
    """Every layer says the right word on a model of another depth and width."""
    check_top_tokens(ask(student, MIXED), reference, MIXED)


@pytest.mark.points(1)
@pytest.mark.visibility("hidden")
@pytest.mark.model("random")
@pytest.mark.hint("If only the other model fails: ask the model for its sizes instead of writing numbers down.")
def test_divergences_of_another_model(student: Any, reference: Any) -> None:
    """The KL divergence is right on a model of another depth and width."""
    check_divergences(ask(student, MIXED), reference, MIXED)
