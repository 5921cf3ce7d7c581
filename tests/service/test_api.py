"""What the API tells, and whom."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from .api_client import PATH, SECRET, ApiClient, graded_upload, with_token
from .conftest import RIGHT, People, notebook
from .results import hand_in

PARTS = ("", "/result", "/report", "/notebook")


def ask(client: ApiClient, upload: Any, part: str = "", **options: Any) -> Any:
    """Ask for a part of a submission."""
    return client.get(f"/submissions/{upload.pk}{part}", query_params=options)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("student", 200),
        ("classmate", 404),
        ("grader", 200),
        ("instructor", 200),
        ("other_student", 404),
        ("other_grader", 404),
        ("other_instructor", 404),
        ("stranger", 404),
        ("administrator", 200),
    ],
)
def test_a_submission_is_its_students_and_staffs(people: People, who: str, status: int, part: str) -> None:
    """To others it is not there: the answer is that of one that never was."""
    upload = graded_upload(people, "student")
    client = with_token(people, who)

    answer, unknown = ask(client, upload, part), client.get(f"/submissions/{uuid.uuid4()}{part}")

    answer.close()
    assert answer.status_code == status
    assert unknown.status_code == 404
    if status == 404:
        assert answer.json()["summary"] == unknown.json()["summary"]


@pytest.mark.parametrize("part", ["/result", "/report"])
def test_what_is_hidden_is_staffs(people: People, part: str) -> None:
    """A student gets the student's view alone, and staff theirs where they ask for it."""
    upload = graded_upload(people, "student")

    student, grader = (with_token(people, name) for name in ("student", "grader"))
    assert ask(student, upload, part, view="staff").status_code == 404
    assert SECRET not in ask(student, upload, part).content.decode()
    assert SECRET not in ask(grader, upload, part).content.decode()
    assert SECRET in ask(grader, upload, part, view="staff").content.decode()


def test_the_state_tells_the_points(people: People) -> None:
    """Before there is a result there are none; asking for it then is told to wait."""
    client = with_token(people, "student")
    waiting, done = hand_in(people, "student"), graded_upload(people, "student")

    before, after = ask(client, waiting).json(), ask(client, done).json()

    assert (before["state"], before["score"]) == ("accepted", None)
    assert (after["state"], after["score"], after["max_score"]) == ("graded", 4.0, 6.0)
    assert after["summary"] == "The submission is graded."
    assert (a := ask(client, waiting, "/result")).status_code == 409, a.content
    assert a.json()["code"] == "no-result-yet"


@pytest.mark.parametrize("part", PARTS[:-1])
def test_what_the_course_holds_back_is_not_told(people: People, part: str) -> None:
    """Where hidden verdicts never show, nothing that a student gets depends on them."""
    upload = graded_upload(people, "student")
    people.assignment.hidden_verdicts = "never"
    people.assignment.save()

    told = ask(with_token(people, "student"), upload, part)

    assert told.status_code == 200
    assert "failed" not in told.content.decode().lower()
    assert part or told.json()["score"] is None
    assert ask(with_token(people, "grader"), upload).json()["score"] == 4.0


def test_a_correction_counts(people: People) -> None:
    """The points are those of the grade that counts, in the state and in the result."""
    from grader.service.models import Correction

    upload = graded_upload(people, "student")
    Correction.objects.create(assignment=people.assignment, member=upload.member, sha256=upload.sha256, points=5)

    client = with_token(people, "student")
    assert ask(client, upload).json()["score"] == 5
    assert ask(client, upload, "/result").json()["score"] == 5


def test_the_report_is_the_page_under_its_own_policy(people: People) -> None:
    """With a policy in the header that lets its own style and script run, and nothing else."""
    answer = ask(with_token(people, "student"), graded_upload(people, "student"), "/report")

    assert answer["Content-Type"].startswith("text/html")
    assert "It scales." in answer.content.decode()
    assert "sha256-" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["mine.ipynb", "a\r\nX-Evil: 1", 'a"; b.ipynb', "\u202eipynb", "n\u00e4me.ipynb"])
def test_the_notebook_comes_back(people: People, name: str) -> None:
    """Byte by byte, as a download, whatever its name is."""
    upload = hand_in(people, "student", file_name=name)

    answer = ask(with_token(people, "student"), upload, "/notebook")

    assert answer.getvalue() == notebook(*RIGHT)
    answer.close()
    assert answer["Content-Disposition"].startswith("attachment; filename")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "X-Evil" not in answer


def listed(client: ApiClient, **filters: Any) -> list[str]:
    """Return the ids of all pages of a list."""
    ids, cursor = [], ""
    while True:
        page = client.get("/submissions", query_params=filters | ({"cursor": cursor} if cursor else {})).json()
        ids += [row["id"] for row in page["submissions"]]
        if (cursor := page["next"]) is None:
            return ids


