"""One file of all that lasts: database, uploads and keys; written while the service runs.

The database is copied first, as it is at one moment. Uploads are files that are only ever added before their rows, so
that each row of the copy has its file.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg

from grader import __version__
from grader.atomic_write import sync_folder, write_atomically
from grader.digests import digest_of_chunks
from grader.errors import MachineError, UsageError
from grader.service import messages
from grader.service.config import ServiceConfig
from grader.settings import secret_file
from grader.timestamps import timestamp

FORMAT = 1
_MANIFEST, _DATABASE, _BLOB = "manifest.json", "database", re.compile(r"blobs/([0-9a-f]{64})")
_DAMAGED = (tarfile.TarError, EOFError, zlib.error, ValueError, KeyError)


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """What a back-up says of itself: when it was made, of which version, with how many files."""

    made: str
    version: str
    files: int


def back_up(config: ServiceConfig, file: Path) -> BackupFacts:
    """Write a back-up, which holds secrets and can be read by its owner alone.

    Raises UsageError where the file is there already, or there is no service to back up.
    """
    if file.exists():
        raise UsageError(messages.backup_exists(file))
    if config.sqlite and not config.sqlite_path.exists():
        raise UsageError(messages.nothing_to_back_up(config.data))
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with open(handle, "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=1) as archive:
                facts = _write(config, archive, file.parent)
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(file.parent)
    return facts


def restore(config: ServiceConfig, file: Path) -> BackupFacts:
    """Put back what a back-up holds, where there is no service yet.

    The database comes last: without it, this can be tried again. Raises UsageError where something is there that would
    be lost, and for a file that is damaged or of another kind of database.
    """
    if _has_service(config):
        raise UsageError(messages.service_is_there(config.data))
    config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with tempfile.TemporaryDirectory(dir=config.data) as scratch, tarfile.open(file, "r:gz") as archive:
            return _read(config, archive, file, Path(scratch))
    except _DAMAGED as error:
        raise UsageError(messages.damaged_backup(file, error)) from error


def _write(config: ServiceConfig, archive: tarfile.TarFile, folder: Path) -> BackupFacts:
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        database = Path(scratch, _DATABASE)
        _dump(config, database)
        blobs = sorted(p for p in config.blobs_path.glob("*") if _BLOB.fullmatch(f"blobs/{p.name}"))
        facts = BackupFacts(timestamp(), __version__, len(blobs))
        manifest = {"format": FORMAT, "engine": _engine(config)} | {n: getattr(facts, n) for n in facts.__slots__}
        _add(archive, _MANIFEST, json.dumps(manifest).encode())
        for name, path in _keys(config).items():
            if path.exists():
                _add(archive, name, path.read_bytes())
        archive.add(database, _DATABASE)
    for blob in blobs:
        with contextlib.suppress(FileNotFoundError):  # a person's data may be deleted meanwhile
            archive.add(blob, f"blobs/{blob.name}")
    return facts


def _read(config: ServiceConfig, archive: tarfile.TarFile, file: Path, scratch: Path) -> BackupFacts:
    members = _members(archive)
    name, content = next(members, ("", io.BytesIO()))
    manifest = json.loads(content.read()) if name == _MANIFEST else {}
    if manifest.get("format") != FORMAT:
        raise ValueError(messages.NO_BACKUP)
    if manifest["engine"] != _engine(config):
        raise UsageError(messages.other_engine(file, manifest["engine"]))
    keys, database = _keys(config), scratch / _DATABASE
    for name, content in members:
        if name in keys:
            _put_key(keys[name], content.read())
        elif name == _DATABASE:
            _copy(content, database)
        elif match := _BLOB.fullmatch(name):
            _put_blob(config, match[1], content, scratch)
        else:
            raise ValueError(f"{name} does not belong in a back-up")
    _load(config, database)
    return BackupFacts(manifest["made"], manifest["version"], manifest["files"])


def _keys(config: ServiceConfig) -> dict[str, Path]:
    return {"secret_key": config.secret_key_path, "grader_secret": secret_file()}


def _put_key(path: Path, content: bytes) -> None:
    """Put a key where none is; raises UsageError where others may share another one."""
    if path.exists() and path == secret_file() and path.read_bytes() != content:
        raise UsageError(messages.other_secret(path))
    write_atomically(path, content, private=True)


def _put_blob(config: ServiceConfig, sha256: str, content: IO[bytes], scratch: Path) -> None:
    if _copy(content, scratch / sha256) != sha256:
        raise ValueError(f"blobs/{sha256} does not have this digest")
    folder = config.blobs_path
    folder.mkdir(exist_ok=True, mode=0o700)
    os.replace(scratch / sha256, folder / sha256)


def _copy(content: IO[bytes], to: Path) -> str:
    with open(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        sha256, _ = digest_of_chunks(iter(lambda: content.read(1 << 20), b""), file)
        file.flush()
        os.fsync(file.fileno())
    return sha256


def _members(archive: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for member in archive:
        if (content := archive.extractfile(member)) is None or not member.isreg():
            raise ValueError(f"{member.name} is no file")
        yield member.name, content


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


def _engine(config: ServiceConfig) -> str:
    return "sqlite" if config.sqlite else "postgresql"


def _has_service(config: ServiceConfig) -> bool:
    if config.sqlite:
        return config.sqlite_path.exists()
    with psycopg.connect(config.database_url.get_secret_value()) as connection:
        return connection.execute("SELECT to_regclass('service_account')").fetchone() != (None,)


def _dump(config: ServiceConfig, to: Path) -> None:
    if config.sqlite:
        with (
            contextlib.closing(sqlite3.connect(config.sqlite_path)) as source,
            contextlib.closing(sqlite3.connect(to)) as target,
        ):
            source.backup(target)  # all pages in one step, so as they are at one moment
        return
    _postgresql(config, "pg_dump", "--format=custom", "--no-owner", f"--file={to}")


def _load(config: ServiceConfig, database: Path) -> None:
    if not database.exists():
        raise ValueError(messages.BACKUP_WITHOUT_DATABASE)
    if config.sqlite:
        for old in config.data.glob(f"{config.queue_path.name}*"):  # of a database that is gone; workers make it anew
            old.unlink()
        os.replace(database, config.sqlite_path)
        sync_folder(config.data)
        return
    _postgresql(config, "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(database))


def _postgresql(config: ServiceConfig, program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL's on the database; the password is not among its arguments."""
    url = config.database_url.get_secret_value()
    parts = psycopg.conninfo.conninfo_to_dict(url)
    environment = os.environ | {"PGPASSWORD": str(parts.pop("password", None) or "")}
    command = [program, f"--dbname={psycopg.conninfo.make_conninfo('', **parts)}", *arguments]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - PostgreSQL's own
    except FileNotFoundError as error:
        raise MachineError(messages.no_program(program), error) from error
    if done.returncode:
        raise UsageError(messages.program_failed(program, done.stderr))
