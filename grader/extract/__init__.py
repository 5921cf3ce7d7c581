"""Extraction: take the exercises' functions, with all they need, out of a notebook."""

from __future__ import annotations

from grader.extract.extraction import Extraction, FunctionSource, Segment
from grader.extract.pipeline import extract
from grader.extract.stub import Stub, parse_stub

__all__ = ["Extraction", "FunctionSource", "Segment", "Stub", "extract", "parse_stub"]
