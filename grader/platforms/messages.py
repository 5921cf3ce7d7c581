"""Sentences to staff on what is fetched from platforms and written to them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.english import first_of, plural
from grader.export.spreadsheet import number

_MOST_NAMED = 20

EXAMPLES = {
    "Canvas": "https://canvas.example.edu/courses/12/assignments/34",
    "Moodle": "https://moodle.example.edu/mod/assign/view.php?id=34",
}
ELSEWHERE = "it lies on another server, which is not to get the token"
COMMENT_STAYS = "a comment of somebody's stays"
FILES_STAY = "feedback files of somebody's stay"
REMOVED_THERE = "its grade was removed there since it was written"


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


# Addresses and assignments.


def no_page(address: str, platform: str) -> str:
    """Say that an address is not that of an assignment."""
    such = f"such as {EXAMPLES[platform]}; copy it from the browser."
    return f"{address!r} is no page of an assignment in {platform}, {such}"


def not_by_points(address: str, platform: str) -> str:
    """Say that an assignment takes no points."""
    return f"{address} is not graded by points; choose points in {platform}."


def hides_names(address: str, platform: str) -> str:
    """Say that it cannot be known whose is what."""
    return f"{address} hides who is who (anonymous or blind grading); show the names in {platform} first."


def another_module(address: str, kind: str) -> str:
    """Say that a page is of something else."""
    return f"{address} is no assignment, but a {kind}."


def not_a_teacher(address: str) -> str:
    """Say that a token's owner does not see an assignment."""
    return f"the token's owner may not see {address}; use one of a teacher of the course."


# Files and folders.


def another_size(came: int, size: int) -> str:
    """Say that a file did not come as it was announced."""
    return f"it came with {came} bytes instead of {size}"


def not_fetched(files: Sequence[str]) -> str:
    """Say which files cannot be had, and what to do."""
    what = f"{plural(len(files), 'file')} cannot be fetched: {first_of(files, _MOST_NAMED, '; ')}"
    return f"{what}. The same command tries again; --partial goes on without these people."


def other_files(folder: Path) -> str:
    """Say that a folder is in use for something else."""
    return f"{folder} holds other files; choose a new folder with -o."


def of_another(folder: Path, address: str) -> str:
    """Say that a folder holds another assignment."""
    return f"{folder} holds what was pulled from {address}; choose another folder with -o."


# Why a grade stays.


def handed_in_again(attempt: int) -> str:
    """Say that there is a newer attempt than the one that was graded."""
    return f"handed in again since (attempt {attempt}); pull and grade it first"


def changed_there(written: float, there: float) -> str:
    """Say that somebody changed a grade that was pushed."""
    return f"changed there from {number(written)} to {number(there)} since it was written"


def not_from_here(there: float) -> str:
    """Say that a grade is of unknown origin."""
    return f"has {number(there)} there, which was not written from here"


def not_assigned(platform: str) -> str:
    """Say that the platform has no place for a grade."""
    return f"not assigned to them in {platform}"


def not_taken(there: float | None) -> str:
    """Say that a platform did not do what it was asked for."""
    return f"there is {'no grade' if there is None else number(there)} there after writing (is it locked?)"
