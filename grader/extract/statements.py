"""From a notebook to its top-level statements, each with its cell, its lines and what it does with names."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from grader.extract.confusable_characters import Odd, mended, without_tabs
from grader.extract.magics import parse, parses, plain_python
from grader.extract.source_size import MOST, MOST_OF_CELL, MOST_STATEMENTS, compiler_error, size
from grader.extract.statement_names import names_of
from grader.extract.syntax import Names
from grader.extract.written_modules import Written, star_imports, written

_MOST_PARTS = 8
_NEWER = re.compile(r"(async\s+)?(def|class)\s+\w+\s*\[|type\s+\w+\s*(\[|=)")
_MAY_BE_NEWER = f"; Python {sys.version_info[0]}.{sys.version_info[1]}, which it is graded with, may not know this yet"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a code cell is not read: on which of its lines it is not Python, or (line 0) what is wrong with all of it."""

    line: int
    reason: str
    text: str = ""

    def __str__(self) -> str:
        return f"is not valid Python (line {self.line}: {self.reason})" if self.line else self.reason


_TOO_MUCH = Problem(
    0, "is too much code to be read; keep generated code and long tables of data out of the notebook, in a file"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A top-level statement: ``index`` is its place in run-all order, ``text`` its lines without what shares them."""

    index: int
    cell: int
    node: ast.stmt
    names: Names
    first_line: int
    last_line: int
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell: its number among all cells, its source as the student sees it, its statements or its problem.

    ``file`` is the Python file that it writes instead of doing something itself, ``parts`` are the cells after it that
    go on with what it begins: they are read as one. ``odd`` are characters that were read as what they look like,
    ``tabs`` says that its indents were read so.
    """

    number: int
    source: str
    statements: tuple[Statement, ...]
    problem: Problem | None = None
    file: Written | None = None
    parts: tuple[int, ...] = ()
    odd: tuple[Odd, ...] = ()
    tabs: bool = False


def read_cells(notebook: Any) -> list[Cell]:
    """Return the code cells of a notebook in run-all order; never raises on a notebook that could be read.

    What is more than can be read costs the cell that it stands in, not those beside it.
    """
    cells: list[Cell] = []
    count = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a student's "\d" is not a warning of ours
        for number, source, parts, fits in _sources(notebook):
            found = _cell(number, source, count) if fits else Cell(number, source, (), _TOO_MUCH)
            cells.append(replace(found, parts=parts) if parts else found)
            count += len(found.statements)
    _know_files(cells)
    return cells


class _Source(NamedTuple):
    """A code cell's number and source, the cells whose source was put behind it, and whether it is not too much."""

    number: int
    text: str
    parts: tuple[int, ...]
    fits: bool


def _sources(notebook: Any) -> list[_Source]:
    found: list[_Source] = []
    left = MOST
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] == "code":
            source = cell["source"].replace("\r\n", "\n").replace("\r", "\n")
            fits = (more := size(source)) <= min(left, MOST_OF_CELL)
            left -= more if fits else 0
            before = found[-1] if found else _Source(0, "", (), False)
            if fits and before.fits and len(before.parts) < _MOST_PARTS and _goes_on(source, before.text):
                found[-1] = _Source(before.number, f"{before.text}\n{source}", (*before.parts, number), True)
            else:
                found.append(_Source(number, source, (), fits))
    return found


def _goes_on(source: str, before: str) -> bool:
    """Tell whether a cell is the rest of a function that the cell before begins: split by a slip of the keyboard."""
    if not source.lstrip("\n").startswith((" ", "\t")):
        return False
    return not _works(plain_python(source)) and _works(plain_python(f"{before}\n{source}"))


def _works(source: str) -> bool:
    return parses(source) and compiler_error(parse(source).body) is None


def _know_files(cells: Sequence[Cell]) -> None:
    """Let a statement that imports all names of a file which the notebook writes bind them."""
    files: dict[str, set[str]] = {}
    for cell in cells:
        if cell.file:
            files.setdefault(cell.file.file, set()).update(cell.file.binds)
    for statement in (s for cell in cells for s in cell.statements if files):
        for file in star_imports(statement.node):
            statement.names.binds |= files.get(file, set())


def _cell(number: int, source: str, count: int) -> Cell:
    if file := written(source):
        last = source.count("\n") + 1
        return Cell(number, source, (Statement(count, number, ast.Pass(), file.names, 1, last, file.code),), file=file)
    plain, odd, tabs = _as_it_looks(source)
    lines = plain.split("\n")
    try:
        body = parse(plain).body
        if count + len(body) > MOST_STATEMENTS:
            return Cell(number, source, (), _TOO_MUCH)
        statements = tuple(_statements(number, lines, body, count))
    except SyntaxError as error:
        line = min(max(error.lineno or 1, 1), len(lines))
        text = source.split("\n")[line - 1].strip()
        newer = sys.version_info < (3, 12) and (error.msg.startswith("f-string") or _NEWER.match(text))
        return Cell(number, source, (), Problem(line, f"{error.msg}{_MAY_BE_NEWER * bool(newer)}", text))
    except (ValueError, RecursionError, MemoryError) as error:
        value = isinstance(error, ValueError)
        reason = "it holds characters that Python does not allow" if value else "it is nested too deeply, or too long"
        return Cell(number, source, (), Problem(1, reason, lines[0].strip()))
    return Cell(number, source, statements, odd=odd, tabs=tabs)


def _as_it_looks(source: str) -> tuple[str, tuple[Odd, ...], bool]:
    """Return a cell as Python; if only so it is Python, with characters and indents read as what they look like."""
    plain = plain_python(source)
    if not parses(plain):
        new, odd = mended(source)
        for text in (new, without_tabs(new)):
            if text != source and parses(found := plain_python(text)):
                return found, odd, text != new
    return plain, (), False


def _statements(cell: int, lines: list[str], body: Sequence[ast.stmt], count: int) -> Iterator[Statement]:
    starts = [min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))]) for node in body]
    encoded = cache(lambda line: lines[line - 1].encode())  # columns count bytes
    for at, (node, first) in enumerate(zip(body, starts, strict=True)):
        last = node.end_lineno or node.lineno
        taken = lines[first - 1 : last]
        end = node.end_col_offset if at + 1 < len(body) and starts[at + 1] == last else None
        start = node.col_offset if at and body[at - 1].end_lineno == first else 0
        if end is not None:  # "a = 1; b = 2": keep each to itself
            taken[-1] = encoded(last)[start if first == last else 0 : end].decode()
        if start and (end is None or first != last):
            taken[0] = encoded(first)[start:].decode()
        yield Statement(count + at, cell, node, names_of(node), first, last, "\n".join(taken))
