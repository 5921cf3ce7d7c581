"""Zygotes that outlive their command and are found by the next one.

For each kind of zygote a folder that only its owner may enter has ``KIND.address``, which holds its address and a label
while it serves, ``KIND.users``, locked by everyone who uses it, ``KIND.start``, locked while one starts, and
``KIND.tried``. What lies there may be left from processes that were killed: an address counts only if a zygote answers
there, and a lock only on the file that still has its name. Who starts or ends a zygote removes what nobody uses.
:mod:`grader.cli.zygote_holder` is the process that holds one.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from grader.atomic_write import write_atomically
from grader.closing import Closing
from grader.errors import KernelError
from grader.kernel import messages
from grader.kernel.zygote_connection import Connection
from grader.kernel.zygote_plan import ZygotePlan
from grader.sandbox import require
from grader.settings import zygotes_dir

if sys.platform != "win32":
    import fcntl

_LOOK_S = 0.02
_ANSWER_S = 5.0  # a zygote answers in a millisecond; one that was stopped never does
_START_S = 120.0  # somebody else's start is not waited for any longer
_MOST_BYTES = 1024


class LastingZygote(Closing):
    """The use of a zygote that others use too, and that serves at least until :meth:`close`.

    If none of the plan's kind serves, one is started in the background; it ends after ``idle_s`` seconds without users.
    With ``idle_s=None`` none is started. Raises OSError where there is no folder for it, SandboxUnavailableError when
    kernels must be locked down and cannot be.
    """

    def __init__(self, plan: ZygotePlan, idle_s: float | None) -> None:
        if plan.sandbox != "off":
            require(strict=plan.sandbox == "strict")
        self._plan, self._idle_s = plan, idle_s
        self._file = zygotes_folder() / f"{plan.kind()}.address"
        self._holder: subprocess.Popen[bytes] | None = None
        with contextlib.ExitStack() as opened:
            users = opened.enter_context(_locked(self._file.with_suffix(".users"), fcntl.LOCK_SH))
            os.utime(users.fileno())
            self.address = _serving(self._file)
            if not self.address and idle_s is not None:
                self._begin(idle_s)
            self._opened = opened.pop_all()

    def wait(self) -> str:
        """Return the address once a zygote serves; it is empty when none could be started."""
        until = time.monotonic() + _START_S
        with contextlib.suppress(OSError):  # nor can it be found again
            while not self.address and self._idle_s is not None:
                ended = self._holder is not None and self._holder.poll() is not None
                self.address = _serving(self._file)
                if self.address or ended or (self._holder is None and time.monotonic() > until):
                    break
                if self._holder is None:  # somebody else's start may have been ended
                    self._begin(self._idle_s)
                time.sleep(_LOOK_S)
        return self.address

    def serves(self) -> bool:
        """Return whether the zygote that was found or started can still be used."""
        return answers(self.address)

    def tried(self, what: str) -> bool:
        """Return whether :meth:`remember` was called with this for the zygote that serves."""
        lines = _read(self._file.with_suffix(".tried")).splitlines()
        return bool(self.address) and lines[:1] == [self.address] and what in lines[1:]

    def remember(self, what: str) -> None:
        """Remember something, a word, for as long as the zygote that serves does."""
        file = self._file.with_suffix(".tried")
        lines = _read(file).splitlines()
        known = lines[1:] if lines[:1] == [self.address] else []
        with contextlib.suppress(OSError):
            write_atomically(file, "\n".join([self.address, what, *known[:9]]).encode(), private=True, durable=False)

    def close(self) -> None:
        """Let the zygote end, now or when others have used it."""
        if self._holder and self._holder.poll() is None:
            self._holder.returncode = 0  # it goes on when this process has ended, which Popen would warn of
        self._opened.close()

    def _begin(self, idle_s: float) -> None:
        """Start a holder, unless somebody else is at it."""
        with (
            contextlib.suppress(BlockingIOError),
            _locked(self._file.with_suffix(".start"), fcntl.LOCK_EX | fcntl.LOCK_NB) as start,
        ):
            self.address = _serving(self._file)
            if not self.address:
                self._file.unlink(missing_ok=True)
                self._holder = _hold(self._file, self._plan, idle_s, start.fileno())
                _remove_all_unused()


@dataclass(frozen=True, slots=True)
class ZygoteFile:
    """The file that says where a zygote serves, and the label in it."""

    path: Path
    label: str


def serving_zygotes() -> list[ZygoteFile]:
    """Return the zygotes that serve; raises OSError where there is no folder for them."""
    files = sorted(zygotes_folder().glob("*.address"))
    return [ZygoteFile(f, "".join(_read(f).splitlines()[1:2])) for f in files if _serving(f)]


def stop_zygotes() -> list[ZygoteFile]:
    """Have all zygotes end once nobody uses them, and return them; none can be found."""
    stopped = serving_zygotes()
    for file in zygotes_folder().glob("*.address"):
        file.unlink(missing_ok=True)
    _remove_all_unused()
    return stopped


def _remove_all_unused() -> None:
    for users in zygotes_folder().glob("*.users"):
        remove_unused(users)
    for file in zygotes_folder().glob("*.commands"):
        if not Path(published(file)).is_socket():
            file.unlink(missing_ok=True)


def remove_unused(file: Path) -> None:
    """Remove the files of a kind, named by one of them, if none serves, starts or is used."""
    exclusive = fcntl.LOCK_EX | fcntl.LOCK_NB
    with (
        contextlib.suppress(OSError),  # it is used
        _locked(file.with_suffix(".start"), exclusive) as start,
        _locked(file.with_suffix(".users"), exclusive) as users,
    ):
        if not _serving(file.with_suffix(".address")):
            for left in (file.with_suffix(".address"), file.with_suffix(".tried"), start.name, users.name):
                Path(left).unlink(missing_ok=True)


def zygotes_folder() -> Path:
    """Return the folder that tells where zygotes are.

    Raises OSError when it is not this user's alone.
    """
    folder = zygotes_dir()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise PermissionError(messages.not_your_folder(folder))
    if found.st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def published(file: Path) -> str:
    """Return the address in a file, which is empty where there is none."""
    return _read(file).partition("\n")[0]


@contextlib.contextmanager
def _locked(file: Path, how: int) -> Iterator[IO[str]]:
    """Open and lock a file that others may remove; raises BlockingIOError with ``LOCK_NB``."""
    while True:
        with file.open("a") as opened:
            fcntl.flock(opened, how)
            if _is(file, opened.fileno()):
                yield opened
                return


def _is(file: Path, opened: int) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(file.stat(), os.fstat(opened))
    return False


def _hold(file: Path, plan: ZygotePlan, idle_s: float, start: int) -> subprocess.Popen[bytes]:
    """Start a holder; it keeps the lock of descriptor ``start`` until its zygote serves."""
    holder = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-P", "-m", "grader.cli.zygote_holder", str(file), str(start)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=file.parent,
        pass_fds=(start,),
        start_new_session=True,  # Ctrl-C is for the command, not for what the next one finds
    )
    if holder.stdin:
        with contextlib.suppress(BrokenPipeError), holder.stdin:
            holder.stdin.write(json.dumps(asdict(plan) | {"idle_s": idle_s}).encode())
    return holder


def _serving(file: Path) -> str:
    """Return the address in a file if a zygote answers there, else nothing."""
    address = published(file)
    return address if answers(address) else ""


def answers(address: str) -> bool:
    """Return whether a zygote of this user's serves at an address."""
    with contextlib.suppress(KernelError, OSError, ValueError, TypeError):
        found = Path(address).lstat()
        if stat.S_ISSOCK(found.st_mode) and found.st_uid == os.geteuid():
            with contextlib.closing(Connection(address, answer_s=_ANSWER_S)) as connection:
                connection.info()
                return True
    return False


def _read(file: Path) -> str:
    with contextlib.suppress(OSError, ValueError):  # it is not there, or nothing of ours
        if file.is_file():
            with file.open("rb") as opened:
                return opened.read(_MOST_BYTES).decode()
    return ""
