"""Pages of long work: who may see and ask for it, and how far it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from .conftest import People
from .results import graded
from .test_task_batch import MOODLE, asked, course, taken, zipped  # noqa: F401 - a fixture

PLACE = "/staff/first/tiny"
STAFF, INSTRUCTORS = {"grader", "instructor", "administrator"}, {"instructor", "administrator"}
EVERYBODY = ["student", "classmate", "other_student", "other_grader", "other_instructor", "stranger", "grader",
             "instructor", "administrator"]  # fmt: skip


def zip_file(content: bytes = b"") -> SimpleUploadedFile:
    """Return the zip of the course as a browser sends it."""
    return SimpleUploadedFile("submissions.zip", content or zipped(MOODLE), "application/zip")


def ended(people: People, kind: str, **fields: Any) -> Any:
    """Return a task that is done."""
    from grader.service.work.task_progress import ask_for

    task = ask_for(kind, people.assignment, people.accounts["instructor"], **fields.pop("given", {}))
    for name, value in ({"state": "done"} | fields).items():
        setattr(task, name, value)
    task.save()
    return task


@pytest.mark.parametrize("name", EVERYBODY)
def test_pages_are_for_staff_of_the_course(people: People, name: str) -> None:
    """For others there are none; an export with the solution in it is for instructors."""
    task = ended(people, "regrade", given={"choice": "all"})
    client = people.client(name)
    found = {
        path
        for path in (f"{PLACE}/tasks", f"{PLACE}/validation", f"/tasks/{task.pk}/", f"/tasks/{task.pk}/progress")
        if client.get(path).status_code == 200
    }
    exports = {client.get(f"{PLACE}/exports{path}").status_code for path in ("", "/csv")}
    exports.add(client.post(f"{PLACE}/exports/csv").status_code)
    with_solution = client.get(f"{PLACE}/exports/gradescope-autograder").status_code

    assert len(found) == (4 if name in STAFF else 0)
    assert exports == {200 if name in STAFF else 404}
    assert with_solution == (200 if name in INSTRUCTORS else 404)


@pytest.mark.parametrize("name", EVERYBODY)
def test_only_instructors_ask_for_work(people: People, name: str) -> None:
    """Whoever else asks finds nothing, and nothing is done."""
    task = ended(people, "regrade", given={"choice": "all"})
    batch = ended(people, "batch", found={"unmatched": []})
    client = people.client(name)
    answers = {
        client.post(f"{PLACE}/tasks/batch", {"zip": zip_file()}).status_code,
        client.post(f"{PLACE}/tasks/regrade", {"choice": "all"}).status_code,
        client.post(f"{PLACE}/validation").status_code,
        client.post(f"/tasks/{batch.pk}/assign", {"number": "0", "member": people.member("student").pk}).status_code,
        client.post(f"/tasks/{task.pk}/apply").status_code,
        client.post(f"/tasks/{task.pk}/discard").status_code,
    }
    from grader.service.models import Task

    assert answers == {302 if name in INSTRUCTORS else 404}
    assert Task.objects.count() == (6 if name in INSTRUCTORS else 2)


def test_a_stranger_is_asked_to_sign_in(people: People) -> None:
    """Before anything of a large upload is read."""
    answer = people.client("").post(f"{PLACE}/tasks/batch", {"zip": zip_file()})

    assert answer.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize(
    "path", [f"{PLACE}/tasks/batch", f"{PLACE}/tasks/regrade", f"{PLACE}/validation", f"{PLACE}/exports/csv"]
)
def test_a_form_of_another_site_asks_for_nothing(people: People, path: str) -> None:
    """A request without the page's token is refused, that of a large upload too."""
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(people.accounts["instructor"])

    assert client.post(path, {"zip": zip_file(), "choice": "all"}).status_code == 403


def test_work_of_no_course_is_for_administrators(people: People) -> None:
    """Validation of files that are in no course too."""
    from grader.service.models import Task

    path = f"/administration/assignments/{people.assignment.files.pk}/validation"
    people.client("administrator").post(path)
    task = Task.objects.get(assignment=None)
    answers = {
        name: [people.client(name).get(p).status_code for p in (path, f"/tasks/{task.pk}/")]
        for name in ("instructor", "administrator")
    }

    assert answers == {"instructor": [404, 404], "administrator": [200, 200]}


