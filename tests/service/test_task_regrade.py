"""A regrade shows whose grade would change and why, and publishes that once, or never."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from grader.result import GradingResult

from .conftest import RIGHT, WRONG, People, notebook
from .results import graded, hand_in, publish, result
from .test_task_pages import PLACE


@pytest.fixture(scope="module")
def zygote(_django: None) -> Iterator[None]:
    """What grades in this process, closed after these tests."""
    from grader.service.work.grading import all_examiners

    yield
    all_examiners().close()
    all_examiners.cache_clear()


def run(people: People, kind: str, **given: Any) -> Any:
    """Return a task that was done here."""
    from grader.service.work import tasks
    from grader.service.work.task_progress import ask_for

    task = ask_for(kind, people.assignment, people.accounts["instructor"], **given)
    tasks.run(task.pk)
    task.refresh_from_db()
    return task


def versions(upload: Any) -> list[int]:
    """Return the versions of an upload that have a result."""
    upload.refresh_from_db()
    return list(upload.results.order_by("version").values_list("version", flat=True))


_FULL_MARKS: list[GradingResult] = []


def before(people: People, name: str, *cells: str) -> Any:
    """Return an upload whose result, with full marks, is of other files of the assignment."""
    from grader.service.member_rows import upload_facts
    from grader.service.work.grading import grade_version

    upload = hand_in(people, name, notebook(*cells))
    if not _FULL_MARKS:
        right = hand_in(people, name, notebook(*RIGHT))
        grade_version(right.pk, 1, "a worker")
        _FULL_MARKS.append(GradingResult.from_json(right.results.get().document))
        right.results.all().delete()
        right.delete()
    marks = _FULL_MARKS[0]
    facts = upload_facts(upload, upload.assignment, upload.member)
    provenance = replace(marks.provenance, assignment="0" * 64)
    submission = replace(marks.submission, sha256=upload.sha256, **facts)
    publish(upload, replace(marks, provenance=provenance, submission=submission))
    return upload


@pytest.fixture
def two(people: People, zygote: None) -> tuple[Any, Any]:
    """A wrong notebook with full marks, as from before a check was mended, and a right one."""
    return before(people, "student", *WRONG), before(people, "classmate", *RIGHT)


def test_a_preview_publishes_nothing_and_tells_what_changes(people: People, two: tuple[Any, Any]) -> None:
    """Whose grade, from what to what, and because of what."""
    task = run(people, "regrade", choice="all")
    [change] = task.found["changes"]

    assert task.message == "1 grade would change, 1 would not, 0 still hold. Nothing was written."
    assert (change["upload"], change["before"], change["after"]) == (str(two[0].pk), 6.0, 2.0)
    assert change["counts"] == [6.0, 2.0]
    assert any("scale" in difference for difference in change["differences"])
    assert [versions(upload) for upload in two] == [[1], [1]]


def test_publishing_gives_each_its_next_version_once(people: People, two: tuple[Any, Any]) -> None:
    """However often it is asked for; corrections stay, and then nothing is left to change."""
    from grader.service.upload_grades import grades_of

    people.assignment.corrections.create(
        member=people.member("student"), by=people.accounts["grader"], sha256=two[0].sha256, exercise="pair", points=1.0
    )
    preview = run(people, "regrade", choice="all")
    run(people, "apply-regrade", preview=preview.pk)
    second = run(people, "apply-regrade", preview=preview.pk)
    again = run(people, "regrade", choice="all")

    assert [versions(upload) for upload in two] == [[1, 2], [1, 2]]
    assert [upload.state for upload in two] == ["graded", "graded"]
    assert second.message == "2 results published."
    assert grades_of(people.assignment).by_id[f"member-{people.member('student').pk}"].score == 1.0
    assert again.message.startswith("0 grades would change, 0 would not, 2 still hold")


def test_a_preview_that_was_ended_half_way_grades_nothing_twice(
    people: People, two: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor anybody who handed in since."""
    from grader.service.work import task_regrade, tasks
    from grader.service.work.task_progress import ask_for

    task = ask_for("regrade", people.assignment, people.accounts["instructor"], choice="all")

    def advance(task: Any, done: int, total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(task_regrade, "advance", advance)
    with pytest.raises(KeyboardInterrupt):
        tasks.run(task.pk)
    monkeypatch.undo()
    [first] = task.previewed.values_list("upload", flat=True)
    graded(people, "student", scale=1.0, content=notebook(*WRONG, "2"))
    begun, submission_of = [], task_regrade.submission_of
    monkeypatch.setattr(task_regrade, "submission_of", lambda u, *more: begun.append(u.pk) or submission_of(u, *more))
    tasks.run(task.pk)

    assert begun == [upload.pk for upload in two if upload.pk != first]
    assert {row.upload_id for row in task.previewed.all()} == {upload.pk for upload in two}


def test_what_came_between_is_left_alone(people: People, two: tuple[Any, Any]) -> None:
    """Another result, and a grading that is under way."""
    from grader.service.models import Upload

    preview = run(people, "regrade", choice="all")
    Upload.objects.filter(pk=two[0].pk).update(version=2)
    two[0].refresh_from_db()
    publish(two[0], result(two[0]))
    Upload.objects.filter(pk=two[1].pk).update(state="accepted")
    task = run(people, "apply-regrade", preview=preview.pk)

    assert [versions(upload) for upload in two] == [[1, 2], [1]]
    assert task.message == "0 results published, 2 left as they were."


def test_other_files_than_those_of_the_preview_publish_nothing(people: People, two: tuple[Any, Any]) -> None:
    """The grades would be of an assignment that nobody looked at."""
    preview = run(people, "regrade", choice="all")
    preview.found["digest"] = "0" * 64
    preview.save()
    task = run(people, "apply-regrade", preview=preview.pk)

    page = people.client("instructor").get(f"/tasks/{preview.pk}/").content.decode()

    assert task.state == "failed"
    assert "Publish these results" in page
    assert [versions(upload) for upload in two] == [[1], [1]]


@pytest.mark.parametrize(
    ("given", "members"),
    [
        ({"choice": "all"}, ["student", "classmate"]),
        ({"choice": "check", "check": "test_scale_hidden"}, ["student"]),
        ({"choice": "check", "check": "test_pair_hidden"}, []),
        ({"choice": "errors"}, ["classmate"]),
    ],
)
def test_the_choice_is_of_latest_attempts(
    people: People, zygote: None, given: dict[str, str], members: list[str]
) -> None:
    """All, those that did not pass a check, or those that we failed to grade."""
    from grader.result import SubmissionStatus

    graded(people, "student", scale=0.0)
    graded(people, "student", scale=3.0, content=notebook(*WRONG))
    error = hand_in(people, "classmate")
    publish(error, replace(result(error), status=SubmissionStatus.ERROR))
    task = run(people, "regrade", **given)
    latest = {str(u.pk): u.member.login for u in people.assignment.uploads.order_by("attempt")}

    assert {latest[pk] for pk, _ in task.found["chosen"]} == set(members)
    assert task.state == ("done" if members else "failed")


def test_staff_publishes_or_throws_away_on_the_page(people: People, two: tuple[Any, Any]) -> None:
    """Either, and once."""
    from grader.service.models import AuditEntry

    client = people.client("instructor")
    kept, dropped = run(people, "regrade", choice="all"), run(people, "regrade", choice="all")
    page = client.get(f"/tasks/{kept.pk}/").content.decode()
    client.post(f"/tasks/{dropped.pk}/discard")
    answers = [client.post(f"/tasks/{kept.pk}/apply").headers["Location"] for _ in range(2)]
    client.post(f"/tasks/{kept.pk}/discard")
    client.post(f"/tasks/{dropped.pk}/apply")
    found = list(people.assignment.tasks.filter(kind="apply-regrade"))

    assert "student" in page
    assert "Publish these results" in page
    assert answers == [f"/tasks/{found[0].pk}/"] * 2
    assert len(found) == 1
    assert kept.previewed.count() == 2
    assert not dropped.previewed.exists()
    assert [e.action for e in AuditEntry.objects.order_by("pk")] == ["discarded a regrade", "published a regrade"]
    assert client.get(f"{PLACE}/tasks").status_code == 200
