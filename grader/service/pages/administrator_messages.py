"""Sentences of the pages for administrators."""

from __future__ import annotations

from grader.english import plural

LINK = "It signs in once and ends after two weeks. Send it to nobody else; it is not shown again."
TOKEN = "It is not shown again. Whoever has it may do what its scopes say, as its account."  # noqa: S105 - a sentence
SLUG_UNFIT = "The short name of a course has letters, digits, - and _ alone, and the title is not empty."
NOT_YOURSELF = "You cannot deactivate or delete your own account: ask another administrator."
NO_SCOPE = "Choose at least one scope: a token without any is good for nothing."
WRONG_NAME = "The name that you typed is not the account's. Nothing was deleted."


def course_taken(slug: str) -> str:
    return f"There is a course {slug} already."


def no_days(most: int) -> str:
    return f"The days until a token expires are a whole number from 1 to {most}, or empty for never."


def no_account(name: str) -> str:
    return f"There is no account {name}. Make it first."


def no_course(slug: str) -> str:
    return f"There is no course {slug}."


def deactivated(name: str) -> str:
    return f"The account {name} is deactivated: its sessions have ended, its tokens and links work no more."


def activated(name: str) -> str:
    return f"The account {name} can sign in again."


def course_made(title: str) -> str:
    return f"The course {title} is there."


def approved(slug: str, courses: int) -> str:
    moved = f" {plural(courses, 'course assignment')} grade with these files from now on." if courses else ""
    return f"The code of {slug} may run.{moved}"


def approval_withdrawn(slug: str) -> str:
    return f"The code of {slug} runs no more. What is handed in to it waits in errors until it is approved again."


def graded_again(number: int) -> str:
    return f"{plural(number, 'submission')} will be graded again."


def revoked(name: str) -> str:
    return f"The token {name} works no more."
