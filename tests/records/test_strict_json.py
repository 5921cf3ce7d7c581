"""What other programs read is JSON by its standard, whatever numbers it holds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grader import strict_json


def refuse(word: str) -> Any:
    """Stand for a reader that knows the standard alone."""
    raise AssertionError(word)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")], ids=str)
def test_a_number_without_a_word_is_a_text(number: float) -> None:
    """Wherever it stands."""
    text = strict_json.dumps({"a": [1.5, (number, {"b": number})]})

    assert json.loads(text, parse_constant=refuse) == {"a": [1.5, [str(number), {"b": str(number)}]]}
