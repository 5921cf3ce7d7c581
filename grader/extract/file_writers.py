"""Find the plain code that writes files or makes folders which other code mentions.

A file is known by its last name (``lens.json``), a folder by each part of its path (``plots/``). Code mentions what
stands in its texts, and what stands in the texts of the names that it reads.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from grader.extract.statements import Statement
from grader.extract.syntax import DEFINING, MAX_PATH, called_name, own_scope, short_texts

_FILE_NAME = re.compile(r".*\.[A-Za-z][A-Za-z0-9]{0,9}")
_WRITERS = re.compile(
    r"\w*save\w*|\w*write\w*|\w*dump\w*|touch|copy(2|file|fileobj)|symlink\w*|connect|make_archive|"
    r"to_(csv|disk|excel|feather|file|hdf|html|json|latex|markdown|netcdf|parquet|pickle|sql|xml|yaml|zarr)"
)
_FOLDER_MAKERS = re.compile(r"make_?dirs?|mkdir|mkdtemp|copytree|move|rename|extractall|unpack_archive|save_\w+")
_KEEPS_OPEN = re.compile(r"\w*open|connect|cursor|\w*File|\w*[wW]riter")
_MODE = re.compile(r"[rbtU]*[wax+][rwabtx+]*")
_SAVES_ARRAYS = re.compile(r"savez?(_compressed)?")
_MAKES_PATHS = frozenset({
    "Path", "PurePath", "abspath", "cwd", "dirname", "expanduser", "format", "getcwd", "join", "joinpath", "resolve",
    "str",
})  # fmt: skip


@dataclass(slots=True)
class FileWriters:
    """The statements that write files or make folders, and by what others need them.

    ``mentions`` are the files and folders that each statement mentions. ``users`` maps files, folders and names to the
    statements that write and mention or read them, and to definitions and constants by which others do; a name with
    ``/`` is one by which folders are made. ``passes_on`` are the names that the latter bind, or an open file's.
    """

    mentions: list[set[str]] = field(default_factory=list)
    users: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    writing: set[int] = field(default_factory=set)
    passes_on: dict[int, set[str]] = field(default_factory=dict)

    def needed_by(self, index: int, seen: set[object]) -> Iterator[int]:
        """Yield the statements that write what a statement mentions.

        With them come those that write into files that it opens. What is ``seen`` already is left out; what is looked
        at is added there.
        """
        waiting = sorted(self.mentions[index])
        if index in self.writing:
            waiting += sorted(self.passes_on.get(index, ()))
        for name in waiting:  # grows while it is walked
            if name in seen:
                continue
            seen.add(name)
            end = "/" * name.endswith("/")
            for user in self.users.get(name, ()):
                if (user, end) not in seen:
                    seen.add((user, end))
                    waiting += sorted(f"{n}{end}" for n in self.passes_on.get(user, ()))
                    if user in self.writing:
                        yield user


def find_file_writers(statements: Sequence[Statement]) -> FileWriters:
    """Return the statements that write files and make folders."""
    found = FileWriters()
    writing: set[str] = set()  # functions that do
    making: set[str] = set()
    opened: set[str] = set()
    for s in statements:
        defines = isinstance(s.node, DEFINING)
        calls = [n for n in (ast.walk(s.node) if defines else own_scope(s.node)) if isinstance(n, ast.Call)]
        called = {called_name(call) for call in calls}
        read = s.names.now | s.names.later if defines else s.names.now
        makes = any(map(_FOLDER_MAKERS.fullmatch, called)) or not read.isdisjoint(making)
        writes = makes or any(map(_writes, calls)) or not read.isdisjoint(writing) or not read.isdisjoint(opened)
        assigns = isinstance(s.node, ast.Assign | ast.AnnAssign)
        keeps_open = assigns and any(map(_KEEPS_OPEN.fullmatch, called))
        mentioned = _mentioned_paths(s, calls)
        found.mentions.append(mentioned)
        if writes and not defines:
            found.writing.add(s.index)
        if (writes and (defines or keeps_open)) or (assigns and called <= _MAKES_PATHS):
            found.passes_on[s.index] = s.names.bound
        if makes or (assigns and not writes):
            by = mentioned | read | {f"{name}/" for name in read}
        else:
            by = {name for name in mentioned if not name.endswith("/")} | read
        for name in by if writes or s.index in found.passes_on else ():
            found.users[name].append(s.index)
        writing |= s.names.bound if writes and defines else set()
        making |= s.names.bound if makes and defines else set()
        opened |= s.names.bound if writes and keeps_open else set()
    return found


def _mentioned_paths(s: Statement, calls: Iterable[ast.Call]) -> set[str]:
    """Return the files and folders that a statement mentions.

    The files of the modules that it imports are among them.
    """
    found = {f"{name.split('.')[-2]}.py" for name in s.names.now | s.names.later if name.endswith(".py")}
    for text in (*s.names.mentions, *short_texts(s.node)):
        *folders, last = text.rstrip("/").split("/")
        if _FILE_NAME.fullmatch(last):
            found.add(last)
        else:
            folders.append(last)
        found |= {f"{folder}/" for folder in folders}
    for call in calls:
        match call:
            case ast.Call(args=[ast.Constant(value=str(text)), *_]) if _SAVES_ARRAYS.fullmatch(called_name(call)):
                found |= {f"{text[:MAX_PATH].rpartition('/')[2]}.{end}" for end in ("npy", "npz")}
    return found


def _writes(call: ast.Call) -> bool:
    name = called_name(call)
    if name.endswith("open"):
        given = (*call.args, *(k.value for k in call.keywords))
        return any(isinstance(a, ast.Constant) and _MODE.fullmatch(str(a.value)) for a in given)
    return bool(_WRITERS.fullmatch(name))
