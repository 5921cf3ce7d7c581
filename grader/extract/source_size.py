"""Limit the size of source code before parsing, which may take 1,000 times as much."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Mapping, Sequence

MAX_TOKENS = 200_000
"""Words and signs of a notebook; the longest cells beyond are not read.

Each may become a syntax node of 100 bytes.
"""

MAX_CELL_TOKENS = MAX_TOKENS // 2
"""The same for one cell."""

MAX_STATEMENTS = 20_000
"""Top-level statements of a notebook, likewise, or of a module that it writes."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_CHARACTERS_PER_TOKEN = 5  # a notebook thus has 1,000,000 characters at most
_MAX_COMPILED = 300_000
_EXIT = 100  # instructions, at most, by which a return leaves the blocks around it


def estimated_size(source: str) -> int:
    """Return the number of tokens in a source, or its characters / 5 if that is more."""
    least = len(source) // _CHARACTERS_PER_TOKEN
    return least if least > MAX_CELL_TOKENS else max(least, len(_TOKEN.findall(source)))


def left_out(sizes: Mapping[int, int], most: int) -> set[int]:
    """Return the numbers of the largest things to leave out so that the others fit."""
    together = itertools.accumulate(sorted((size, number) for number, size in sizes.items()), _plus)
    return {number for size, number in together if size > most}


def _plus(before: tuple[int, int], thing: tuple[int, int]) -> tuple[int, int]:
    return before[0] + thing[0], thing[1]


def compiler_error(statements: Sequence[ast.stmt]) -> Exception | None:
    """Return the error of Python's compiler for statements, or None.

    The compiler is stricter than the parser. Statements whose bytecode would be far longer than their text are not
    compiled here: the kernel does it, within its limits.
    """
    if not all(map(_compiles_small, statements)):
        return None
    try:
        module = ast.Module([*statements], [])
        compile(module, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return error
    return None


def _compiles_small(statement: ast.stmt) -> bool:
    """Tell whether a statement's bytecode is about as long as its text.

    The compiler repeats a ``finally`` for every exit of its ``try``, so nested ones double it each time.
    """
    exits = sum(isinstance(n, ast.Return | ast.Break | ast.Continue) for n in ast.walk(statement))
    size = _EXIT * exits
    waiting: list[tuple[ast.AST, int]] = [(statement, 1)]
    while waiting and size <= _MAX_COMPILED:
        node, times = waiting.pop()
        size += times
        repeated = {id(n) for n in node.finalbody} if isinstance(node, ast.Try | ast.TryStar) else ()
        waiting += [(n, times * (2 + exits if id(n) in repeated else 1)) for n in ast.iter_child_nodes(node)]
    return size <= _MAX_COMPILED
