"""Kernels for one assignment, all forked from one zygote."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from grader import settings
from grader.assignment import Assignment, prelude_digest
from grader.closing import Closing
from grader.errors import KernelError, UsageError
from grader.kernel import messages
from grader.kernel.exclusive_run import Turns, no_beat
from grader.kernel.kernel import Kernel
from grader.kernel.kernel_user import private_user
from grader.kernel.lasting_zygote import LastingZygote, answers
from grader.kernel.provisioner import kernel_spec
from grader.kernel.zygote import Zygote
from grader.kernel.zygote_connection import Connection
from grader.kernel.zygote_plan import ZygotePlan
from grader.kernel_config import KernelConfig, Limits
from grader.settings import PACKAGE, cache_dir, secret_file, state_dir
from grader.submission import SupportingFile
from grader.zygote_info import ZygoteInfo

Role = Literal["student", "reference"]
SANDBOX = ("on", "off", "strict")
"""How kernels are locked down: as far as this machine can, not at all, or by every layer."""


class KernelPool(Closing):
    """Locked kernels with an assignment's models in them; a context manager.

    Finds a zygote of this user's that serves, or starts one, unless it is given the ``address`` of one that runs (and
    that then decides about the lock-down). What it starts outlives it by ``idle_s`` seconds without users (by default
    ``GRADER_IDLE_S``, where that is set); with 0 it neither finds one nor leaves one behind.
    Warming up takes as long as importing the libraries and loading the models; it goes on in the background until
    ``address``, ``info`` or a kernel is asked for. With ``sandbox="off"`` kernels are not locked down: for one's own
    code only; "strict" demands every layer, those too that not every machine has. ``private`` are further paths that no
    student's kernel may read, wherever they lie. ``beat`` is called again and again while kernels work. Raises
    SandboxUnavailableError when the machine cannot lock kernels down as demanded.
    """

    def __init__(
        self,
        assignment: Assignment,
        *,
        address: str | None = None,
        sandbox: str = "on",
        private: Iterable[Path] = (),
        beat: Callable[[], None] = no_beat,
        idle_s: float | None = None,
    ) -> None:
        if sandbox not in SANDBOX:
            raise UsageError(messages.no_such_sandbox(SANDBOX, sandbox))
        self._assignment = assignment
        self._address = address
        self._beat = beat
        self._zygote: Zygote | None = None
        self._lasting: LastingZygote | None = None
        if address is None:
            self._plan = _plan(assignment, private, sandbox)
            self._idle_s = settings.idle_s() if idle_s is None else idle_s
            self._find_or_start()

    def _find_or_start(self) -> None:
        self._lasting = _lasting(self._plan, self._idle_s)
        if self._lasting is None:
            self._zygote = self._plan.start()

    def replaced(self) -> bool:
        """Return whether the zygote that was found serves no more, so that another is used."""
        if self._lasting is None or self._zygote is not None or self._lasting.serves():
            return False
        self._lasting.close()
        for known in ("address", "info", "_turns"):
            self.__dict__.pop(known, None)
        self._find_or_start()
        return True

    @cached_property
    def address(self) -> str:
        """The path of the zygote's socket, once it serves; raises KernelError if it never does."""
        if self._lasting is not None:
            if address := self._lasting.wait():
                return address
            self._zygote = self._plan.start()  # it will say why it does not
        if self._zygote is not None:
            self._zygote.wait()
            return self._zygote.address
        if self._address is None:
            raise KernelError(messages.POOL_CLOSED)
        return self._address

    def serves(self) -> bool:
        """Return whether kernels can be had from the zygote, waiting for one that starts."""
        with contextlib.suppress(KernelError, UsageError):
            return answers(self.address)
        return False

    @cached_property
    def info(self) -> ZygoteInfo:
        """What the zygote says of itself."""
        try:
            return _info(self.address)
        except KernelError:
            if not self.replaced():
                raise
            return _info(self.address)

    @property
    def lasts(self) -> bool:
        """Whether another command can find the zygote when this pool is closed."""
        return self._lasting is not None and self._zygote is None

    def tried(self, what: str) -> bool:
        """Return whether a command before this one has tried something, a word, with this zygote."""
        return self._lasting is not None and self._lasting.tried(what)

    def remember(self, what: str) -> None:
        """Remember for the next commands that something was tried with this zygote."""
        if self._lasting is not None:
            self._lasting.remember(what)

    @cached_property
    def _turns(self) -> Turns:
        return Turns(Path(self.address).parent, self._beat)

    def alone(self) -> contextlib.AbstractContextManager[None]:
        """Return a context in which no kernel of another pool with this address works."""
        return self._turns.alone()

    def kernel(
        self,
        model: str,
        *,
        role: Role = "student",
        limits: Limits | None = None,
        files: Sequence[SupportingFile] = (),
    ) -> Kernel:
        """Fork a kernel with ``model`` in it, and copies of the ``files`` in its folder.

        A reference kernel also holds the assignment's solution. ``limits`` are the kernel's, by default the
        assignment's for a student and much more for the reference. Raises UsageError for a model that the assignment
        does not have, KernelError when the kernel does not start.
        """
        if model not in self._assignment.models:
            raise UsageError(messages.no_such_model(self._assignment.slug, model, self._assignment.models))
        return self._start(self.kernel_config(model, role, limits), files)

    def _start(self, config: KernelConfig, files: Sequence[SupportingFile]) -> Kernel:
        return Kernel(kernel_spec(self.address, config, files), config.limits, self._turns)

    def _limits_for(self, role: Role) -> Limits:
        limits = self._assignment.limits
        if role == "student":
            return limits
        # Our own code, whose needs are what the limits of students follow from.
        return replace(
            limits,
            memory_mb=4 * limits.memory_mb,
            result_mb=8 * limits.result_mb,
            setup_s=20 * limits.setup_s,
            cpu_s=30 * limits.cpu_s,
        )

    def kernel_config(self, model: str, role: Role = "student", limits: Limits | None = None) -> KernelConfig:
        """Return what kernels of this model, role and limits share: all but a key and folders."""
        assignment, trusted = self._assignment, role == "reference"
        return KernelConfig(
            model=model,
            limits=limits or self._limits_for(role),
            interpreter=assignment.interpreter,
            device=assignment.device,
            solution=str(assignment.solution) if trusted and assignment.solution else "",
            reads=tuple(map(str, assignment.solution_reads)) if trusted else (),
            provided=tuple(sorted(assignment.provided)),
            sandbox=self.info.sandbox,
            # What is hidden was tried where it is known; of that a kernel knows no path.
            forbidden=(str(Path(self.address).parent / "zygote.log"),),
            user=private_user() if self.info.layers["namespaces"] and not trusted else 0,
        )

    def close(self) -> None:
        """End the zygote, if this pool started it for itself, and with it all kernels."""
        if self._lasting is not None:
            self._lasting.close()
        if self._zygote is not None:
            self._zygote.close()


