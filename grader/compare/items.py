"""Comparators of lists of texts, whole numbers or booleans, in order or in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from grader.compare import messages
from grader.compare.formatting import LONGEST_TEXT, describe
from grader.compare.mismatch import MismatchError, Places, first, unlike
from grader.english import first_of, plural
from grader.errors import CheckError
from grader.value import Tensor, Value

MOST_NAMED = 3


def ordered(answer: Value, expected: Value, *, name: str) -> None:
    """Check a list item by item; a tuple and a tensor with one axis are lists too."""
    wanted, actual = _expected_items(expected, name), _item_texts(answer, name)
    if Counter(actual) != Counter(wanted):
        unordered(answer, expected, name=name)
    wrong = np.array([a != w for a, w in zip(actual, wanted, strict=True)], dtype=bool)
    if wrong.any():
        [at] = first(wrong)
        right, given = _shown_item(wanted[at]), _shown_item(actual[at])
        raise MismatchError(
            "value",
            messages.items_in_other_order(name, at, right, given),
            right,
            given,
            where=f"item {at}",
            hint=messages.ORDER_OF_ITEMS,
            places=Places(("item",), wrong, (at,)),
        )


def unordered(answer: Value, expected: Value, *, name: str) -> None:
    """Check which items a list holds, and how often, whatever their order."""
    wanted, actual = Counter(_expected_items(expected, name)), Counter(_item_texts(answer, name))
    missing, extra = wanted - actual, actual - wanted
    found = [f"{_named_items(missing.elements())} missing"] if missing else []
    found += [f"{_named_items(extra.elements())} not asked for"] if extra else []
    if found:
        text, many = ", ".join(found), plural(actual.total(), "item")
        raise MismatchError("value", f"{name}: {text}.", plural(wanted.total(), "item"), f"{many} ({text})")


def _expected_items(expected: Value, name: str) -> list[str]:
    try:
        return _item_texts(expected, name)
    except MismatchError as error:
        raise CheckError(messages.must_be(name, "expected", error.mismatch.expected, describe(expected))) from error


def _item_texts(value: Value, name: str) -> list[str]:
    """Return the items as Python writes them: one is not True, and the text '1' is neither."""
    match value:
        case Tensor(data=data) if data.ndim == 1 and data.dtype.kind in "iub":
            return [repr(item) for item in data.tolist()]
        case list() | tuple() if all(isinstance(v, int | str) for v in value):
            return [repr(item) for item in value]
    raise unlike("structure", name, messages.A_LIST, describe(value))


def _named_items(items: Iterable[str]) -> str:
    return first_of([_shown_item(i) for i in items], MOST_NAMED)


def _shown_item(item: str) -> str:
    return item if len(item) <= LONGEST_TEXT else f"{item[:LONGEST_TEXT]}..."
