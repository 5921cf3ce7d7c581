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
    """For a key with a value of the wrong kind; ``asked`` completes "must be"."""
    return f"{key} must be {asked}, not {given!r}."


def a_table(key: str) -> str:
    """Name a table, as what a key must be."""
    return f"a table, [{key}]"


def a_limit(*, whole: bool) -> str:
    """Name the numbers that a limit can be, as what a key must be."""
    return f"a {'whole number' if whole else 'number'} above 0, up to 1e6"


def no_toml(problem: object) -> str:
    """For a file that the TOML parser refuses."""
    return f"is not valid TOML: {problem}"


def unknown_key(table: str, key: str, near: str, known: Sequence[str]) -> str:
    """Say that a table, or the file where ``table`` is "", has no such key."""
    where = f"[{table}]" if table else "the file"
    hint = f"did you mean {near!r}?" if near else f"it may hold {', '.join(known)}."
    return f"{where} has no {key!r}; {hint}"


def no_such_file(key: str, name: str) -> str:
    """For a key that names a file which is not in the assignment's folder."""
    return f"{key} names {name!r}, and there is no such file."


def outside_release(file: Path) -> str:
    """For a file whose path leads out of a release."""
    return f"names {file}, which lies outside the release's folder."


def no_places_in_release(given: object) -> str:
    """For a release whose kernel.reads are not relative paths inside it."""
    return f"kernel.reads must name files by their places in a release, not {given!r}."


def no_identifier(name: str) -> str:
    """For an entry of kernel.provided that cannot be a global name."""
    return f"provided must be names in Python, not {name!r}."


def taken_package(name: str) -> str:
    """For a package whose version would take the place of something else in results."""
    return f"kernel.packages cannot hold {name!r}: results have something else of that name; leave it out."


def no_recorded_model(name: str, given: object) -> str:
    """For a release's model without what recognises its weights."""
    return f"[recorded.models.{name}] must hold digest and fingerprint, not {given!r}."


def no_such_device(device: object) -> str:
    """For a device on which no kernel can run."""
    return f"kernel.device can be nothing but 'cpu' yet, not {device!r}."


def same_name(count: int, name: str) -> str:
    """For exercises that could not be told apart."""
    return f"{count} [[exercises]] are named {name!r}."


def no_exercise(given: object) -> str:
    """For an entry of [[exercises]] that lacks what every exercise has."""
    return f"each [[exercises]] needs a name that is a Python identifier and points above 0, up to 1e6; not {given!r}."


def no_decision(id: str, given: object) -> str:
    """For what an assignment decides on a misconception, where it is no such decision."""
    rule = "may hold accepted (true or false) and credit (a number from 0, below 1)"
    return f"[misconceptions.{id}] {rule}; it holds {given!r}."


def several_known(slugs: Sequence[str]) -> str:
    """Say that which assignment is meant is open because several are configured."""
    return f"there are several ({', '.join(slugs)})"


def which_assignment(found: str) -> str:
    """For a command that names no assignment; ``found`` says why none could be chosen."""
    return f"which assignment is meant? {found}; name one with -a."


def no_assignment(name: str, hint: str) -> str:
    """For a slug or path that leads to no assignment; ``hint`` says what to do."""
    return f"there is no assignment {name!r}; {hint}"


def write_as_path(folder: str) -> str:
    """For a slug that is a folder's name here: how such a folder is named."""
    return f"a folder is given as a path, .{os.sep}{folder}."


def did_you_mean(near: str) -> str:
    """For a slug that is nearly a known one."""
    return f"did you mean {near!r}?"


def known_ones(slugs: Sequence[str]) -> str:
    """For a slug that is like no known one: list those, and say how to add some."""
    return f"known are: {', '.join(slugs) or 'none'}; set GRADER_ASSIGNMENTS to add a folder."
