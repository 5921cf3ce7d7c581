"""What Canvas answers, as records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.export.comments import is_comment
from grader.person import Person
from grader.platforms import messages
from grader.platforms.answers import as_list, iso_time
from grader.platforms.platform import (
    FEEDBACK_FILE,
    GradeState,
    PlatformMember,
    RemoteAttempt,
    RemoteFile,
    RemoteSubmission,
)


def member_of(user: Mapping[str, Any], sections: Mapping[Any, str]) -> PlatformMember:
    """Return a user of the course, whose sections are given by number."""
    enrolled = dict.fromkeys(sections.get(e.get("course_section_id"), "") for e in user.get("enrollments") or ())
    person = Person(
        name=str(user.get("name") or user.get("sortable_name") or ""),
        id=str(user["id"]),
        sis=str(user.get("sis_user_id") or ""),
        login=str(user.get("login_id") or ""),
        email=str(user.get("email") or ""),
    )
    return PlatformMember(
        person.id, person, "; ".join(filter(None, enrolled)), str(user.get("sortable_name") or person.name)
    )


def submission_of(data: Mapping[str, Any], member: PlatformMember) -> RemoteSubmission:
    """Return one person's submission with all attempts."""
    history = [h for h in data.get("submission_history") or () if h.get("submitted_at")]
    history = history or ([data] if data.get("submitted_at") else [])
    attempts = {a.number: a for a in map(_attempt, history)}
    group = data.get("group") or {}
    group_id = str(group.get("id") or "")
    return RemoteSubmission(
        (member,),
        tuple(attempts[n] for n in sorted(attempts)),
        iso_time(data.get("cached_due_date")),
        str(group.get("name") or "") if group_id else "",
        group_id,
    )


def _attempt(data: Mapping[str, Any]) -> RemoteAttempt:
    files = [
        RemoteFile(str(a.get("display_name") or a["filename"]), str(a["id"]), str(a["url"]), int(a.get("size") or -1))
        for a in as_list(data.get("attachments") or [])
    ]
    number_ = int(data.get("attempt") or 1)
    if body := data.get("body"):
        files.append(RemoteFile("text.html", f"text {number_}", text=str(body)))
    if (url := data.get("url")) and data.get("submission_type") == "online_url":
        files.append(RemoteFile("link.txt", f"link {number_}", text=f"{url}\n"))
    if not files:  # a recording, or a page that was annotated: it was handed in all the same
        files.append(RemoteFile("no_file.txt", f"none {number_}", text=f"{messages.WITHOUT_FILE}\n"))
    return RemoteAttempt(number_, iso_time(data.get("submitted_at")), bool(data.get("late")), tuple(files))


def state_of(data: Mapping[str, Any], own_id: str) -> GradeState:
    """Return the state of a grade, with the last comment that the user ``own_id`` pushed."""
    entered = data.get("entered_score")
    grade = data.get("score") if entered is None else entered
    comments = [c for c in data.get("submission_comments") or () if _is_pushed(c, own_id)]
    last: dict[str, Any] = max(comments, key=lambda c: (str(c.get("created_at") or ""), c.get("id") or 0), default={})
    return GradeState(
        None if grade is None else float(grade),
        int(data.get("attempt") or 0),
        iso_time(data.get("submitted_at")),
        str(last.get("comment") or ""),
        files=_attachment_names(last),
        blocked=messages.EXCUSED_IN_CANVAS if data.get("excused") else "",
    )


def _is_pushed(comment: Mapping[str, Any], own_id: str) -> bool:
    """Return whether a comment is what a push writes: its author may write others by hand."""
    ours = is_comment(str(comment.get("comment") or "")) or any(
        map(FEEDBACK_FILE.fullmatch, _attachment_names(comment))
    )
    return ours and str(comment.get("author_id")) == own_id


def _attachment_names(comment: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(a.get("display_name") or a.get("filename")) for a in comment.get("attachments") or ())
