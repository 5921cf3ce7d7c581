"""Files that a notebook writes by magics, or has beside it, and then reads or imports.

The magics are ``%%writefile`` and here-documents of ``%%bash``. The cell becomes a call of the magic ``%%writefile``,
as IPython would make it. A file is known by names that no student's code can bind: ``core.py``, ``lens.core.py`` for
the module ``lens.core``, ``data.json`` for other files.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from grader.extract.source_size import MAX_STATEMENTS
from grader.extract.statement_names import names_of
from grader.extract.syntax import (
    MAX_PATH,
    Change,
    StatementNames,
    attribute_path,
    file_names,
    module_file,
    own_scope,
    short_texts,
)

# Possessive quantifiers: with backtracking the time would grow with the square of a line's length.
_WRITEFILE = re.compile(r"%%(?:write)?file[ \t]++(-a[ \t]++|--append[ \t]++)?+(.*)")
_SHELL = re.compile(r"%%(?:script[ \t]++)?(?:bash|sh|shell|!)(?:[ \t].*)?")
_HERE = re.compile(
    r"[ \t]*+(?:cat|(?P<tee>tee))\b(?P<options>[^<|]*)"
    r"<<(?P<tabs>-?)[ \t]*(?P<quote>['\"\\]?)(?P<end>\w+)['\"]?(?P<piped>[ \t]*\|[ \t]*tee\b)?(?P<more>[^<|]*)"
)
_CHANGES_FOLDER = re.compile(r"[ \t]*+(?:[^#'\"]*&&[ \t]*)?cd[ \t]++(?P<path>[\w./+-]+)[ \t;]*")
_TARGET = re.compile(r"(?P<append>>>|>|-a[ \t])?[ \t]*(?P<path>[\w./~+-]*\w\.\w+|['\"][^'\"]+['\"])")
_MAX_COMMAND = 500
_MAX_WRITTEN = 100
_MAX_NAMES = 200_000


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that a cell writes: ``code`` that writes it, and what that does with names.

    ``first_line`` and ``last_line`` are the lines of the cell that write it: its text begins below the first.
    ``brings`` are the names that its code binds, ``stars`` the files from which that imports all names; ``reads_now``
    and ``reads_later`` are the names that it reads when it is run, and when its functions are called.
    """

    code: str
    names: StatementNames
    path: str
    first_line: int
    last_line: int
    brings: frozenset[str] = frozenset()
    stars: frozenset[str] = frozenset()
    reads_now: frozenset[str] = frozenset()
    reads_later: frozenset[str] = frozenset()


@dataclass(slots=True)
class FileIndex:
    """All files that a notebook writes, by the names that they are known by.

    ``left`` is how many names may still be given to statements; beyond, names are not followed.
    """

    files: dict[str, list[WrittenFile]] = field(default_factory=dict)
    brings: dict[str, set[str]] = field(default_factory=dict)
    left: int = _MAX_NAMES

    def add(self, file: WrittenFile) -> None:
        """Add a file under each of its names."""
        for name in file.names.binds:
            self.files.setdefault(name, []).append(file)

    def brought(self, name: str) -> set[str]:
        """Return the names that ``from file import *`` brings."""
        if name in self.brings:
            return self.brings[name]
        names, seen, waiting = self.brings.setdefault(name, set()), {name}, [name]
        for other in waiting:  # grows while it is walked
            for file in self.files.get(other, ()):
                names |= {n for n in file.brings if not n.startswith("_")}
                waiting += sorted(file.stars - seen)
                seen |= file.stars
        return names

    def complete(self, node: ast.stmt, names: StatementNames, modules: dict[str, str]) -> None:
        """Add to a statement's names what it does with the files.

        ``modules`` are the modules imported so far.
        """
        for name in _star_imports(node):
            self.left -= len(self.brought(name))
            names.binds |= self.brought(name) if self.left > 0 else set()
        for path in _reloaded(node):
            file = module_file(".".join([modules.get(path[0], path[0]), *path[1:]]))
            names.now.add(file)
            names.may_bind.add(file)  # what is imported after that is new
            names.changes.add(Change((path[0], "[]"), called=False))
        if not self.files:
            return
        written = {name for text in names.mentions for name in file_names(text)[:1] if name in self.files}
        names.later |= written - names.binds
        mentioned = {n: self._mentioned_files(n) for n in ast.walk(node) if isinstance(n, ast.Constant)}
        here = {id(n) for n in own_scope(node)}
        for constant, known in mentioned.items():
            (names.now if id(constant) in here else names.later).update(known)
        executed = (
            {name for known in mentioned.values() for name in known} if self.left > 0 and _executes(node) else set()
        )
        files = [file for name in sorted(executed) for file in self.files[name]]
        self.left -= sum(1 + len(file.brings) + len(file.reads_now) + len(file.reads_later) for file in files)
        if any(mentioned.values()) and _executes_apart(node):
            names.dynamic = False
        if files and self.left > 0:
            names.dynamic = False
            names.may_bind -= executed
            names.binds |= {n for file in files for n in file.brings}
            names.now |= {n for file in files for n in file.reads_now} - names.binds
            names.later |= {n for file in files for n in file.reads_later}

    def _mentioned_files(self, constant: ast.Constant) -> set[str]:
        text = constant.value
        if not isinstance(text, str) or len(text) > MAX_PATH:
            return set()
        return {name for name in (*file_names(text)[:1], module_file(text)) if name in self.files}


