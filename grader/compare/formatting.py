"""Values, shapes, places and numbers as short texts for sentences."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from grader.english import plural
from grader.value import Opaque, Tensor, Unpackable, Value

LONGEST_TEXT, LONGEST_NUMBER = 40, 25
MOST_AXES = 6

_ITEMS: tuple[tuple[type, str], ...] = (
    (bool, ""), (int, "number"), (float, "number"), (str, "text"), (Tensor, "tensor"), (list, "list"), (tuple, "tuple"),
)  # fmt: skip


def describe(value: Value) -> str:
    """Return what a value is: "a list of 2 texts", "None", "a tensor of shape (9, 6)"."""
    match value:
        case None:
            return "None"
        case bool():
            return str(value)
        case int() if abs(value) >= 10**LONGEST_NUMBER:
            return f"a whole number of {len(str(abs(value)))} digits"
        case int() | float():
            return f"the number {short(value)}"
        case str():
            cut = value if len(value) <= LONGEST_TEXT else value[:LONGEST_TEXT] + "..."
            return f"the text {cut!r}"
        case Tensor(kind="python"):
            return describe(value.data.item())
        case Tensor():
            kind = "numpy array" if value.kind == "numpy" else "tensor"
            return f"a {kind} of shape {plain_shape(value.shape)}" if value.shape else f"a {kind} without axes"
        case list() | tuple() | dict():
            return f"a {type(value).__name__} of {_count_of_items(value)}"
        case Unpackable():
            return f"an object of type {value.type_name} that unpacks into {plural(len(value.parts), 'part')}"
        case Opaque():
            return f"an object of type {value.type_name}"
        case _:
            return f"an object of type {type(value).__name__}"


def _count_of_items(values: Collection[Value]) -> str:
    """Return how many items there are, and of what when that is one thing: "3", "3 tensors"."""
    kinds = {next((name for kind, name in _ITEMS if isinstance(v, kind)), "") for v in values}
    name = kinds.pop() if len(kinds) == 1 and not isinstance(values, dict) else ""
    return plural(len(values), name) if name else str(len(values))


def plain_shape(shape: Sequence[int]) -> str:
    """Return a shape without names: "(9, 6)"."""
    return f"({', '.join(map(str, shape))})"


def named_shape(names: Sequence[str], shape: Sequence[int]) -> str:
    """Return a shape with its axes' names: "(position=9, layer=6)"."""
    return f"({', '.join(f'{n}={s}' for n, s in zip(names, shape, strict=True))})"


def place(names: Sequence[str], index: Sequence[int]) -> str:
    """Return a place in an array: "position 3, layer 2"; empty for a single number."""
    if len(index) > MOST_AXES:
        return plain_shape(index)
    return ", ".join(f"{n} {i}" for n, i in zip(names, index, strict=True))


def short(number: float) -> str:
    """Return a number for a sentence: whole numbers exactly, others to four digits."""
    if isinstance(number, int | np.integer):
        return str(number)
    return f"{float(number):.4g}"


def token_text(id: int, vocabulary: Sequence[str]) -> str:
    """Return a token's text and id, or its id alone where ``vocabulary`` has no text for it."""
    return f"{vocabulary[id]!r} ({id})" if 0 <= id < len(vocabulary) else str(id)


def pair(expected: float, actual: float) -> tuple[str, str]:
    """Return two different numbers to as many digits as it takes to see the difference."""
    digits = next((d for d in (4, 6, 9) if f"{expected:.{d}g}" != f"{actual:.{d}g}"), 17)
    return f"{expected:.{digits}g}", f"{actual:.{digits}g}"


def count(wrong: int, total: int) -> str:
    """Return how many elements: "at 3 of 54 places", "at all 54 places", "at the only place"."""
    if total == 1:
        return "at the only place"
    return f"at all {total} places" if wrong == total else f"at {wrong} of {total} places"
