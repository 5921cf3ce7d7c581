"""Render results as HTML for the student, for staff, for a batch and below a cell."""

from grader.report.cell_report import cell_report, cell_text
from grader.report.pages import batch_page, staff_page, student_page, with_neighbours
from grader.report.staff_site import FOLDER, StaffSite

__all__ = [
    "FOLDER",
    "StaffSite",
    "batch_page",
    "cell_report",
    "cell_text",
    "staff_page",
    "student_page",
    "with_neighbours",
]
