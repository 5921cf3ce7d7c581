"""Render results as HTML pages for the student, for staff and for a batch."""

from grader.report.pages import batch_page, staff_page, student_page

__all__ = ["batch_page", "staff_page", "student_page"]
