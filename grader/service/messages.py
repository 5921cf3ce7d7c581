"""Sentences of the service to students, staff and administrators."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from grader.english import plural
from grader.sanitize import one_line
from grader.service.time_text import span, utc_text

STATES = {
    "accepted": "waiting to be graded",
    "queued": "waiting to be graded",
    "grading": "being graded",
    "graded": "graded",
    "unreadable": "could not be read",
    "error": "could not be graded through a fault of ours",
}
"""What becomes of a submission, in words."""

NO_ROOM = "There is no room on the server's disk: nothing was stored. Try again later, and tell staff."
NO_DATABASE = "The service cannot reach its database: nothing was stored. Try again in a minute."
OUR_FAULT = "This failed through a fault of ours, which is in the service's log."
NO_LENGTH = "Send the body with a Content-Length."
KEY_REUSED = "This Idempotency-Key came with another request before; make a new key for each submission."
TRIED_TOO_OFTEN = "Grading this submission failed several times through a fault of ours. Staff has been told."


def unknown_setting(name: str, known: Sequence[str]) -> str:
    """For a key of the settings' file that no setting has."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"there is no setting {name}" + (f"; did you mean {near[0]}?" if near else "")


def wrong_setting(name: str, variable: str, why: str) -> str:
    """For a setting with a value that it cannot have; ``why`` completes the sentence."""
    return f"setting {name} ({variable}) {why}"


def no_data_folder(path: Path, error: OSError) -> str:
    """For a folder of data that the service cannot use."""
    return f"the folder {path} of setting data (GRADER_SERVICE_DATA) cannot be made or written: {error.strerror}"


def unreadable_config(path: Path, error: Exception) -> str:
    """For a settings' file that the TOML parser refuses, or that cannot be read."""
    return f"{path} cannot be read as TOML: {error}"


def database_away(error: Exception) -> str:
    """For a database that refuses a connection, with what it said."""
    why = " ".join(str(error).split()).rstrip(".")
    return f"the database cannot be used: {why}. See GRADER_SERVICE_DATABASE_URL, and whether the server runs."


def cannot_bind(bind: str, error: Exception) -> str:
    """For an address that is in use, or none."""
    why = str(error.strerror).partition(" (")[0] if isinstance(error, OSError) else "it is not HOST:PORT"
    return f"cannot listen at {bind}: {why}. Set GRADER_SERVICE_BIND to an address that is free."


def runs_at(url: str) -> str:
    """Tell whoever started the service where it is."""
    return f"The service runs at {url} until Ctrl-C."


def already_served(data: Path) -> str:
    """For a folder of data that another supervisor has locked."""
    return f"another service runs in {data}. Stop it, or set GRADER_SERVICE_DATA to another folder."


def already_works(name: str) -> str:
    """For a worker's name that another worker on this machine has."""
    return f"a worker named {name} runs on this machine already; give each worker a name of its own."


def not_approved(slug: str) -> str:
    """For an upload to an assignment whose files have another digest now."""
    return f"The files of assignment {slug} have changed since an administrator approved them."


def changed_since_shown(slug: str) -> str:
    """For an approval of files other than those on the page it was sent from."""
    return f"The files of assignment {slug} have changed since this page was shown. Look at them again, then approve."


def link_in_assignment(path: str) -> str:
    """For an assignment that cannot be approved, as no digest covers a link's target."""
    return f"{path} is a link, and what it leads to may change: put the files themselves there."


def withdrawn(slug: str) -> str:
    """For an upload to an assignment whose approval ended."""
    return f"An administrator has withdrawn the approval of assignment {slug}."


NAME_UNFIT = "a name for signing in has letters, digits and . @ + - _ alone, at most 150 of them"


def name_taken(name: str) -> str:
    """For an account that is to be made under a name that is in use."""
    return f"there is an account {name} already"


def nobody(name: str) -> str:
    """For a deletion of somebody who is not known."""
    return f"There is no account {name}, and no member of a course without an account whom a platform knows so."


def only_administrator(name: str) -> str:
    """For a deletion after which nobody could administer the service."""
    return f"{name} is the only administrator. Make another one first: grader account NAME --administrator."


