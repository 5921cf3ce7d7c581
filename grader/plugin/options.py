"""Make the grading plugin that pytest's command line asks for."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.errors import GraderError
from grader.plugin.grading_plugin import GradingPlugin
from grader.reading import read_submission
from grader.secret import load_secret
from grader.submission import digest, seed_of


def plugin_for(submission: Path, roots: Collection[Path], *, seed: int | None, address: str | None) -> GradingPlugin:
    """Return the plugin that grades a notebook by the checks of the one assignment that the command line names.

    Raises pytest.UsageError, whose text pytest prints, when that is none or several, or the notebook cannot be read.
    """
    if len(roots) != 1:
        found = f"these are {len(roots)}" if roots else "there is none at the paths given"
        raise pytest.UsageError(f"--submission needs the checks of one assignment, {found}: pytest assignments/SLUG.")
    try:
        assignment = load_assignment(str(*roots))
        extraction = read_submission(submission, assignment)
    except GraderError as error:
        raise pytest.UsageError(str(error)) from error
    if seed is None:
        seed = seed_of(digest(submission.read_bytes()), load_secret().text)
    return GradingPlugin(assignment, extraction, seed=seed, address=address)
