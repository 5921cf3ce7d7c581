"""Know a number by what a spreadsheet made of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from grader.person import Person

_ROUNDED = re.compile(r"(\d)(?:[.,](\d+))?E\+?(\d+)", re.IGNORECASE)


class RoundedNumbers:
    """The numbers of a roster that are like ``1.23457E+11``, as a spreadsheet shows long ones."""

    def __init__(self, roster: Sequence[Person]) -> None:
        shown = [(person, [*filter(None, map(_ROUNDED.fullmatch, (person.id, person.sis)))]) for person in roster]
        self._shown = [(person, matches) for person, matches in shown if matches]

    def people_with(self, number: str) -> list[Person]:
        """Return the people whose number on the roster this one may be."""
        return [person for person, matches in self._shown if any(_rounds_to(number, match) for match in matches)]


def _rounds_to(number: str, shown: re.Match[str]) -> bool:
    """Tell whether a number, rounded to as many digits as are shown, is what is shown."""
    if not number.isdecimal():
        return False
    digits, exponent = shown[1] + (shown[2] or ""), int(shown[3])
    mantissa, _, power = f"{Decimal(number):.{len(digits) - 1}E}".partition("E")
    return (mantissa.replace(".", ""), int(power)) == (digits, exponent)
