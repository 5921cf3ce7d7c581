"""What counts as a try of grading, and what becomes of an upload that is tried in vain."""

from __future__ import annotations

import threading
import uuid
from pathlib import Path
from typing import Any

import pytest

from .conftest import People


@pytest.fixture
def upload(people: People) -> Any:
    """An upload that is in the queue."""
    from grader.service.accept import accept
    from grader.service.models import State, Upload

    made = accept(people.assignment, people.member("student"), "mine.ipynb", [b"{}"], by=None)
    Upload.objects.filter(pk=made.pk).update(state=State.QUEUED)
    return made


def a_result(status: str, score: float = 0) -> Any:
    """Return a grading with this status."""
    from grader.result import GradingResult, SubmissionStatus
    from grader.submission import Submission

    record = Submission("one", "", Path("/"), "mine.ipynb", "0" * 64).record()
    return GradingResult(record, "tiny", SubmissionStatus(status), score, 6.0)


def test_an_upload_that_was_begun_five_times_is_given_up(upload: Any) -> None:
    """Its result says that grading failed, without opening it once more, and it has no grade."""
    from grader.service.models import Upload
    from grader.service.upload_grades import final_grade_of
    from grader.service.work import grading

    Upload.objects.filter(pk=upload.pk).update(tries=5)

    assert grading.grade_version(upload.pk, 1, "test") == "error"

    upload.refresh_from_db()
    grade = final_grade_of(upload)
    assert upload.state == "error"
    assert grade is not None
    assert grade.score is None


def test_a_version_is_published_once(upload: Any) -> None:
    """A second grading of a version changes neither its result nor the state."""
    from grader.service.models import State, Upload
    from grader.service.work import grading

    grading.publish(upload, 1, a_result("graded", 4), "one")
    Upload.objects.filter(pk=upload.pk).update(state=State.QUEUED)  # as in a database that was restored

    assert grading.publish(upload, 1, a_result("error"), "other") == "graded"
    Upload.objects.filter(pk=upload.pk).update(state=State.QUEUED)
    assert grading.grade_version(upload.pk, 1, "other") == "graded"

    upload.refresh_from_db()
    assert upload.state == "graded"
    assert [r.score for r in upload.results.all()] == [4]


def test_an_older_version_changes_nothing_of_a_newer_one(upload: Any) -> None:
    """What is still graded when a regrade is asked for does not end the regrade."""
    from grader.service.models import State, Upload
    from grader.service.work import grading

    Upload.objects.filter(pk=upload.pk).update(version=2, state=State.ACCEPTED)

    grading.publish(upload, 1, a_result("graded", 4), "test")

    assert Upload.objects.get(pk=upload.pk).state == "accepted"


def test_tries_that_are_given_back_do_not_count(upload: Any, tmp_path: Path) -> None:
    """What a worker without a database leaves word of is taken off the count."""
    from grader.service.work.tries import BegunTries, heed_note, write_note

    tries, note = BegunTries(), tmp_path / "note"
    with tries.try_of(upload.pk, 1, alone=False) as counted:
        assert counted
        upload.refresh_from_db()
        assert (upload.tries, upload.state) == (1, "grading")
        write_note(note, tries.end())

    heed_note(note)

    upload.refresh_from_db()
    assert (upload.tries, upload.state) == (0, "queued")
    assert not note.exists()


@pytest.mark.parametrize("alone_first", [True, False])
def test_what_was_begun_before_is_tried_alone(upload: Any, alone_first: bool) -> None:
    """While one upload is tried alone no other one is."""
    from grader.service.work.tries import BegunTries

    tries, order = BegunTries(), []
    first_is_in, second_waits = threading.Event(), threading.Event()

    def second() -> None:
        first_is_in.wait()
        second_waits.set()
        with tries.try_of(uuid.uuid4(), 1, alone=not alone_first):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with tries.try_of(upload.pk, 1, alone=alone_first):
        first_is_in.set()
        second_waits.wait()
        thread.join(0.1)  # where it does not wait it is through by now
        order.append("first")
    thread.join()

    assert order == ["first", "second"]
