"""A notebook's model is one with recorded answers by its weights, not by its name."""

from __future__ import annotations

import copy
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ASSIGNMENT = Path(__file__).resolve().parents[2] / "assignments" / "transformer_interp"
Answers = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def identify(answers: Answers) -> Callable[[dict[str, Any]], str]:
    """The prelude's function; its libraries are imported already."""
    answers("embedded")
    found: Callable[[dict[str, Any]], str] = runpy.run_path(str(ASSIGNMENT / "prelude.py"))["identify"]
    return found


@pytest.mark.parametrize("model", ["embedded", "random"])
def test_each_model_is_recognised(model: str, answers: Answers, identify: Callable[..., str]) -> None:
    """Also a copy of it."""
    assert identify({"gpt2_small": copy.deepcopy(answers(model)["gpt2_small"])}) == model


def test_other_weights_are_another_model(answers: Answers, identify: Callable[..., str]) -> None:
    """One matrix is enough."""
    changed = copy.deepcopy(answers("embedded")["gpt2_small"])
    changed.blocks[3].mlp.W_in.data += 0.01

    assert identify({"gpt2_small": changed}) == ""


@pytest.mark.parametrize("names", [{}, {"gpt2_small": None}, {"gpt2_small": "gpt2"}])
def test_what_is_no_model_is_none_of_them(names: dict[str, Any], identify: Callable[..., str]) -> None:
    """Before the notebook's first cells have run there is none."""
    assert identify(names) == ""
