"""Read or create the secret that seeds random inputs."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import secrets
import stat
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from grader import messages
from grader.errors import SecretUnavailableError, UsageError
from grader.settings import cache_dir, secret_file

log = logging.getLogger(__name__)

_TEXT = re.compile(r"[!-~]{32,1024}\n?")


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret text; if ``kept``, it is this installation's own and the same in every run."""

    text: str = field(repr=False)
    kept: bool = True


def load_secret(*, required: bool = False) -> Secret:
    """Return the secret in the settings' file.

    At first it is made, or taken over from the cache folder. Where it cannot be kept the secret is a random one that
    nobody will know again, and the log says so; with ``required`` SecretUnavailableError is raised instead. Raises
    UsageError for a file that others can read or change, that is empty, or that holds something else.
    """
    path = secret_file()
    try:
        if not path.exists():
            _make(path)
        return Secret(_read_secret(path))
    except OSError as error:
        reason = messages.secret_not_kept(path, error.strerror or error)
        if required:
            raise SecretUnavailableError(f"{reason}; {messages.KEEP_SECRET}.") from error
        log.warning("%s", messages.secret_for_once(reason))
        return Secret(secrets.token_hex(32), kept=False)


def _make(path: Path) -> None:
    """Put a secret where none is: an earlier version's from the cache folder, or a new one."""
    old = cache_dir() / "secret"
    text = _read_secret(old) if old.exists() else secrets.token_hex(32)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="ascii") as new:  # for its owner alone
        new.write(f"{text}\n")
        new.flush()
        os.fsync(new.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first
            os.link(new.name, path)
    old.unlink(missing_ok=True)


def _read_secret(path: Path) -> str:
    if not path.is_file() and path.exists():  # opening a pipe would wait for ever
        raise UsageError(messages.secret_no_file(path))
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        if sys.platform != "win32" and (
            status.st_mode & (stat.S_IRWXG | stat.S_IRWXO) or status.st_uid not in (0, os.geteuid())
        ):
            raise UsageError(messages.secret_not_private(path))
        text = file.read(4096).decode("ascii", "replace")
    if not _TEXT.fullmatch(text):
        raise UsageError(messages.secret_damaged(path))
    return text.rstrip("\n")
