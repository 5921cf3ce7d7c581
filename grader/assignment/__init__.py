"""An assignment: its records, its file ``assignment.toml``, and where it is found."""

from grader.assignment.assignment import FILE, Assignment, Exercise, MistakeDecision, Recorded, RecordedModel
from grader.assignment.files_digest import digests_by_file, prelude_digest
from grader.assignment.lookup import is_known, known_slugs, load_assignment, load_only_assignment

__all__ = [
    "FILE",
    "Assignment",
    "Exercise",
    "MistakeDecision",
    "Recorded",
    "RecordedModel",
    "digests_by_file",
    "is_known",
    "known_slugs",
    "load_assignment",
    "load_only_assignment",
    "prelude_digest",
]
