"""What a course's terms let a student hand in, by the page and by the API alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from .api_client import encoded, with_token
from .conftest import RIGHT, People, notebook
from .results import hand_in

Submit = Callable[[People], Any]


def by_page(people: People, who: str = "student", content: bytes | None = None, name: str = "mine.ipynb") -> Any:
    """Hand a notebook in by the form."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    content = notebook(*RIGHT) if content is None else content
    data = {"notebook": SimpleUploadedFile(name, content)}
    return people.client(who).post("/courses/first/tiny/hand-in", data)


def by_api(people: People) -> Any:
    """Hand a notebook in with a token."""
    return with_token(people, "student").submit()


def taken() -> int:
    """Return how many uploads there are."""
    from grader.service.models import Upload

    return Upload.objects.count()


def set_terms(people: People, **terms: Any) -> None:
    """Give the assignment terms."""
    for name, value in terms.items():
        setattr(people.assignment, name, value)
    people.assignment.save()


def age(upload: Any, by: timedelta) -> None:
    """Let an upload have been received earlier."""
    from grader.service.models import Upload

    Upload.objects.filter(pk=upload.pk).update(received=upload.received - by)


both = pytest.mark.parametrize("submit", [by_page, by_api])


@both
def test_a_cool_down_is_told_with_the_time_left(people: People, submit: Submit) -> None:
    """Nothing is taken before it ends, for this assignment; then it is."""
    set_terms(people, cooldown_s=600)
    first = hand_in(people, "student")
    age(first, timedelta(minutes=5))

    refused = submit(people)

    assert refused.status_code == 429
    assert "Wait 5 minutes" in refused.content.decode() or "Wait 4 minutes" in refused.content.decode()
    assert 0 < int(refused["Retry-After"]) <= 300
    assert taken() == 1
    age(first, timedelta(minutes=11))
    assert submit(people).status_code in (202, 302)


@both
def test_attempts_are_limited_and_an_extension_gives_more(people: People, submit: Submit) -> None:
    """One attempt too many is refused in a sentence, and costs nothing."""
    from grader.service.models import DueExtension

    set_terms(people, attempts=1)
    hand_in(people, "student")

    refused = submit(people)

    assert refused.status_code == 409
    assert "The one attempt is used" in refused.content.decode()
    DueExtension.objects.create(assignment=people.assignment, member=people.member("student"), attempts=2)
    assert submit(people).status_code in (202, 302)


@both
def test_what_a_fault_of_ours_ended_is_no_attempt(people: People, submit: Submit) -> None:
    """It costs no attempt, and the next one has a grade."""
    from grader.service.models import State, Upload
    from grader.service.upload_grades import final_grade_of

    from .results import publish, result

    set_terms(people, attempts=1)
    lost = hand_in(people, "student")
    Upload.objects.filter(pk=lost.pk).update(state=State.ERROR)

    assert submit(people).status_code in (202, 302)

    upload = Upload.objects.select_related("assignment", "member").get(attempt=2)
    publish(upload, result(upload))
    grade = final_grade_of(upload)
    assert grade is not None
    assert grade.score == 6.0


@both
def test_a_cool_down_follows_what_could_not_be_graded_too(people: People, submit: Submit) -> None:
    """Else whoever finds what cannot be graded hands it in again and again."""
    from grader.service.models import State, Upload

    set_terms(people, cooldown_s=600)
    Upload.objects.filter(pk=hand_in(people, "student").pk).update(state=State.ERROR)

    assert submit(people).status_code == 429


@both
def test_nothing_is_taken_before_the_opening(people: People, submit: Submit) -> None:
    """The sentence says when that is."""
    from django.utils import timezone

    set_terms(people, opens=timezone.now() + timedelta(days=1))

    refused = submit(people)

    assert refused.status_code == 409
    assert "opens on" in refused.content.decode()
    assert taken() == 0


