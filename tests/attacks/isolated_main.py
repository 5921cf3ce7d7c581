"""Isolate this process (mounts, network, user), then run the attacks and what they leave."""

from __future__ import annotations

import ctypes
import fcntl
import os
import secrets
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from grader.sandbox import seccomp
from grader.sandbox.privileges import no_new_privileges
from tests.sandbox.container_profile import rules

_CLONE_NEWUSER, _PR_SET_CHILD_SUBREAPER = 0x10000000, 36
_SHARED = ("/home", "/root", "/run", "/tmp", "/var/tmp", "/dev/shm", "/srv", "/media", "/mnt")
_NOBODY = 1_900_000_000  # far from all users that a machine hands out
_LEFT_S = 60  # a zygote that ends gives back a gigabyte first, on a machine that may be busy


def main(options: list[str]) -> int:
    """Isolate this process, run the attacks and return their exit code.

    It is 1 if a process of theirs is left.
    """
    isolated = "--isolated" in options
    folder = Path(tempfile.mkdtemp(prefix="grader-attacks-")) if not isolated else _own_files()
    if isolated:
        _loopback()
    user = _change_user(folder, mapped=isolated and not _is_real_root())
    folder.chmod(0o700)
    if "--container" in options:
        no_new_privileges()
        seccomp.load(seccomp.compile_filter(rules()))
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    environment = os.environ | {
        "HOME": str(folder / "home"), "TMPDIR": str(folder), "GRADER_CACHE": str(folder / "cache"),
        "GRADER_STATE": str(folder / "kept"), "GRADER_RUNTIME": str(folder / "run"), "XDG_RUNTIME_DIR": "",
        "PYTHONDONTWRITEBYTECODE": "1", "ATTACKS_USER": str(user or ""), "ATTACKS_ISOLATED": "yes" if isolated else "",
    }  # fmt: skip
    # Started anew: a process that changed its user may not look at itself.
    attacks = [sys.executable, "-B", "-m", "tests.attacks.modes", str(folder), *options]
    code = subprocess.run(attacks, env=environment, check=False).returncode  # noqa: S603
    if left := _left_running():
        print(f"left running: {left}", file=sys.stderr)
        return 1
    return code


def _own_files() -> Path:
    """Cover what others share with empty folders, and return a folder.

    The libraries and this checkout are read-only. It takes a mount namespace, so that nobody else sees it.
    """
    needed = {Path(p).resolve() for p in (sys.base_prefix, sys.prefix, Path.cwd(), Path(seccomp.__file__).parents[2])}
    _mount("-t", "tmpfs", "none", "/mnt")
    for index, path in enumerate(sorted(needed)):
        aside = Path(f"/mnt/{index}")
        aside.mkdir()
        _mount("--rbind", str(path), str(aside))
    for shared in _SHARED:
        if Path(shared).is_dir() and shared != "/mnt":
            _mount(
                "-t", "tmpfs", "-o", "mode=1777" if "tmp" in shared or "shm" in shared else "mode=755", "none", shared
            )
    for index, path in enumerate(sorted(needed)):
        path.mkdir(parents=True, exist_ok=True)
        _mount("--rbind", f"/mnt/{index}", str(path))
        _mount("-o", "remount,bind,ro", str(path))
    _mount("-t", "tmpfs", "none", "/mnt")
    os.chdir(Path.cwd())  # through the new mount
    return Path(tempfile.mkdtemp(prefix="attacks-", dir="/tmp"))  # this one is ours alone


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)  # noqa: S603, S607


def _loopback() -> None:
    """Bring up lo, which a new network namespace has switched off."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = bytearray(struct.pack("16sH22x", b"lo", 0))
        fcntl.ioctl(any_socket, 0x8913, request)
        flags = struct.unpack_from("H", request, 16)[0] | 1
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH22x", b"lo", flags))


def _is_real_root() -> bool:
    inside, outside, _ = Path("/proc/self/uid_map").read_text(encoding="ascii").split()[:3]
    return inside == outside == "0"


def _change_user(folder: Path, *, mapped: bool) -> int | None:
    """Become a user who runs nothing else and owns the folder, where that is allowed."""
    user = _NOBODY + secrets.randbelow(1 << 24)
    if mapped:  # root of a user namespace only: one user inside, which is given another number
        ctypes.CDLL(None).unshare(_CLONE_NEWUSER)
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} 0 1")
        _write("/proc/self/gid_map", f"{user} 0 1")
        return user
    if os.geteuid() != 0:
        return None
    os.chown(folder, user, user)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    return user


def _write(path: str, text: str) -> None:
    Path(path).write_text(text, encoding="ascii")


def _left_running() -> list[str]:
    """Return which descendants are still there, a moment after the attacks are over."""
    deadline = time.monotonic() + _LEFT_S
    while True:
        try:
            ended, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return []
        if ended == 0:
            if time.monotonic() > deadline:
                return [f"{pid}: {_command(pid)}" for pid in _children()]
            time.sleep(0.05)


def _children() -> Iterable[int]:
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            yield int(status.parent.name)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return "it is gone"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
