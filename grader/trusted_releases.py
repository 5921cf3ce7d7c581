"""Which releases, by their digests, this user lets run code on this computer."""

from __future__ import annotations

from pathlib import Path

from grader import messages
from grader.assignment import FILE, Assignment
from grader.atomic_write import write_atomically
from grader.errors import AssignmentError
from grader.settings import state_dir


def is_trusted(assignment: Assignment) -> bool:
    """Return whether this user has trusted an assignment of these very files.

    Raises AssignmentError where compiled files or links lie among them: what Python runs is then not what was trusted.
    """
    _refuse_unseen(assignment)
    return _trust_file(assignment).is_file()


def trust(assignment: Assignment) -> None:
    """Remember that this user trusts an assignment of these very files.

    Raises AssignmentError as :func:`is_trusted` does.
    """
    _refuse_unseen(assignment)
    write_atomically(_trust_file(assignment), f"{assignment.title}\n{assignment.root}\n".encode(), private=True)


def _refuse_unseen(assignment: Assignment) -> None:
    """Raise AssignmentError for what the digest does not cover, and is run."""
    for path in sorted(assignment.root.rglob("*")):
        if path.is_symlink():
            raise AssignmentError(assignment.root / FILE, messages.link_beside(path))
        if path.suffix in (".pyc", ".pyo", ".so", ".pyd"):
            raise AssignmentError(assignment.root / FILE, messages.compiled_beside(path))


def _trust_file(assignment: Assignment) -> Path:
    return state_dir() / "trusted" / assignment.digest
