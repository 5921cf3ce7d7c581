"""An assignment's code runs only where an administrator let exactly these files run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from grader.errors import UsageError

from .conftest import TINY, People


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tiny assignment in a configured folder."""
    folder = tmp_path / "assignments" / "small"
    shutil.copytree(TINY, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("GRADER_ASSIGNMENTS", str(folder.parent))
    return folder


def test_a_change_is_named_by_its_files(people: People, installed: Path) -> None:
    """What was approved, is then changed, added or removed: the page can say which files."""
    from grader.assignment import load_assignment
    from grader.service.assignment_approval import approve, found_assignments

    approve(load_assignment("small"), people.accounts["administrator"])
    before = next(f for f in found_assignments() if f.slug == "small")
    (installed / "assignment.toml").write_bytes((installed / "assignment.toml").read_bytes() + b"\n# more\n")
    (installed / "more.py").write_text("")
    after = next(f for f in found_assignments() if f.slug == "small")

    assert before.approval
    assert before.changes == ()
    assert after.approval is None
    assert after.changes == (("assignment.toml", "changed"), ("more.py", "new"))


def test_approving_grades_with_the_new_files(people: People, installed: Path) -> None:
    """Courses that used the files that were at this path use those that are."""
    from grader.assignment import load_assignment
    from grader.service.assignment_approval import approve

    people.assignment.files = approve(load_assignment("small"), None)
    people.assignment.save()
    (installed / "more.py").write_text("")
    new = approve(load_assignment("small"), people.accounts["administrator"])
    people.assignment.refresh_from_db()

    assert people.assignment.files == new


def test_what_changed_since_it_was_shown_is_not_approved(people: People, installed: Path) -> None:
    """An administrator approves what they saw, by its digest."""
    from grader.assignment import load_assignment
    from grader.service.assignment_approval import approve_shown
    from grader.service.models import ApprovedAssignment

    shown = load_assignment("small").digest
    (installed / "more.py").write_text("")

    with pytest.raises(UsageError, match="have changed since"):
        approve_shown("small", shown, people.accounts["administrator"])
    assert ApprovedAssignment.objects.count() == 1


def test_what_is_withdrawn_does_not_grade(people: People) -> None:
    """Its code runs no more, also in workers that have it loaded."""
    from grader.service.assignment_approval import withdraw
    from grader.service.work.approved import approved

    files = people.assignment.files
    approved(files)
    withdraw(files)
    files.refresh_from_db()

    with pytest.raises(UsageError, match="withdrawn"):
        approved(files)


def test_what_lies_behind_a_link_is_not_approved(people: People, installed: Path) -> None:
    """A folder behind a link is in no digest, and Python imports from it."""
    from grader.assignment import load_assignment
    from grader.service.assignment_approval import approve
    from grader.service.work.approved import approved

    row = approve(load_assignment("small"), people.accounts["administrator"])
    (installed.parent / "elsewhere").mkdir()
    (installed / "checks" / "helpers").symlink_to(installed.parent / "elsewhere")

    with pytest.raises(UsageError, match="is a link"):
        approve(load_assignment("small"), people.accounts["administrator"])
    with pytest.raises(UsageError, match="is a link"):
        approved(row)


def test_a_change_that_keeps_time_and_size_is_noticed(people: People, installed: Path) -> None:
    """Whoever can write a file can also set back its time."""
    from grader.assignment import load_assignment
    from grader.service.assignment_approval import approve
    from grader.service.work.approved import approved

    row = approve(load_assignment("small"), people.accounts["administrator"])
    approved(row)
    file = installed / "assignment.toml"
    before, content = file.stat(), file.read_bytes()
    file.write_bytes(content[:-1] + b" ")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    with pytest.raises(UsageError, match="have changed"):
        approved(row)
