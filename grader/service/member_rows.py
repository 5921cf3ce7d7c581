"""Members and their uploads as the records of submissions that batches have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader import typed_json
from grader.person import Person
from grader.sanitize import visible
from grader.service.models import CourseAssignment, Member, State, Upload
from grader.submission import Submission, SubmissionRecord
from grader.timestamps import timestamp
from grader.typed_json import plain

_TOLD = ("submitted", "late", "attempt", "earlier", "extras", "claims", "conflicts", "remarks")
_TOLD_OR_OURS = ("due", "group", "section")  # where a platform tells them not, the course does


def person_of(member: Member) -> Person:
    """Return what the roster tells of a member."""
    return Person(name=member.name, id=member.number, login=member.login, email=member.email)


def row_id(member: Member) -> str:
    """Return the id of a member's row in a batch: safe as a file name, and nobody else's."""
    return f"member-{member.pk}"


def member_facts(member: Member) -> dict[str, Any]:
    """Return fields of a :class:`grader.submission.SubmissionRecord` that tell of a member."""
    return {
        "id": row_id(member),
        "student": member.login or member.name,
        "name": member.name,
        "student_id": member.number,
        "person": row_id(member),
        "claims": (person_of(member),),
        "group": member.group,
        "section": member.section,
    }


def upload_facts(upload: Upload, assignment: CourseAssignment, member: Member) -> dict[str, Any]:
    """Return the fields that tell of an upload, and of the member whose it is.

    What a platform told of it goes before what the service saw.
    """
    due = assignment.due
    return {
        **member_facts(member),
        "submitted": timestamp(upload.received),
        "attempt": _counted_attempt(upload, assignment),
        "due": timestamp(due) if due else "",
        **_platform_facts(upload.platform),
    }


def platform_facts(submission: Submission) -> dict[str, Any]:
    """Return what a platform told of a submission, as the JSON of an upload."""
    facts = {"path": submission.label, "digest": submission.sha256, "withheld": submission.withheld}
    if submission.refused:
        facts["refused"] = submission.refused
    record = submission.record()
    told = {name: plain(getattr(record, name)) for name in _TOLD}
    told |= {name: value for name in _TOLD_OR_OURS if (value := getattr(record, name))}
    return dict(_storable(facts | told))


def _platform_facts(platform: Mapping[str, Any]) -> dict[str, Any]:
    names = [name for name in (*_TOLD, *_TOLD_OR_OURS) if name in platform]
    blank = {"id": "", "student": "", "path": "", "sha256": ""}
    record = typed_json.record(SubmissionRecord, blank | {name: platform[name] for name in names})
    return {name: getattr(record, name) for name in names}


def _storable(value: Any) -> Any:
    """Return JSON data whose texts a database takes: names in zips may hold any bytes."""
    if isinstance(value, dict):
        return {key: _storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return visible(value) if isinstance(value, str) else value


def _counted_attempt(upload: Upload, assignment: CourseAssignment) -> int:
    """Return the number of an attempt.

    What a fault of ours ended before is none where attempts are limited.
    """
    if assignment.attempts is None or upload.attempt <= assignment.attempts:
        return upload.attempt
    failed: int | None = getattr(upload, "failed_before", None)  # known where many uploads were read at once
    if failed is None:
        before = Upload.objects.filter(assignment=assignment, member=upload.member_id, attempt__lt=upload.attempt)
        failed = before.filter(state=State.ERROR).count()
    return upload.attempt - failed
