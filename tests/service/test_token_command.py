"""``grader token``: tokens are made, listed and revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from grader.cli import main

from .api_client import ApiClient
from .conftest import People


def run(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return what ``grader token`` prints."""
    code = main(["token", *words])
    printed = capsys.readouterr()
    assert code == 0, printed.err
    return printed.out.strip()


def status_of(text: str) -> int:
    """Return how the API answers a token."""
    from django.test import Client

    return int(ApiClient(Client(), text).get("/").status_code)


def test_a_token_is_made(people: People, capsys: pytest.CaptureFixture[str]) -> None:
    """It works, with the scopes, the course and the time asked for, and is in the log."""
    from grader.service.models import ApiToken, AuditEntry

    text = run(capsys, "student", "--scope", "read", "--course", "first", "--days", "2", "--name", "my script")

    token = ApiToken.objects.get()
    assert status_of(text) == 200
    assert (token.scopes, token.course, token.name) == (["read"], people.assignment.course, "my script")
    assert abs(token.expires - datetime.now(UTC) - timedelta(days=2)) < timedelta(minutes=5)
    assert text not in str(vars(token))
    assert [entry.action for entry in AuditEntry.objects.all()] == ["made token"]


def test_a_token_is_revoked(people: People, capsys: pytest.CaptureFixture[str]) -> None:
    """It works no more, which the list says, and others do; doing so twice changes nothing."""
    from grader.service.models import ApiToken, AuditEntry

    first, second = run(capsys, "student"), run(capsys, "student", "--name", "kept")
    number = str(ApiToken.objects.earliest("pk").pk)

    said = run(capsys, "--revoke", number)
    again = run(capsys, "--revoke", number)

    assert (status_of(first), status_of(second)) == (401, 200)
    assert said == f"Token {number} (command line) works no more."
    assert again == ""
    lines = run(capsys, "--list", "student").splitlines()
    assert "revoked" in lines[0]
    assert "kept" in lines[1]
    assert "revoked" not in lines[1]
    assert first not in str(lines)
    assert AuditEntry.objects.filter(action="revoked token").count() == 1


def test_the_list_is_of_one_or_all(people: People, capsys: pytest.CaptureFixture[str]) -> None:
    """Names from elsewhere cannot steer the terminal."""
    run(capsys, "student", "--name", "a\x1b[31m\nb")
    run(capsys, "grader", "--course", "first")

    of_all, of_one = run(capsys, "--list").splitlines(), run(capsys, "--list", "grader").splitlines()

    assert len(of_all) == 2
    assert of_one == of_all[1:]
    assert "\x1b" not in of_all[0]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "name the account"),
        (("nobody",), "there is no account nobody"),
        (
            ("student", "--scope", "all"),
            "there is no scope all; scopes are submit, read,",
        ),
        (("student", "--course", "third"), "there is no course third"),
        (("student", "--days", "0"), "must be a whole number, 1 or more"),
        (("student", "--days", "99999999999"), "a token is good for 3650 days at most"),
        (("--revoke", str(1 << 64)), "there is no token 18446744073709551616"),
        (("--revoke", "77"), "there is no token 77"),
        (("--list", "nobody"), "there is no account nobody"),
    ],
)
def test_what_is_not_known_is_said(
    people: People, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], sentence: str
) -> None:
    """With exit code 2, and no token is made."""
    from grader.service.models import ApiToken

    assert main(["token", *words]) == 2
    assert sentence in capsys.readouterr().err
    assert not ApiToken.objects.exists()
