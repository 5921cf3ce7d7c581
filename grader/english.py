"""Grammar of composed sentences: counts that agree with their noun, lists, decimals."""

from __future__ import annotations

from collections.abc import Sequence


def plural(count: float, noun: str) -> str:
    """Return a count and its noun, which takes an s unless it is one: "1 check", "2 checks"."""
    return f"{count:.15g} {noun}{'' if count == 1 else 's'}"


def people(count: int) -> str:
    """Return a number of people: "1 person", "2 people"."""
    return "1 person" if count == 1 else f"{count} people"


def listed(items: Sequence[str]) -> str:
    """Return texts as a list: "a", "a and b", "a, b and c".

    Where a comma stands in one of them, semicolons part them.
    """
    separator = "; " if any("," in item for item in items) else ", "
    return " and ".join(filter(None, (separator.join(items[:-1]), *items[-1:])))


def first_of(items: Sequence[str], most: int, separator: str = ", ") -> str:
    """Return the first texts, and how many more there are: "a, b and 3 more"."""
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return separator.join(items[:most]) + more


def short_decimal(value: float, places: int) -> str:
    """Return a number rounded to so many places, without zeros at its end or an exponent."""
    return f"{round(value, places) + 0.0:.{places}f}".rstrip("0").rstrip(".")  # adding 0.0 turns -0.0 into 0.0
