"""Ask for a logit lens, compare it with the reference and draw it, for its checks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader import compare
from grader.result import Figure, FigureCells
from grader.value import Tensor

AXES = ("position", "layer")
TOKENS, TOP, KL = "tokens", "most likely tokens", "KL divergences"
KINDS = ("tokens", "ids", "numbers")
RETURNED = ("tokens", "top_unembedded_residual_stream_caches", "kl_divergences")


def ask(student: Any, prompt: str) -> dict[str, Any]:
    """Return the parts of the student's answer by name."""
    parts = compare.parts(student.logit_lens_analysis(prompt), RETURNED)
    return dict(zip((TOKENS, TOP, KL), parts, strict=True))


def answer(reference: Any, prompt: str) -> dict[str, Any]:
    """Return the parts of the right answer by name."""
    return dict(zip((TOKENS, TOP, KL), reference.logit_lens_analysis(prompt), strict=True))


def check_top_tokens(given: dict[str, Any], reference: Any, prompt: str) -> None:
    """Compare the most likely tokens; of two that are nearly equal, either is right."""
    expected, margins = answer(reference, prompt)[TOP], reference.lens_margins(prompt)
    compare.argmax(given[TOP], expected, margins, axes=AXES, name=TOP, vocabulary=reference.vocabulary())


def check_tokens(given: dict[str, Any], reference: Any, prompt: str) -> None:
    """Compare the tokens."""
    expected, words = reference.prompt_tokens(prompt), reference.vocabulary()
    compare.tokens(given[TOKENS], expected, vocabulary=words, tokenizer="`to_tokens`")


def check_form(given: dict[str, Any], reference: Any, prompt: str) -> None:
    """Check shapes and types of both grids."""
    shape = reference.prompt_tokens(prompt).shape[1], reference.model_sizes()[0]
    for name, kind in ((TOP, "integer"), (KL, "floating")):
        compare.shape(given[name], shape, axes=AXES, name=name)
        compare.dtype(given[name], kind, name=name)


def check_order(given: dict[str, Any], length: int) -> None:
    """Check that the parts are not each other's.

    ``length`` is the number of the prompt's tokens.
    """
    kinds = [_kind(part, length) for part in given.values()]
    if kinds != [*KINDS] and sorted(kinds) == sorted(KINDS):
        order, right = (", ".join(names) for names in ([RETURNED[KINDS.index(kind)] for kind in kinds], RETURNED))
        sentence = f"You return ({order}); expected ({right})."
        hint = "Compare the order of your `return` with the one in the task."
        raise compare.MismatchError("structure", sentence, f"({right})", f"({order})", hint=hint)


def _kind(part: Any, length: int) -> str:
    """Return which of the parts a value is by its form, "" for none of them."""
    if not isinstance(part, Tensor):
        return "tokens" if isinstance(part, list) else ""
    if part.is_integer:
        return "tokens" if part.shape in ((length,), (1, length)) else "ids"
    return "numbers" if part.is_floating else ""


def check_not_negative(given: dict[str, Any]) -> None:
    """Check that no divergence is below zero by more than noise."""
    if (lowest := float(given[KL].data.min())) < -1e-3:
        sentence = f"Your KL divergences go down to {lowest:.3g}. A KL divergence is never below zero."
        hint = "Look at the sign, and at which of the two arguments is a logarithm."
        raise compare.MismatchError("kl", sentence, "values of at least 0", f"{lowest:.3g}", hint=hint)


def check_beginning_alike(short: dict[str, Any], long: dict[str, Any], positions: int) -> None:
    """Check that the first so many positions' divergences are the same when the text goes on."""
    before, after = short[KL].data[:positions], long[KL].data[:positions]
    if not np.allclose(before, after, atol=1e-2, rtol=1e-2):
        sentence = "Your KL divergences of a text change when it goes on"
        hint = "Compare each position of a layer with the final prediction at that same position."
        raise compare.MismatchError(
            "kl", f"{sentence}; a position knows only what stands before it.", "", "", hint=hint
        )


def check_divergences(given: dict[str, Any], reference: Any, prompt: str) -> None:
    """Compare the divergences element by element."""
    compare.kl(given[KL], answer(reference, prompt)[KL], axes=AXES, name=KL)


def grid(parts: dict[str, Any], like: Tensor, words: list[str]) -> FigureCells:
    """Lay an answer out as texts and values, a row for each layer.

    It is empty when the answer has not the shape of ``like``.
    """
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
