"""Sentences of the API."""

from __future__ import annotations

from collections.abc import Iterable

STORED = "The notebook is stored and will be graded."
STATES = {
    "accepted": "The submission waits to be graded.",
    "queued": "The submission waits to be graded.",
    "grading": "The submission is being graded.",
    "graded": "The submission is graded.",
    "unreadable": "The submission could not be read as a notebook.",
    "error": "The submission could not be graded through a fault of ours; staff has been told.",
}
"""What becomes of a submission, in a sentence."""

NO_TOKEN = "Send a valid token in the header `Authorization: Bearer TOKEN`."  # noqa: S105 - a sentence
NOT_FOUND = "There is no such thing here, or it is not yours to see."
NO_MEMBER = "Nobody in this course has this login, number or email."
SEVERAL_MEMBERS = "Several people in this course have this as login, number or email; name one by another of them."
NOT_IN_COURSE = "The token's account hands nothing in here; name a member of the course."
NAME_COURSE = "Name the course."
NO_RESULT_YET = "There is no result yet; ask again later."
BROKEN_FORM = "The form is not valid multipart/form-data, or broke off."
BROKEN_JSON = "The body is not valid JSON in UTF-8."
DEEP_JSON = "The JSON is nested too deeply."
MANY_PARTS = "The JSON has too many parts; send the notebook as multipart/form-data or as a base64 string."
TASKS = {
    "accepted": "The task waits for a worker.",
    "queued": "The task waits for a worker.",
    "running": "The task is being done.",
    "done": "The task is done.",
    "failed": "The task failed.",
}
"""How far a task is, where it says nothing else."""

ONE_ZIP = "Send one zip in the field `zip` of multipart/form-data."
MEDIA_TYPE = "Send multipart/form-data or application/json."
NO_BASE64 = "is not base64"
ONE_NOTEBOOK = "Send one file in the field `notebook`."
BROKE_OFF = "The request broke off before all of it had come."
UNAVAILABLE = "The service cannot do this just now; try again in a few seconds."
INVALID = "The request is not as documented."
BAD_CURSOR = "This cursor is none that the list gave."
FAILED = {
    400: "The request is malformed.",
    403: "This is not allowed.",
    404: NOT_FOUND,
    405: "This address does not take this method.",
    413: "The request is too large.",
    429: "Too many requests; try again later.",
    500: "The service failed; the fault is ours and has been logged.",
    503: UNAVAILABLE,
}
"""What went wrong, where nothing more is known than the status."""


def no_scope(scopes: Iterable[str]) -> str:
    """For a token that may not do what the request asks."""
    return f"The token lacks the scope {' or '.join(scopes)}."


def twice(name: str) -> str:
    """For a field of a form that came more than once."""
    return f"{name} is there twice."


def no_file_name(name: str) -> str:
    """For a file beside the notebook whose path cannot lie there."""
    return f"{name!r} is no path of a file beside the notebook: relative, with `/`, without `..`, hidden or odd parts."


def wrong_field(field: str, why: str) -> str:
    """For a field of JSON or a query that is not as documented."""
    return f"{field}: {why}." if field else f"{why}."


def unknown_filter(name: str) -> str:
    """For a parameter of a list that there is not."""
    return f"There is no filter {name!r}."
