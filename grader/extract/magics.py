"""Translate IPython magics and shell lines of a cell into Python, line by line."""

from __future__ import annotations

import ast
import functools
import itertools
import re
import sys
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from IPython.core.inputtransformer2 import (
    ESCAPE_SINGLES,
    EscapedCommand,
    MagicAssign,
    SystemAssign,
    TransformerManager,
)

from grader.extract.syntax import file_names

_FOREIGN = frozenset({
    "!", "sx", "system", "bash", "sh", "shell", "script", "cmd", "html", "HTML", "javascript", "js", "latex",
    "markdown", "svg", "perl", "ruby", "R", "sql", "bigquery", "cython", "writefile", "file", "python", "python2",
    "python3", "pypy",
})  # fmt: skip
_CELL_MAGIC = re.compile(r"\s*%%(!|\w+)")
_RUN_ARGUMENTS = re.compile(r"(?P<options>(?:-\S+\s+)*)(?P<path>\S+).*", re.DOTALL)
_MKDIR = re.compile(r"\s*mkdir\s+([\w\s./~-]+)")
_VARIABLE = re.compile(r"\s*(\w+)(?:\s*=\s*|\s+)(\S.*?)\s*")
_HELP = re.compile(r"[\w*\]]\?\??\s*$")
_TIMED = frozenset({"time", "timeit", "prun", "memit"})
_MAX_BLOCKS = 20  # nested blocks; the time for a magic grows with their number
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


def plain_python(source: str) -> str:
    """Return a cell's code as Python with as many lines; it may still not be valid Python.

    A cell magic that runs its body as Python (``%%time``, ``%%capture``, unknown ones) is removed and the body kept;
    with others (``%%bash``, ``%%writefile``) the body is removed too. ``%time f()`` becomes ``f()``, and ``%run
    helper.py`` an import of all its names.
    """
    if is_python(source):
        return source
    lines = source.split("\n")
    for at, line in enumerate(lines):
        if magic := _CELL_MAGIC.match(line):
            if magic[1] in _FOREIGN:
                return "\n" * (len(lines) - 1)
            lines[at] = ""
        elif line.strip() and not line.lstrip().startswith("#"):
            break
    lines = _without_prompts(lines)
    source = "\n".join(lines)
    return source if is_python(source) else _without_line_magics(lines)


@functools.lru_cache(maxsize=2)  # is_python is often followed by parse_python
def _parsed(source: str) -> ast.Module | Exception:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return error.with_traceback(None)


def parse_python(source: str) -> ast.Module:
    """Parse a source, with a cache of the last two; raises what :func:`ast.parse` raises."""
    found = _parsed(source)
    if isinstance(found, Exception):
        raise found
    return found


def is_python(source: str) -> bool:
    """Tell whether a source is valid Python."""
    return isinstance(_parsed(source), ast.Module)


def _without_prompts(lines: list[str]) -> list[str]:
    """Apply IPython's clean-up of indentation and prompts, except where it removes lines."""
    ended = [line + "\n" for line in lines]
    manager: Any = TransformerManager()  # type: ignore[no-untyped-call] # IPython types half of it
    for transform in manager.cleanup_transforms:
        changed = transform(ended)
        if len(changed) == len(ended):
            ended = changed
    return [line.removesuffix("\n") for line in ended]


def _without_line_magics(lines: list[str]) -> str:
    """Transform a cell's line magics in IPython's order, reading each line only once."""
    ended = [line + "\n" for line in lines]
    done: list[str] = []
    levels = [""]
    while magic := _next_magic(ended, len(done), levels):
        done += ended[len(done) : magic.line]
        taken = ended[magic.line : _end_of_continued_line(ended, magic.line) + 1]
        try:
            [changed] = magic.transformer.transform(taken)
        except (SyntaxError, ValueError, AssertionError):  # not a magic: the parser will report it
            done += taken
        else:
            done += [_plain_statement(changed), *["\n"] * (len(taken) - 1)]
        levels = magic.levels
    return "".join((*done, *ended[len(done) :])).removesuffix("\n")


@dataclass(frozen=True, slots=True)
class _Magic:
    """A magic on a line (counted from 0), inside blocks with the indentations ``levels``."""

    transformer: Any
    line: int
    levels: list[str]


