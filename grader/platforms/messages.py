"""Sentences to staff on what is fetched from platforms and written to them."""

from __future__ import annotations

from collections.abc import Sequence

from grader.english import first_of

_MOST_NAMED = 20


def no_such_ids(ids: Sequence[str]) -> str:
    """Say that submissions are named that are not there."""
    return f"--replace names {first_of(ids, _MOST_NAMED)}, and no submission has such an id."


def times_unknown(names: Sequence[str]) -> str:
    """Say of whom a newer attempt would not be noticed."""
    people = "1 person" if len(names) == 1 else f"{len(names)} people"
    return (
        "not known when it was handed in, so that a newer attempt on the platform is not noticed: "
        f"{people}, {first_of(names, _MOST_NAMED, '; ')}"
    )
