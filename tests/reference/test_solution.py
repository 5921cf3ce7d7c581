"""The assignment's solution: the students' signatures, bound to whatever model the kernel holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformer_lens import HookedTransformer

from reference import activations, lens

SOLUTION = Path(__file__).parents[2] / "assignments" / "transformer_interp" / "solution.py"
PROMPT = "James Potter went to school. James"


@pytest.fixture
def solution(model: HookedTransformer) -> dict[str, Callable[..., Any]]:
    """The solution's names, run where the model is a global as in a kernel."""
    names: dict[str, Any] = {"gpt2_small": model}
    exec(compile(SOLUTION.read_text(encoding="utf-8"), str(SOLUTION), "exec"), names)
    return names


def test_answers_are_the_references(model: HookedTransformer, solution: dict[str, Callable[..., Any]]) -> None:
    """Both exercises return what the reference returns for the kernel's model."""
    for given, expected in zip(
        solution["logit_lens_analysis"](PROMPT), lens.logit_lens_analysis(model, PROMPT), strict=True
    ):
        assert torch.equal(given, expected)
    colon = solution["demarcation_token"](" :")
    expected = activations.prompt_to_residual_stream_activations(model, "fast : slow", colon)
    assert torch.equal(solution["prompt_to_residual_stream_activations"]("fast : slow", colon), expected)


def test_helpers_agree_with_the_analysis(model: HookedTransformer, solution: dict[str, Callable[..., Any]]) -> None:
    """Margins and top tokens describe the same distributions as the best tokens."""
    tokens, best, _ = solution["logit_lens_analysis"](PROMPT)
    ids, log_probabilities = solution["lens_top"](PROMPT)
    assert ids.shape == log_probabilities.shape == (*best.shape, 5)
    assert torch.equal(ids[..., 0], best)
    margins = solution["lens_margins"](PROMPT)
    assert torch.equal(margins, log_probabilities[..., 0] - log_probabilities[..., 1])
    assert "".join(solution["token_strings"](tokens[0, 1:].tolist())) == PROMPT