def test_a_list_has_what_may_be_seen(people: People) -> None:
    """A student's own, staff's course, in pages from the newest on, each once."""
    mine = [str(hand_in(people, "student").pk) for _ in range(5)]
    theirs = str(hand_in(people, "classmate").pk)

    assert listed(with_token(people, "student"), limit=2) == mine[::-1]
    assert listed(with_token(people, "grader"), limit=4) == [theirs, *mine[::-1]]
    assert listed(with_token(people, "other_instructor")) == []


def test_a_list_has_filters(people: People) -> None:
    """By course, assignment, member, state and time."""
    first, second = hand_in(people, "student"), graded_upload(people, "classmate")
    client = with_token(people, "instructor")

    assert listed(client, member="student") == [str(first.pk)]
    assert listed(client, state="graded") == [str(second.pk)]
    assert listed(client, course="first", assignment="tiny") == [str(second.pk), str(first.pk)]
    assert listed(client, since=(timezone.now() + timedelta(hours=1)).isoformat()) == []
    assert listed(client, since=first.received.isoformat(), state="accepted") == [str(first.pk)]
    assert client.get("/submissions", query_params={"course": "second"}).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"cursor": "x"}, {"cursor": "MjAyNiAx"}, {"limit": "0"}, {"limit": "1000"}, {"state": "gone"}, {"since": "x"},
     {"since": "2026-01-01T00:00:00"}, {"course": "a\0"}, {"memeber": "x"}],
)  # fmt: skip
def test_wrong_filters_are_refused(people: People, wrong: dict[str, str]) -> None:
    """With a sentence that names the field."""
    answer = with_token(people, "student").get("/submissions", query_params=wrong)

    assert answer.status_code == 422
    assert next(iter(wrong)) in answer.json()["summary"]


def test_a_token_for_a_course_sees_that_course(people: People) -> None:
    """Whatever its account may see."""
    upload = graded_upload(people, "student")
    other = people.accounts["other_instructor"].memberships.get().course

    client = with_token(people, "administrator", "read", course=other)

    assert ask(client, upload).status_code == 404
    assert listed(client) == []


@pytest.mark.parametrize("fault", ["none", "unknown", "revoked", "expired", "inactive", "another scheme"])
def test_without_a_good_token_there_is_nothing(people: People, fault: str) -> None:
    """It is answered alike whatever is wrong with it, and says how a token is sent."""
    from grader.service.models import ApiToken

    client, now = with_token(people, "student"), timezone.now()
    match fault:
        case "revoked":
            ApiToken.objects.update(revoked=now)
        case "expired":
            ApiToken.objects.update(expires=now)
        case "inactive":
            people.accounts["student"].is_active = False
            people.accounts["student"].save()
    sent = {"none": "", "unknown": "Bearer grader_x", "another scheme": f"Basic {client.text}"}

    header = sent.get(fault, f"Bearer {client.text}")
    answer = client.client.get(f"{PATH}/", headers={"Authorization": header} if header else {})

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert (answer.json()["code"], set(answer.json())) == ("no-token", {"summary", "code", "timestamp"})


def test_a_session_is_no_token(people: People) -> None:
    """A browser's cookie opens nothing here, so that no other site's form can use it."""
    assert people.client("administrator").get(f"{PATH}/submissions").status_code == 401


def test_reading_needs_its_scope(people: People) -> None:
    """A token that may only hand in reads nothing."""
    answer = ask(with_token(people, "student", "submit"), graded_upload(people, "student"))

    assert (answer.status_code, answer.json()["code"]) == (403, "scope")
    assert answer.json()["summary"] == "The token lacks the scope read."


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("get", "/nothing", 404), ("delete", "/submissions", 405), ("get", "/submissions/1", 404), ("get", "/%00", 404)],
)
def test_every_error_is_json(people: People, method: str, path: str, status: int) -> None:
    """Also those that no endpoint makes, and none shows a path or a trace of ours."""
    client = with_token(people, "student")

    answer = getattr(client.client, method)(f"{PATH}{path}", headers={"Authorization": f"Bearer {client.text}"})

    assert answer.status_code == status
    assert set(answer.json()) == {"summary", "code", "timestamp"}
    assert answer["Cache-Control"] == "no-store"


def test_a_crash_of_ours_tells_nothing(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """500 without what was raised; a failure of the database is 503 with a time to wait."""
    from django.db import OperationalError

    from grader.service.api import submission_endpoints

    client, upload = with_token(people, "student"), hand_in(people, "student")
    answers = []
    for error in (RuntimeError("/secret/path"), OperationalError("/secret/path")):
        monkeypatch.setattr(
            submission_endpoints, "student_result", lambda *_, error=error: (_ for _ in ()).throw(error)
        )
        answers.append(ask(client, upload))

    assert [a.status_code for a in answers] == [500, 503]
    assert [a.json()["code"] for a in answers] == ["failed", "unavailable"]
    assert answers[1]["Retry-After"]
    assert all("secret" not in a.content.decode() for a in answers)
