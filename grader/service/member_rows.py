"""What the course knows of who handed in an upload, and when, in the words of a batch."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from grader.person import Person
from grader.service.models import CourseAssignment, Member, Upload


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
        "claims": (Person(name=member.name, id=member.number, login=member.login, email=member.email),),
        "group": member.group,
        "section": member.section,
    }


def upload_facts(upload: Upload, assignment: CourseAssignment, member: Member) -> dict[str, Any]:
    """Return the fields that tell of an upload, and of the member whose it is."""
    due = assignment.due
    return {
        **member_facts(member),
        "submitted": upload.received.astimezone(UTC).isoformat(timespec="seconds"),
        "attempt": upload.attempt,
        "due": due.astimezone(UTC).isoformat(timespec="seconds") if due else "",
    }
