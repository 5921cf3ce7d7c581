"""Work out which paths kernels may read, and try that hidden ones are closed."""

from __future__ import annotations

import json
import os
import sys
import sysconfig
import traceback
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Never

from grader.errors import SandboxUnavailableError
from grader.sandbox import landlock, mounts, privileges
from grader.sandbox.landlock import LIST, WRITE_DEVICE, Access, PathRule

_SYSTEM = ("/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/share", "/usr/local/lib", "/lib", "/lib64")
_SYSTEM_FILES = (
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/fonts",
    "/sys/devices/system/cpu",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
)
_HIDDEN_STARTS = ("grader-", "interp_grader-", "__editable__", "_editable_impl_")  # they tell where a checkout is
_HIDDEN_NAMES = ("grader", "reference", "assignments")


def readable(descriptor: int) -> tuple[PathRule, ...]:
    """Return the allow-list for reading: libraries, without what is hidden.

    What is hidden is the line of JSON that can be read from ``descriptor``; this process, whose memory is every
    kernel's, does not read it. Raises SandboxUnavailableError when something hidden could be read all the same.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _report_rules(descriptor, writer)
    os.close(writer)
    with open(reader, encoding="utf-8") as answer:
        said = answer.read()
    os.waitpid(child, 0)
    if not said:
        raise SandboxUnavailableError("It could not be found out what kernels may read.")
    return tuple(PathRule(path, Access(access)) for path, access in json.loads(said))


def places() -> set[str]:
    """Return all that kernels may read if it is not hidden."""
    return {str(p) for p in (*_SYSTEM, *_SYSTEM_FILES, "/dev/null", *_libraries(), *_sites())}


def tree(folder: str) -> str:
    """Make the tree of files that kernels see in a zygote's folder, and return its path.

    It takes a mount namespace of the zygote's own.
    """
    root = Path(folder) / "root"
    root.mkdir()
    mounts.build(str(root), places(), folder)
    return str(root)


def _report_rules(descriptor: int, writer: int) -> Never:
    try:
        hidden = [Path(p) for p in json.loads(_read_line(descriptor))]
        rules = _rules(hidden)
        for path in _holes(rules, hidden):
            raise SandboxUnavailableError(f"A locked process could read {path}.")
        os.write(writer, json.dumps([(r.path, int(r.access)) for r in rules]).encode())
    except BaseException:  # noqa: BLE001 - whatever happens, this copy of the zygote must end here
        traceback.print_exc()
    finally:
        os._exit(0)


def _read_line(descriptor: int) -> bytes:
    """Read up to the end of a line.

    The descriptor stays open as long as whoever writes to it lives.
    """
    data = b""
    while not data.endswith(b"\n") and (more := os.read(descriptor, 1 << 16)):
        data += more
    return data


def _rules(hidden: Sequence[Path]) -> tuple[PathRule, ...]:
    sites = {site.resolve() for site in _sites()}
    concealed = {*hidden, *(p for site in sites if site.is_dir() for p in _masked(site))}
    return (
        *landlock.allow((*_SYSTEM, *_SYSTEM_FILES, *_libraries(), *sites), concealed),
        *(PathRule(str(site), LIST) for site in sites),  # importlib.metadata and late imports list the folder
        PathRule("/dev/null", WRITE_DEVICE),
    )


def _holes(rules: Iterable[PathRule], hidden: Iterable[Path]) -> list[Path]:
    """Lock this process down to the rules and return what is hidden and can be read."""
    files = [file for path in hidden for file in _one_file(path)]
    privileges.no_new_privileges()
    landlock.restrict(rules)
    return [file for file in files if _opens(file)]


def _one_file(path: Path) -> Iterator[Path]:
    """Yield a path if it is a file, or one of the files in it if it is a folder."""
    try:
        found = sorted(path.iterdir()) if path.is_dir() else [path]
    except OSError:
        return
    yield from [p for p in found if p.is_file() and not p.is_symlink()][:1]


def _opens(path: Path) -> bool:
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True


def _libraries() -> set[Path]:
    return {Path(sysconfig.get_path(k)) for k in ("stdlib", "platstdlib")} | {Path(sys.base_prefix) / "lib"}


def _sites() -> set[Path]:
    return {Path(sysconfig.get_path(k)) for k in ("purelib", "platlib")} | {
        Path(p) for p in sys.path if p.endswith("-packages")
    }


def _masked(site: Path) -> list[Path]:
    return [
        p for p in site.iterdir() if p.name in _HIDDEN_NAMES or p.name.startswith(_HIDDEN_STARTS) or p.suffix == ".pth"
    ]
