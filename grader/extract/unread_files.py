"""Find where a notebook brings a module by the shell or magics that are not followed."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence

from grader.extract.statements import CodeCell, Statement

_SHELL_CELL = re.compile(r"\s*%%(?:script\s+)?(?:!|sx|system|bash|sh|shell|cmd)\b")
_MAX_LINE = 500
_WORD = re.compile(r"\w+")
_INSTALLS = re.compile(r"[!%\s]*+(?:python3?\s+-m\s+|\S*\s)?(?:pip|pip3|conda|mamba|uv)\b")


def unread_modules(
    taken: Iterable[int], statements: Sequence[Statement], cells: Sequence[CodeCell], libraries: Collection[str]
) -> Iterator[tuple[str, int, int, str]]:
    """Yield each imported module that the notebook seems to bring, with cell, line and text.

    ``libraries`` are not looked for.
    """
    written = {n.partition(".")[0] for s in statements for n in s.names.bound if n.endswith(".py")}
    known = written.union(libraries)
    imported = {name for i in taken for name in _imported_modules(statements[i].node)} - known
    imported = {name for name in imported if not _is_installed(name)}
    places = _shell_words(cells) if imported else {}
    for name in sorted(imported):
        if name in places:
            yield name, *places[name]


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):  # it was made by hand
        return name in sys.modules


def _imported_modules(node: ast.stmt) -> Iterator[str]:
    for part in ast.walk(node):
        match part:
            case ast.Import(names=names):
                yield from (alias.name.partition(".")[0] for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0]


def _shell_words(cells: Sequence[CodeCell]) -> dict[str, tuple[int, int, str]]:
    """Return the cell, line and text where each word first stands for the shell or a magic."""
    found: dict[str, tuple[int, int, str]] = {}
    for cell in cells:
        shell = _SHELL_CELL.match(cell.source)
        for number, line in enumerate(cell.source.split("\n"), start=1):
            line = line[:_MAX_LINE]
            if (shell or line.lstrip().startswith(("!", "%"))) and not _INSTALLS.match(line):
                for word in _WORD.findall(line):
                    found.setdefault(word, (cell.number, number, line.strip()))
    return found
