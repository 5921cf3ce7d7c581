"""Corrections by staff, a course's terms, and the grade that counts."""

from grader.corrections.course import Course, Extension, LatePolicy, Share, Terms
from grader.corrections.final_grade import FinalGrade, final_grade
from grader.corrections.final_grades import FinalGrades, final_grades
from grader.corrections.override import Override, Target

__all__ = [
    "Course",
    "Extension",
    "FinalGrade",
    "FinalGrades",
    "LatePolicy",
    "Override",
    "Share",
    "Target",
    "Terms",
    "final_grade",
    "final_grades",
]
