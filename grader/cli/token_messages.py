"""Sentences of ``grader token``."""

from __future__ import annotations

from collections.abc import Sequence

from grader.english import listed


def no_account(login: str | None) -> str:
    """Say that an account is not there, or not named."""
    return f"there is no account {login} that can sign in." if login else "name the account whose rights it is to have."


def unknown_scope(scope: str, known: Sequence[str]) -> str:
    """Say that a scope is none."""
    return f"there is no scope {scope}; scopes are {listed(known)}."


def no_course(slug: str) -> str:
    """Say that a course is not there."""
    return f"there is no course {slug}; give its name in addresses."


def long_life(most_days: int) -> str:
    """Say that a token is to be good for too long."""
    return f"a token is good for {most_days} days at most; leave --days out for one that does not expire."


def no_such_token(number: int) -> str:
    """Say that a token is not there."""
    return f"there is no token {number}; `grader token --list` tells their numbers."


def revoked(number: int, name: str) -> str:
    """Say that a token works no more."""
    return f"Token {number} ({name}) works no more."
