"""A notebook's model is one with recorded answers by its weights, not by its name."""

from __future__ import annotations

import copy
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.assignment import RecordedModel
from grader.errors import KernelError
from grader.notebook.live_model import LiveModel

ASSIGNMENT = Path(__file__).resolve().parents[2] / "assignments" / "transformer_interp"
MODELS = ("embedded", "random", "planted")
Answers = Callable[[str], dict[str, Any]]
Live = Callable[[dict[str, Any]], LiveModel]


@pytest.fixture(scope="module")
def live(answers: Answers) -> Live:
    """A notebook's model by its names, where all of the assignment's models are recorded."""
    kernels = {name: answers(name) for name in MODELS}  # the prelude's libraries are imported already
    prelude = runpy.run_path(str(ASSIGNMENT / "prelude.py"))
    recorded = {name: RecordedModel(f"of {name}", tuple(k["model_fingerprint"]())) for name, k in kernels.items()}

    def live(names: dict[str, Any]) -> LiveModel:
        return LiveModel("embedded", prelude["facts"](names), lambda n: prelude["turned_into"](n, names), recorded)

    return live


@pytest.mark.parametrize("model", MODELS)
def test_each_model_is_recognised(model: str, answers: Answers, live: Live) -> None:
    """Also a copy of it."""
    assert live({"gpt2_small": copy.deepcopy(answers(model)["gpt2_small"])}).name == model


def test_other_weights_are_another_model(answers: Answers, live: Live) -> None:
    """One matrix is enough, and nothing is recorded of them."""
    changed = copy.deepcopy(answers("embedded")["gpt2_small"])
    changed.blocks[3].mlp.W_in.data += 0.01
    found = live({"gpt2_small": changed})

    assert (found.name, found.first) == ("", "embedded")
    with pytest.raises(KernelError, match="no answers are recorded"):
        found.digest("embedded")


@pytest.mark.parametrize(("model", "recorded"), [("embedded", True), ("random", False)])
def test_a_model_with_signals_is_recognised_by_what_it_becomes(
    model: str, recorded: bool, answers: Answers, live: Live
) -> None:
    """Of another size it has other weights with signals, of which nothing is recorded."""
    found = live({"gpt2_small": copy.deepcopy(answers(model)["gpt2_small"])})

    assert found.can_be("planted")
    if recorded:
        assert found.digest("planted") == "of planted"
    else:
        with pytest.raises(KernelError, match="no answers are recorded"):
            found.digest("planted")
    assert found.can_be("embedded") is (model == "embedded")


@pytest.mark.parametrize("names", [{}, {"gpt2_small": None}, {"gpt2_small": "gpt2"}])
def test_what_is_no_model_is_none_of_them(names: dict[str, Any], live: Live) -> None:
    """Before the notebook's first cells have run there is none."""
    assert live(names).name == ""
    assert not live(names).can_be("planted")
