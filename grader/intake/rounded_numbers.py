"""Know a number by what a spreadsheet made of it."""

from __future__ import annotations

import re
from decimal import Decimal

_ROUNDED = re.compile(r"(\d)(?:[.,](\d+))?E\+?(\d+)", re.IGNORECASE)


def is_rounded(cell: str) -> bool:
    """Tell whether a cell is like ``1.23457E+11``, what a spreadsheet shows of a long number."""
    return bool(_ROUNDED.fullmatch(cell))


def rounds_to(number: str, cell: str) -> bool:
    """Tell whether a number's digits, rounded to as many as a cell has, are what it shows."""
    if not (number.isdecimal() and (match := _ROUNDED.fullmatch(cell))):
        return False
    digits, exponent = match[1] + (match[2] or ""), int(match[3])
    mantissa, _, power = f"{Decimal(number):.{len(digits) - 1}E}".partition("E")
    return (mantissa.replace(".", ""), int(power)) == (digits, exponent)
