"""Apply all sandbox layers to the calling process, in the order in which they hold.

A lock closes in two steps: :meth:`Lockdown.enter` while the process has one thread, then the process binds its own
sockets and starts its threads, then :meth:`Lockdown.seal` takes that right away as well and proves the whole by trying.

A file system of one's own comes before the limits' privileges go (mounting is impossible once Landlock holds). The
namespaces that it needs are entered before the process is forked, and control groups are the business of whoever asked
for the fork.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import SandboxUnavailableError
from grader.kernel_config import KernelConfig
from grader.sandbox import (
    allowed_syscalls,
    environment,
    landlock,
    messages,
    mounts,
    privileges,
    rlimits,
    seccomp,
    selfcheck,
)


@dataclass(frozen=True, slots=True)
class Lockdown:
    """Compiled filters, made once (30 ms) before any fork and loaded by each child."""

    starting: bytes
    serving: bytes
    about_others: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def prepare(cls) -> Lockdown:
        """Compile the filters.

        Raises SandboxUnavailableError when this machine cannot lock a process down.
        """
        landlock.required_abi()
        return cls(
            seccomp.compile_filter(allowed_syscalls.rules(starting=True)),
            seccomp.compile_filter(allowed_syscalls.rules(starting=False)),
            seccomp.numbers(allowed_syscalls.ABOUT_OTHERS),
        )

    def enter(self, config: KernelConfig, rules: Iterable[landlock.PathRule] = (), root: str = "") -> None:
        """Take from the calling process all that it does not need to start.

        ``rules`` say what it may read beside its own two folders, which lie in one. ``root`` is a tree that
        :func:`mounts.build` made, to be the whole file system; it is empty where there are no namespaces. Raises
        SandboxUnavailableError when the process has more than one thread, OSError when the system refuses a step: do
        not go on then.
        """
        privileges.new_session()
        privileges.die_with_parent()
        if config.sandbox:
            _require_one_thread()
        limits = config.limits
        rlimits.limit(memory_mb=limits.memory_mb, cpu_s=limits.process_cpu_s, file_mb=limits.file_mb)
        folder = str(Path(config.scratch).parent)
        if root:
            mounts.enter(root, folder)
        if config.user:
            privileges.become(config.user, (folder, config.sockets, *_tree(config.scratch)))
        environment.move_into(config.scratch, config.working)
        if not config.sandbox:
            return
        privileges.drop_capabilities()
        privileges.no_new_privileges()
        own = (landlock.PathRule(config.scratch, landlock.SCRATCH), landlock.PathRule(config.sockets, landlock.SOCKETS))
        landlock.restrict((*rules, *own))
        seccomp.load(self.starting)

    def seal(self, config: KernelConfig) -> None:
        """Take away sockets and further filters in all threads, and try what must be impossible.

        Raises SandboxUnavailableError that names the holes.
        """
        if not config.sandbox:
            return
        seccomp.load(seccomp.itself_only(os.getpid(), self.about_others), all_threads=True)
        seccomp.load(self.serving, all_threads=True)
        if holes := selfcheck.holes(config.forbidden):
            raise SandboxUnavailableError(messages.holes(holes))


def _tree(folder: str) -> Iterator[str]:
    """Yield a folder and all that lies in it."""
    yield folder
    for here, folders, files in os.walk(folder):
        yield from (os.path.join(here, name) for name in (*folders, *files))


def _require_one_thread() -> None:
    # Landlock binds the calling thread alone; a free thread in the same memory would be a way out.
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise SandboxUnavailableError(messages.several_threads(threads))
