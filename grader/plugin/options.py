"""Make the grading plugin that pytest's command line asks for."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.errors import GraderError
from grader.intake import discover
from grader.plugin import messages
from grader.plugin.grading_plugin import GradingPlugin
from grader.prepare import choose_seed, prepare


def plugin_for(submission: Path, roots: Collection[Path], *, seed: int | None, address: str | None) -> GradingPlugin:
    """Return the plugin that grades a notebook by the assignment on the command line.

    Raises pytest.UsageError, whose text pytest prints, for none or several, and for a notebook that cannot be read.
    """
    if len(roots) != 1:
        raise pytest.UsageError(messages.not_one_assignment(len(roots)))
    if submission.is_dir():
        raise pytest.UsageError(messages.no_notebook(submission))
    try:
        assignment = load_assignment(str(*roots))
        [found] = discover([submission])
        prepared = prepare(found, assignment, choose_seed(found, given=seed))
    except GraderError as error:
        raise pytest.UsageError(str(error)) from error
    return GradingPlugin(assignment, prepared.extraction, found.files, seed=prepared.seed.number, address=address)
