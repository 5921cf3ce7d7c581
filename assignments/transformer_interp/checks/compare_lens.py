"""Ask for a logit lens, compare it with the reference and draw it, for its checks."""

from __future__ import annotations

import math
from typing import Any

from grader import compare
from grader.result import Figure, FigureCells
from grader.value import Tensor

AXES = ("position", "layer")
TOKENS, TOP, KL = "tokens", "most likely tokens", "KL divergences"
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
    expected, words = answer(reference, prompt)[TOKENS], reference.vocabulary()
    compare.tokens(given[TOKENS], expected, vocabulary=words, tokenizer="`to_tokens`")


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
