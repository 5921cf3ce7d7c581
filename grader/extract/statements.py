"""Read a notebook's code cells into top-level statements with their lines and names."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from grader.extract import messages
from grader.extract.confusable_characters import Confusable, expand_indents, replace_confusables
from grader.extract.magics import is_python, parse_python, plain_python
from grader.extract.source_size import (
    MAX_CELL_TOKENS,
    MAX_STATEMENTS,
    MAX_TOKENS,
    compiler_error,
    estimated_size,
    left_out,
)
from grader.extract.statement_names import names_of
from grader.extract.syntax import StatementNames, own_scope
from grader.extract.written_files import FileIndex, WrittenFile, file_beside, join_written_by_code, read_written_files

_MAX_JOINED = 8  # of cells that continue one
_NEWER = re.compile(r"(async\s+)?(def|class)\s+\w+\s*\[|type\s+\w+\s*(\[|=)")


@dataclass(frozen=True, slots=True)
class CellProblem:
    """Why a code cell is not read: the line that is not Python, or 0 for the whole cell.

    As text, it completes "The cell ..." or "which ...".
    """

    line: int
    reason: str
    text: str = ""

    def __str__(self) -> str:
        return messages.invalid_python(self.line, self.reason) if self.line else self.reason


_TOO_MUCH = CellProblem(0, messages.TOO_MUCH_CODE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A top-level statement.

    ``index`` counts all of the notebook from 0, ``text`` is its source and nothing else. ``first_line`` and
    ``last_line`` are lines of its cell, counted from 1.
    """

    index: int
    cell: int
    node: ast.stmt
    names: StatementNames
    first_line: int
    last_line: int
    text: str


@dataclass(frozen=True, slots=True)
class CodeCell:
    """A code cell: its number among all cells, its source, its statements or its problem.

    What is numbered 0 stands for the files beside the notebook, each by a statement without text.

    The source is what the student sees. ``files`` are those that it writes (``%%writefile``) instead of running code,
    ``parts`` are the numbers of the cells after it that continue its code and were joined to it. ``confusables`` are
    characters that were replaced to read it, ``mixed_indentation`` says that tabs were.
    """

    number: int
    source: str
    statements: tuple[Statement, ...]
    problem: CellProblem | None = None
    files: tuple[WrittenFile, ...] = ()
    parts: tuple[int, ...] = ()
    confusables: tuple[Confusable, ...] = ()
    mixed_indentation: bool = False


def read_cells(notebook: Any, files: Mapping[str, str] | None = None) -> list[CodeCell]:
    """Return the code cells of a notebook (nbformat 4) in run-all order.

    ``files`` are the texts of the files beside it by their paths, empty for what is no Python; they stand first.
    A cell that cannot be read has a problem. Never raises on a notebook that ``read_notebook`` returned.
    """
    cells = [_cell_of_files(files)] if files else []
    count = len(cells[0].statements) if files else 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the compiler warns of "\d" in a student's code
        joined = _join_split_cells(notebook)
        too_many = _too_many_statements(joined)
        for number, source, parts, fits in joined:
            read = fits and number not in too_many
            found = _read_cell(number, source, count) if read else CodeCell(number, source, (), _TOO_MUCH)
            cells.append(replace(found, parts=parts) if parts else found)
            count += len(found.statements)
    _follow_files(cells)
    return cells


class _JoinedCell(NamedTuple):
    """A code cell's number and source, the cells joined to it, and whether it is to be read."""

    number: int
    text: str
    parts: tuple[int, ...]
    fits: bool


def _join_split_cells(notebook: Any) -> list[_JoinedCell]:
    found: list[_JoinedCell] = []
    sizes = {n: estimated_size(c["source"]) for n, c in enumerate(notebook["cells"], 1) if c["cell_type"] == "code"}
    too_long = {number for number, size in sizes.items() if size > MAX_CELL_TOKENS}
    too_long |= left_out({number: size for number, size in sizes.items() if number not in too_long}, MAX_TOKENS)
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] == "code":
            source = cell["source"].replace("\r\n", "\n").replace("\r", "\n")
            fits = number not in too_long
            before = found[-1] if found else _JoinedCell(0, "", (), False)
            if fits and before.fits and len(before.parts) < _MAX_JOINED and _continues(source, before.text):
                found[-1] = _JoinedCell(before.number, f"{before.text}\n{source}", (*before.parts, number), True)
            else:
                found.append(_JoinedCell(number, source, (), fits))
    return found


