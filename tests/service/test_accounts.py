"""How people come in, and how they are kept out."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from .conftest import People


def sign_in(client: Any, name: str, password: str = "pass word", **more: Any) -> Any:  # noqa: S107 - of a test
    """Answer the form of the page to sign in."""
    return client.post("/sign-in", {"username": name, "password": password}, **more)


def most_sign_ins() -> int:
    """Return how many tries a minute has."""
    from django.conf import settings

    return int(settings.CONFIG.sign_ins_per_minute)


def test_who_is_not_signed_in_is_asked_to(people: People) -> None:
    """A page that anybody asks for leads to the page to sign in."""
    answer = people.client("").get(f"/uploads/{uuid.uuid4()}/")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in")


def test_a_link_asks_for_a_click_and_then_for_a_password(people: People) -> None:
    """Looking at the link uses nothing up; the click signs in once, to choose a password."""
    from grader.service.invitations import invite

    link = invite(people.member("student"))
    path = link.partition("8000")[2]
    client = people.client("")

    assert b"This link signs you in once" in client.get(path).content
    assert client.post(path).headers["Location"] == "/account/password"
    assert client.get("/account").status_code == 200
    assert people.client("").post(path).status_code == 410

    new = {"new_password1": "a longer phrase", "new_password2": "a longer phrase"}
    assert client.post("/account/password", new).headers["Location"] == "/"
    assert sign_in(people.client(""), "student", "a longer phrase").status_code == 302


def test_a_member_without_an_account_is_given_one_of_its_own(people: People) -> None:
    """A login of a roster never opens the account that somebody else has under that name."""
    from grader.service.invitations import invite
    from grader.service.models import Member

    course = people.accounts["other_student"].memberships.get().course
    named_alike = Member.objects.create(course=course, role="student", name="Not the same", login="administrator")

    invite(named_alike)

    named_alike.refresh_from_db()
    assert named_alike.account != people.accounts["administrator"]
    assert named_alike.account.username == "administrator-second"


def test_a_link_for_who_is_elsewhere_too_is_made_by_an_administrator_alone(people: People) -> None:
    """An instructor's invitation would open another course."""
    from grader.service.invitations import NotInvitedError, invite
    from grader.service.models import Member

    elsewhere = people.accounts["other_student"].memberships.get().course
    Member.objects.create(course=elsewhere, account=people.accounts["student"], role="grader", name="student")

    with pytest.raises(NotInvitedError):
        invite(people.member("student"), by=people.accounts["instructor"])
    assert invite(people.member("student"), by=people.accounts["administrator"])


def test_a_newer_link_ends_the_earlier_one(people: People) -> None:
    """Who lost a link asks for another, and the lost one opens nothing."""
    from grader.service.invitations import invite

    first, second = (invite(people.member("student")).partition("8000")[2] for _ in range(2))

    assert people.client("").post(first).status_code == 410
    assert people.client("").post(second).status_code == 302


def test_tries_to_sign_in_are_limited_by_name_whatever_a_header_says(people: People) -> None:
    """A right password after too many wrong ones is told to wait; another name is not."""
    most = most_sign_ins()
    for number in range(most):
        address = f"10.0.0.{number}"
        assert sign_in(people.client(""), "student", "wrong", REMOTE_ADDR=address).status_code == 200

    refused = sign_in(people.client(""), "student", REMOTE_ADDR="10.0.1.1")

    assert refused.status_code == 429
    assert b"Wait a minute" in refused.content
    assert sign_in(people.client(""), "classmate", REMOTE_ADDR="10.0.1.1").status_code == 302


@pytest.mark.parametrize("variant", ["student", "Student", " student", "ｓｔｕｄｅｎｔ"])  # noqa: RUF001 - looks alike
def test_other_ways_to_write_a_name_are_no_other_name(people: People, variant: str) -> None:
    """What signs the same person in is counted together."""
    for number in range(most_sign_ins()):
        sign_in(people.client(""), variant, "wrong", REMOTE_ADDR=f"10.0.0.{number}")

    assert sign_in(people.client(""), "student", REMOTE_ADDR="10.0.1.1").status_code == 429


def test_one_network_of_ipv6_is_one_address(people: People) -> None:
    """Whoever has one such address has 2^64 of them."""
    for number in range(most_sign_ins()):
        sign_in(people.client(""), f"nobody-{number}", "wrong", REMOTE_ADDR=f"2001:db8::{number}")

    assert sign_in(people.client(""), "student", REMOTE_ADDR="2001:db8::ffff").status_code == 429
    assert sign_in(people.client(""), "student", REMOTE_ADDR="2001:db8:0:1::1").status_code == 302


def test_tries_are_limited_by_address_and_a_forged_header_names_none(people: People) -> None:
    """Without a proxy in the settings nobody chooses the address that tries are counted for."""
    for number in range(most_sign_ins()):
        sign_in(people.client(""), f"nobody-{number}", "wrong", headers={"X-Forwarded-For": f"10.0.0.{number}"})

    assert sign_in(people.client(""), "student", headers={"X-Forwarded-For": "10.0.9.9"}).status_code == 429


