"""Sentences of the pages for administrators."""

from __future__ import annotations

from grader.english import plural
from grader.service.credentials import Scope

LINK = "It signs in once and ends after two weeks. Send it to nobody else; it is not shown again."
TOKEN = "It is not shown again. Whoever has it may do what its scopes say, as its account."  # noqa: S105 - a sentence
SLUG_HINT = "It stands in addresses and is not changed later: letters, digits, - and _."
SLUG_UNFIT = "A short name has letters, digits, - and _ alone."
SLUG_TAKEN = "There is a course of this short name already."
NO_TITLE = "A course needs a title."
NO_ACCOUNT = "There is no account %(value)s that can sign in. Make it first."
NO_COURSE = "There is no course %(value)s."
NOT_YOURSELF = "You cannot deactivate or delete your own account: ask another administrator."
NO_SCOPE = "Choose at least one scope: a token without any is good for nothing."
WRONG_NAME = "The name that you typed is not the account's. Nothing was deleted."

SCOPES = {
    Scope.SUBMIT: "hand in for the account itself",
    Scope.READ: "read submissions and results, and how far tasks are",
    Scope.GRADE: "run failed tasks again; for an instructor's account",
    Scope.SUBMIT_FOR_OTHERS: "hand in for members of a course, also a platform's zip; for an account of staff",
    Scope.EXPORT: "export grades; for an account of staff",
    Scope.METRICS: "read the figures of the service at /metrics; for an administrator's account",
}
"""What a token is good for with each scope."""


def deactivated(name: str) -> str:
    """Confirm that an account can no longer sign in, and what ended with that."""
    return f"The account {name} is deactivated: its sessions have ended, its tokens and links work no more."


def activated(name: str) -> str:
    """Confirm that an account can sign in."""
    return f"The account {name} can sign in again."


def course_made(title: str) -> str:
    """Confirm that a course was made."""
    return f"The course {title} is there."


def approved(slug: str, courses: int) -> str:
    """Confirm an approval, and say how many courses' assignments it changes."""
    moved = f" {plural(courses, 'course assignment')} grade with these files from now on." if courses else ""
    return f"The code of {slug} may run.{moved}"


def limited(slug: str, courses: int) -> str:
    """Confirm for which courses an assignment is."""
    return f"{slug} is for {plural(courses, 'course')} alone." if courses else f"{slug} is for all courses."


def approval_withdrawn(slug: str) -> str:
    """Confirm a withdrawal, and say what becomes of new uploads."""
    return f"The code of {slug} runs no more. What is handed in to it waits in errors until it is approved again."


def graded_again(number: int) -> str:
    """Confirm that failed uploads are put in the queue once more."""
    return f"{plural(number, 'submission')} will be graded again."


def revoked(name: str) -> str:
    """Confirm that a token ended."""
    return f"The token {name} works no more."
