"""Pages for staff are found by staff of the course alone; forms are sent with their token."""

from __future__ import annotations

import re
from typing import Any

import pytest

from .conftest import People
from .results import graded

COURSE, TINY = "/staff/first/", "/staff/first/tiny/"
GRADERS = [
    ("get", COURSE), ("get", f"{COURSE}roster"), ("get", TINY), ("get", f"{TINY}terms"), ("get", f"{TINY}extensions"),
    ("get", f"{TINY}overview"), ("get", f"{TINY}similar"), ("get", f"{TINY}people/{{member}}/"),
    ("get", f"{TINY}people/{{member}}/report"), ("post", f"{TINY}people/{{member}}/"),
    ("post", f"{TINY}people/{{member}}/again"),
    ("post", f"{TINY}people/{{member}}/corrections/{{correction}}/take-back"),
    ("get", "/uploads/{upload}/review"), ("get", "/uploads/{upload}/notebook"),
    ("post", "/uploads/{upload}/grade-again"), ("get", f"{COURSE}hooks"),
]  # fmt: skip
INSTRUCTORS = [
    ("get", f"{COURSE}assignments/new"), ("post", f"{COURSE}assignments/new"), ("post", f"{TINY}terms"),
    ("post", f"{TINY}extensions"), ("post", f"{TINY}extensions/{{extension}}/remove"), ("post", f"{COURSE}roster/file"),
    ("get", f"{COURSE}roster/new"), ("post", f"{COURSE}roster/new"), ("get", f"{COURSE}roster/{{member}}/"),
    ("post", f"{COURSE}roster/{{member}}/"), ("post", f"{COURSE}roster/{{member}}/invite"),
    ("post", f"{COURSE}roster/invite"), ("post", f"{COURSE}hooks"), ("post", f"{COURSE}hooks/in"),
    ("post", f"{COURSE}hooks/{{hook}}/resume"), ("post", f"{COURSE}hooks/deliveries/{{delivery}}/replay"),
    ("post", f"{COURSE}hooks/{{hook}}/remove"), ("post", f"{COURSE}hooks/in/{{incoming}}/end"),
]  # fmt: skip
"""What graders may ask for and what only instructors may, by method and address."""

OUTSIDERS = ("stranger", "student", "classmate", "other_student", "other_grader", "other_instructor")


@pytest.fixture
def ids(people: People) -> dict[str, Any]:
    """A graded upload with a correction and an extension, by what addresses name them by."""
    upload = graded(people, "student")
    member = people.member("student")
    correction = people.assignment.corrections.create(member=member, sha256=upload.sha256, comment="Good.")
    extension = people.assignment.extensions.create(member=member, days=1)
    hook, delivery, incoming = hooks(people)
    return {"upload": upload.pk, "member": member.pk, "correction": correction.pk, "extension": extension.pk,
            "hook": hook, "delivery": delivery, "incoming": incoming}  # fmt: skip


def hooks(people: People) -> tuple[Any, Any, Any]:
    """Return the keys of a hook, of what it is to be told, and of one that hands in."""
    from django.utils import timezone

    from grader.service.credentials import Scope, find_token, make_token

    course = people.assignment.course
    hook = course.outgoing_hooks.create(url="https://example.org/", salt="a")
    delivery = hook.deliveries.create(webhook_id="msg_1", event="submission.graded", body="{}", due=timezone.now())
    token = find_token(make_token(people.accounts["instructor"], "hook", [Scope.SUBMIT_FOR_OTHERS], course=course))
    return hook.pk, delivery.pk, course.incoming_hooks.create(token=token, salt="b").pk


def ask(people: People, name: str, method: str, address: str) -> Any:
    """Ask for an address as somebody."""
    answer = getattr(people.client(name), method)(address)
    answer.close()
    return answer


def answers(people: People, ids: dict[str, Any], name: str, rows: list[tuple[str, str]]) -> dict[str, int]:
    """Return with what status somebody is answered at each address."""
    return {f"{method} {row}": ask(people, name, method, row.format(**ids)).status_code for method, row in rows}


@pytest.mark.parametrize("name", OUTSIDERS)
def test_nobody_else_finds_a_page_for_staff(people: People, ids: dict[str, Any], name: str) -> None:
    """To others there is no such page."""
    found = answers(people, ids, name, [*GRADERS, *INSTRUCTORS])

    assert {address: status for address, status in found.items() if status != 404} == {}


def test_who_is_not_signed_in_is_asked_to(people: People, ids: dict[str, Any]) -> None:
    """No page for staff is open to everybody."""
    for method, address in [*GRADERS, *INSTRUCTORS]:
        assert ask(people, "", method, address.format(**ids)).headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("name", ["grader", "instructor", "administrator"])
def test_graders_look_and_correct(people: People, ids: dict[str, Any], name: str) -> None:
    """Staff of the course has these pages, and an administrator too."""
    found = answers(people, ids, name, GRADERS)

    assert {address: status for address, status in found.items() if status not in (200, 302, 422)} == {}


def test_only_instructors_change_terms_and_roster(people: People, ids: dict[str, Any]) -> None:
    """To a grader there is no such page."""
    assert set(answers(people, ids, "grader", INSTRUCTORS).values()) == {404}
    assert set(answers(people, ids, "instructor", INSTRUCTORS).values()) <= {200, 302, 422}


@pytest.mark.usefixtures("database")
def test_the_tables_name_every_address_for_staff() -> None:
    """A new page cannot be forgotten here."""
    from grader.service.pages.staff_urls import STAFF_URLS
    from grader.service.pages.task_urls import TASK_URLS

    courses = {"<slug:course>": "first", "<slug:slug>": "tiny"}
    routes = [re.sub("<slug:.*?>", lambda m: courses[m[0]], f"/{u.pattern}") for u in STAFF_URLS if u not in TASK_URLS]
    known = {address for _, address in [*GRADERS, *INSTRUCTORS]}

    assert {re.sub("<.*?>", "*", r) for r in routes} == {re.sub("{.*?}", "*", address) for address in known}


def test_a_form_without_its_token_is_refused(people: People, ids: dict[str, Any]) -> None:
    """Another site cannot send a form in somebody's name."""
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(people.accounts["instructor"])
    posts = [address.format(**ids) for method, address in [*GRADERS, *INSTRUCTORS] if method == "post"]

    assert {client.post(address).status_code for address in posts} == {403}


def test_nothing_of_another_course_is_found_through_ones_own(people: People, ids: dict[str, Any]) -> None:
    """An instructor cannot reach another course's member or correction by their numbers."""
    client = people.client("other_instructor")

    for address in ("/staff/second/roster/{member}/", "/staff/second/tiny/people/{member}/"):
        assert client.get(address.format(**ids)).status_code == 404
    address = "/staff/second/tiny/people/{member}/corrections/{correction}/take-back"
    assert client.post(address.format(**ids)).status_code == 404


def test_who_is_deactivated_loses_access_at_once(people: People) -> None:
    """An open session is of no use any more."""
    client = people.client("grader")
    assert client.get(COURSE).status_code == 200

    member = people.member("grader").pk
    fields = {"name": "grader", "login": "grader", "role": "grader"}
    people.client("instructor").post(f"{COURSE}roster/{member}/", fields)

    assert client.get(COURSE).status_code == 404
