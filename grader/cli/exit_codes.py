"""The exit codes of commands; those of errors are in :mod:`grader.errors`."""

EXIT_DONE = 0
EXIT_SHORT = 1
"""The submission, the grade or the assignment falls short."""

EXIT_WRONG = 2
"""The usage or the configuration is wrong, or lacks something that a grade needs."""

EXIT_UNDONE = 3
"""Grading could not be done, or its result could not be told."""
