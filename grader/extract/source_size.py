"""How much a source is, told before it is parsed or compiled: both may take a thousand times its length."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

MOST = 200_000
"""A notebook of more words and signs than this is not read whole: each may become a node of some hundred bytes."""

MOST_OF_CELL = MOST // 2
"""One cell may not use up what the others need."""

MOST_STATEMENTS = 20_000
"""Of a notebook, or of a file that it writes."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_LONG = 5  # characters that count as much as one word: the longest notebook has a million
_MOST_COMPILED = 300_000
_EXIT = 100  # instructions, at most, by which a return leaves the blocks around it


def size(source: str) -> int:
    """Return how many words and signs a source holds, those in its strings and comments too; more if they are long."""
    least = len(source) // _LONG
    return least if least > MOST_OF_CELL else max(least, len(_TOKEN.findall(source)))


def compiler_error(statements: Sequence[ast.stmt]) -> Exception | None:
    """Return what Python's compiler, stricter than its parser, has against statements, or None.

    Those whose bytecode would be far longer than their text are not compiled: the kernel does it, within its limits.
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

    The compiler repeats a ``finally`` for every way out of its ``try``: nested in each other they double each time.
    """
    ways_out = sum(isinstance(n, ast.Return | ast.Break | ast.Continue) for n in ast.walk(statement))
    size = _EXIT * ways_out
    waiting: list[tuple[ast.AST, int]] = [(statement, 1)]
    while waiting and size <= _MOST_COMPILED:
        node, times = waiting.pop()
        size += times
        repeated = {id(n) for n in node.finalbody} if isinstance(node, ast.Try | ast.TryStar) else ()
        waiting += [(n, times * (2 + ways_out if id(n) in repeated else 1)) for n in ast.iter_child_nodes(node)]
    return size <= _MOST_COMPILED
