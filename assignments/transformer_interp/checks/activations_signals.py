"""Read off a model with planted signals which token and place activations are taken from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader import compare
from grader.planted import Marks, Signals
from grader.value import Tensor

from .compare_activations import AXES, COLON, NAME, ask, check_form

PLACE_HINT = "Compare the name of the activation that you read with the one in the text above, and count your layers."


def check(student: Any, reference: Any, prompt: str, demarcation: str = COLON) -> None:
    """Check activations (layer, d_model) on a model with planted signals by its marks."""
    given = ask(student, reference, prompt, demarcation)
    check_form(given, reference)
    signals = Signals(*reference.model_sizes())
    marks = [signals.read(row) for row in given.data]
    if any(m.more for m in marks):
        hint = "Return the activation as the model holds it, without a function over its numbers."
        _fail("Your activations hold more than the residual stream: numbers where no part of the model writes.", hint)
    tokens = reference.prompt_tokens(prompt).data[0].tolist()
    asked = tokens.index(reference.demarcation_token(demarcation)) + 1
    _check_token(marks, tokens, asked, reference.vocabulary(), prompt)
    _check_place(marks)
    size = np.sqrt((given.data.astype(np.float64) ** 2).mean(-1))
    if not np.allclose(size, 1, atol=0.05):
        hint = "There are two activations at this place of a layer: before and after its normalisation."
        _fail(f"Your activations are not normalised: their root mean square goes up to {size.max():.3g}, not 1.", hint)
    rows = [signals.normalised(signals.stream(tokens, n + 1, n)[asked]) for n in range(signals.layers)]
    compare.close(given, Tensor(np.stack(rows), "float64"), axes=AXES, name=f"{NAME} of a model with known signals")


def _check_token(marks: list[Marks], tokens: list[int], asked: int, words: Sequence[str], prompt: str) -> None:
    """Check which token the rows belong to, by its mark and its position's."""
    positions, found = sorted({p for m in marks for p in m.positions}), {m.token for m in marks}
    if positions == [asked] and found == {tokens[asked]}:
        return
    match positions, *found:
        case [], *_:
            finding = "what your function returns is the residual stream of no token at all"
        case [one], int(token) if one < len(tokens) and token == tokens[one]:
            finding = f"your function reads position {one}, {words[token]!r}"
        case [one], int(token):
            finding = f"your function reads {words[token]!r} at position {one}, so the model ran on other tokens"
        case _:
            finding = f"your function mixes {max(len(positions), len(found))} positions"
    before, right = (repr(words[tokens[position]]) for position in (asked - 1, asked))
    text = f"the first token after the (first) {before} is {right}, at position {asked}"
    hint = "Print the tokens that the model is run on, the special token at the beginning included, and the position."
    _fail(f"In {prompt!r} {text}; {finding}.", hint)


def _check_place(marks: list[Marks]) -> None:
    """Check which attentions and MLPs have written into each row."""
    for layer, m in enumerate(marks):
        if m.mixed:
            _fail(f"Row {layer} of your {NAME} mixes several activations.", "Keep a row for each layer, as it is.")
        right = tuple(range(layer + 1)), tuple(range(layer))
        if (m.attentions, m.mlps) != right:
            held, wanted = _parts(m.attentions, m.mlps), _parts(*right)
            _fail(f"Row {layer} of your {NAME} holds what {held} wrote; expected {wanted}.", PLACE_HINT)


def _parts(attentions: Sequence[int], mlps: Sequence[int]) -> str:
    """Say how many attentions and MLPs there are, and which unless they are the first ones."""
    said = []
    for name, layers in (("attention", attentions), ("MLP", mlps)):
        first = tuple(layers) == tuple(range(len(layers)))
        said.append(f"{len(layers)} {name}" + ("" if first else f" ({', '.join(map(str, layers))})"))
    return f"{said[0]} and {said[1]} layers"


def _fail(sentence: str, hint: str) -> None:
    raise compare.MismatchError("value", sentence, "", "", hint=hint)