def read_written_files(source: str) -> list[WrittenFile]:
    """Return the files that a cell writes by magics, in order; none when it is any other cell."""
    lines = source.split("\n")
    at = next((n for n, line in enumerate(lines) if line.strip()), 0)
    first = lines[at].strip()
    if match := _WRITEFILE.fullmatch(first):
        file = _written_file(match[2].strip().strip("'\""), lines[at + 1 :], at + 1, appended=bool(match[1]))
        return [file] if file else []
    return [*_here_documents(lines, at + 1)] if _SHELL.fullmatch(first) else []


def file_beside(path: str, text: str) -> WrittenFile | None:
    """Return a file beside the notebook, as one that no code writes, above all cells."""
    found = _written_file(path, text.splitlines(), 0, appended=False)
    return replace(found, code="") if found else None


def join_written_by_code(statements: Sequence[StatementNames]) -> None:
    """Let what reads a module that plain code writes need all of them.

    What they import cannot be seen.
    """
    written = {n for names in statements for n in names.may_bind if n.endswith((".py", "/"))}
    files = {n for n in written if n.endswith(".py")}
    for names in statements if len(written) <= _MAX_WRITTEN else ():
        for read in (names.now, names.later):
            if not read.isdisjoint(written) and names.may_bind.isdisjoint(written):
                read |= files


def _here_documents(lines: list[str], start: int) -> Iterator[WrittenFile]:
    """Yield the files that a shell cell writes by here-documents without expansions."""
    at, folder = start, ""
    while at < len(lines):
        if changed := _CHANGES_FOLDER.fullmatch(lines[at][:_MAX_COMMAND]):
            folder = posixpath.join(folder, changed["path"])[:MAX_PATH]
        match = _HERE.fullmatch(lines[at][:_MAX_COMMAND])
        at += 1
        if match is None:
            continue
        end = at
        while end < len(lines) and (lines[end].lstrip("\t") if match["tabs"] else lines[end]) != match["end"]:
            end += 1
        body = [line.lstrip("\t") if match["tabs"] else line for line in lines[at:end]]
        tee = match["tee"] or match["piped"]
        targets = [m for m in _TARGET.finditer(match["options"] + match["more"]) if m["append"] or tee]
        if len(targets) == 1 and (match["quote"] or not any(c in line for line in body for c in "$`\\")):
            [target] = targets
            appended = (target["append"] or "").strip() in (">>", "-a")
            path = posixpath.join(folder, target["path"].strip("'\""))
            if file := _written_file(posixpath.normpath(path) if folder else path, [*body, ""], at, appended=appended):
                yield file
        at = end + 1


def _written_file(path: str, lines: list[str], above: int, *, appended: bool) -> WrittenFile | None:
    """Return the file that is written with lines of a cell, below the line ``above``."""
    known = file_names(path)
    if not known or not 0 < len(path) <= MAX_PATH:
        return None
    python = path.endswith(".py")
    text = "\n".join(lines)
    code = f"get_ipython().run_cell_magic('writefile', {('-a ' if appended else '') + path!r}, {text!r})"
    names = StatementNames(binds={*known}, now={*known} if appended else set())
    try:
        body = ast.parse(text).body[:MAX_STATEMENTS] if python else []
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return WrittenFile(code, names, path, above, above + len(lines))  # what imports it will raise the error
    inside = tuple(names_of(s) for s in body)
    names.mentions = {text for s in body for text in short_texts(s)}
    names.later = {_absolute(n, path) for found in inside for n in found.now | found.later if n.endswith(".py")}
    names.later |= {n for s in body for n in _taken_from_notebook(s)}
    return WrittenFile(
        code,
        names,
        path,
        above,
        above + len(lines),
        frozenset(n for found in inside for n in found.bound if not n.endswith(".py")),
        frozenset(_absolute(n, path) for s in body for n in _star_imports(s)),
        frozenset(n for found in inside for n in found.now),
        frozenset(n for found in inside for n in found.later),
    )


def _taken_from_notebook(node: ast.stmt) -> Iterator[str]:
    for part in ast.walk(node):
        match part:
            case ast.ImportFrom(module="__main__", names=names):
                yield from (alias.name for alias in names if alias.name != "*")


def _star_imports(node: ast.stmt) -> Iterator[str]:
    """Yield the files from which a statement imports ``*``."""
    for part in own_scope(node):
        match part:
            case ast.ImportFrom(module=module, level=level, names=[ast.alias(name="*")]):
                yield module_file("." * level + (module or ""))


def _absolute(name: str, path: str) -> str:
    """Return the file that a relative import means: ``lens.core.py`` for ``.core.py``."""
    level = len(name) - len(name.lstrip("."))
    package = [part for part in PurePosixPath(path).parts[:-1] if part not in ("/", ".", "..", "~")]
    return ".".join([*package[: len(package) + 1 - level], name.lstrip(".")]) if level else name


def _reloaded(node: ast.stmt) -> Iterator[tuple[str, ...]]:
    """Yield the modules that a statement reads again, as they are named there."""
    for part in own_scope(node):
        match part:
            case ast.Call(func=ast.Name(id="reload") | ast.Attribute(attr="reload"), args=[module]):
                if path := attribute_path(module):
                    yield path


def _executes_apart(node: ast.stmt) -> bool:
    """Tell whether a statement runs a file's code among names of its own."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id="exec"), args=[_, ast.Name()])):
            return True
    return False


def _executes(node: ast.stmt) -> bool:
    """Tell whether a statement runs a file's code among the notebook's own names."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id="exec"), args=[_] | [_, ast.Call(func=ast.Name(id="globals"))])):
            return True
    return False
