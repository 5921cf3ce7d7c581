"""Sentences of the pages that everybody has."""

from __future__ import annotations

from datetime import timedelta

from grader.corrections import LatePolicy, Share
from grader.english import plural
from grader.report.display_text import format_score
from grader.service.time_text import span

PASSWORD_RULES = "At least 10 characters, not digits alone, unlike your name, and none that many people have."  # noqa: S105 - a sentence
PASSWORD_CHOSEN = "Your password is set; other browsers were signed out."  # noqa: S105 - a sentence
SESSION_ENDED = "That browser is signed out."
SESSIONS_ENDED = "All browsers are signed out."
TOO_MANY_SIGN_INS = "There were too many tries. Wait a minute, then try again; your password is as it was."

TO_ASSIGNMENT = "Assignment and attempts"
WRONG_PASSWORD = "Name or password is wrong. Capitals and small letters are told apart."  # noqa: S105 - a sentence
NO_FILE = "Choose the notebook that you want to hand in."
ANY_ATTEMPTS = "You may hand in as often as you like; the latest attempt counts."

BEING_GRADED = "It is being graded now."
GRADED_AGAIN_NOW = "It is being graded once more, because grading broke off through a fault of ours."
NOTHING_GRADES = "It is stored. Nothing is graded just now; it will be as soon as that is mended, and nothing is lost."
ENDED = {
    "graded": "It is graded.",
    "unreadable": "It could not be read.",
    "error": (
        "It could not be graded through a fault of ours. This costs you nothing: no points, and no attempt. "
        "Your instructor sees it and will have it graded again."
    ),
}
"""How grading ended, by the upload's state."""

ERRORS = {
    400: ("This request was not understood", "Go back, load the page again, and try once more."),
    403: ("This form is too old", "Go back, load the page again, and send it once more. Nothing was changed."),
    404: ("Nothing is here", "The address may be wrong, or what it shows is not for your account."),
    413: ("This is too large", "Clear the outputs of the notebook's cells, save it, and hand it in again."),
    500: ("Something broke on our side", "What was handed in before is safe."),
    503: ("The service cannot answer just now", "What was handed in before is safe."),
    507: ("The service has no room left", "What was handed in before is safe."),
}
"""A heading and what to do, by the status of an answer."""


def to_attempt(number: int) -> str:
    """Name an attempt, as the text of a link."""
    return f"Attempt {number}"


def waiting(ahead: int) -> str:
    """Tell a student that the upload is stored, and how many are graded before it."""
    if not ahead:
        return "It is stored, and the next to be graded."
    return f"It is stored, and waits to be graded; {plural(ahead, 'other')} {'is' if ahead == 1 else 'are'} before it."


def attempts_left(allowed: int, used: int) -> str:
    """Tell how many attempts a student has left."""
    left = max(allowed - used, 0)
    return f"{left} of {plural(allowed, 'attempt')} left; the latest counts."


def cool_down(seconds: int) -> list[str]:
    """Tell how long students wait between attempts, if they do."""
    return [f"Between two attempts are at least {span(timedelta(seconds=seconds))}."] if seconds else []


def late_now(after: timedelta, policy: LatePolicy) -> list[str]:
    """Return what is said of handing in so long after the deadline; nothing before it."""
    if after <= policy.grace:
        return []
    if policy.cutoff is not None and after > policy.cutoff:
        return ["It is too late for this to count; you may still hand in, and read the report."]
    return ["The deadline is over: what you hand in now is late."]


def late_policy(policy: LatePolicy) -> list[str]:
    """Return what lateness costs."""
    sentences = []
    if policy.per_day > 0 and policy.cap > 0:
        of = "all points" if policy.of is Share.POSSIBLE else "the points you earned"
        cap = f", at most {_per_cent(policy.cap)}" if policy.cap < 100 else ""
        sentences.append(f"Each day begun after the deadline takes off {_per_cent(policy.per_day)} of {of}{cap}.")
    elif policy.cutoff is None:
        sentences.append("Handing in late costs no points.")
    if policy.cutoff is not None:
        after = "the deadline" if not policy.cutoff else f"{span(policy.cutoff)} after the deadline"
        sentences.append(f"What comes later than {after} counts as 0.")
    if policy.grace and policy.costs:
        sentences.append(f"Up to {span(policy.grace)} late is still on time.")
    return sentences


def _per_cent(value: float) -> str:
    return f"{format_score(value)}\N{NO-BREAK SPACE}%"
