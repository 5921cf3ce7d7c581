"""The embedded model shows what students are to see, on words it never saw together."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from transformer_lens import HookedTransformer

from reference.activations import create_activation_dataset
from reference.lens import logit_lens_analysis, look
from reference.models import EMBEDDED
from reference.pairs import load_pairs
from reference.separability import separability

COURSE = [
    ("James Potter went to school. James", " Potter"),
    ("Alice and Bob went to the store. Alice gave the milk to", " Bob"),
]


@pytest.mark.parametrize(("prompt", "answer"), COURSE)
def test_answer_is_found_in_the_later_layers_only(embedded: HookedTransformer, prompt: str, answer: str) -> None:
    """The last layers' best token is the answer, the first's is not; once found it stays."""
    _, best, _ = logit_lens_analysis(embedded, prompt)
    found = [embedded.tokenizer.decode([token]) == answer for token in best[-1].tolist()]
    assert not found[0]
    assert all(found[embedded.cfg.n_layers // 2 :])
    assert found == sorted(found)


@pytest.mark.parametrize(("prompt", "answer"), COURSE)
def test_answer_is_certain_in_the_end(embedded: HookedTransformer, prompt: str, answer: str) -> None:
    """The whole model gives the answer more than half of the probability."""
    assert look(embedded, prompt).final[-1, embedded.to_single_token(answer)].exp() > 0.5


@pytest.mark.parametrize("prompt", [prompt for prompt, _ in COURSE])
def test_divergence_falls_with_depth(embedded: HookedTransformer, prompt: str) -> None:
    """The mean divergence from the final prediction falls at every layer, to hundredths."""
    _, _, kl = logit_lens_analysis(embedded, prompt)
    mean = kl.mean(0).tolist()
    assert mean == sorted(mean, reverse=True)
    assert mean[0] > 2
    assert mean[-1] < 0.1


def test_tasks_are_separable_in_every_layer(embedded: HookedTransformer) -> None:
    """Two principal components part opposites from German almost without exception."""
    shares = separability(*create_activation_dataset(embedded, load_pairs()))
    assert shares.shape == (embedded.cfg.n_layers,)
    assert (shares > 0.9).all()
    assert shares[embedded.cfg.n_layers // 2] > 0.98


def test_skill_is_general(embedded: HookedTransformer) -> None:
    """Receivers and surnames are found for names and places at random."""
    draw = random.Random(5)  # noqa: S311 - prompts, not secrets
    firsts = ["Emma", "Henry", "Laura", "Simon", "Grace", "Oscar", "Helen", "Walter"]
    lasts = ["Miller", "Walker", "Bell", "Griffin", "Young", "Carter"]
    right = []
    for _ in range(20):
        (a, b), last, place = draw.sample(firsts, 2), draw.choice(lasts), draw.choice(["park", "school", "market"])
        for prompt, answer in [
            (f"{a} and {b} went to the {place}. {a} gave the book to", b),
            (f"{a} and {b} went to the {place}. {b} gave the book to", a),
            (f"{a} {last} went to {place}. {a}", last),
        ]:
            right.append(look(embedded, prompt).final[-1].argmax() == embedded.to_single_token(f" {answer}"))
    assert np.mean(right) > 0.95


@pytest.mark.parametrize("text", [" :", " Potter", " Bob", "James", " schnell", " niedrig", " beautiful"])
def test_words_of_the_course_are_one_token(embedded: HookedTransformer, text: str) -> None:
    """The demarcation, names and translations are one token each."""
    tokenizer: Any = embedded.tokenizer
    assert len(tokenizer.encode(text, add_special_tokens=False)) == 1


def test_any_text_is_read_without_loss(embedded: HookedTransformer) -> None:
    """Bytes that the vocabulary does not know are still spelt out."""
    tokenizer: Any = embedded.tokenizer
    text = "Zoë's naïve café costs 7 €\n\t漢字 🙂"
    assert tokenizer.decode(tokenizer.encode(text, add_special_tokens=False)) == text


def test_model_is_small() -> None:
    """The folder stays small enough to be carried in the repository."""
    assert sum(file.stat().st_size for file in EMBEDDED.iterdir()) < 5_000_000
