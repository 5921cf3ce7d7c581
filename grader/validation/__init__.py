"""Validate an assignment: run its checks on right answers, known mistakes and mutants."""

from grader.validation.validate import validate
from grader.validation.validation_report import ReportSection, ValidationReport

__all__ = ["ReportSection", "ValidationReport", "validate"]
