"""A platform's zip becomes uploads of members, and what is not sure is told first."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest

from .conftest import RIGHT, WRONG, People, notebook

MOODLE = {
    "Sam Student_101_assignsubmission_file/mine.ipynb": notebook(*RIGHT),
    "Sam Student_101_assignsubmission_file/data.csv": b"1,2\n",
    "Cleo Classmate_102_assignsubmission_file/hers.ipynb": notebook(*WRONG),
    "Nora Nobody_103_assignsubmission_file/other.ipynb": notebook(*RIGHT, "1"),
}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of these files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


@pytest.fixture
def course(people: People) -> People:
    """The course, its students with names of people."""
    people.assignment.course.members.filter(login="student").update(name="Sam Student")
    people.assignment.course.members.filter(login="classmate").update(name="Cleo Classmate")
    return people


def asked(people: People, content: bytes, name: str = "submissions.zip") -> Any:
    """Return a task to take a zip."""
    from grader.service.blob_store import store_blob
    from grader.service.work.task_progress import ask_for

    blob = store_blob([content])
    return ask_for("batch", people.assignment, people.accounts["instructor"], sha256=blob.sha256, name=name)


def taken(people: People, content: bytes, name: str = "submissions.zip") -> Any:
    """Return a task that took a zip."""
    from grader.service.work import tasks

    task = asked(people, content, name)
    tasks.run(task.pk)
    task.refresh_from_db()
    return task


def test_each_submission_of_a_member_becomes_an_upload(course: People) -> None:
    """With the files beside it, as the platform's and not as the student's own."""
    task = taken(course, zipped(MOODLE))
    uploads = {u.member.name: u for u in course.assignment.uploads.all()}

    assert task.state == "done"
    assert {*uploads} == {"Sam Student", "Cleo Classmate"}
    assert [f.name for f in uploads["Sam Student"].files.all()] == ["data.csv"]
    assert {(u.source, u.state) for u in uploads.values()} == {("batch", "accepted")}


def test_what_is_not_sure_is_told_first(course: People) -> None:
    """Whoever looks at the task reads whose submission nobody on the roster made."""
    task = taken(course, zipped(MOODLE))

    [[title, [label]]] = task.found["doubts"]
    assert "nobody on the roster" in title
    assert "Nora Nobody" in label
    assert task.found["loud"]


@pytest.mark.parametrize("name", ["submissions.zip", "submissions (1).zip"])
def test_the_same_zip_again_brings_nothing(course: People, name: str) -> None:
    """Whatever the browser called it."""
    taken(course, zipped(MOODLE))
    task = taken(course, zipped(MOODLE), name)

    assert course.assignment.uploads.count() == 2
    assert (task.found["taken"], task.found["again"]) == (0, 2)


def test_what_is_new_in_a_later_zip_is_taken(course: People) -> None:
    """It is that member's next attempt."""
    taken(course, zipped(MOODLE))
    later = dict(MOODLE) | {"Sam Student_101_assignsubmission_file/mine.ipynb": notebook(*RIGHT, "2")}
    task = taken(course, zipped(later))

    assert task.found["taken"] == 1
    assert [u.attempt for u in course.member("student").uploads.order_by("attempt")] == [1, 2]


def test_a_task_that_was_ended_half_way_goes_on(course: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it took before stays, and is not taken again."""
    from grader.service.work import batch_rows, tasks

    task, insert = asked(course, zipped(MOODLE)), batch_rows.insert_upload

    def die(*args: Any, **fields: Any) -> Any:
        insert(*args, **fields)
        raise KeyboardInterrupt

    monkeypatch.setattr(batch_rows, "insert_upload", die)
    with pytest.raises(KeyboardInterrupt):
        tasks.run(task.pk)
    monkeypatch.undo()
    tasks.run(task.pk)
    task.refresh_from_db()

    assert course.assignment.uploads.count() == 2
    assert (task.state, task.found["taken"], task.found["again"]) == ("done", 2, 0)


def test_what_nobody_made_is_assigned_by_hand_once(course: People) -> None:
    """And is that member's also when the same zip comes again."""
    from grader.service.work.batch_rows import assign

    task = taken(course, zipped(MOODLE))
    member = course.member("student")
    by = course.accounts["instructor"]
    made = [assign(task, 0, member, by), assign(task, 0, member, by), assign(task, 7, member, by)]
    again = taken(course, zipped(MOODLE), "once more.zip")

    assert made[0] is not None
    assert made[1:] == [None, None]
    assert again.found["unmatched"][0]["member"] == member.pk
    assert course.assignment.uploads.count() == 3


def test_a_submission_is_as_the_platform_tells(course: People) -> None:
    """Late by its mark, with no time that only the service saw."""
    from grader.service.member_rows import upload_facts

    course.assignment.course.members.filter(login="student").update(number="4711")
    taken(course, zipped({"studentsam_LATE_4711_98765_mine.ipynb": notebook(*RIGHT)}))
    upload = course.assignment.uploads.get()
    facts = upload_facts(upload, course.assignment, upload.member)

    assert (facts["late"], facts["submitted"], facts["attempt"]) == (True, "", 1)
    assert facts["claims"][0].id == "4711"
    assert facts["claims"][0].login == "student"


def test_the_file_of_two_members_is_an_upload_of_each(course: People) -> None:
    """Members that nothing tells apart get nothing, and it is told."""
    course.assignment.course.members.filter(login__in=["student", "classmate"]).update(name="Sam Student")
    course.assignment.course.members.filter(login="classmate").update(login="")
    course.assignment.course.members.filter(login="student").update(login="")
    task = taken(course, zipped({"Sam Student_101_assignsubmission_file/mine.ipynb": notebook(*RIGHT)}))

    assert course.assignment.uploads.count() == 0
    assert [len(task.found["unmatched"]), len(task.found["doubts"])] == [1, 2]


@pytest.mark.parametrize("content", [b"no zip", zipped({})])
def test_a_zip_without_submissions_fails_with_a_sentence(course: People, content: bytes) -> None:
    """It says what is wrong."""
    task = taken(course, content)

    assert task.state == "failed"
    assert "submissions.zip" in task.message
