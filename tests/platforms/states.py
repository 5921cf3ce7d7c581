"""What the platforms hold before a test, and results of their people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from grader.person import Person
from grader.result import ExerciseResult, ExerciseStatus, GradingResult, SubmissionStatus
from grader.submission import SubmissionRecord

TOKENS = {"canvas": "canvas-secret-token", "moodle": "moodlesecrettoken"}
NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 2}'


def canvas_user(number: int, name: str, section: int = 1) -> dict[str, Any]:
    """Return a student of the course as Canvas lists them."""
    first, last = name.split(" ")
    return {
        "id": number, "name": name, "sortable_name": f"{last}, {first}", "sis_user_id": f"S{number}",
        "login_id": first.lower(), "email": f"{first.lower()}@uni.example",
        "enrollments": [{"type": "StudentEnrollment", "course_section_id": section}],
    }  # fmt: skip


def canvas_attempt(number: int, file: int, *, late: bool = False, size: int | None = None) -> dict[str, Any]:
    """Return one attempt with one notebook, whose name a student chose."""
    return {
        "attempt": number, "submitted_at": f"2026-11-{20 + number}T10:00:00Z", "late": late,
        "submission_type": "online_upload",
        "attachments": [{
            "id": file, "display_name": "../../.evil hw?1.ipynb", "filename": "evil.ipynb",
            "url": f"{{site}}/files/{file}/download?download_frd=1&verifier=v", "size": size or len(NOTEBOOK),
        }],
    }  # fmt: skip


def canvas_submission(user: dict[str, Any], *attempts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a person's submission as Canvas has it."""
    last = attempts[-1] if attempts else {"attempt": None, "submitted_at": None, "late": False}
    return {
        "user_id": user["id"], "user": user, "cached_due_date": "2026-11-21T12:00:00Z", "score": None,
        "entered_score": None, "grade": None, "graded_at": None, "excused": False, "submission_comments": [],
        "submission_history": list(attempts), "group": {"id": None, "name": None}, **last, **more,
    }  # fmt: skip


def canvas_state() -> dict[str, Any]:
    """A course of five: two attempts, one late, a group of two, one who handed in nothing."""
    ada, ben, cid, dan = (
        canvas_user(n, f"{name} Test") for n, name in ((1, "Ada"), (2, "Ben"), (3, "Cid"), (4, "Dan"))
    )
    eve = canvas_user(5, "Eve Test", section=2)
    team = {"id": 9, "name": "Team 9"}
    submissions = [
        canvas_submission(ada, canvas_attempt(1, 101), canvas_attempt(2, 102, late=True)),
        canvas_submission(ben),
        canvas_submission(cid, canvas_attempt(1, 103), group=team),
        canvas_submission(dan, canvas_attempt(1, 103), group=team),
        canvas_submission(eve, canvas_attempt(1, 104), cached_due_date="2026-12-24T12:00:00Z"),
    ]
    return {
        "assignment": {"id": 34, "name": "Lens", "points_possible": 20.0, "due_at": "2026-11-21T12:00:00Z",
                       "grading_type": "points"},
        "sections": [{"id": 1, "name": "Monday"}, {"id": 2, "name": "Tuesday"}],
        "users": [ada, ben, cid, dan, eve],
        "submissions": {str(s["user_id"]): s for s in submissions},
        "files": {str(n): NOTEBOOK for n in (101, 102, 103, 104)},
    }  # fmt: skip


def moodle_person(number: int, name: str, *groups: str, team: int = 0) -> dict[str, Any]:
    """Return a participant as Moodle lists them."""
    first = name.split(" ")[0].lower()
    listed = [{"id": 50 + n, "name": group} for n, group in enumerate(groups)]
    known = {"id": number, "fullname": name, "username": first, "idnumber": f"S{number}", "groups": listed}
    of_team = {"groupid": team, "groupname": f"Team {team}"} if team else {}
    return known | of_team | {"email": f"{first}@uni.example"}


def moodle_submission(user: int, number: int, file: str, **more: Any) -> dict[str, Any]:
    """Return one attempt as Moodle has it."""
    when = 1_790_000_000 + number * 1000
    return {"id": user * 10 + number, "userid": user, "groupid": 0, "attemptnumber": number, "timemodified": when,
            "status": "submitted", "uploads": [["/", file, when]], **more}  # fmt: skip


def moodle_state() -> dict[str, Any]:
    """A course of four: two attempts, one late, a draft, an extension."""
    return {
        "assignment": {
            "id": 5, "cmid": 34, "name": "Lens", "grade": 20, "duedate": 1_790_000_500, "teamsubmission": 0,
            "configs": [{"plugin": p, "subtype": "assignfeedback", "name": "enabled", "value": "1"}
                        for p in ("comments", "file")],
        },
        "participants": [moodle_person(1, "Ada Test", "Monday"), moodle_person(2, "Ben Test"),
                         moodle_person(3, "Cid Test", "Tuesday"), moodle_person(4, "Dan Test")],
        "submissions": [
            moodle_submission(1, 0, "a.ipynb"),
            moodle_submission(1, 1, "b.ipynb"),
            moodle_submission(2, 0, "a.ipynb", status="draft"),
            moodle_submission(3, 1, "c.ipynb", uploads=[["/", "c.ipynb", 5], ["/data/", "d.csv", 5]]),
        ],
        "flags": [{"userid": 3, "extensionduedate": 1_800_000_000, "locked": 0}],
        "grades": {},
        "files": {"a.ipynb": NOTEBOOK, "b.ipynb": NOTEBOOK, "c.ipynb": NOTEBOOK, "d.csv": "1,2\n"},
    }  # fmt: skip


def graded(number: int, name: str, score: float, **submission: Any) -> GradingResult:
    """Return the result of a person whom the platform knows by a number."""
    record = SubmissionRecord(f"{name}_{number}", name, f"{name}.ipynb", "0" * 64, claims=(Person(id=str(number)),))
    return GradingResult(
        replace(record, **submission), "lens", SubmissionStatus.GRADED, score, 20.0,
        (ExerciseResult("lens", ExerciseStatus.PARTIAL, score, 20.0, title="Logit lens"),),
    )  # fmt: skip
