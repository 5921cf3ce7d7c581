"""What an argument of the command line may be, beyond a text or a path."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from pathlib import Path

from grader.assignment.toml_values import is_url

_MOST_SECONDS = 1e6
_MOST_POINTS = 1e6
_MOST_DAYS = 3650


def page_file(text: str) -> Path:
    """Return the path of a page to write; its folder must exist."""
    path = Path(text)
    if not path.parent.is_dir():
        raise ArgumentTypeError(f"there is no folder {path.parent}; make it first")
    if path.is_dir():
        raise ArgumentTypeError(f"{path} is a folder; give the name of a file in it")
    return path


def percentage(text: str) -> float:
    """Return a percentage above 0 as a share of 1."""
    number = float(text) if text.replace(".", "", 1).isdecimal() else 0.0
    if not 0 < number <= 100:
        raise ArgumentTypeError("must be a percentage above 0, up to 100")
    return number / 100


def positive_count(text: str) -> int:
    """Return a whole number of at least 1."""
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise ArgumentTypeError("must be a whole number, 1 or more")
    return number


def url(text: str) -> str:
    """Return an address that can be fetched by HTTP."""
    if not is_url(text):
        raise ArgumentTypeError("must be an address such as https://host/file.zip")
    return text


def site(text: str) -> str:
    """Return the address of a server, without an end or a query."""
    if not re.fullmatch(r"https?://[^\s/\"'<>?#@]+(/[^\s\"'<>?#]*)?", text):
        raise ArgumentTypeError("must be an address such as https://grader.example.edu")
    return text.rstrip("/")


def seconds(text: str) -> float:
    """Return a number of seconds above 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= _MOST_SECONDS:
        raise ArgumentTypeError("must be a number of seconds above 0, up to 1e6")
    return number


def points(text: str) -> float:
    """Return a number of points, 0 or more."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = -1.0
    if not 0 <= number <= _MOST_POINTS:
        raise ArgumentTypeError("must be a number of points, 0 or more")
    return number


def days(text: str) -> int:
    """Return a whole number of days, 0 or more."""
    if not (text.isascii() and text.isdecimal()) or int(text) > _MOST_DAYS:
        raise ArgumentTypeError(f"must be a whole number of days, from 0 to {_MOST_DAYS}")
    return int(text)