def _too_many_statements(joined: Sequence[_JoinedCell]) -> set[int]:
    """Return the cells to leave out so that the others hold few enough statements."""
    texts = {cell.number: cell.text for cell in joined if cell.fits}
    if sum(text.count("\n") + text.count(";") + 1 for text in texts.values()) <= MAX_STATEMENTS:
        return set()
    plain = ((number, _plain_source(text)[0]) for number, text in texts.items())
    return left_out({n: len(parse_python(text).body) for n, text in plain if is_python(text)}, MAX_STATEMENTS)


def _continues(source: str, before: str) -> bool:
    """Tell whether a cell goes on with a function of the cell before, as after a split."""
    if not source.lstrip("\n").startswith((" ", "\t")):
        return False
    return not _compiles(plain_python(source)) and _compiles(plain_python(f"{before}\n{source}"))


def _compiles(source: str) -> bool:
    return is_python(source) and compiler_error(parse_python(source).body) is None


def _follow_files(cells: Sequence[CodeCell]) -> None:
    """Add to the names of statements what they do with the files that the notebook writes."""
    index = FileIndex()
    modules: dict[str, str] = {}
    for cell in cells:
        for file in cell.files:
            index.add(file)
    statements = [s for cell in cells for s in cell.statements]
    join_written_by_code([s.names for s in statements])
    for statement in statements:
        for node in own_scope(statement.node):
            if isinstance(node, ast.Import):
                modules |= {alias.asname: alias.name for alias in node.names if alias.asname}
        index.complete(statement.node, statement.names, modules)


def _cell_of_files(files: Mapping[str, str]) -> CodeCell:
    sizes = {n: estimated_size(text) for n, text in enumerate(files.values())}
    unread = left_out(sizes, MAX_CELL_TOKENS)
    found = (file_beside(path, "" if n in unread else text) for n, (path, text) in enumerate(files.items()))
    known = tuple(file for file in found if file)
    statements = tuple(Statement(n, 0, ast.Pass(), file.names, 0, 0, "") for n, file in enumerate(known))
    return CodeCell(0, "", statements, files=known)


def _read_cell(number: int, source: str, count: int) -> CodeCell:
    if files := read_written_files(source):
        writing = tuple(
            Statement(i, number, ast.Pass(), file.names, file.first_line, file.last_line, file.code)
            for i, file in enumerate(files, start=count)
        )
        return CodeCell(number, source, writing, files=tuple(files))
    plain, confusables, mixed = _plain_source(source)
    lines = plain.split("\n")
    try:
        body = parse_python(plain).body
        statements = tuple(_statements(number, lines, body, count))
    except SyntaxError as error:
        line = min(max(error.lineno or 1, 1), len(lines))
        text = source.split("\n")[line - 1].strip()
        reason = error.msg
        if sys.version_info < (3, 12) and (reason.startswith("f-string") or _NEWER.match(text)):
            reason = messages.newer_syntax(reason, sys.version_info[:2])
        return CodeCell(number, source, (), CellProblem(line, reason, text))
    except (ValueError, RecursionError, MemoryError) as error:
        reason = messages.FORBIDDEN_CHARACTERS if isinstance(error, ValueError) else messages.TOO_DEEP
        return CodeCell(number, source, (), CellProblem(1, reason, lines[0].strip()))
    return CodeCell(number, source, statements, confusables=confusables, mixed_indentation=mixed)


def _plain_source(source: str) -> tuple[str, tuple[Confusable, ...], bool]:
    """Return a cell as Python, and the characters and tabs that were replaced for it."""
    plain = plain_python(source)
    if not is_python(plain):
        new, confusables = replace_confusables(source)
        for text in (new, expand_indents(new)):
            if text != source and is_python(found := plain_python(text)):
                return found, confusables, text != new
    return plain, (), False


def _statements(cell: int, lines: list[str], body: Sequence[ast.stmt], count: int) -> Iterator[Statement]:
    starts = [min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))]) for node in body]
    encoded = cache(lambda line: lines[line - 1].encode())  # ast counts columns in bytes
    for at, (node, first) in enumerate(zip(body, starts, strict=True)):
        last = node.end_lineno or node.lineno
        taken = lines[first - 1 : last]
        end = node.end_col_offset if at + 1 < len(body) and starts[at + 1] == last else None
        start = node.col_offset if at and body[at - 1].end_lineno == first else 0
        if end is not None:  # "a = 1; b = 2": cut each out of the line
            taken[-1] = encoded(last)[start if first == last else 0 : end].decode()
        if start and (end is None or first != last):
            taken[0] = encoded(first)[start:].decode()
        yield Statement(count + at, cell, node, names_of(node), first, last, "\n".join(taken))
