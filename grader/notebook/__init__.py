"""Visible checks of a student's own functions inside the running notebook.

It is their own code on their own computer, so no sandbox stands between. Everything else is as when grading: the same
checks, comparators and sentences, with recorded answers in the reference's place.
"""

from grader.notebook.notebook_checks import ChecksFailed, check_function

__all__ = ["ChecksFailed", "check_function"]