def test_right_passwords_take_nothing_of_what_an_address_may_try(people: People) -> None:
    """A lab behind one address signs in at the same minute."""
    for _ in range(most_sign_ins() + 1):
        assert sign_in(people.client(""), "student").status_code == 302


def test_a_try_is_taken_once_by_requests_at_the_same_time(people: People) -> None:
    """Threads with connections of their own get exactly as many tries as there are."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    from grader.service.rate_limits import Tries

    def take(_: int) -> bool:
        try:
            return Tries("of-a-test", 5, "somebody").take()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(take, range(20)))

    assert sum(taken) == 5


def test_sign_out_everywhere_ends_every_session(people: People) -> None:
    """A browser that was left signed in somewhere is not any more."""
    here, there = people.client(""), people.client("")
    for client in (here, there):
        sign_in(client, "student")
    page = here.get("/account").content.decode()
    assert page.count("this one") == 1
    assert there.session.session_key not in page

    here.post("/account/sign-out")

    for client in (here, there):
        assert client.get("/account").status_code == 302


def test_one_session_is_ended_and_nobody_ends_another_ones(people: People) -> None:
    """The button beside a browser signs out that one, and nothing in another account."""
    from grader.service.sessions import _id

    here, there, other = people.client(""), people.client(""), people.client("classmate")
    for client in (here, there):
        sign_in(client, "student")
    gone = {"session": _id(there.session.session_key)}

    other.post("/account/sign-out", gone)
    assert there.get("/account").status_code == 200
    here.post("/account/sign-out", gone)

    assert there.get("/account").status_code == 302
    assert here.get("/account").status_code == 200


def test_the_rules_of_a_password_are_one_sentence(people: People) -> None:
    """It names all of them, before one is chosen."""
    page = people.client("student").get("/account/password").content.decode()

    assert page.count("At least 10 characters") == 1
    assert "Your password" not in page


def test_a_password_is_changed_by_who_knows_the_old_one(people: People) -> None:
    """A browser that was left open does not give the account away.

    A change signs others out."""
    here, there = people.client(""), people.client("")
    for client in (here, there):
        sign_in(client, "student")
    new = {"new_password1": "a longer phrase", "new_password2": "a longer phrase"}

    assert here.post("/account/password", new).status_code == 422
    assert here.post("/account/password", new | {"old_password": "pass word"}).status_code == 302

    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


def test_an_open_browser_does_not_let_a_password_be_guessed(people: People) -> None:
    """Tries of the old one are limited as those to sign in are."""
    client = people.client("student")
    new = {"new_password1": "a longer phrase", "new_password2": "a longer phrase", "old_password": "wrong"}
    for _ in range(most_sign_ins()):
        client.post("/account/password", new)

    client.post("/account/password", new | {"old_password": "pass word"})

    assert sign_in(people.client(""), "student").status_code == 302


def test_sessions_that_are_over_are_not_kept(people: People) -> None:
    """Somebody's next sign-in removes what has expired, of everybody."""
    from datetime import timedelta

    from django.utils import timezone

    from grader.service.models import AccountSession

    sign_in(people.client(""), "classmate")
    AccountSession.objects.update(expire_date=timezone.now() - timedelta(days=1))
    sign_in(people.client(""), "student")

    assert [s.account for s in AccountSession.objects.all()] == [people.accounts["student"]]


@pytest.mark.parametrize("path", ["/", "/account", "/courses/first/tiny/", "/nowhere"])
def test_who_sits_down_after_a_sign_out_goes_back_to_nothing(people: People, path: str) -> None:
    """No page of somebody who is signed in is stored, by the browser or on the way."""
    assert "no-store" in people.client("student").get(path)["Cache-Control"]


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/account/password", "/account/sign-out"])
def test_forms_without_their_token_are_refused(people: People, path: str) -> None:
    """Another site's form does nothing here."""
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    if path != "/sign-in":
        client.force_login(people.accounts["student"])

    assert client.post(path, {"username": "student", "password": "pass word"}).status_code == 403


def test_who_held_an_account_does_not_administer_with_it(people: People) -> None:
    """An instructor may have made it under that name."""
    from grader.cli.run import run
    from grader.service.credentials import Scope, find_token, make_token

    held = people.client("")
    sign_in(held, "stranger")
    token = make_token(people.accounts["stranger"], "x", [Scope.METRICS])

    assert run(["account", "stranger", "--administrator"]) == 0

    people.accounts["stranger"].refresh_from_db()
    assert people.accounts["stranger"].is_superuser
    assert held.get("/administration/").status_code in (302, 404)
    assert held.get("/account").status_code == 302
    assert sign_in(people.client(""), "stranger").status_code == 200
    assert find_token(token) is None


def test_a_proxy_at_a_socket_tells_who_is_behind_it(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket that is a file gives no address: one person could lock all out."""
    from django.conf import settings
    from django.test import RequestFactory

    from grader.service.requests import client_address

    request = RequestFactory().get("/", headers={"X-Forwarded-For": "192.0.2.9, 192.0.2.7"}, REMOTE_ADDR="")
    assert client_address(request) == ""
    monkeypatch.setattr(settings, "CONFIG", settings.CONFIG.model_copy(update={"bind": "unix:/run/grader"}))

    assert client_address(request) == "192.0.2.7"
