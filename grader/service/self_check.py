"""What an installation of the service has, and lacks, found by trying it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from grader.assignment import load_assignment
from grader.errors import UsageError
from grader.sandbox import probe
from grader.service import self_check_messages as messages
from grader.service.assignment_approval import files_seen
from grader.service.blob_store import free_bytes
from grader.service.config import ServiceConfig
from grader.service.models import Account, ApprovedAssignment
from grader.service.worker_health import living_workers

_SOON = 1 << 30  # bytes that are still to be had when somebody should look
_LOCAL = ("127.0.0.1", "localhost", "[::1]", "unix")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was looked at; ``detail`` says what it is, or what to do.

    Without one that is ``required`` the service does not work.
    """

    name: str
    good: bool
    detail: str
    required: bool = True


def findings() -> Iterator[Finding]:
    """Look at everything, in an order in which later things need earlier ones."""
    config: ServiceConfig = settings.CONFIG
    yield from _settings(config)
    yield from _folders(config)
    database = _database(config)
    yield database
    if database.good:
        yield from _rows()
    for layer in probe.layers():
        yield Finding(messages.layer(layer.name), layer.active, layer.detail, required=layer.required)


def _settings(config: ServiceConfig) -> Iterator[Finding]:
    yield Finding(messages.SETTINGS, True, messages.settings(config.url, config.bind))
    local = config.bind.rpartition(":")[0] in _LOCAL
    if not config.https and not (local and urlsplit(config.url).hostname in _LOCAL):
        yield Finding(messages.HTTPS, False, messages.NO_HTTPS, required=False)
    if config.https and local and not config.proxies:
        yield Finding(messages.PROXIES, False, messages.NO_PROXIES, required=False)


def _folders(config: ServiceConfig) -> Iterator[Finding]:
    for folder in (config.data, config.blobs_path, config.data / "grading", config.data / "uploading"):
        if folder.exists():
            good = os.access(folder, os.R_OK | os.W_OK | os.X_OK)
            yield Finding(messages.FOLDER, good, messages.folder(folder, good))
    private = not config.data.stat().st_mode & 0o077
    yield Finding(messages.PRIVATE, private, messages.private(config.data, private), required=False)
    room = free_bytes()
    yield Finding(messages.DISK, room >= _SOON, messages.disk(room, room >= _SOON, config.min_free_mb), room < 0)


def _database(config: ServiceConfig) -> Finding:
    engine = "SQLite" if config.sqlite else "PostgreSQL"
    try:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        return Finding(messages.DATABASE, False, messages.no_database(engine, type(error).__name__))
    return Finding(messages.DATABASE, not missing, messages.database(engine, missing))


def _rows() -> Iterator[Finding]:
    administrators = Account.objects.filter(is_superuser=True, is_active=True).count()
    yield Finding(messages.ADMINISTRATORS, administrators > 0, messages.administrators(administrators), required=False)
    workers = living_workers().count()
    yield Finding(messages.WORKERS, workers > 0, messages.workers(workers), required=False)
    for row in ApprovedAssignment.objects.filter(withdrawn=None).order_by("slug"):
        fault = _fault(row)
        yield Finding(messages.ASSIGNMENT, not fault, fault or f"{row.slug} {row.digest[:12]}…", required=False)


def _fault(row: ApprovedAssignment) -> str:
    try:
        assignment = load_assignment(row.path)
        files_seen(assignment)
    except UsageError as error:
        return str(error)
    return "" if assignment.digest == row.digest else messages.changed(row.slug)
