"""Delete what is known of one person: rows, files and names in the log of changes."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Q

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

_LEFT_S = 3600.0
"""Scratch folders that old were left by a process that was killed."""


@dataclass(frozen=True, slots=True)
class ForgottenPerson:
    """How much was deleted of somebody."""

    uploads: int
    blobs: int

    @property
    def sentence(self) -> str:
        """What to tell whoever asked for it."""
        return messages.forgotten(self.uploads, self.blobs)


def forget(name: str) -> ForgottenPerson:
    """Delete the account of this name with everything of its memberships.

    Without such an account it is the members without one whom a platform knows by this name. What somebody did stays in
    the log of changes, without their name. Raises UsageError where there is nobody, or who administers alone.
    """
    account = Account.objects.filter(username=name).first()
    members = list(Member.objects.filter(Q(account=account) if account else Q(account=None, login=name)))
    if account is None and not members:
        raise UsageError(messages.nobody(name))
    if account and account.is_superuser and not _other_administrators(account):
        raise UsageError(messages.only_administrator(name))
    with transaction.atomic():
        uploads = Upload.objects.filter(member__in=members)
        blobs = dict(_blobs_of(uploads)) | dict(_clear_tasks(members, _names(account, members)))
        number = uploads.count()
        uploads.delete()
        _clear_audit(account, _names(account, members))
        for row in (*members, *([account] if account else [])):
            row.delete()
    deleted = sum(_delete_blob(sha256, last) for sha256, last in blobs.items())
    for folder in ("grading", "uploading"):
        _sweep(settings.DATA / folder)
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
    """Empty ended tasks that tell of a person, and return the files that they were given."""
    ended = Task.objects.filter(state__in=(TaskState.DONE, TaskState.FAILED))
    for task in ended.filter(assignment__course__in=[m.course_id for m in members]).iterator():
        given = str(task.given.get("sha256", ""))
        if given or _mentions([task.given, task.found, task.message], names):
            task.given, task.found, task.message = {}, {}, ""
            task.save(update_fields=["given", "found", "message"])
        if given:
            yield given, task.ended or task.made


def _clear_audit(account: Account | None, names: set[str]) -> None:
    """Take a person's name out of the log of changes, also where they are what was changed."""
    if account:
        AuditEntry.objects.filter(Q(account=account) | Q(who=account.username)).update(who="", token="", address="")
    AuditEntry.objects.filter(target__in=names).update(target="")
    for entry in AuditEntry.objects.exclude(details={}).only("pk", "details").iterator():
        if names & set(_texts(entry.details)):
            AuditEntry.objects.filter(pk=entry.pk).update(details={})


def _mentions(data: object, names: set[str]) -> bool:
    words = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names) or "(?!)", re.IGNORECASE)
    return any(words.search(text) for text in _texts(data))


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
    if Task.objects.filter(given__sha256=sha256).exists():
        return False
    path = blob_path(sha256)
    with suppress(FileNotFoundError):
        if path.stat().st_mtime <= last.timestamp() or time.time() - path.stat().st_mtime > _LEFT_S:
            path.unlink()
            return True
    return False


def _sweep(folder: Path) -> None:
    for path in folder.glob("*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _LEFT_S:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _overwrite() -> None:
    """Have SQLite keep no copy of deleted rows in its files."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
