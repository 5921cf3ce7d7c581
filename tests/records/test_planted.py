"""Planted signals: what a model with them holds, and what is read off it."""

from __future__ import annotations

import numpy as np
import pytest

from grader.planted import Signals

SIZES = [(8, 128, 2048), (6, 96, 2048), (12, 768, 50257), (24, 1024, 50304), (2, 96, 300)]
TOKENS = [0, 17, 5, 99, 3, 250, 17]


@pytest.fixture(params=SIZES, ids=str)
def signals(request: pytest.FixtureRequest) -> Signals:
    """Signals for models of several sizes."""
    return Signals(*request.param)


def test_a_vector_tells_where_it_was_read(signals: Signals) -> None:
    """Token, position, and which attentions and MLPs had written, normalised or not."""
    raw = signals.stream(TOKENS, 2, 1)

    for stream in (raw, signals.normalised(raw)):
        for position, token in enumerate(TOKENS):
            marks = signals.read(stream[position])
            assert (marks.token, marks.positions) == (token, (position,))
            assert (marks.attentions, marks.mlps, marks.mixed, marks.more) == ((0, 1), (0,), False, False)


def test_a_mixture_is_told_from_an_activation(signals: Signals) -> None:
    """Sums over layers and means over positions are none."""
    layers = [signals.normalised(signals.stream(TOKENS, n + 1, n)[3]) for n in range(2)]

    assert signals.read(layers[0] + layers[1]).mixed
    assert signals.read(signals.stream(TOKENS, 1, 0).mean(0)).token is None
    assert signals.read(np.exp(layers[0])).more


def test_the_part_that_wrote_last_has_the_most_likely_word(signals: Signals) -> None:
    """At each position and place; its lead is no matter of rounding."""
    for mlps in range(signals.layers + 1):
        for attentions in (mlps, mlps + 1)[: 2 if mlps < signals.layers else 1]:
            logs = signals.predict(signals.normalised(signals.stream(TOKENS, attentions, mlps))).logs
            first, second = np.sort(logs, axis=-1)[:, [-1, -2]].T
            assert (logs.argmax(-1) + 1 == signals.word(attentions, mlps)).all()
            assert (first - second > 0.01).all()


def test_the_words_have_the_names_of_parts(signals: Signals) -> None:
    """In the order in which they write."""
    named = [signals.part(word) for word in range(6)]

    parts = ["the embedding", *(f"the {p} of layer {n}" for n in range(2) for p in ("attention", "MLP"))]
    assert named == ["", *parts]
    assert signals.part(signals.word(signals.layers, signals.layers) + 1) == ""


def test_predictions_are_distributions_that_differ_by_position_and_direction(signals: Signals) -> None:
    """A divergence with the wrong position, order or unit has another value."""
    final = signals.predict(signals.normalised(signals.stream(TOKENS, signals.layers, signals.layers)))
    lens = signals.predict(signals.normalised(signals.stream(TOKENS, 1, 0)))
    right = final.divergence(lens)

    assert np.allclose((np.exp(final.logs) * final.count).sum(-1), 1)
    assert np.allclose(final.divergence(final), 0)
    for wrong in (lens.divergence(final), np.roll(right, 1), right / np.log(2)):
        assert (np.abs(wrong - right) > 0.01).all()


def test_the_divergence_is_that_over_the_whole_vocabulary() -> None:
    """The words that no part has are counted as often as there are."""
    signals = Signals(2, 96, 300)
    weights, bias = np.zeros((96, 300)), np.full(300, signals.unembedding[1])
    words = slice(1, 1 + signals.unembedding[0].shape[1])
    weights[:, words], bias[words] = signals.unembedding[0], 0
    streams = [signals.normalised(signals.stream(TOKENS, n, n)) for n in (2, 1)]
    p, q = (np.exp(s @ weights + bias) for s in streams)
    p, q = (x / x.sum(-1, keepdims=True) for x in (p, q))

    expected = (p * np.log(p / q)).sum(-1)

    assert np.allclose(signals.predict(streams[0]).divergence(signals.predict(streams[1])), expected)


@pytest.mark.parametrize("sizes", [(8, 62, 2048), (100, 128, 2048), (8, 128, 10)])
def test_a_model_that_is_too_small_is_refused(sizes: tuple[int, int, int]) -> None:
    """It has no room for a mark of each part."""
    with pytest.raises(ValueError, match="no room for all signals"):
        Signals(*sizes)
