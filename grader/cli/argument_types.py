"""What an argument of the command line may be, beyond a text or a path."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from pathlib import Path

from grader.assignment.toml_values import is_url
from grader.cli import argument_messages

_MOST_SECONDS = 1e6
_MOST_POINTS = 1e6
_MOST_DAYS = 3650


def page_file(text: str) -> Path:
    """Return the path of a page to write; its folder must exist."""
    path = Path(text)
    if not path.parent.is_dir():
        raise ArgumentTypeError(argument_messages.no_folder(path.parent))
    if path.is_dir():
        raise ArgumentTypeError(argument_messages.folder_for_page(path))
    return path


def percentage(text: str) -> float:
    """Return a percentage above 0 as a share of 1."""
    number = float(text) if text.replace(".", "", 1).isdecimal() else 0.0
    if not 0 < number <= 100:
        raise ArgumentTypeError(argument_messages.A_PERCENTAGE)
    return number / 100


def positive_count(text: str) -> int:
    """Return a whole number of at least 1."""
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise ArgumentTypeError(argument_messages.A_COUNT)
    return number


def url(text: str) -> str:
    """Return an address that can be fetched by HTTP."""
    if not is_url(text):
        raise ArgumentTypeError(argument_messages.AN_ADDRESS)
    return text


def site(text: str) -> str:
    """Return the address of a server, without an end or a query."""
    if not re.fullmatch(r"https?://[^\s/\"'<>?#@]+(/[^\s\"'<>?#]*)?", text):
        raise ArgumentTypeError(argument_messages.A_SITE)
    return text.rstrip("/")


def seconds(text: str) -> float:
    """Return a number of seconds above 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= _MOST_SECONDS:
        raise ArgumentTypeError(argument_messages.SECONDS)
    return number


def points(text: str) -> float:
    """Return a number of points, 0 or more."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = -1.0
    if not 0 <= number <= _MOST_POINTS:
        raise ArgumentTypeError(argument_messages.POINTS)
    return number


def days(text: str) -> int:
    """Return a whole number of days, 0 or more."""
    if not (text.isascii() and text.isdecimal()) or int(text) > _MOST_DAYS:
        raise ArgumentTypeError(argument_messages.days(_MOST_DAYS))
    return int(text)
