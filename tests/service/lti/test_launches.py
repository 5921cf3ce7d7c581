"""Launches: who comes in and where to, and which are refused."""

from __future__ import annotations

from typing import Any

import pytest

from ..conftest import People
from .conftest import Browser, LearningPlatform


def test_a_student_comes_to_the_assignment_as_a_member(connected: LearningPlatform, people: People) -> None:
    """The account is made of the launch, and opens nothing but this course."""
    browser = Browser(connected)

    answer = browser.launch("student-1")

    assert answer.headers["location"] == "/courses/first/tiny/"
    assert b"Name of student-1" in browser.tool.get("/courses/first/tiny/").content
    assert browser.tool.get("/staff/first/tiny/").status_code == 404
    assert browser.tool.get("/courses/second/tiny/").status_code == 404
    member = people.assignment.course.members.get(email="student-1@example.org")
    assert (member.role, member.account.has_usable_password()) == ("student", False)


@pytest.mark.parametrize(("user", "role"), [("teacher-1", "instructor"), ("helper-1", "grader")])
def test_staff_comes_to_the_page_for_staff(connected: LearningPlatform, people: People, user: str, role: str) -> None:
    """An assistant grades, an instructor may change terms too."""
    browser = Browser(connected)

    assert browser.launch(user).headers["location"] == "/staff/first/tiny/"
    assert browser.tool.get("/staff/first/tiny/").status_code == 200
    assert people.assignment.course.members.get(email=f"{user}@example.org").role == role


def test_the_same_person_is_the_same_account(connected: LearningPlatform, people: People) -> None:
    """Also with another name, and in another browser, with another key of the session."""
    first, second = Browser(connected), Browser(connected)
    first.launch("student-1")
    key = first.tool.session.session_key
    first.launch("student-1")
    second.launch("student-1")

    assert people.assignment.course.members.filter(email="student-1@example.org").count() == 1
    assert first.tool.session.session_key != key


def test_an_instructors_launch_connects_a_course(platform: LearningPlatform) -> None:
    """A student who comes before is told whom to ask; the course is the instructor's own."""
    from grader.service.models import Course

    early = Browser(platform).launch("student-1", "biology/link-1/tiny")
    Browser(platform).launch("teacher-1", "biology/deep")

    assert early.status_code == 403
    assert b"its instructor opens the grader in it once" in early.content
    course = Course.objects.get(slug="biology")
    assert [m.role for m in course.members.all()] == ["instructor"]


def test_a_link_that_was_made_by_hand_is_given_its_assignment_once(connected: LearningPlatform) -> None:
    """The instructor chooses when opening it first; after that students come in."""
    teacher, student = Browser(connected), Browser(connected)
    early = student.launch("student-1", "course-1/link-9")

    chosen = teacher.choose(teacher.launch("teacher-1", "course-1/link-9"))

    assert early.status_code == 403
    assert b"This link leads to no assignment yet" in early.content
    assert chosen.headers["location"] == "/staff/first/tiny/"
    assert student.launch("student-1", "course-1/link-9").headers["location"] == "/courses/first/tiny/"


REFUSED = {
    "signature": "not of this platform",
    "none": "RS256",
    "hs256": "RS256",
    "unknown-key": "no key with the id",
    "garbage": "no signed id_token",
    "audience": "audience (aud)",
    "issuer": "issuer (iss)",
    "deployment": "deployment id",
    "nonce": "nonce",
    "state": "(state)",
    "no-exp": "lacks one of exp",
    "expired": "expired",
    "future": "from the future",
    "version": "no LTI 1.3 message",
}


def test_what_is_not_in_order_is_refused(connected: LearningPlatform, caplog: pytest.LogCaptureFixture) -> None:
    """One sentence and one line of the log say what; nobody is named or signed in."""
    from lti_tool.models import LtiUser

    seen = {}
    for fault, said in REFUSED.items():
        connected.set(fault=fault)
        browser = Browser(connected)
        with caplog.at_level("WARNING"):
            answer = browser.launch("student-1")
        told = said in answer.content.decode()
        lines = [vars(r) for r in caplog.records if r.name.startswith("grader.service.lti")]
        silent = [line["msg"] for line in lines] == ["a launch was refused"] and "student" not in str(lines)
        seen[fault] = answer.status_code, told, silent, browser.tool.get("/account").status_code
        caplog.clear()

    assert {fault: row for fault, row in seen.items() if row != (403, True, True, 302)} == {}
    assert not LtiUser.objects.exists()


