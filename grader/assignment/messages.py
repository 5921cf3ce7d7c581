"""Sentences to authors on ``assignment.toml``, and on assignments that cannot be found."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

NEEDS_TABLES = "needs title, notebook, at least one [[exercises]], and [kernel] with prelude, models and provided."
NEEDS_ANSWERS = "needs [solution] with file, or in its place [recorded] with answers and hidden, numbers by exercise."

DIFFERENT_STRINGS = "a list of different strings"
A_TEXT = "a text"
AN_ADDRESS = "an address such as https://host/file.zip"
TRUE_OR_FALSE = "true or false"
A_SHARE = "a number from 0 to 1"
PYTHONS_PATH = "the path of a Python"

NONE_IS_KNOWN = "none is in the configured folders"


def must_be(key: str, asked: str, given: object) -> str:
    return f"{key} must be {asked}, not {given!r}."


def a_table(key: str) -> str:
    return f"a table, [{key}]"


def a_limit(*, whole: bool) -> str:
    return f"a {'whole number' if whole else 'number'} above 0, up to 1e6"


def no_toml(problem: object) -> str:
    return f"is not valid TOML: {problem}"


def unknown_key(table: str, key: str, near: str, known: Sequence[str]) -> str:
    """Say that a table, or the file where ``table`` is "", has no such key."""
    where = f"[{table}]" if table else "the file"
    hint = f"did you mean {near!r}?" if near else f"it may hold {', '.join(known)}."
    return f"{where} has no {key!r}; {hint}"


def no_such_file(key: str, name: str) -> str:
    return f"{key} names {name!r}, and there is no such file."


def outside_release(file: Path) -> str:
    return f"names {file}, which lies outside the release's folder."


def no_places_in_release(given: object) -> str:
    return f"kernel.reads must name files by their places in a release, not {given!r}."


def no_identifier(name: str) -> str:
    return f"provided must be names in Python, not {name!r}."


def taken_package(name: str) -> str:
    return f"kernel.packages cannot hold {name!r}: results have something else of that name; leave it out."


def no_recorded_model(name: str, given: object) -> str:
    return f"[recorded.models.{name}] must hold digest and fingerprint, not {given!r}."


def no_such_device(device: object) -> str:
    return f"kernel.device can be nothing but 'cpu' yet, not {device!r}."


def same_name(count: int, name: str) -> str:
    return f"{count} [[exercises]] are named {name!r}."


def no_exercise(given: object) -> str:
    return f"each [[exercises]] needs a name that is a Python identifier and points above 0, up to 1e6; not {given!r}."


def no_decision(id: str, given: object) -> str:
    rule = "may hold accepted (true or false) and credit (a number from 0, below 1)"
    return f"[misconceptions.{id}] {rule}; it holds {given!r}."


def several_known(slugs: Sequence[str]) -> str:
    return f"there are several ({', '.join(slugs)})"


def which_assignment(found: str) -> str:
    return f"which assignment is meant? {found}; name one with -a."


def no_assignment(name: str, hint: str) -> str:
    return f"there is no assignment {name!r}; {hint}"


def write_as_path(folder: str) -> str:
    return f"a folder is given as a path, .{os.sep}{folder}."


def did_you_mean(near: str) -> str:
    return f"did you mean {near!r}?"


def known_ones(slugs: Sequence[str]) -> str:
    return f"known are: {', '.join(slugs) or 'none'}; set GRADER_ASSIGNMENTS to add a folder."
