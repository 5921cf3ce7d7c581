"""Numbers and texts as short as a page shows them."""

from __future__ import annotations

from grader.english import short_decimal
from grader.sanitize import visible

LONGEST = 20_000


def cut(value: object, longest: int = LONGEST) -> str:
    """Return the value as visible text, cut to a length with a note of how much was cut."""
    text = visible(str(value))  # first, lest the cut goes through an escape sequence
    left_out = len(text) - longest
    return (
        text if left_out <= 0 else f"{text[:longest]} … cut, {left_out:,} more character{'' if left_out == 1 else 's'}"
    )


def format_score(value: float) -> str:
    """Return a score or a count as short as it can be read, to a hundredth: 11, 10.5, 0.33."""
    return short_decimal(value, 2)


def measured(value: float) -> str:
    """Return a measured value to three significant digits: 0.00123, 4.56, 1.2e+08."""
    return f"{value:.3g}"
