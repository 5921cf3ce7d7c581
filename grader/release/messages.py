"""Sentences to authors about releases that cannot be made, or hold less than they might."""

from __future__ import annotations

from pathlib import Path

IS_A_RELEASE = "is a release already; release the assignment that it was made from."
RECORDER_ENDED = "the process that ran the checks ended before it had a result; try again."


def not_empty(folder: Path) -> str:
    """Say that a release's folder is to be an empty one."""
    return f"{folder} holds something already; name an empty folder or one that is not there yet."


def not_recorded(model: str, why: str) -> str:
    """Say what is lost where a model that only notebooks hold could not be loaded."""
    return (
        f"No answers are recorded for {model}, so in a notebook with it checks look at properties alone; it could not "
        f"be loaded here: {why}."
    )


def draws_inputs(check: str) -> str:
    """Say that a visible check asks what cannot be recorded."""
    return f"{check} draws its inputs: a visible check must ask what can be recorded."


def no_file_of_it(name: str) -> str:
    """Say that a file for students is none of the assignment's."""
    return f"hands out {name!r}, which is no file of the assignment's folder."


def not_for_students(name: str) -> str:
    """Say that a file is not to be handed out."""
    return f"hands out {name!r}: solutions, checks and samples are not for students."


def lies_elsewhere(file: Path) -> str:
    """Say that a file which a release needs lies outside the assignment."""
    return f"names {file}, which lies outside the assignment's folder."
