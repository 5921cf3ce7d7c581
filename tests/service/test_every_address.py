"""What holds for every address of the service, also for one that is added tomorrow."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from .conftest import People

OPEN = {
    "sign-in",
    "sign-in-link",
    "healthz",
    "readyz",
    "metrics",
    "openapi-json",
    "lti-key-set",
    "lti-login",
    "lti-launch",
}
"""Names of addresses that answer who is not signed in; ``metrics`` asks where from, or for a token."""

EXAMPLES = {"uuid": str(uuid.UUID(int=7)), "uuidstr": str(uuid.UUID(int=7)), "int": "7", "slug": "tiny", "str": "some"}


def addresses() -> Iterator[tuple[str, str]]:
    """Yield the name of each address, and an example of it."""
    from django.urls import URLPattern, get_resolver

    def walk(patterns: list[Any], before: str) -> Iterator[tuple[str, str]]:
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield (
                    str(pattern.name),
                    re.sub(r"<(\w+):\w+>", lambda m: EXAMPLES[m[1]], route.replace("<slug:course>", "first")),
                )
            else:
                yield from walk(pattern.url_patterns, route)

    return walk(get_resolver().url_patterns, "/")


@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_is_open_but_what_must_be(people: People, method: str) -> None:
    """Pages lead to the page to sign in, and the API asks for a token."""
    client = people.client("")
    answers = {a: getattr(client, method)(a) for name, a in addresses() if name not in OPEN}

    assert len(answers) > 50
    assert [a for a, answer in answers.items() if not _is_refused(a, answer)] == []


def _is_refused(address: str, answer: Any) -> bool:
    if address.startswith("/api/"):
        return bool(answer.status_code in (401, 405))
    return bool(answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in"))


def test_the_address_of_a_form_leads_to_its_page(people: People) -> None:
    """A session that ended before a form was sent leads there after signing in."""
    client = people.client("administrator")
    led = {a: client.get(a, follow=True) for _, a in addresses() if not a.startswith("/api/")}
    ends = {a: answer.redirect_chain[-1][0] for a, answer in led.items() if answer.redirect_chain}
    for answer in led.values():
        answer.close()

    assert [a for a, answer in led.items() if answer.status_code == 405] == []
    assert ends["/staff/first/tiny/tasks/batch"] == "/staff/first/tiny/tasks"
    assert ends["/staff/first/tiny/extensions/7/remove"] == "/staff/first/tiny/extensions"
    assert ends["/administration/accounts/7/link"] == "/administration/accounts"
    assert ends["/sign-out"] == "/"


def test_no_form_is_taken_from_another_site(people: People) -> None:
    """Without the token of its page a form is refused, also an administrator's."""
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(people.accounts["administrator"])
    taken = [a for name, a in addresses() if not a.startswith("/api/") and client.post(a).status_code != 403]

    assert taken == []


def test_a_session_opens_nothing_of_the_api(people: People) -> None:
    """Another site could have a browser send it."""
    client = people.client("administrator")
    api = [a for name, a in addresses() if a.startswith("/api/") and name not in OPEN]

    assert [a for a in api if client.post(a).status_code not in (401, 405)] == []


def test_every_page_has_the_strict_policy(people: People) -> None:
    """No answer allows scripts or styles of a page's own, or frames."""
    client = people.client("administrator")
    for _, address in addresses():
        answer = client.get(address)
        answer.close()
        policy = answer.headers["Content-Security-Policy"]
        assert "'unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy


def test_a_reports_policy_is_its_own_and_no_text_of_a_student() -> None:
    """What looks like a policy further down changes nothing."""
    from django.test import RequestFactory

    from grader.service.pages.report_views import with_own_policy

    own = "default-src 'none'; style-src 'sha256-abc='; script-src 'none'"
    page = f'<meta http-equiv="Content-Security-Policy" content="{own}"> <p>script-src \'unsafe-inline\' https://a</p>'
    answer = with_own_policy(RequestFactory().get("/"), page)

    assert answer._csp_replace == {"style-src": ["'sha256-abc='"], "script-src": ["'none'"]}  # type: ignore[attr-defined]
