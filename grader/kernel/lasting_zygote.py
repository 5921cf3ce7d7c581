"""Zygotes that outlive their command and are found by the next one (GRADER_IDLE_S).

For each kind of zygote the state folder has two files: ``KIND.users``, locked by everyone who uses it, and
``KIND.address``, which holds its address while it serves. ``python -m grader.kernel.lasting_zygote ADDRESS-FILE`` is
the process that holds one; it ends it when nobody has used it for as long as was asked for.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from grader import __version__
from grader.atomic_write import write_atomically
from grader.errors import KernelError
from grader.kernel.inside.readable_paths import places
from grader.kernel.zygote import Connection, Zygote
from grader.sandbox import require
from grader.sandbox.environment import model_folders
from grader.settings import PACKAGE, runtime_dir, state_dir

if sys.platform != "win32":
    import fcntl

_LOOK_S = 0.02
_STEP_S = 1.0


@dataclass(frozen=True, slots=True)
class ZygotePlan:
    """What a zygote is started with: paths, its lock, and the packages that it tells of.

    ``digest`` is that of what its prelude may use. ``interpreter`` is the Python that it is, ``packages`` are those
    whose versions it tells.
    """

    digest: str
    prelude: str
    hidden: tuple[str, ...]
    folders: tuple[str, ...]
    sandbox: str
    interpreter: str = sys.executable
    packages: tuple[str, ...] = ()

    def kind(self) -> str:
        """Return a name that plans of like zygotes share.

        Of hidden paths only those that could be read matter.
        """
        code = hashlib.sha256()
        for file in sorted(f for name in ("kernel/inside", "sandbox") for f in (PACKAGE / name).glob("*.py")):
            code.update(file.read_bytes())
        ours = self.interpreter == sys.executable  # of another one it is not known what its kernels may read
        hidden = tuple(p for p in self.hidden if not ours or any(_overlap(Path(p), Path(q)) for q in places()))
        where = (str(runtime_dir()), tempfile.gettempdir(), model_folders(os.environ))
        decides = (__version__, code.hexdigest(), where, asdict(replace(self, hidden=hidden)))
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:32]

    def start(self) -> Zygote:
        """Start a zygote; see there."""
        return Zygote(
            Path(self.prelude),
            map(Path, self.hidden),
            map(Path, self.folders),
            sandbox=self.sandbox,
            interpreter=self.interpreter,
            packages=self.packages,
        )


class LastingZygote:
    """The use of a zygote that others use too, and that serves at least until :meth:`close`.

    If none of the plan's kind serves, one is started in the background; it ends after ``idle_s`` seconds without users.
    Raises SandboxUnavailableError when kernels must be locked down and cannot be.
    """

    def __init__(self, plan: ZygotePlan, idle_s: float) -> None:
        if plan.sandbox != "off":
            require(strict=plan.sandbox == "strict")
        folder = state_dir() / "zygotes"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._address = folder / f"{plan.kind()}.address"
        self._users = self._address.with_suffix(".users").open("a")
        fcntl.flock(self._users, fcntl.LOCK_SH)
        os.utime(self._users.fileno())
        self._holder: subprocess.Popen[bytes] | None = None
        # Held until it serves: whoever comes meanwhile waits instead of starting another.
        self._start = self._address.with_suffix(".start").open("a")
        fcntl.flock(self._start, fcntl.LOCK_EX)
        if not _serves(self._address):
            self._address.unlink(missing_ok=True)
            self._holder = _hold(self._address, plan, idle_s)

    def wait(self) -> str | None:
        """Return the address once the zygote serves, or None when it could not be started."""
        while not (address := _published(self._address)):
            if self._holder is None or self._holder.poll() is not None:
                break
            time.sleep(_LOOK_S)
        self._start.close()
        return address or None

    def close(self) -> None:
        """Let the zygote end, now or when others have used it."""
        if self._holder and self._holder.poll() is None:
            self._holder.returncode = 0  # it goes on when this process has ended, which Popen would warn of
        self._start.close()
        self._users.close()


def main(address: Path) -> None:
    """Hold the zygote that standard input asks for while it is used and its address stands."""
    asked = json.load(sys.stdin)
    idle_s = asked.pop("idle_s")
    with ZygotePlan(**asked).start() as zygote, address.with_suffix(".users").open("a") as users:
        zygote.wait()
        write_atomically(address, zygote.address.encode(), private=True, durable=False)
        used, seen = time.monotonic(), 0
        while _published(address) == zygote.address and Path(zygote.address).exists():
            time.sleep(min(_STEP_S, idle_s))
            if seen != (seen := os.fstat(users.fileno()).st_mtime_ns) or not _locked(users.fileno()):
                used = time.monotonic()
            elif time.monotonic() - used >= idle_s:
                address.unlink()  # while none can come
            fcntl.flock(users, fcntl.LOCK_UN)


def _locked(file: int) -> bool:
    """Lock a file for this process alone; return False while others use it."""
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _hold(address: Path, plan: ZygotePlan, idle_s: float) -> subprocess.Popen[bytes]:
    holder = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-P", "-m", "grader.kernel.lasting_zygote", str(address)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=address.parent,
        start_new_session=True,  # Ctrl-C is for the command, not for what the next one finds
    )
    if holder.stdin:
        with holder.stdin, contextlib.suppress(BrokenPipeError):
            holder.stdin.write(json.dumps(asdict(plan) | {"idle_s": idle_s}).encode())
    return holder


def _serves(address: Path) -> bool:
    try:
        Connection(_published(address)).close()
    except KernelError:
        return False
    return True


def _published(address: Path) -> str:
    with contextlib.suppress(FileNotFoundError):
        return address.read_text(encoding="utf-8")
    return ""


def _overlap(path: Path, place: Path) -> bool:
    return path.is_relative_to(place) or place.is_relative_to(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
