"""Blackboard, "Assignment File Download": one flat zip, with a text about each attempt."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.intake.layouts.identity import Identity
from grader.intake.layouts.naming import Naming, first_match, own_names
from grader.intake.listing import File

_NAMED = re.compile(r"(?P<before>.+_.+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|(?P<about>\.txt))?")
_WHO = re.compile(r"[^:\n]{1,40}:\s*(?P<name>[^\n()]*?)\s*\((?P<login>[^()\s]+)\)\s*$", re.MULTILINE)
_NAMING = Naming("blackboard", ())
_LONGEST_TEXT = 2000  # characters of a text, at whose beginning the name stands


def blackboard(files: Sequence[File]) -> list[list[Identity]]:
    """Read ``<assignment>_<login>_attempt_2025-11-12-10-11-12_hw1.ipynb``.

    Names come from the ``.txt`` beside it. The assignment's name and a login may hold ``_``: where a text does not tell
    the login, it is what differs.
    """
    found = [first_match(file, _NAMED) for file in files]
    texts = {f.steps[-1]: _who(f) for f, one in zip(files, found, strict=True) if one and f.label.suffix == ".txt"}
    before: dict[Path, set[str]] = defaultdict(set)
    for file, one in zip(files, found, strict=True):
        if one:
            before[file.steps[one[0]].parent].add(one[1]["before"])
    return [
        [_blackboard_identity(file, *one, before, texts)] if one else [] for file, one in zip(files, found, strict=True)
    ]


def _blackboard_identity(
    file: File, depth: int, match: re.Match[str], before: dict[Path, set[str]], texts: dict[Path, dict[str, str]]
) -> Identity:
    step, names = file.steps[depth], before[file.steps[depth].parent]
    told = texts.get(step.with_name(f"{match['before']}_attempt_{match['time']}.txt"), {})
    if not told:
        common = os.path.commonprefix([*names]) if len(names) > 1 else match["before"]  # noqa: RUF071 - letters
        told = {"login": match["before"][common.rfind("_") + 1 :]}
    own = match["about"] is not None
    identity = _NAMING.identity({**told, "number": told["login"], "time": match["time"]}, depth, own=own)
    return replace(identity, key=(identity.key[0], told["login"], ""), names=own_names(match, file, depth))


def _who(file: File) -> dict[str, str]:
    """Return the name and the login at the beginning of an attempt's text, in any language."""
    match = _WHO.match(file.beginning(_LONGEST_TEXT).lstrip())
    return match.groupdict() if match else {}
