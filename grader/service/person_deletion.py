"""Delete what is known of one person: rows, files and names in the log of changes."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Q
from lti_tool.models import LtiUser

from grader.errors import UsageError
from grader.service import messages
from grader.service.blob_store import blob_path
from grader.service.models import (
    Account,
    AuditEntry,
    Member,
    Task,
    TaskState,
    Upload,
    UploadFile,
)

_HOUR_S = 3600.0
_LEFT_S = 24 * _HOUR_S
"""The age, in seconds, from which a scratch folder was left by a process that was killed."""

_WORD = 3  # letters of a part of a name by which a sentence may name somebody


@dataclass(frozen=True, slots=True)
class ForgottenPerson:
    """How much was deleted of somebody."""

    uploads: int
    blobs: int

    @property
    def sentence(self) -> str:
        """What to tell whoever asked for it."""
        return messages.forgotten(self.uploads, self.blobs)


def forget(name: str, note: Callable[[int], None] = lambda _: None) -> ForgottenPerson:
    """Delete the account of this name with everything of its memberships.

    Without such an account it is the members without one whom a platform knows by this name. What somebody did stays in
    the log of changes, without their name. ``note`` is called in the transaction, with how much was handed in. Raises
    UsageError where there is nobody, or who administers alone.
    """
    account = Account.objects.filter(username=name).first()
    members = list(Member.objects.filter(Q(account=account) if account else Q(account=None, login=name)))
    if account is None and not members:
        raise UsageError(messages.nobody(name))
    if account and account.is_superuser and not _other_administrators(account):
        raise UsageError(messages.only_administrator(name))
    names = _names(account, members)
    with transaction.atomic():
        uploads = Upload.objects.filter(member__in=members)
        blobs = dict(_blobs_of(uploads)) | dict(_clear_tasks(members, names))
        number = uploads.count()
        uploads.delete()
        _clear_audit(account, names)
        LtiUser.objects.filter(auth_user=account).exclude(auth_user=None).delete()
        for row in (*members, *([account] if account else [])):
            row.delete()
        note(number)
    deleted = sum(_delete_blob(sha256, last) for sha256, last in blobs.items())
    _sweep(settings.DATA, "grading/*/*", "uploading/*")
    _overwrite()
    return ForgottenPerson(number, deleted)


def _other_administrators(account: Account) -> bool:
    return Account.objects.filter(is_superuser=True, is_active=True).exclude(pk=account.pk).exists()


def _names(account: Account | None, members: Iterable[Member]) -> set[str]:
    of_account = (account.username, account.full_name, account.email) if account else ()
    return {*of_account, *(text for m in members for text in (m.name, m.login, m.number, m.email))} - {""}


def _blobs_of(uploads: Iterable[Upload]) -> Iterator[tuple[str, datetime]]:
    """Return the digests of files that were handed in, with when they last were."""
    for model, prefix in ((Upload, ""), (UploadFile, "upload__")):
        rows = model.objects.filter(**{f"{prefix}pk__in": [u.pk for u in uploads]}).order_by()
        yield from rows.values_list("sha256").annotate(last=Max(f"{prefix}received"))


def _clear_tasks(members: Iterable[Member], names: set[str]) -> Iterator[tuple[str, datetime]]:
    """Take a person out of ended tasks, and return the digests of files that these held.

    A platform's zip holds what everybody handed in: it was taken, and goes as a whole.
    """
    told = names | {word for name in names for word in name.split() if len(word) >= _WORD}
    words = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in told) or "(?!)", re.IGNORECASE)
    ended = Task.objects.filter(state__in=TaskState.ended())
    for task in ended.filter(assignment__course__in=[m.course_id for m in members]).iterator():
        before = set(_digests_in([task.given, task.found]))
        task.given = _without_words({n: v for n, v in task.given.items() if n != "sha256"}, words)
        task.found, task.message = _without_words(task.found, words), _without_words(task.message, words)
        task.save(update_fields=["given", "found", "message"])
        last = task.ended or task.made
        yield from ((sha256, last) for sha256 in before - set(_digests_in([task.given, task.found])))


def _without_words(data: Any, words: re.Pattern[str]) -> Any:
    """Return JSON data without items of lists and texts that have one of the words."""
    match data:
        case str():
            return "" if words.search(data) else data
        case dict():
            return {key: _without_words(value, words) for key, value in data.items()}
        case list():
            return [item for item in data if not any(map(words.search, _texts(item)))]
    return data


def _digests_in(data: object) -> Iterator[str]:
    return (text for text in _texts(data) if re.fullmatch("[0-9a-f]{64}", text))


def _clear_audit(account: Account | None, names: set[str]) -> None:
    """Take a person's name out of the log of changes, as who did or who was changed."""
    if account:
        AuditEntry.objects.filter(Q(account=account) | Q(who=account.username)).update(who="", token="", address="")
    AuditEntry.objects.filter(target__in=names).update(target="")
    for entry in AuditEntry.objects.exclude(details={}).only("pk", "details").iterator():
        if names & set(_texts(entry.details)):
            AuditEntry.objects.filter(pk=entry.pk).update(details={})


def _texts(data: object) -> Iterator[str]:
    match data:
        case str():
            yield data
        case dict():
            for key, value in data.items():
                yield from (str(key), *_texts(value))
        case list():
            for value in data:
                yield from _texts(value)


def _delete_blob(sha256: str, last: datetime) -> bool:
    """Delete a file that nobody refers to any more.

    One that is newer than the person's was just stored by somebody whose row is still to come.
    """
    if Upload.objects.filter(sha256=sha256).exists() or UploadFile.objects.filter(sha256=sha256).exists():
        return False
    if any(sha256 in _digests_in([t.given, t.found]) for t in Task.objects.only("given", "found").iterator()):
        return False
    path = blob_path(sha256)
    with suppress(FileNotFoundError):
        if path.stat().st_mtime <= last.timestamp() or time.time() - path.stat().st_mtime > _HOUR_S:
            path.unlink()
            return True
    return False


def _sweep(folder: Path, *patterns: str) -> None:
    for path in (path for pattern in patterns for path in folder.glob(pattern)):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _LEFT_S:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _overwrite() -> None:
    """Have SQLite keep no copy of deleted rows in its files."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
