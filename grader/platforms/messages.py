"""Sentences to staff on what is fetched from platforms and written to them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.english import first_of, people, plural
from grader.export.spreadsheet import precise_score

_MOST_NAMED = 20

EXAMPLES = {
    "Canvas": "https://canvas.example.edu/courses/12/assignments/34",
    "Moodle": "https://moodle.example.edu/mod/assign/view.php?id=34",
}
ELSEWHERE = "it lies on another server, which is not to get the token"
COMMENT_STAYS = "a comment of somebody's stays"
FILES_STAY = "feedback files of somebody's stay"
REMOVED_THERE = "its grade was removed there since it was written"
EXCUSED_IN_CANVAS = "excused in Canvas"
WITHOUT_FILE = "This was handed in without a file."
"""What is graded where a platform has an attempt and nothing of it."""


def no_such_ids(ids: Sequence[str]) -> str:
    """Say that submissions are named that are not there."""
    return f"--replace names {first_of(ids, _MOST_NAMED)}, and no submission has such an id."


def times_unknown(names: Sequence[str]) -> str:
    """Say of whom a newer attempt would not be noticed."""
    who = f"{people(len(names))}, {first_of(names, _MOST_NAMED, '; ')}"
    return f"not known when it was handed in, so that a newer attempt on the platform is not noticed: {who}"


# Libraries and tokens.


def not_installed(library: str) -> str:
    """Say that a library of the extra is missing."""
    how = "in the grader's repository, `.venv/bin/pip install --editable '.[platforms]'` installs it."
    return f"{library} is not installed; {how}"


def no_token(site: str, platform: str, variable: str, service: str) -> str:
    """Say that there is no token, and the places where one is looked for."""
    kept = f"set {variable} to it, or keep it with `keyring set {service} {site}`."
    return f"there is no token for {site}: make one in {platform}, then {kept}"


def impossible_token(site: str) -> str:
    """Say that what was given is no token."""
    return f"the token for {site} is not one: it has blanks or other characters that no token has."


def not_encrypted(site: str) -> str:
    """Say that a token is not sent to a site."""
    return f"{site} is not encrypted, and anybody on the way could read the token; give https://."


def keyring_unreadable(error: str) -> str:
    """Say that the keyring gives nothing."""
    return f"the keyring cannot be read ({error}); unlock it, or set the token."


def token_not_taken(host: str, reason: str) -> str:
    """Say that a platform does not accept a token."""
    do = "make a new one, and give the same command again, which then goes on."
    return f"{host} does not take the token (any more), or not for this ({reason}); {do}"


def token_not_for(function: str, reason: str) -> str:
    """Say that a function of Moodle's does not accept a token."""
    do = (
        "make one for a service with the functions that the documentation lists, and give the same command again, "
        "which then goes on."
    )
    return f"Moodle does not take the token (any more), or not for {function}: {reason}; {do}"


# What a platform answers.


def not_documented(platform: str, what: str) -> str:
    """Say that an answer has another form than its platform documents."""
    return f"{platform} answered in a form that is not documented ({what})."


def failed_itself(host: str, status: int) -> str:
    """Say that a server failed."""
    return f"{host} answered with a failure of its own ({status})."


def connection_failed(host: str, error: str) -> str:
    """Say that no answer came."""
    return f"the connection to {host} failed ({error}); try again later."


def no_result_yet(pk: str, seconds: float) -> str:
    """Say that the service took an upload and has no result of it yet."""
    return f"the service took the upload as {pk} and has no result after {seconds:.15g} s; it will be graded there."


def too_busy(host: str) -> str:
    """Say that a server refused again and again for being busy."""
    return f"{host} is too busy; give the same command again later, and it goes on."


def waiting(host: str, seconds: float) -> str:
    """Say that a server is busy, and when it is asked again."""
    return f"{host} is busy; going on in {seconds:.0f} s."


