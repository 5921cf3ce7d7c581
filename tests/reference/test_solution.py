"""The solution has the students' signatures, bound to whatever model a kernel holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformer_lens import HookedTransformer

from reference import activations, lens
from tests.load_file import load_file

SOLUTION = Path(__file__).parents[2] / "assignments" / "transformer_interp" / "solution.py"
PROMPT = "James Potter went to school. James"


@pytest.fixture
def solution(model: HookedTransformer) -> dict[str, Callable[..., Any]]:
    """The solution's names and the model's facts, where the model is a global."""
    names: dict[str, Any] = {"gpt2_small": model}
    exec(compile(SOLUTION.read_text(encoding="utf-8"), str(SOLUTION), "exec"), names)
    return names | load_file(SOLUTION.with_name("prelude.py")).facts(names)


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
    """Margins are the lead of the best tokens, and texts of tokens make the prompt again."""
    tokens, _, _ = solution["logit_lens_analysis"](PROMPT)
    first, second = lens.look(model, PROMPT).by_layer.topk(2).values.unbind(-1)
    assert torch.equal(solution["lens_margins"](PROMPT), first - second)
    words = solution["vocabulary"]()
    assert len(words) == model.cfg.d_vocab
    assert "".join(words[token] for token in tokens[0, 1:]) == PROMPT
