"""Sentences to staff on what a machine lacks for the sandbox, and what each layer does."""

from __future__ import annotations

from collections.abc import Iterable

_NOT_LOCKED = "Student code cannot be locked down"

NO_LANDLOCK = f"{_NOT_LOCKED}: this kernel has no Landlock (Linux 5.13 or newer, switched on)."
SECCOMP_DOES_NOT_START = f"{_NOT_LOCKED}: libseccomp does not start on this machine."

SWITCHED_OFF = "switched off"
ONLY_ON_LINUX = "only on Linux"
NEEDS_LANDLOCK = "this kernel has no Landlock: it needs Linux 5.13 or newer with Landlock switched on"
NAMESPACES_ENDED = "a process that tried them ended"
USERS_NOT_MAPPED = "the users of this system could not be mapped"
NO_CGROUPS = "this system has no control groups of version 2"
NOT_DELEGATED = "the group of this process is not delegated: start it with systemd-run --user --scope -p Delegate=yes"

ENVIRONMENT = "kernels start with a clean environment"
DESCRIPTORS = "kernels inherit no open files"
RLIMITS = "memory, CPU time, file size and open files are bounded"
PRIVILEGES = "no capabilities, none to gain"
NAMESPACES = "users, processes, network, IPC and files of their own"
CGROUPS = "memory and processes of each are bounded as a whole"
SECCOMP = "system calls are an allow-list: no sockets, no processes"


def landlock(version: int) -> str:
    return f"files are an allow-list (ABI {version})"


def only_on_linux(system: str) -> str:
    return (
        f"Student code can be locked down on Linux alone, and this is {system}: grade the notebooks of others in a "
        "Linux container or in WSL 2, and check a notebook of your own with `grader check`."
    )


def not_strict(missing: str) -> str:
    return (
        f"This machine does not have every layer that --sandbox=strict asks for ({missing}). "
        "Provide them, or use --sandbox=on, which goes without these."
    )


def not_possible(missing: str) -> str:
    return (
        f"{_NOT_LOCKED} on this machine ({missing}). "
        "Grade in a Linux container, or use --sandbox=off for code you trust."
    )


def unknown_machine(name: str) -> str:
    return f"{_NOT_LOCKED} on a {name or 'nameless'} machine: x86_64 and aarch64 are known."


def no_libseccomp(library: str) -> str:
    return f"{_NOT_LOCKED}: {library} is missing (Debian and Ubuntu: apt install libseccomp2)."


def holes(could: Iterable[str]) -> str:
    return f"The lock does not hold: a locked process could {', '.join(could)}."


def several_threads(threads: int) -> str:
    return f"A process can only be locked down while it has one thread; this one has {threads}."


def not_controlled(lacking: Iterable[str]) -> str:
    return f"the group of this process does not control {' and '.join(sorted(lacking))}"