def test_clocks_may_differ_by_a_minute(connected: LearningPlatform) -> None:
    """Half a minute late is taken."""
    connected.set(fault="skewed")

    assert Browser(connected).launch("student-1").status_code == 302


@pytest.mark.parametrize("same_browser", [True, False])
def test_a_launch_that_is_sent_again_is_refused(connected: LearningPlatform, *, same_browser: bool) -> None:
    """Also with the cookies of the browser that sent it first."""
    from django.test import Client

    browser = Browser(connected)
    form, cookies = browser.form("student-1", "course-1/link-1/tiny"), browser.tool.cookies
    assert browser.tool.post("/lti/launch", form).status_code == 302
    again = browser.tool if same_browser else Client()
    again.cookies.update(cookies)
    again.get("/sign-in")

    assert again.post("/lti/launch", form).status_code == 403


def test_a_launch_that_two_processes_take_at_once_is_taken_by_one(connected: LearningPlatform) -> None:
    """What the other one remembers of the sign-in is not asked."""
    from grader.service.lti import login_state
    from grader.service.lti.refusals import LaunchRefusedError

    begun = login_state.begin(connected.registration.pk, {})
    login_state.end(begun)

    with pytest.raises(LaunchRefusedError, match="used before"):
        login_state.end(begun)


def test_another_browser_cannot_end_a_sign_in(connected: LearningPlatform) -> None:
    """Without the cookie it is led to begin one of its own, in a tab where cookies are kept."""
    from django.test import Client

    form = Browser(connected).form("student-1", "course-1/link-1/tiny")
    framed = Client()

    answer = framed.post("/lti/launch", form)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Open in a new tab" in page
    assert 'target="_blank"' in page
    assert "<script>" not in page
    assert framed.get("/account").status_code == 302


def test_roles_elsewhere_open_no_course(connected: LearningPlatform) -> None:
    """Who teaches somewhere in the institution is nobody here."""
    answer = Browser(connected).launch("visitor-1")

    assert answer.status_code == 403
    assert b"no role in this course" in answer.content


@pytest.mark.parametrize("change", ["deployment", "registration", "account"])
def test_what_was_switched_off_lets_nobody_in(connected: LearningPlatform, people: People, change: str) -> None:
    """A deployment, a platform, one person."""
    Browser(connected).launch("student-1")
    rows: dict[str, Any] = {
        "deployment": connected.registration.deployments.get(),
        "registration": connected.registration,
        "account": people.assignment.course.members.get(email="student-1@example.org").account,
    }
    rows[change].is_active = False
    rows[change].save()
    browser = Browser(connected)
    begun = {"iss": connected.url, "login_hint": "student-1", "client_id": "client-1"}

    refused = browser.tool.get("/lti/login", begun) if change == "registration" else browser.launch("student-1")
    assert refused.status_code == 403


def test_a_platform_makes_nobody_an_administrator(connected: LearningPlatform, people: People) -> None:
    """An account that was given that right is no longer opened by launches."""
    Browser(connected).launch("student-1")
    account = people.assignment.course.members.get(email="student-1@example.org").account
    account.is_superuser = True
    account.save()

    assert Browser(connected).launch("student-1").status_code == 403


def test_keys_are_fetched_once_and_when_a_new_one_appears(connected: LearningPlatform) -> None:
    """Rotating them in the middle of a course costs nobody a launch."""
    for number in range(3):
        Browser(connected).launch(f"student-{number}")
    asked = connected.state["keys_asked"]
    connected.set(rotate=True)

    assert Browser(connected).launch("student-1").status_code == 302
    assert (asked, connected.state["keys_asked"]) == (1, 2)


def test_invented_keys_do_not_have_us_ask_each_time(connected: LearningPlatform) -> None:
    """Whoever sends them makes us ask once in a while."""
    Browser(connected).launch("student-1")
    connected.set(fault="unknown-key")
    for _ in range(3):
        assert Browser(connected).launch("student-1").status_code == 403

    assert connected.state["keys_asked"] == 2
