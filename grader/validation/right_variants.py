"""Right answers computed in other ways, which the assignment's ``variants.py`` lists."""

from __future__ import annotations

import ast

from grader.assignment import Assignment
from grader.errors import AssignmentError
from grader.validation import messages

FILE = "variants.py"


def load_right_variants(assignment: Assignment) -> dict[str, list[str]]:
    """Return the names of right functions by exercise, from ``VARIANTS``; the file is not run.

    Raises AssignmentError when it is not a literal dictionary from exercises to lists of names.
    """
    path = assignment.root / FILE
    if not path.is_file():
        return {}
    try:
        for statement in ast.parse(path.read_text(encoding="utf-8")).body:
            match statement:
                case ast.Assign(targets=[ast.Name(id="VARIANTS")], value=value):
                    found = ast.literal_eval(value)
                    if unknown := sorted(set(found) - set(assignment.names)):
                        raise AssignmentError(path, messages.no_exercise_for_variants(unknown[0]))
                    return {exercise: list(names) for exercise, names in found.items()}
    except (SyntaxError, ValueError, TypeError) as error:
        raise AssignmentError(path, messages.unreadable_variants(str(error))) from error
    raise AssignmentError(path, messages.NOT_IN_FILE)
