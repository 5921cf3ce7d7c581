"""A right answer gets full marks however it was written."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.first_of_each import first_of_each

ASSIGNMENT = Path(__file__).resolve().parents[2] / "assignments" / "transformer_interp"
TREE = ast.parse((ASSIGNMENT / "variants.py").read_text(encoding="utf-8"))
BY_EXERCISE: dict[str, list[str]] = next(
    ast.literal_eval(node.value)
    for node in TREE.body
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "VARIANTS"
)
EXERCISE = {name: exercise for exercise, names in BY_EXERCISE.items() for name in names}
WAYS = first_of_each(EXERCISE, lambda name: name.partition("_")[2], str)


def test_every_right_variant_is_listed() -> None:
    """A function that nobody lists is held against nothing."""
    public = [n.name for n in TREE.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]

    assert sorted(public) == sorted(name for names in BY_EXERCISE.values() for name in names)


@pytest.mark.parametrize("variant", WAYS)
def test_a_right_variant_passes_every_check(
    variant: str, failures: Callable[[str, str], Iterator[tuple[str, float]]]
) -> None:
    """Precision, memory order, library and way of computing do not matter."""
    assert list(failures(EXERCISE[variant], variant)) == []