def asks_to_wait(host: str, seconds: float) -> str:
    """Say that a server asks for a longer wait than a command waits."""
    return f"{host} asks to wait for {round(seconds / 60)} minutes; give the same command then."


def sends_on(host: str, elsewhere: str) -> str:
    """Say that an address is not the one that its pages have."""
    return f"{host} sends on to {elsewhere}; give the address that its pages really have."


def refused(host: str, status: int, reason: str) -> str:
    """Say that a server refused a request; it may have given a reason."""
    return f"{host} refused it with {status}{f': {reason}' if reason else ''}."


def function_refused(function: str, reason: str) -> str:
    """Say that Moodle refused a call."""
    return f"Moodle refused {function}: {reason}."


# Addresses and assignments.


def assignment_on(title: str, platform: str) -> str:
    """Name an assignment on a platform."""
    return f"{title!r} in {platform}"


def list_of_students(platform: str) -> str:
    """Name the list in which people are looked for."""
    return f"{platform}'s list of students"


def no_page(address: str, platform: str) -> str:
    """Say that an address is not that of an assignment."""
    such = f"such as {EXAMPLES[platform]}; copy it from the browser."
    return f"{address!r} is no page of an assignment in {platform}, {such}"


def not_by_points(address: str, platform: str) -> str:
    """Say that an assignment takes no points."""
    return f"{address} is not graded by points; choose points in {platform}."


def hides_names(address: str, platform: str) -> str:
    """Say that it cannot be known whose is what."""
    return f"{address} hides who is who (anonymous or blind grading); show the names in {platform} first."


def another_module(address: str, kind: str) -> str:
    """Say that a page is of something else."""
    return f"{address} is no assignment, but a {kind}."


def not_a_teacher(address: str) -> str:
    """Say that a token's owner does not see an assignment."""
    return f"the token's owner may not see {address}; use one of a teacher of the course."


# Files and folders.


def cannot_write(folder: Path) -> str:
    """Say that a folder cannot be written; the system's reason goes on after it."""
    return f"cannot write to {folder}"


def journal_unreadable(path: Path, line: int, reason: str) -> str:
    """Say that a line of the journal is none, and what hangs on it."""
    do = "restore the file from a copy: without it nothing tells which grades on the platform are yours."
    return f"{path}, line {line}, cannot be read ({reason}); {do}"


def too_large(most_mb: int) -> str:
    """Say that a file is larger than is fetched."""
    return f"it has more than {most_mb} MB"


def another_size(came: int, size: int) -> str:
    """Say that a file did not come as it was announced."""
    return f"it came with {came} bytes instead of {size}"


def not_fetched(files: Sequence[str]) -> str:
    """Say which files cannot be had, and what to do."""
    what = f"{plural(len(files), 'file')} cannot be fetched: {first_of(files, _MOST_NAMED, '; ')}"
    return f"{what}. The same command tries again; --partial goes on without these people."


def other_files(folder: Path) -> str:
    """Say that a folder is in use for something else."""
    return f"{folder} holds other files; choose a new folder with -o."


def of_another(folder: Path, address: str) -> str:
    """Say that a folder holds another assignment."""
    return f"{folder} holds what was pulled from {address}; choose another folder with -o."


# Why a grade stays.


def handed_in_again(attempt: int) -> str:
    """Say that there is a newer attempt than the one that was graded."""
    return f"handed in again since (attempt {attempt}); pull and grade it first"


def changed_there(written: float, there: float) -> str:
    """Say that somebody changed a grade that was pushed."""
    return f"changed there from {precise_score(written)} to {precise_score(there)} since it was written"


def not_from_here(there: float) -> str:
    """Say that a grade is of unknown origin."""
    return f"has {precise_score(there)} there, which was not written from here"


def not_assigned(platform: str) -> str:
    """Say that the platform has no place for a grade."""
    return f"not assigned to them in {platform}"


def not_taken(there: float | None) -> str:
    """Say that a platform did not do what it was asked for."""
    return f"there is {'no grade' if there is None else precise_score(there)} there after writing (is it locked?)"
