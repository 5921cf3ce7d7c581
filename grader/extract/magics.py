"""Turn a cell into plain Python without moving a line: magics and shell lines vanish where they stand."""

from __future__ import annotations

import ast
import functools
import itertools
import re
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

from grader.extract.written_modules import module_of

_FOREIGN = frozenset({
    "!", "sx", "system", "bash", "sh", "shell", "script", "cmd", "html", "HTML", "javascript", "js", "latex",
    "markdown", "svg", "perl", "ruby", "R", "sql", "bigquery", "cython", "writefile", "file", "python", "python2",
    "python3", "pypy",
})  # fmt: skip
_CELL_MAGIC = re.compile(r"\s*%%(!|\w+)")
_RUN = re.compile(r"(?:-\S+\s+)*(\S+)")
_VARIABLE = re.compile(r"\s*(\w+)(?:\s*=\s*|\s+)(\S.*?)\s*")
_HELP = re.compile(r"[\w*\]]\?\??\s*$")
_TIMED = frozenset({"time", "timeit", "prun", "memit"})
_DEEPEST = 20  # blocks in blocks; the work for a magic grows with them
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


def plain_python(source: str) -> str:
    """Return a cell's code as Python of the same number of lines, parsing or not.

    A cell magic that runs its body as Python (``%%time``, ``%%capture``, any that is not known) goes and the body
    stays; one that does not (``%%bash``, ``%%writefile``) takes its body along. ``%time f()`` becomes ``f()``, and
    ``%run helper.py`` an import of all its names.
    """
    if parses(source):
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
    return source if parses(source) else _without_line_magics(lines)


@functools.lru_cache(maxsize=2)  # what is asked whether it parses is parsed next
def _parsed(source: str) -> ast.Module | Exception:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return error.with_traceback(None)


def parse(source: str) -> ast.Module:
    """Parse a source, not again if it was parsed just before; raises what :func:`ast.parse` raises."""
    found = _parsed(source)
    if isinstance(found, Exception):
        raise found
    return found


def parses(source: str) -> bool:
    """Tell whether a source is Python as it stands."""
    return isinstance(_parsed(source), ast.Module)


def _without_prompts(lines: list[str]) -> list[str]:
    """Apply IPython's clean-up (a common indent, pasted prompts), save where it would take lines away."""
    ended = [line + "\n" for line in lines]
    manager: Any = TransformerManager()  # type: ignore[no-untyped-call] # IPython types half of it
    for transform in manager.cleanup_transforms:
        changed = transform(ended)
        if len(changed) == len(ended):
            ended = changed
    return [line.removesuffix("\n") for line in ended]


def _without_line_magics(lines: list[str]) -> str:
    """Do to a cell's lines what IPython does, one magic after the other, but read each line only once."""
    ended = [line + "\n" for line in lines]
    done: list[str] = []
    levels = [""]
    while magic := _next_magic(ended, len(done), levels):
        done += ended[len(done) : magic.line]
        taken = ended[magic.line : _end_of_continued_line(ended, magic.line) + 1]
        try:
            [changed] = magic.transformer.transform(taken)
        except (SyntaxError, ValueError, AssertionError):  # no magic after all: the parser will say what it is
            done += taken
        else:
            done += [_quiet(changed), *["\n"] * (len(taken) - 1)]
        levels = magic.levels
    return "".join((*done, *ended[len(done) :])).removesuffix("\n")


@dataclass(frozen=True, slots=True)
class _Magic:
    """A magic on a line (counted from 0), inside blocks of the indents ``levels``."""

    transformer: Any
    line: int
    levels: list[str]


def _next_magic(lines: Sequence[str], start: int, levels: Sequence[str]) -> _Magic | None:
    """Return the first magic at or after a line that stands inside blocks of these indents."""
    if len(levels) > _DEEPEST:
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
                if kind := _kind(first, before, token, depth):
                    found = kind((1, token.start[1]))
                    return _Magic(found, start + token.start[0] - len(header) - 1, within)
                depth = max(depth + (token.string in _OPENING) - (token.string in _CLOSING), 0)
                first, before = first or token, token
    except (tokenize.TokenError, SyntaxError):  # the parser says it better
        pass
    return None


def _kind(first: Any, before: Any, token: tokenize.TokenInfo, depth: int) -> Any:
    """Return IPython's transformer for a magic of which this is the telling token, or None."""
    if first is None:
        return EscapedCommand if token.string in ESCAPE_SINGLES else None
    if token.string == "?":
        return _Help if token.start[0] == first.start[0] else None
    if before.string == "=" and not depth:
        return {"%": MagicAssign, "!": SystemAssign}.get(token.string)
    return None


class _Help(EscapedCommand):
    """A question mark behind a name takes its whole line along, as in IPython, whose own pattern may take for ever."""

    def transform(self, lines: list[str]) -> list[str]:
        if not _HELP.search(lines[0]):
            raise SyntaxError
        indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
        return [f"{indent}pass\n"]


def _end_of_continued_line(lines: Sequence[str], at: int) -> int:
    while at + 1 < len(lines) and lines[at].endswith("\\\n"):
        at += 1
    return at


def _quiet(line: str) -> str:
    """Replace a call of a magic by what it does to the student's names: nothing, or the code that it was to time."""
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
            if magic == "run" and (file := _RUN.match(str(code))):
                return f"{indent}from {module_of(file[1])} import *\n"
            if magic in ("env", "set_env") and (variable := _VARIABLE.fullmatch(code)):
                return f"{indent}import os; os.environ[{variable[1]!r}] = {variable[2]!r}\n"
            if magic in _TIMED and parses(target + timed):
                return f"{indent}{target}{timed}\n"
    return line if target else f"{indent}pass\n"
