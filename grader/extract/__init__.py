"""Extraction: pull the functions asked for out of a notebook, with all that they need and nothing else."""

from __future__ import annotations

from grader.extract.extraction import Extraction, FunctionSource, Segment
from grader.extract.pipeline import extract

__all__ = ["Extraction", "FunctionSource", "Segment", "extract"]
