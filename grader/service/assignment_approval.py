"""Which assignments lie on this machine, and whose code an administrator lets run."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from django.db import transaction
from django.utils import timezone

from grader.assignment import Assignment, digests_by_file, known_slugs, load_assignment
from grader.errors import UsageError
from grader.ignored_files import leftover
from grader.service import messages
from grader.service.models import Account, ApprovedAssignment, CourseAssignment

FilesSeen = tuple[tuple[str, int, int, int], ...]
"""Of each file its path, time of change, size and inode; another once a file was touched."""


@dataclass(frozen=True, slots=True)
class AssignmentOnMachine:
    """An assignment in the configured folders: its files, or ``fault`` that says why not.

    ``approval`` is the one that lets exactly these files run, ``before`` the newest of other files at the same path.
    ``changes`` names the files that differ from those, each with what became of it.
    """

    slug: str
    assignment: Assignment | None = None
    fault: str = ""
    approval: ApprovedAssignment | None = None
    before: ApprovedAssignment | None = None
    changes: tuple[tuple[str, str], ...] = ()


def found_assignments() -> list[AssignmentOnMachine]:
    """Return the assignments that can be approved on this machine; none of their code runs."""
    return [_found(slug) for slug in known_slugs()]


def approve(assignment: Assignment, by: Account | None) -> ApprovedAssignment:
    """Let an assignment's code run, and grade with it where other files at its path did.

    Raises UsageError where a link is among its files.
    """
    files_seen(assignment)
    with transaction.atomic():
        row, _ = ApprovedAssignment.objects.update_or_create(
            digest=assignment.digest,
            defaults={
                "slug": assignment.slug,
                "path": str(assignment.root),
                "title": assignment.title,
                "max_score": assignment.max_score,
                "file_digests": digests_by_file(assignment),
                "approved": timezone.now(),
                "approved_by": by,
                "withdrawn": None,
            },
        )
        before = ApprovedAssignment.objects.filter(path=row.path).exclude(pk=row.pk).order_by("-approved").first()
        if before and not row.courses.exists():
            row.courses.set(before.courses.all())
        CourseAssignment.objects.filter(files__path=row.path).exclude(files=row).update(files=row)
    return row


def approve_shown(slug: str, digest: str, by: Account) -> ApprovedAssignment:
    """Approve the files that somebody was shown; raises UsageError where they are others now."""
    assignment = load_assignment(slug)
    if assignment.digest != digest:
        raise UsageError(messages.changed_since_shown(slug))
    return approve(assignment, by)


def files_seen(assignment: Assignment) -> FilesSeen:
    """Return what tells that a file of an assignment was touched.

    Raises UsageError for a link among them: the digest does not tell what lies behind it, and that may change.
    """
    return tuple(_seen(assignment.root, *assignment.solution_reads, *assignment.prelude_reads.values()))


def _seen(*places: Path) -> Iterator[tuple[str, int, int, int]]:
    for place in places:
        inside = (os.path.join(at, name) for at, folders, names in os.walk(place) for name in (*folders, *names))
        for path in (str(place), *inside):
            status = os.lstat(path)
            if stat.S_ISLNK(status.st_mode) and not leftover(PurePath(path).relative_to(place)):
                raise UsageError(messages.link_in_assignment(path))
            if stat.S_ISREG(status.st_mode):
                yield path, status.st_ctime_ns, status.st_size, status.st_ino


def withdraw(approval: ApprovedAssignment) -> None:
    """Let an assignment's code run no more."""
    ApprovedAssignment.objects.filter(pk=approval.pk, withdrawn=None).update(withdrawn=timezone.now())


def _found(slug: str) -> AssignmentOnMachine:
    try:
        assignment = load_assignment(slug)
    except UsageError as error:
        return AssignmentOnMachine(slug, fault=str(error))
    rows = ApprovedAssignment.objects.select_related("approved_by")
    approval = rows.filter(digest=assignment.digest, withdrawn=None).first()
    if approval:
        return AssignmentOnMachine(slug, assignment, approval=approval)
    before = rows.filter(path=str(assignment.root)).exclude(digest=assignment.digest).order_by("-approved").first()
    changes = _file_changes(before.file_digests, digests_by_file(assignment)) if before else ()
    return AssignmentOnMachine(slug, assignment, before=before, changes=changes)


def _file_changes(before: dict[str, str], now: dict[str, str]) -> tuple[tuple[str, str], ...]:
    told = dict.fromkeys(now.keys() - before.keys(), "new")
    told |= dict.fromkeys(before.keys() - now.keys(), "removed")
    told |= {name: "changed" for name in before.keys() & now.keys() if before[name] != now[name]}
    return tuple(sorted(told.items()))
