"""Files that a notebook writes and then imports or runs: ``%%writefile helper.py``, later ``import helper``.

Nothing is written. The cell stands for a statement that makes the module and binds a name that no student can bind,
``helper.py``; what imports or runs the module reads that name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.extract.source_size import MOST_STATEMENTS
from grader.extract.statement_names import names_of
from grader.extract.syntax import Names, file_of, own_scope

# Possessive: what may be tried again at each blank takes the square of a line's length.
_WRITES = re.compile(r"%%(?:write)?file[ \t]++(-a[ \t]++|--append[ \t]++)?+(.*\.py)['\"]?")
# Errors in the module are told with the lines of the cell that holds it.
_MAKE = (
    "__source, __file = {source!r}, __import__('sys')._getframe().f_code.co_filename; "
    "__module = {before}__import__('types').ModuleType({name!r}); "
    "__import__('sys').modules[{name!r}] = __module; "
    "__import__('linecache').cache[__file] = 0, None, __source.splitlines(True), __file; "
    "exec(compile(__source, __file, 'exec', 0, True), vars(__module))"
)
_BEFORE = "__import__('sys').modules.get({name!r}) or "


@dataclass(frozen=True, slots=True)
class Written:
    """A Python file that a cell writes: one line of ``code`` that makes its module, and the names in that."""

    code: str
    names: Names
    file: str
    binds: frozenset[str]


def written(source: str) -> Written | None:
    """Return what a cell that writes a Python file stands for; None when it writes none, or one that is not Python."""
    lines = source.split("\n")
    at = next((n for n, line in enumerate(lines) if line.strip()), 0)
    match = _WRITES.fullmatch(lines[at].strip())
    if match is None:
        return None
    body = "\n" * (at + 1) + "\n".join(lines[at + 1 :])
    try:
        inside = [names_of(s) for s in ast.parse(body).body[:MOST_STATEMENTS]]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    module = module_of(match[2])
    file = file_of(module)
    needs = {name for names in inside for name in names.now | names.later if name.endswith(file_of(""))}
    code = _MAKE.format(source=body, name=module, before=_BEFORE.format(name=module) if match[1] else "")
    binds = frozenset(n for names in inside for n in names.bound if not n.startswith("_"))
    return Written(code, Names(binds={file}, now=needs - {file} | ({file} if match[1] else set())), file, binds)


def module_of(path: str) -> str:
    """Return the name under which a file is imported from the folder that it is in."""
    return re.sub(r"\W", "_", PurePosixPath(path.strip().strip("'\"")).stem)


def star_imports(node: ast.stmt) -> Iterable[str]:
    """Yield the files whose names a statement imports all at once."""
    for part in own_scope(node):
        match part:
            case ast.ImportFrom(module=str(module), level=0, names=[ast.alias(name="*")]):
                yield file_of(module)