def test_how_far_a_task_is_can_be_asked(people: People) -> None:
    """As numbers, and as words for the page."""
    task = ended(people, "regrade", state="running", done=2, total=7)

    said = people.client("grader").get(f"/tasks/{task.pk}/progress").json()

    assert said == {"open": True, "state": "running", "done": 2, "total": 7, "message": "",
                    "text": "under way: 2 of 7"}  # fmt: skip


def test_a_batch_is_uploaded_and_its_doubts_come_first(course: People) -> None:  # noqa: F811
    """The page that the upload leads to says first what is not sure, and takes who it was."""
    from grader.service.work import tasks

    client = course.client("instructor")
    answer = client.post(f"{PLACE}/tasks/batch", {"zip": zip_file()})
    pk = int(answer.headers["Location"].split("/")[2])
    tasks.run(pk)
    page = client.get(f"/tasks/{pk}/").content.decode()
    client.post(f"/tasks/{pk}/assign", {"number": "0", "member": course.member("classmate").pk})
    after = client.get(f"/tasks/{pk}/").content.decode()

    assert page.index("Look at this before") < page.index("2 submissions taken")
    assert "choose a member" in page
    assert "choose a member" not in after
    assert course.member("classmate").uploads.count() == 2


def test_what_is_done_is_written_down(course: People) -> None:  # noqa: F811
    """Each write leaves an entry, without a name of a file or a person."""
    from grader.service.models import AuditEntry

    client = course.client("instructor")
    client.post(f"{PLACE}/tasks/batch", {"zip": zip_file()})
    entry = AuditEntry.objects.get(action="asked for batch")

    assert entry.account == course.accounts["instructor"]
    assert "submissions.zip" not in str(entry.details)


def test_the_same_preview_is_not_asked_for_twice(people: People) -> None:
    """A second click leads to the first one's task."""
    client = people.client("instructor")
    answers = [client.post(f"{PLACE}/tasks/regrade", {"choice": "all"}).headers["Location"] for _ in range(2)]

    assert answers[0] == answers[1]


def test_only_a_preview_with_new_results_offers_to_publish_them(people: People) -> None:
    """Where all results still hold, or none could be made again, it says so."""
    from grader.service.models import PreviewedResult

    upload, client = graded(people, "student"), people.client("instructor")
    task = ended(people, "regrade", given={"choice": "all"}, found={"changes": []})
    pages = [client.get(f"/tasks/{task.pk}/").content.decode()]
    row = PreviewedResult.objects.create(task=task, upload=upload, version=1, document={"status": "error"})
    for status in ("error", "graded"):
        PreviewedResult.objects.filter(pk=row.pk).update(document={"status": status})
        pages.append(client.get(f"/tasks/{task.pk}/").content.decode())

    assert ["Publish these results" in page for page in pages] == [False, False, True]
    assert ["nothing to publish" in page for page in pages] == [True, True, False]


@pytest.mark.parametrize("sent", [{}, {"choice": "check"}, {"choice": "others"}])
def test_a_regrade_needs_a_choice(people: People, sent: dict[str, str]) -> None:
    """Without one nothing is asked for."""
    people.client("instructor").post(f"{PLACE}/tasks/regrade", sent)

    assert not people.assignment.tasks.exists()


def test_the_form_offers_the_checks(people: People) -> None:
    """Those that a result of this assignment has."""
    graded(people, "student")

    assert "test_scale_visible" in people.client("instructor").get(f"{PLACE}/tasks").content.decode()


@pytest.mark.parametrize("file", [None, SimpleUploadedFile("mine.ipynb", b"{}")])
def test_what_is_no_zip_is_not_taken(people: People, file: Any) -> None:
    """The page says what to choose."""
    client = people.client("instructor")
    answer = client.post(f"{PLACE}/tasks/batch", {"zip": file} if file else {}, follow=True)

    assert "Choose the zip" in answer.content.decode()
    assert not people.assignment.tasks.exists()


def test_a_zip_may_be_larger_than_an_upload(database: None) -> None:
    """A course's is; nothing else is."""
    from django.conf import settings
    from django.http import HttpResponse
    from django.test import RequestFactory

    from grader.service.request_limits import BodyLimit

    large = str(settings.CONFIG.upload_limit + (2 << 20))
    limit = BodyLimit(lambda request: HttpResponse())
    answers = [
        limit(RequestFactory().post(f"{PLACE}/{name}", CONTENT_LENGTH=large)).status_code
        for name in ("tasks/batch", "tasks/regrade")
    ]

    assert answers == [200, 413]