@both
def test_uploads_are_limited_by_the_minute(people: People, submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over all assignments of an account, and by no fault of others'."""
    from django.conf import settings

    monkeypatch.setattr(settings.CONFIG, "uploads_per_minute", 2)
    for who in ("student", "student", "classmate"):
        hand_in(people, who)

    refused = submit(people)

    assert refused.status_code == 429
    assert "twice" in refused.content.decode() or "2 times" in refused.content.decode()
    assert taken() == 3
    assert by_page(people, "classmate").status_code == 302


def test_a_clock_that_was_set_back_holds_nobody_up(people: People) -> None:
    """A row of the future is no reason to wait for it."""
    set_terms(people, cooldown_s=600)
    age(hand_in(people, "student"), -timedelta(hours=5))

    assert by_page(people).status_code == 302


def test_of_uploads_at_the_same_time_a_cool_down_lets_one_through(people: People) -> None:
    """Whoever clicks twice, or opens many connections, has one attempt."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    set_terms(people, cooldown_s=600)

    def submit(_: int) -> int:
        try:
            return int(by_page(people).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        ends = list(threads.map(submit, range(6)))

    assert sorted(ends) == [302, 429, 429, 429, 429, 429]
    assert taken() == 1


def test_who_hands_in_for_others_is_bound_by_no_terms(people: People) -> None:
    """Staff tries the assignment, and hands in what came by other ways."""
    from grader.service.accept import accept

    set_terms(people, cooldown_s=600, attempts=1)
    for _ in range(2):
        assert by_page(people, "instructor").status_code == 302
        accept(people.assignment, people.member("student"), "x.ipynb", [b"{}"], by=people.accounts["instructor"])

    assert taken() == 4


def test_a_refused_file_is_not_kept(people: People) -> None:
    """What is not taken does not fill the disk either."""
    from grader.service.blob_store import blob_folder

    set_terms(people, attempts=0)
    before = set(blob_folder().iterdir())

    refused = [
        by_page(people, content=notebook("never = 'seen before'")),
        with_token(people, "student").submit(notebook=encoded(notebook("nor = 'seen before'"))),
    ]

    assert [answer.status_code for answer in refused] == [409, 409]
    assert set(blob_folder().iterdir()) == before


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("notes.pdf", b"%PDF-1.7 ...", "it is a PDF"),
        ("page.html", b"\n<!doctype html>", "it is a web page"),
        ("mine.py", b"import torch\n", "it is not a notebook"),
        ("mine.ipynb", b"", "it is empty"),
        ("mine.ipynb", b" \n", "nothing but blanks"),
        ("mine.7z", b"7z\xbc\xaf...", "it is a 7z archive"),
    ],
)
def test_what_is_no_notebook_is_not_taken(people: People, name: str, content: bytes, said: str) -> None:
    """The page says what the file is and what to do, and the attempt is not used."""
    refused = by_page(people, content=content, name=name)

    assert refused.status_code == 415
    assert said in refused.content.decode()
    assert taken() == 0


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf{}", b"\xff\xfe{\0}\0", b"PK\x03\x04...", b"  {}"])
def test_what_may_be_a_notebook_is_taken(people: People, start: bytes) -> None:
    """A zip, or a notebook in an unusual encoding, is looked into when it is graded."""
    assert by_page(people, content=start).status_code == 302


def test_what_is_too_large_is_not_taken(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says the limit and how to get below it."""
    from django.conf import settings

    monkeypatch.setattr(settings.CONFIG, "upload_mb", 1)

    refused = by_page(people, content=b"{" + b" " * (1 << 20))

    assert refused.status_code == 413
    assert "1 MB are allowed" in refused.content.decode()


def test_no_file_is_said(people: People) -> None:
    """A form without a file says so, on the page that it came from."""
    refused = people.client("student").post("/courses/first/tiny/hand-in")

    assert refused.status_code == 400
    assert "Choose the notebook" in refused.content.decode()


def test_nobody_fills_the_queue_before_others(people: People) -> None:
    """What one student has waiting stands behind the first upload of another."""
    for _ in range(12):
        by_page(people)
    by_page(people, "classmate")

    rows = waiting_rows()

    assert [name for name, _ in rows[:2]] == ["student", "classmate"]
    assert max(priority for _, priority in rows) < 20  # those of a batch


def waiting_rows() -> list[tuple[str, int]]:
    """Return whose uploads wait, in the order in which workers take them."""
    from grader.service.models import Upload

    return list(Upload.objects.order_by("priority", "received").values_list("member__name", "priority"))
