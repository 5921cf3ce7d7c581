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
    """Tell what Landlock does here, and the version of its interface."""
    return f"files are an allow-list (ABI {version})"


def only_on_linux(system: str) -> str:
    """For a system that has none of the sandbox's means."""
    return (
        f"Student code can be locked down on Linux alone, and this is {system}: grade the notebooks of others in a "
        "Linux container or in WSL 2, and check a notebook of your own with `grader check`."
    )


def not_strict(missing: str) -> str:
    """For --sandbox=strict where layers are missing; ``missing`` lists them with reasons."""
    return (
        f"This machine does not have every layer that --sandbox=strict asks for ({missing}). "
        "Provide them, or use --sandbox=on, which goes without these."
    )


def not_possible(missing: str) -> str:
    """For --sandbox=on where a layer is missing that it cannot go without."""
    return (
        f"{_NOT_LOCKED} on this machine ({missing}). "
        "Grade in a Linux container, or use --sandbox=off for code you trust."
    )


def unknown_machine(name: str) -> str:
    """For a processor whose numbers of system calls are not known."""
    return f"{_NOT_LOCKED} on a {name or 'nameless'} machine: x86_64 and aarch64 are known."


def no_libseccomp(library: str) -> str:
    """For a machine without the library that filters system calls."""
    return f"{_NOT_LOCKED}: {library} is missing (Debian and Ubuntu: apt install libseccomp2)."


def holes(could: Iterable[str]) -> str:
    """For a locked process that could do what it must not, in the test before use."""
    return f"The lock does not hold: a locked process could {', '.join(could)}."


def several_threads(threads: int) -> str:
    """For a process that cannot be locked because other threads would stay free."""
    return f"A process can only be locked down while it has one thread; this one has {threads}."


def not_controlled(lacking: Iterable[str]) -> str:
    """Say which controllers a control group lacks."""
    return f"the group of this process does not control {' and '.join(sorted(lacking))}"
