"""Turn results into HTML pages: for the student, for staff, for the batch. Nothing here runs or grades anything."""

from grader.report.pages import batch_page, staff_page, student_page

__all__ = ["batch_page", "staff_page", "student_page"]
