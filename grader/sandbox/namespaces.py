"""Give the zygote users, mounts, processes, network and IPC of its own.

Entered once, while that process is small and has one thread. Not every system gives them to unprivileged users, nor
every container: the other layers hold without them.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Never

from grader.sandbox import messages, mounts, privileges
from grader.sandbox.libc import setns, unshare

_MOUNTS, _UTS, _IPC, _USERS, PROCESSES, _NETWORK = (
    0x00020000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
_DONE = "done"
_ALL = _MOUNTS | _UTS | _IPC | _USERS | PROCESSES | _NETWORK


def missing() -> str:
    """Return why this system gives no namespaces, or nothing when a process could have them."""
    reader, writer = os.pipe()
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        child = os.fork()
        if child == 0:
            _try_all(folder, writer)
        os.close(writer)
        with open(reader, encoding="utf-8") as answer:
            said = answer.read()
        os.waitpid(child, 0)
    return said.removesuffix(_DONE) if said else messages.NAMESPACES_ENDED


def enter() -> None:
    """Move into new namespaces with a child that goes on; the caller waits to end like it.

    Raises OSError when the system refuses, and the caller is of no use then: see :func:`missing` first.
    """
    _unshare()
    if child := os.fork():
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    privileges.die_with_parent()
    mounts.keep_apart()


def fork(own: int | None) -> int:
    """Fork a process that is alone in a process namespace of its own.

    Return what os.fork does. ``own`` is a descriptor of the caller's process namespace; without one the fork is an
    ordinary one.
    """
    if own is None:
        return os.fork()
    unshare(PROCESSES)
    child = -1
    try:
        child = os.fork()
    finally:
        if child != 0:
            setns(own, PROCESSES)  # else there could be no second one
    return child


def _unshare() -> None:
    user, group = os.geteuid(), os.getegid()
    if user != 0:
        unshare(_ALL)
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")  # else groups may not be mapped
        _map("self", f"{user} {user} 1", f"{group} {group} 1")
        return
    # Root's files belong to many users: only a process that stays outside may map them all.
    reader, writer = os.pipe()
    parent = os.getpid()
    helper = os.fork()
    if helper == 0:
        code = 1
        try:
            os.close(writer)
            os.read(reader, 1)
            _map(str(parent), *(_all_of(kind) for kind in ("uid_map", "gid_map")))
            code = 0
        finally:
            os._exit(code)
    os.close(reader)
    try:
        unshare(_ALL)
    finally:
        os.close(writer)
        _, status = os.waitpid(helper, 0)
    if status:
        raise OSError(messages.USERS_NOT_MAPPED)


def _all_of(kind: str) -> str:
    """Return a map under which every user, or group, stays who they are."""
    lines = (line.split() for line in Path(f"/proc/self/{kind}").read_text(encoding="ascii").splitlines())
    return "".join(f"{inside} {inside} {count}\n" for inside, _, count in lines)


def _map(process: str, users: str, groups: str) -> None:
    Path(f"/proc/{process}/uid_map").write_text(users, encoding="ascii")
    Path(f"/proc/{process}/gid_map").write_text(groups, encoding="ascii")


def _try_all(folder: str, answer: int) -> Never:
    """Do in an empty folder all that kernels will need, and write what was refused, or "done"."""
    try:
        enter()
        root, own = f"{folder}/root", f"{folder}/own/one"
        os.makedirs(root)
        os.makedirs(own)
        if child := fork(os.open("/proc/self/ns/pid", os.O_RDONLY)):
            os.waitpid(child, 0)
        else:
            mounts.build(root, ["/dev/null"], f"{folder}/own")
            mounts.enter(root, own)
            os.write(answer, _DONE.encode())
    except OSError as error:
        os.write(answer, (error.strerror or str(error)).encode())
    finally:
        os._exit(0)