def forgotten(uploads: int, blobs: int) -> str:
    """Count what a deletion removed, and say what it cannot reach."""
    return (
        f"Deleted: the account, its memberships, {plural(uploads, 'submission')} with results and corrections, and "
        f"{plural(blobs, 'file')}. Back-ups that were made before still hold them."
    )


TASK_TRIED_TOO_OFTEN = "This was begun several times and never ended. An administrator finds why in the workers' log."
TASK_BROKE_OFF = "This broke off through a fault of ours. An administrator finds why in the workers' log."
SHOWN_AFTER_DEADLINE = "Hidden checks count in the grade; what they found is shown after the deadline."
NOT_SHOWN = "Hidden checks count in the grade; what they found is not shown."


def not_open(opens: datetime) -> str:
    """For a student's upload before the assignment opens."""
    return f"Nothing can be handed in yet: it opens on {utc_text(opens)}."


def cooling_down(wait: timedelta) -> str:
    """For a student's upload too soon after the one before."""
    return f"Wait {span(wait)} before the next attempt; what you handed in before is safe."


def no_attempts_left(allowed: int) -> str:
    """For a student's upload beyond the number of attempts."""
    used = "The one attempt is used" if allowed == 1 else f"All {allowed} attempts are used"
    return f"{used}; ask your instructor if you need another one."


def too_many_uploads(limit: int, wait: timedelta) -> str:
    """For uploads beyond the number that a minute may have."""
    return f"You handed in {limit} times within a minute. Wait {span(wait)}, then hand in again."


def too_large(file_name: str, size: int, most_mb: int) -> str:
    """For a notebook that is larger than the service takes."""
    return (
        f"{one_line(file_name)[:80]} has {size / 2**20:.1f} MB, and {most_mb} MB are allowed. "
        "Clear the outputs of its cells, save it, and hand it in again."
    )


def upload_too_large(most_mb: int) -> str:
    """For a request that was refused by its length alone."""
    return f"The upload is larger than the {most_mb} MB that are allowed."


def no_notebook(file_name: str, why: str) -> str:
    """For an upload that is no notebook; ``why`` is intake's reason."""
    return f"{one_line(file_name)[:80]} was not handed in: {why}"


def not_invited(name: str) -> str:
    """For an instructor's link that would open other courses too."""
    return f"{name} is in other courses too, so only an administrator can make a link for them."


NO_BACKUP = "it is no back-up of this program, or of a newer version"
BACKUP_WITHOUT_DATABASE = "it has no database"


def backup_exists(file: Path) -> str:
    """For a back-up that would write over a file."""
    return f"{file} is there already: give the name of a new file"


def nothing_to_back_up(data: Path) -> str:
    """For a folder of data without a service."""
    return f"there is no service in {data}: set GRADER_SERVICE_DATA to the folder of the one that is to be backed up"


def service_is_there(data: Path) -> str:
    """For a restore that would write over data."""
    return f"there is a service already, in {data} or its database: restore into an empty folder and an empty database"


def damaged_backup(file: Path, error: Exception) -> str:
    """For a back-up that is no archive, or whose digests are not those of its files."""
    return f"{file} cannot be restored, take another back-up: {error}"


def other_engine(file: Path, engine: str) -> str:
    """For a back-up of SQLite that is to be restored into PostgreSQL, or the reverse."""
    return f"{file} is of a service on {engine}: set database_url (GRADER_SERVICE_DATABASE_URL) to such a database"


def other_secret(path: Path) -> str:
    """For a restore where the secret of fresh inputs is another one already."""
    return f"{path} holds another secret than the back-up: move it away, or set GRADER_SECRET_FILE to another file"


def no_program(program: str) -> str:
    """For a back-up on PostgreSQL where pg_dump or pg_restore is missing."""
    return f"{program} is not installed; it comes with PostgreSQL's client programs"


def program_failed(program: str, said: str) -> str:
    """For a program of PostgreSQL's that failed, with the end of what it said."""
    return f"{program} failed: {' '.join(said.split())[-500:]}"
