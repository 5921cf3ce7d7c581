"""Read off a model with planted signals where a lens looks, and how it computes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from grader import compare
from grader.planted import Array, Prediction, Signals
from grader.value import Tensor

from .compare_lens import AXES, KL, TOP, check_form

SETTING = "On a model in which each part writes a word of its own into the stream"


def check(given: dict[str, Any], reference: Any, prompt: str) -> None:
    """Check a lens (position, layer) on a model with planted signals by what it finds."""
    check_form(given, reference, prompt)
    compare.finite(given[KL], axes=AXES, name=KL)
    signals = Signals(*reference.model_sizes())
    _check_place(given[TOP].data, signals)
    tokens = reference.prompt_tokens(prompt).data[0].tolist()
    final = signals.predict(signals.normalised(signals.stream(tokens, signals.layers, signals.layers)))
    streams = np.stack([signals.stream(tokens, layer + 1, layer) for layer in range(signals.layers)], axis=1)
    lens = signals.predict(signals.normalised(streams))
    try:
        right = Tensor(divergences(final, lens), "float64")
        compare.kl(given[KL], right, axes=AXES, name=f"{KL} of a model with known signals")
    except compare.MismatchError:
        for values, finding, hint in _mistakes(final, lens, signals.predict(streams), signals.vocabulary):
            if np.allclose(given[KL].data, values, rtol=5e-3, atol=1e-3 * values.max()):
                raise compare.MismatchError("kl", f"Your KL divergences {finding}.", "", "", hint=hint) from None
        raise


def divergences(final: Prediction, lens: Prediction) -> Array:
    """Return divergences (position, layer) of the lens from final predictions (position,)."""
    return final[:, None].divergence(lens)


def _check_place(top: Array, signals: Signals) -> None:
    """Check which part each layer of the lens has seen last, by its word."""
    for layer, said in enumerate(top.T):
        right = signals.word(layer + 1, layer)
        if wrong := [int(word) for word in said if word != right]:
            whose = signals.part(max(set(wrong), key=wrong.count))
            found = f"the word of {whose}" if whose else "a word that no part has written"
            raise compare.MismatchError(
                "argmax",
                f"{SETTING}, layer {layer} of your lens says {found}; expected that of {signals.part(right)}, which "
                "is the last to write before the place that the text names.",
                "",
                "",
                hint="Compare the name of the activation that you read with the one in the text above, count your "
                "layers, and look at which end of the order you take the token from.",
            )


def _mistakes(
    final: Prediction, lens: Prediction, raw: Prediction, vocabulary: int
) -> Iterator[tuple[Array, str, str]]:
    """Yield well-known mistakes: their divergences, what is wrong with them, and a hint."""
    right = divergences(final, lens)
    same = "The model makes a prediction at each position: compare with the one at that same position."
    yield (
        lens.divergence(final[:, None]),
        "have the two distributions the other way round",
        "Which distribution is P and which is Q? Which argument wants logarithms?",
    )
    yield right / math.log(2), "are in bits; the task asks for nats", "Which base does your logarithm have?"
    yield right / vocabulary, "are means over the vocabulary", "Do you sum over the words?"
    yield divergences(final[-1:], lens), "compare each position with the final prediction at the last one", same
    shifted = final[np.arange(-1, len(final.logs) - 1)]
    yield divergences(shifted, lens), "compare each position with the final prediction at the one before", same
    yield (
        divergences(lens[:, -1], lens),
        "compare with the last layer of your lens",
        "The text asks for the distance from the model's own final prediction. Which logits are that?",
    )
    yield (
        divergences(final, raw),
        "are those of a stream that is not normalised",
        "There are two activations at this place of a layer: before and after its normalisation.",
    )
