"""Extraction: pull the functions asked for out of a notebook, with all that they need and nothing else."""

from __future__ import annotations

from grader.extract.extract import extract
from grader.extract.model import Extraction, FunctionSource, Segment

__all__ = ["Extraction", "FunctionSource", "Segment", "extract"]