def _next_magic(lines: Sequence[str], start: int, levels: Sequence[str]) -> _Magic | None:
    """Return the first magic at or after a line that is inside blocks with these indentations."""
    if len(levels) > _MAX_BLOCKS:
        return None
    header = [f"{level}x\n" for level in levels[:-1]]
    rows = itertools.chain(header, (lines[at] for at in range(start, len(lines))))
    within = [""]
    first = before = None
    depth = 0
    try:
        for token in tokenize.generate_tokens(rows.__next__):
            if token.type == tokenize.INDENT:
                within.append(token.string)
            elif token.type == tokenize.DEDENT:
                within.pop()
            elif token.type == tokenize.NEWLINE or (token.type == tokenize.NL and not depth):
                first = before = None
            elif token.string.strip() and token.type != tokenize.COMMENT:
                if kind := _transformer(first, before, token, depth):
                    found = kind((1, token.start[1]))
                    return _Magic(found, start + token.start[0] - len(header) - 1, within)
                depth = max(depth + (token.string in _OPENING) - (token.string in _CLOSING), 0)
                first, before = first or token, token
    except (tokenize.TokenError, SyntaxError):  # the parser will report it
        pass
    return None


def _transformer(first: Any, before: Any, token: tokenize.TokenInfo, depth: int) -> Any:
    """Return IPython's transformer for a magic that this token identifies, or None."""
    if first is None:
        return EscapedCommand if token.string in ESCAPE_SINGLES else None
    if token.string == "?":
        return _Help if token.start[0] == first.start[0] else None
    if before.string == "=" and not depth:
        return {"%": MagicAssign, "!": SystemAssign}.get(token.string)
    return None


class _Help(EscapedCommand):
    """Remove a line with a question mark after a name, as IPython does, in linear time."""

    def transform(self, lines: list[str]) -> list[str]:
        """Return ``pass`` for lines that ask for help; raises SyntaxError for others."""
        if not _HELP.search(lines[0]):
            raise SyntaxError
        indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
        return [f"{indent}pass\n"]


def _end_of_continued_line(lines: Sequence[str], at: int) -> int:
    while at + 1 < len(lines) and lines[at].endswith("\\\n"):
        at += 1
    return at


def _plain_statement(line: str) -> str:
    """Replace a call of a magic by the code that it times, or by nothing."""
    indent = line[: len(line) - len(line.lstrip())]
    try:
        [statement] = ast.parse(line.strip()).body
    except (SyntaxError, ValueError):
        return line
    target = ""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            target = f"{name} = "
        case ast.Expr(value=value):
            pass
        case _:
            return line
    match value:
        case ast.Call(
            func=ast.Attribute(attr="run_line_magic"), args=[ast.Constant(value=magic), ast.Constant(value=str(code))]
        ):
            timed = re.sub(r"^(-\w+(\s+\d+)?\s+)+", "", code)
            if magic == "run" and (file := _RUN_ARGUMENTS.fullmatch(code)):
                path = file["path"].strip("'\"")
                path += "" if file_names(path) else ".py"
                if not (names := file_names(path)):
                    return f"{indent}pass\n"
                loaded = names[0].removesuffix(".py") in sys.stdlib_module_names  # which importing would give
                if loaded or "-i" in (file["options"] or "").split():
                    return f"{indent}exec(open({path!r}).read())\n"
                return f"{indent}from {names[0].removesuffix('.py')} import *\n"
            if magic == "mkdir":
                return f"{indent}{_made_folders(code)}\n"
            if magic in ("env", "set_env") and (variable := _VARIABLE.fullmatch(code)):
                return f"{indent}import os; os.environ[{variable[1]!r}] = {variable[2]!r}\n"
            if magic in _TIMED and is_python(target + timed):
                return f"{indent}{target}{timed}\n"
        case ast.Call(func=ast.Attribute(attr="system"), args=[ast.Constant(value=str(command))]):
            if made := _MKDIR.fullmatch(command):
                return f"{indent}{_made_folders(made[1])}\n"
    return line if target else f"{indent}pass\n"


def _made_folders(arguments: str) -> str:
    """Return a statement that makes the folders that ``mkdir`` is given."""
    folders = [a.strip("'\"") for a in arguments.split() if not a.startswith("-")]
    return "; ".join(["import os", *(f"os.makedirs({folder!r}, exist_ok=True)" for folder in folders)])
