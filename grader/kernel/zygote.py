"""Start a zygote, and end it with all that it started."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from grader.closing import Closing
from grader.errors import KernelError
from grader.kernel import messages
from grader.kernel.font_cache import keep_fonts, lend_fonts
from grader.kernel.inside.protocol import EXIT_CODE, FAULT
from grader.kernel.inside.remove_tree import remove
from grader.kernel.path_aliases import Links, real
from grader.kernel.private_folders import private_folder
from grader.kernel.start_limits import ENDED, ENDLESS, Start, by_itself, fault_in
from grader.kernel.zygote_command import zygote_command
from grader.kernel.zygote_connection import log_tail
from grader.sandbox import require
from grader.sandbox.environment import clean, model_folders
from grader.settings import PACKAGE, absolute

_END_S = 60.0


class Zygote(Closing):
    """A zygote that this process started; a context manager.

    It ends with this process, however that ends, and its kernels and the folder of them all with it.

    ``prelude`` is the file that it runs, which may read ``folders``; ``hidden`` are paths that no kernel may ever read.
    ``interpreter`` is the Python that it is, ``packages`` are those whose versions it tells, ``also`` models that it
    loads beside those that its prelude names.
    Raises SandboxUnavailableError when kernels must be locked down and cannot be, UsageError for a folder of models
    that is not named by an absolute path or where no folder will do for sockets, KernelError with the end of the
    zygote's log when it does not start.
    """

    def __init__(
        self,
        prelude: Path,
        hidden: Iterable[Path] = (),
        folders: Iterable[Path] = (),
        *,
        sandbox: str = "on",
        interpreter: str = sys.executable,
        packages: Iterable[str] = (),
        also: Iterable[str] = (),
    ) -> None:
        models = {name: absolute(name, value) for name, value in model_folders(os.environ).items()}
        if sandbox != "off":
            require(strict=sandbox == "strict")
        self._held: int | None
        self.folder, self._held = private_folder()
        self.address = str(self.folder / "zygote")
        self._log = self.folder / "zygote.log"
        self._home = self.folder / "home"
        try:
            options = (f"--{sandbox}", *(f"--also={name}" for name in also))
            self._process = self._start_process(interpreter, prelude, folders, models, packages, options)
        except BaseException:
            self._leave_nothing()
            raise
        if sandbox != "off":
            self._send_hidden([str(path) for path in hidden])

    def _start_process(
        self,
        interpreter: str,
        prelude: Path,
        folders: Iterable[Path],
        models: Mapping[str, Path],
        packages: Iterable[str],
        options: Sequence[str],
    ) -> subprocess.Popen[bytes]:
        self._home.mkdir()
        lend_fonts(self._home / "matplotlib")
        environment, package = clean(self._home), PACKAGE
        if "--off" not in options:  # its memory is every kernel's
            links = Links(self.folder)
            environment |= {name: str(links.to(place, name)) for name, place in models.items()}
            package, prelude = links.to(PACKAGE, "grader"), _linked(prelude, folders, links)
        with self._log.open("wb") as log:
            return subprocess.Popen(  # noqa: S603 - our own interpreter and script
                zygote_command(interpreter, self.folder, prelude, packages, *options, grader=package),
                stdin=subprocess.PIPE,  # its end tells the zygote that we are gone
                stdout=log,
                stderr=log,
                env=environment,
                cwd=self.folder,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Return once the zygote serves.

        Raises AssignmentError when the prelude or a model of its does not load, KernelError when the zygote ends or
        takes too long for another reason.
        """
        start = Start(self._process.pid)
        while not Path(self.address).exists():
            if (code := self._exit_code()) is not None:
                self._blame(ENDED if by_itself(code) else "")
                raise KernelError(messages.zygote_ended(code, self._tail()))
            if start.stands_still((self.folder / FAULT).exists()):
                self._blame(ENDLESS)
                raise KernelError(messages.zygote_not_ready(self._tail()))
        keep_fonts(self._home / "matplotlib")

    def _send_hidden(self, hidden: list[str]) -> None:
        """Say what no kernel may read.

        It does not stand on the command line, which every kernel would have in its memory.
        """
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):  # it has ended, and wait() says why
                self._process.stdin.write(json.dumps(hidden).encode() + b"\n")
                self._process.stdin.flush()

    def _exit_code(self) -> int | None:
        """Return how the zygote ended, None while it does not within a moment."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(0.02)
        with contextlib.suppress(FileNotFoundError, ValueError):  # it is not there, or not yet written
            return int((self.folder / EXIT_CODE).read_text(encoding="ascii"))
        return None

    def _blame(self, end: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            if fault := fault_in((self.folder / FAULT).read_bytes(), self.folder, end):
                raise fault

    def close(self) -> None:
        """End the zygote and its kernels; its folder goes with them."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._leave_nothing()  # where the process was killed that does it

    def _leave_nothing(self) -> None:
        remove(self.folder)
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _tail(self) -> str:
        return real(log_tail(self._log), self.folder)


def _linked(prelude: Path, folders: Iterable[Path], links: Links) -> Path:
    """Return a prelude by a link to the folder of all it may read, with its way from there."""
    base = Path(os.path.commonpath([prelude.parent, *folders]))
    return links.to(base, "files") / prelude.relative_to(base)
