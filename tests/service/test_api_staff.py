"""What staff does by the API: batches, their tasks, and exports."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from .api_client import PATH, ApiClient, graded_upload, with_token
from .conftest import RIGHT, People, notebook

TINY_PATH = "/courses/first/assignments/tiny"


def send(client: ApiClient, path: str, **fields: Any) -> Any:
    """Send a form."""
    return client.client.post(f"{PATH}{path}", fields, headers={"Authorization": f"Bearer {client.text}"})


def a_zip(name: str = "submissions.zip") -> SimpleUploadedFile:
    """Return a zip with the classmate's notebook."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("classmate/mine.ipynb", notebook(*RIGHT))
    return SimpleUploadedFile(name, made.getvalue())


def test_a_batch_is_taken_by_a_task(people: People) -> None:
    """The answer says where to ask how far it is; a worker does what the pages' task does."""
    from grader.service.work.tasks import run

    client = with_token(people, "instructor", "submit-for-others", "read")

    answer = send(client, f"{TINY_PATH}/batches", zip=a_zip())
    before = client.get(f"/tasks/{answer.json()['id']}").json()
    run(answer.json()["id"])
    after = client.get(f"/tasks/{answer.json()['id']}").json()

    assert answer.status_code == 202, answer.content
    assert answer.json()["link"].endswith(f"/api/v1/tasks/{answer.json()['id']}")
    assert (before["state"], before["summary"]) == ("accepted", "The task waits for a worker.")
    assert after["state"] == "done", after
    assert (after["found"]["taken"], after["found"]["unmatched"]) == (1, [])


@pytest.mark.parametrize(
    ("who", "scope", "status"),
    [
        ("grader", "submit-for-others", 404),
        ("student", "submit-for-others", 404),
        ("other_instructor", "submit-for-others", 404),
        ("stranger", "submit-for-others", 404),
        ("instructor", "submit", 403),
    ],
)
def test_a_batch_is_the_instructors(people: People, who: str, scope: str, status: int) -> None:
    """Scope and role both have to allow it."""
    from grader.service.models import Task

    assert send(with_token(people, who, scope), f"{TINY_PATH}/batches", zip=a_zip()).status_code == status
    assert not Task.objects.exists()


def test_a_batch_is_one_zip(people: People) -> None:
    """Anything else is refused with a sentence."""
    client = with_token(people, "instructor", "submit-for-others")

    wrong = [
        send(client, f"{TINY_PATH}/batches"),
        send(client, f"{TINY_PATH}/batches", zip=a_zip("notebook.ipynb")),
        send(client, f"{TINY_PATH}/batches", zip=[a_zip(), a_zip()]),
    ]

    assert [answer.status_code for answer in wrong] == [422] * 3
    assert client.post(f"{TINY_PATH}/batches", b"x", "application/zip").status_code == 415


@pytest.mark.parametrize(
    ("who", "status"), [("student", 404), ("grader", 200), ("other_instructor", 404), ("administrator", 200)]
)
def test_a_task_is_its_courses_staffs(people: People, who: str, status: int) -> None:
    """To others it is not there, nor to a token for another course."""
    from grader.service.work.task_progress import ask_for

    task = ask_for("batch", people.assignment, people.accounts["instructor"])
    other = people.accounts["other_instructor"].memberships.get().course

    assert with_token(people, who).get(f"/tasks/{task.pk}").status_code == status
    assert with_token(people, who, "read", course=other).get(f"/tasks/{task.pk}").status_code == 404
    assert with_token(people, who).get(f"/tasks/{1 << 64}").status_code == 404


def test_grades_are_exported(people: People) -> None:
    """In a format of `grader export`, as a download, with an entry in the log."""
    from grader.service.models import AuditEntry

    graded_upload(people, "student")

    answer = with_token(people, "grader", "export").get(f"{TINY_PATH}/exports/nbgrader", query_params={"zero": "1"})

    assert answer.status_code == 200, answer.content
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert sorted(float(row["score"]) for row in rows) == [0.0, 4.0]
    assert answer["Content-Disposition"] == 'attachment; filename="nbgrader_grades.csv"'
    assert AuditEntry.objects.filter(action="exported").count() == 1


def test_a_platforms_file_is_filled_in(people: People) -> None:
    """It is sent in a form, with the options; what is amiss is said without a place of ours."""
    member = people.member("student")
    member.email = "sam@example.edu"
    member.save()
    graded_upload(people, "student")
    titles = "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Feedback comments"
    sheet = f"{titles}\nParticipant 17,student,sam@example.edu,Submitted,,6.00,Yes,\n".encode()
    client = with_token(people, "grader", "export")

    filled = send(client, f"{TINY_PATH}/exports/moodle", into=SimpleUploadedFile("sheet.csv", sheet), partial="1")
    broken = send(client, f"{TINY_PATH}/exports/moodle", into=SimpleUploadedFile("../sheet.csv", b"a,b\n1,2\n"))

    assert filled.status_code == 200, filled.content
    assert ",Submitted,4" in filled.content.decode().splitlines()[1]
    assert broken.status_code == 422
    assert broken.json()["summary"].startswith("sheet.csv")


@pytest.mark.parametrize(
    ("who", "scope", "name", "status"),
    [
        ("student", "export", "csv", 404),
        ("other_grader", "export", "csv", 404),
        ("grader", "read", "csv", 403),
        ("grader", "export", "nothing", 404),
        ("grader", "export", "gradescope-autograder", 404),
        ("grader", "export", "moodle", 422),
    ],
)
def test_exports_are_staffs(people: People, who: str, scope: str, name: str, status: int) -> None:
    """What is made of the assignment itself is the instructor's; a format says what it needs."""
    assert with_token(people, who, scope).get(f"{TINY_PATH}/exports/{name}").status_code == status
