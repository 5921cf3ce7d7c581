"""Corrections by staff, a course's terms, and the grade that counts."""

from grader.corrections.corrections_folder import (
    OVERRIDES,
    Corrections,
    read_corrections,
    remember_course,
)
from grader.corrections.course import CourseTerms, Extension, LatePolicy, Share, Terms
from grader.corrections.course_file import extension_from, read_course, terms_from
from grader.corrections.final_grade import FinalGrade, deadline, final_grade
from grader.corrections.final_grades import FinalGrades, final_grades
from grader.corrections.fitting import broken_rule, fitting, offered_again
from grader.corrections.lateness import lateness
from grader.corrections.override import Override, Target
from grader.corrections.overrides_file import add_overrides, read_overrides, remove_override

__all__ = [
    "OVERRIDES",
    "Corrections",
    "CourseTerms",
    "Extension",
    "FinalGrade",
    "FinalGrades",
    "LatePolicy",
    "Override",
    "Share",
    "Target",
    "Terms",
    "add_overrides",
    "broken_rule",
    "deadline",
    "extension_from",
    "final_grade",
    "final_grades",
    "fitting",
    "lateness",
    "offered_again",
    "read_corrections",
    "read_course",
    "read_overrides",
    "remember_course",
    "remove_override",
    "terms_from",
]
