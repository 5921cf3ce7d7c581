"""Take the zip of a learning platform: an upload for each submission of a known member."""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.intake import are_many, claimed, doubts, find, intake_remarks, join
from grader.person import Person
from grader.sanitize import visible
from grader.service.blob_store import blob_path
from grader.service.member_rows import person_of
from grader.service.models import Course, Member, Role, Task, Upload
from grader.service.work import task_messages
from grader.service.work.approved import approved
from grader.service.work.batch_rows import StoredSubmission, assigned_by_hand, store, take
from grader.service.work.scratch import scratch_folder
from grader.service.work.task_progress import advance
from grader.service.work.upload_submission import base_name
from grader.submission import Absence, Submission


@dataclass(frozen=True, slots=True)
class _Batch:
    """What is in a zip; ``members`` says of each submission whose it is."""

    submissions: Sequence[Submission]
    members: Sequence[Sequence[Member]]
    absences: Sequence[Absence]
    remarks: Sequence[tuple[str, tuple[str, ...]]]

    @property
    def strangers(self) -> list[Submission]:
        """The submissions of nobody who is known."""
        return [s for s, members in zip(self.submissions, self.members, strict=True) if not members]


def take_batch(task: Task) -> None:
    """Make an upload of each submission in the zip that was not taken before.

    ``given`` has the zip's ``sha256`` and ``name``; ``found`` tells what is to be looked at before the grades are used,
    first of all, and keeps what nobody on the roster handed in.
    """
    given = task.given
    with tempfile.TemporaryDirectory(prefix="grader-batch-", dir=scratch_folder()) as name:
        place = Path(name, "given")
        place.mkdir()
        file = place / base_name(given["name"])
        os.link(blob_path(given["sha256"]), file)
        batch = _read(task, file, Path(name))
        if not batch.submissions:
            raise UsageError(task_messages.nothing_in(file.name))
        _take_each(task, batch)
    first = doubts(batch.submissions, batch.strangers, batch.absences)
    task.found |= {
        "doubts": first,
        "loud": are_many(first, batch.submissions, batch.strangers),
        "remarks": list(batch.remarks),
        "absent": len(batch.absences),
    }
    taken = Upload.objects.filter(assignment=task.of_assignment, platform__task=task.pk).count()
    of_members = sum(map(len, batch.members)) - len(task.found["not_taken"])
    task.found |= {"taken": taken, "again": max(of_members - taken, 0)}
    task.message = task_messages.batch_taken(taken, task.found["again"], len(task.found["unmatched"]))


def _read(task: Task, file: Path, scratch: Path) -> _Batch:
    names = approved(task.of_assignment.files).names
    by_person = _by_person(task.of_assignment.course)
    roster = [*by_person]
    found = find([file], scratch=scratch, functions=names, roster=roster)
    submissions, absences, _ = join(found, roster)
    known = claimed(found.people, roster, [s.label for s in found.submissions])
    members = [[m for person in persons for m in by_person[person]] for persons in known]
    for place, persons in enumerate(known):
        if any(len(by_person[person]) > 1 for person in persons):
            members[place] = []
            conflicts = (*submissions[place].conflicts, task_messages.SAME_ON_ROSTER)
            submissions[place] = replace(submissions[place], conflicts=conflicts)
    absences = [a for a in absences if any(m.role == Role.STUDENT for m in by_person[a.claims[0]])]
    return _Batch(submissions, members, absences, intake_remarks(submissions, found))


def _by_person(course: Course) -> dict[Person, list[Member]]:
    """Return the members of a course by what the roster tells of them."""
    found: defaultdict[Person, list[Member]] = defaultdict(list)
    for member in course.members.filter(active=True).order_by("pk"):
        found[person_of(member)].append(member)
    return found


def _take_each(task: Task, batch: _Batch) -> None:
    unmatched: list[dict[str, Any]] = []
    not_taken: list[tuple[str, str]] = []
    for place, (submission, members) in enumerate(zip(batch.submissions, batch.members, strict=True)):
        advance(task, place, len(batch.submissions))
        if submission.unavailable or not (stored := store(submission)):
            why = submission.unavailable or task_messages.NOT_ON_DISK
            not_taken.append((visible(submission.label), visible(why)))
            continue
        for member in members:
            take(task, stored, member, group=len(members) > 1)
        if not members:
            unmatched.append(_unmatched(task, stored, len(unmatched)))
    advance(task, len(batch.submissions), len(batch.submissions))
    task.found |= {"unmatched": unmatched, "not_taken": not_taken}


def _unmatched(task: Task, stored: StoredSubmission, number: int) -> dict[str, Any]:
    member = assigned_by_hand(task.of_assignment, stored)
    return stored.to_json() | {"number": number, "member": member.pk if member else None}
