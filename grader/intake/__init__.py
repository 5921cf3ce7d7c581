"""Intake: from paths on a command line to submissions, and from a file's bytes to a notebook in memory."""

from __future__ import annotations

from grader.intake.discover import discover
from grader.intake.read import read_notebook

__all__ = ["discover", "read_notebook"]