def _info(address: str) -> ZygoteInfo:
    with contextlib.closing(Connection(address)) as connection:
        return connection.info()


def _lasting(plan: ZygotePlan, idle_s: float | None) -> LastingZygote | None:
    """Return the use of a zygote that lasts.

    None where there shall be none, or there is no place to find it by.
    """
    if idle_s == 0:
        return None
    with contextlib.suppress(OSError):
        kept = LastingZygote(plan, idle_s)
        if idle_s is not None or kept.address:
            return kept
        kept.close()
    return None


def _plan(assignment: Assignment, private: Iterable[Path], sandbox: str) -> ZygotePlan:
    folders = (assignment.root, *assignment.solution_reads, *assignment.prelude_reads.values())
    hidden = hidden_paths(assignment, private)
    return ZygotePlan(
        digest=prelude_digest(assignment),
        prelude=str(assignment.prelude),
        hidden=tuple(map(str, hidden)),
        folders=tuple(map(str, folders)),
        sandbox=sandbox,
        interpreter=assignment.interpreter,
        packages=assignment.packages,
        also=tuple(m for m in assignment.models if m in assignment.notebook_models),
    )


def hidden_paths(assignment: Assignment, private: Iterable[Path] = ()) -> tuple[Path, ...]:
    """Return what no student's kernel may read, even where it lies among libraries.

    A private folder that all libraries lie in is left out: nothing could run without them.
    """
    beside = (PACKAGE.parent / name for name in ("reference", "assignments", "tests"))
    prefixes = (sys.prefix, sys.base_prefix, Path(assignment.interpreter).parent.parent)
    libraries = [*(Path(prefix).resolve() for prefix in prefixes), Path("/usr/lib")]
    closed = (p.resolve() for p in (cache_dir(), state_dir(), secret_file(), *private))
    apart = (p for p in closed if not any(library.is_relative_to(p) for library in libraries))
    return (PACKAGE, *beside, assignment.root, *assignment.solution_files, *assignment.prelude_reads.values(), *apart)
