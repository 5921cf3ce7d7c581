"""What Moodle answers, as records."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from grader.person import Person
from grader.platforms import messages
from grader.platforms.answers import iso_time
from grader.platforms.platform import GradeState, PlatformMember, RemoteAttempt, RemoteFile

_TAG = re.compile(r"<[^<>]*>")

HANDED_IN = frozenset({"submitted"})
"""What Moodle calls a submission that is no draft."""


def is_feedback(config: Mapping[str, Any]) -> bool:
    """Return whether a setting says that a kind of feedback may be given."""
    return config.get("subtype") == "assignfeedback" and config.get("name") == "enabled" and str(config["value"]) == "1"


def member_of(user: Mapping[str, Any]) -> PlatformMember:
    """Return a participant; the course's groups are the sections, but for the team."""
    groups = [str(g.get("name") or "") for g in user.get("groups") or () if g.get("id") != user.get("groupid")]
    person = Person(
        name=str(user.get("fullname") or ""),
        id=str(user["id"]),
        sis=str(user.get("idnumber") or ""),
        login=str(user.get("username") or ""),
        email=str(user.get("email") or ""),
        participant=str(user.get("recordid") or ""),
    )
    return PlatformMember(person.id, person, "; ".join(filter(None, dict.fromkeys(groups))))


def attempt_of(row: Mapping[str, Any], due: int) -> RemoteAttempt:
    """Return what was handed in at once, which ``due`` tells whether late."""
    number, when = int(row.get("attemptnumber") or 0) + 1, int(row.get("timemodified") or 0)
    files = []
    for plugin in row.get("plugins") or ():
        for area in plugin.get("fileareas") or ():
            if area.get("area") != "submission_files":
                continue
            for file in area.get("files") or ():
                path = f"{file.get('filepath') or '/'}{file['filename']}".lstrip("/")
                source = f"{row['id']} {path} {file.get('timemodified') or when}"
                files.append(RemoteFile(path, source, str(file["fileurl"]), int(file.get("filesize", -1))))
        for field in plugin.get("editorfields") or ():
            if plugin.get("type") == "onlinetext" and field.get("text"):
                files.append(RemoteFile("onlinetext.html", f"{row['id']} text {when}", text=str(field["text"])))
    if not files:
        files.append(RemoteFile("no_file.txt", f"{row['id']} none", text=f"{messages.WITHOUT_FILE}\n"))
    return RemoteAttempt(number, iso_time(when), bool(due) and when > due, tuple(files))


def state_of(data: Mapping[str, Any], graded: Mapping[str, Any] | None) -> GradeState:
    """Return the state of a grade, from the status of a submission and the row of its grade."""
    last, feedback = data.get("lastattempt") or {}, data.get("feedback") or {}
    submission = last.get("submission") or last.get("teamsubmission") or {}
    attempt = int(submission.get("attemptnumber") or 0)
    rows = [row for row in (graded, feedback.get("grade")) if row and int(row.get("attemptnumber", attempt)) >= attempt]
    grade = rows[0].get("grade") if rows else None  # one of an earlier attempt is not this one's
    value = None if grade in (None, "") else float(grade)
    handed = submission.get("status") in HANDED_IN
    comments, files = "", list[str]()
    for plugin in feedback.get("plugins") or ():
        for field in plugin.get("editorfields") or ():
            if plugin.get("type") == "comments":
                comments = str(field.get("text") or "")
        for area in plugin.get("fileareas") or ():
            if area.get("area") == "feedback_files":
                files += [str(f["filename"]) for f in area.get("files") or ()]
    return GradeState(
        None if value is None or value < 0 else value,
        attempt + 1 if submission else 0,
        iso_time(submission.get("timemodified")) if handed else "",
        html.unescape(_TAG.sub(" ", comments)),
        comments,
        tuple(files),
    )
