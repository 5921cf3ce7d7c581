"""What students are shown: courses, deadlines, attempts, progress, errors."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from .conftest import People
from .results import graded, hand_in

TINY = "/courses/first/tiny/"


def text(answer: Any) -> str:
    """Return a page's text in one line."""
    page = re.sub(r"<(script|style|svg).*?</\1>", "", answer.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def set_terms(people: People, **terms: Any) -> None:
    """Give the assignment terms."""
    for name, value in terms.items():
        setattr(people.assignment, name, value)
    people.assignment.save()


def now() -> Any:
    from django.utils import timezone

    return timezone.now()


def test_home_says_what_is_due_next(people: People) -> None:
    """The nearest deadline that is not over stands first, with what was done about it."""
    set_terms(people, due=now() + timedelta(days=2))

    assert "Due next: Tiny" in text(people.client("student").get("/"))
    assert "not handed in" in text(people.client("student").get("/"))
    graded(people, "student", scale=4.0)
    assert "6 of 6 points" in text(people.client("student").get("/"))
    set_terms(people, due=now() - timedelta(days=2))
    assert "Due next" not in text(people.client("student").get("/"))


def test_the_notebook_to_begin_with_is_offered(people: People) -> None:
    """As it is, to members of the course alone; with the files that belong to it in a zip."""
    given = Path(people.assignment.files.path, "exercise.ipynb")

    assert "Download the notebook to begin with" in text(people.client("student").get(TINY))
    answer = people.client("student").get(f"{TINY}files")
    assert answer.content == given.read_bytes()
    assert answer["Content-Disposition"] == 'attachment; filename="exercise.ipynb"'
    assert people.client("stranger").get(f"{TINY}files").status_code == 404


def test_a_notebook_that_nobody_approved_is_not_given(people: People) -> None:
    """Files that changed since they were approved may hold a solution."""
    people.assignment.files.digest = "0" * 64
    people.assignment.files.save()

    assert "Download" not in text(people.client("student").get(TINY))
    assert people.client("student").get(f"{TINY}files").status_code == 404


def test_a_deadline_is_the_readers_own(people: People) -> None:
    """An extension is told to who has it, and to nobody else."""
    from grader.service.models import DueExtension

    set_terms(people, due=now() + timedelta(days=2))
    DueExtension.objects.create(assignment=people.assignment, member=people.member("student"), days=3)

    assert "extended for you" in text(people.client("student").get(TINY))
    assert "extended" not in text(people.client("classmate").get(TINY))


def test_a_moment_is_in_utc_without_a_script(people: People) -> None:
    """It is marked up, so that the script can turn it into the reader's zone."""
    from datetime import UTC, datetime

    set_terms(people, due=datetime(2030, 1, 4, 22, 59, tzinfo=UTC))
    page = people.client("student").get(TINY).content.decode()

    assert '<time datetime="2030-01-04T22:59:00+00:00" data-moment>Fri, 4 January 2030, 22:59 UTC</time>' in page


def test_the_terms_are_told_in_words(people: People) -> None:
    """What lateness costs, how many attempts there are, how long between two."""
    set_terms(people, due=now(), late_per_day=10, late_cap=50, grace_minutes=15, cutoff_days=7, attempts=3,
              cooldown_s=300)  # fmt: skip
    hand_in(people, "student", source="batch")

    page = text(people.client("student").get(TINY))

    assert "Each day begun after the deadline takes off 10 % of all points, at most 50 %." in page
    assert "What comes later than 7 days after the deadline counts as 0." in page
    assert "Up to 15 minutes late is still on time." in page
    assert "2 of 3 attempts left" in page
    assert "Between two attempts are at least 5 minutes." in page


@pytest.mark.parametrize(
    ("ago", "said"), [(60, "what you hand in now is late"), (60 * 48, "too late for this to count")]
)
def test_late_is_said_before_and_after_handing_in(people: People, ago: int, said: str) -> None:
    """A sentence stands above the form, and a mark beside the attempt."""
    set_terms(people, due=now() - timedelta(minutes=ago), grace_minutes=15, cutoff_days=1)
    hand_in(people, "student", source="batch")

    page = people.client("student").get(TINY)

    assert said in text(page)
    assert '<span class="tag">late</span>' in page.content.decode()


def test_grace_is_time_to_hand_in(people: People) -> None:
    """Nothing is called late in it."""
    set_terms(people, due=now() - timedelta(minutes=5), grace_minutes=15)
    hand_in(people, "student", source="batch")

    page = people.client("student").get(TINY)

    assert "hand in now is late" not in text(page)
    assert '<span class="tag">late</span>' not in page.content.decode()


def test_what_is_asked_is_listed(people: People) -> None:
    """Each exercise with its function and points."""
    page = text(people.client("student").get(TINY))

    assert "What is asked" in page
    assert "scale" in page


def test_attempts_are_listed_with_the_one_that_counts(people: People) -> None:
    """The latest counts, whatever it has."""
    graded(people, "student", scale=4.0)
    graded(people, "student", scale=2.0)

    page = text(people.client("student").get(TINY))

    assert re.search(r"Attempt 2 counts .* 4 of 6 points .* Attempt 1 .* 6 of 6 points", page)


def test_a_form_without_attempts_left_is_not_offered(people: People) -> None:
    """The page says so instead."""
    set_terms(people, attempts=1)
    hand_in(people, "student")

    page = people.client("student").get(TINY)

    assert "The one attempt is used" in text(page)
    assert 'type="file"' not in page.content.decode()


def progress(people: People, upload: Any) -> dict[str, Any]:
    """Return what the page that waits is told."""
    return dict(people.client("student").get(f"/uploads/{upload.pk}/progress").json())


def test_progress_tells_the_place_in_the_queue(people: People) -> None:
    """Others that came before are counted, those after are not."""
    from grader.service.models import State, Upload, WorkerHeartbeat

    WorkerHeartbeat.objects.create(name="w", machine="m", process=1, started=now(), seen=now())
    hand_in(people, "classmate")
    mine = hand_in(people, "student")
    hand_in(people, "classmate")

    told = progress(people, mine)
    assert told["open"]
    assert "1 other is before it" in told["text"]
    Upload.objects.filter(pk=mine.pk).update(state=State.GRADING)
    assert "being graded now" in progress(people, mine)["text"]


def test_progress_is_honest_where_nothing_grades(people: People) -> None:
    """Without a worker nobody is told that they are next."""
    assert "Nothing is graded just now" in progress(people, hand_in(people, "student"))["text"]


@pytest.mark.parametrize(
    ("state", "said"),
    [("error", "costs you nothing"), ("unreadable", "hand in the .ipynb file itself"), ("graded", "6 of 6 points")],
)
def test_an_end_is_told(people: People, state: str, said: str) -> None:
    """What failed through a fault of ours is said to be ours, and else what to do."""
    from grader.result import SubmissionStatus

    nothing = {"exercises": (), "score": 0.0}
    changes = {} if state == "graded" else {"status": SubmissionStatus(state), **nothing}
    upload = graded(people, "student", changes=changes)

    assert not progress(people, upload)["open"]
    assert said in text(people.client("student").get(f"/uploads/{upload.pk}/"))


def test_waiting_works_without_a_script(people: People) -> None:
    """The page loads itself anew until there is a result, and no more then."""
    waiting, done = hand_in(people, "student"), graded(people, "student")
    client = people.client("student")

    assert '<noscript><meta http-equiv="refresh"' in client.get(f"/uploads/{waiting.pk}/").content.decode()
    assert "http-equiv" not in client.get(f"/uploads/{done.pk}/").content.decode()


def test_a_script_is_answered_in_json(people: People) -> None:
    """A refusal keeps the page, and so the chosen file; what was taken leads on."""
    client = people.client("student")
    script = {"Accept": "application/json"}
    refused = client.post(f"{TINY}hand-in", headers=script)
    taken = client.post(f"{TINY}hand-in", {"notebook": SimpleUploadedFile("a.ipynb", b"{}")}, headers=script)

    assert refused.status_code == 400
    assert refused.json() == {"error": "Choose the notebook that you want to hand in."}
    assert taken.json() == {"page": f"/uploads/{people.assignment.uploads.get().pk}/"}


@pytest.mark.parametrize("path", ["/nowhere", "/uploads/x/", "/courses/second/tiny/"])
def test_what_is_not_there_is_a_page(people: People, path: str) -> None:
    """It has a heading and says what to do; another course is as little there as none."""
    answer = people.client("student").get(path)

    assert answer.status_code == 404
    assert "Nothing is here" in text(answer)


def test_a_body_that_is_too_large_is_a_page(people: People) -> None:
    """A browser is shown what to do, a program a line of text."""
    big = {"CONTENT_LENGTH": str(10**9), "content_type": "multipart/form-data; boundary=x"}
    client = people.client("student")

    page = client.post(f"{TINY}hand-in", b"", HTTP_ACCEPT="text/html", **big)
    line = client.post(f"{TINY}hand-in", b"", **big)

    assert (page.status_code, line.status_code) == (413, 413)
    assert "Clear the outputs" in text(page)
    assert line["Content-Type"].startswith("text/plain")


class _Outline(HTMLParser):
    """What a screen reader needs: labels, headings, landmarks, and nothing inline."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.fields: list[str] = []
        self.headings: list[int] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        self.inline += [tag] if tag == "style" or (tag == "script" and "src" not in given) else []
        if tag == "label":
            self.labels.add(given.get("for") or "")
        if tag in ("input", "select", "textarea") and given.get("type") not in ("hidden", "checkbox"):
            self.fields.append(given.get("id") or "")
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))


@pytest.mark.parametrize("path", ["/", TINY, "/account", "/account/password", "{upload}", "/sign-in", "/nowhere"])
def test_pages_are_made_for_everybody(people: People, path: str) -> None:
    """Each field has a label, one heading leads, ids are unique, and nothing is inline."""
    upload = graded(people, "student")
    client = people.client("" if path == "/sign-in" else "student")
    outline = _Outline()
    page = client.get(path.format(upload=f"/uploads/{upload.pk}/")).content.decode()
    outline.feed(page)

    assert set(outline.fields) <= outline.labels
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.inline == []
    assert 'href="#main"' in page
