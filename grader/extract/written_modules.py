"""Python modules that a notebook writes (``%%writefile``) and then imports or runs.

No file is written. The cell becomes a statement that creates the module in memory and binds the name ``helper.py``,
which no student's code can bind; statements that import or run the module read that name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.extract.source_size import MAX_STATEMENTS
from grader.extract.statement_names import names_of
from grader.extract.syntax import StatementNames, module_file, own_scope

# Possessive quantifiers: with backtracking the time would grow with the square of a line's length.
_WRITES = re.compile(r"%%(?:write)?file[ \t]++(-a[ \t]++|--append[ \t]++)?+(.*\.py)['\"]?")
# The module's file name is its cell's, so that tracebacks show the lines of that cell.
_MAKE = (
    "__source, __file = {source!r}, __import__('sys')._getframe().f_code.co_filename; "
    "__module = {before}__import__('types').ModuleType({name!r}); "
    "__import__('sys').modules[{name!r}] = __module; "
    "__import__('linecache').cache[__file] = 0, None, __source.splitlines(True), __file; "
    "exec(compile(__source, __file, 'exec', 0, True), vars(__module))"
)
_BEFORE = "__import__('sys').modules.get({name!r}) or "


@dataclass(frozen=True, slots=True)
class WrittenModule:
    """A module that a cell writes: one line of ``code`` that creates it, and what that does with names.

    ``file`` is the name that stands for the module, ``binds`` are the names that ``import *`` brings.
    """

    code: str
    names: StatementNames
    file: str
    binds: frozenset[str]


def written_module(source: str) -> WrittenModule | None:
    """Return the module that a cell writes; None when it writes none, or one that is not valid Python."""
    lines = source.split("\n")
    at = next((n for n, line in enumerate(lines) if line.strip()), 0)
    match = _WRITES.fullmatch(lines[at].strip())
    if match is None:
        return None
    body = "\n" * (at + 1) + "\n".join(lines[at + 1 :])
    try:
        inside = [names_of(s) for s in ast.parse(body).body[:MAX_STATEMENTS]]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    module = module_name(match[2])
    file = module_file(module)
    needs = {name for names in inside for name in names.now | names.later if name.endswith(module_file(""))}
    code = _MAKE.format(source=body, name=module, before=_BEFORE.format(name=module) if match[1] else "")
    binds = frozenset(n for names in inside for n in names.bound if not n.startswith("_"))
    return WrittenModule(
        code, StatementNames(binds={file}, now=needs - {file} | ({file} if match[1] else set())), file, binds
    )


def module_name(path: str) -> str:
    """Return the name under which a file is imported from the folder that it is in."""
    return re.sub(r"\W", "_", PurePosixPath(path.strip().strip("'\"")).stem)


def star_imports(node: ast.stmt) -> Iterable[str]:
    """Yield the files from which a statement imports ``*``."""
    for part in own_scope(node):
        match part:
            case ast.ImportFrom(module=str(module), level=0, names=[ast.alias(name="*")]):
                yield module_file(module)
