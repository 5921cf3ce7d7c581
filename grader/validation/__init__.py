"""An assignment proves itself: its checks are held against right answers, known mistakes and mutated solutions."""

from grader.validation.validate import validate
from grader.validation.validation_report import ReportSection, ValidationReport

__all__ = ["ReportSection", "ValidationReport", "validate"]
