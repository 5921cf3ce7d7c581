"""A right answer gets full marks however it was written."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

EXERCISES = {"lens": "logit_lens_analysis", "activations": "prompt_to_residual_stream_activations"}
SOURCE = (Path(__file__).parent / "right_variants.py").read_text(encoding="utf-8")
VARIANTS = [
    pytest.param(EXERCISES[node.name.partition("_")[0]], node.name, id=node.name)
    for node in ast.parse(SOURCE).body
    if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
]


@pytest.mark.parametrize(("exercise", "variant"), VARIANTS)
def test_a_right_variant_passes_every_check(
    exercise: str, variant: str, failures: Callable[[str, str], Iterator[tuple[str, float]]]
) -> None:
    """Precision, memory order, library and way of computing do not matter."""
    assert list(failures(exercise, variant)) == []


@pytest.mark.parametrize("model", ["embedded", "random"])
@pytest.mark.parametrize(("exercise", "variant"), VARIANTS)
def test_a_right_variant_passes_the_tests_in_the_notebook(
    exercise: str, variant: str, model: str, answers: Callable[[str], dict[str, Any]], in_notebook: ModuleType
) -> None:
    """The students' own tests agree with the grader."""
    names = answers(model)

    getattr(in_notebook, f"test_{exercise}")(names[variant], names["gpt2_small"])
