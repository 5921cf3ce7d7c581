"""An assignment: its records, its file ``assignment.toml``, and where it is found."""

from grader.assignment.assignment import FILE, Assignment, Exercise, MistakeDecision, Recorded, RecordedModel
from grader.assignment.files_digest import prelude_digest
from grader.assignment.lookup import is_known, load_assignment, load_only_assignment

__all__ = [
    "FILE",
    "Assignment",
    "Exercise",
    "MistakeDecision",
    "Recorded",
    "RecordedModel",
    "is_known",
    "load_assignment",
    "load_only_assignment",
    "prelude_digest",
]
