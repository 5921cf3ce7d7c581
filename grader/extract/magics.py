"""Turn a cell into plain Python without moving a line: magics and shell lines vanish where they stand."""

from __future__ import annotations

import ast
import re
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

_FOREIGN = frozenset({
    "!", "sx", "system", "bash", "sh", "script", "cmd", "html", "HTML", "javascript", "js", "latex", "markdown", "svg",
    "perl", "ruby", "R", "sql", "cython", "writefile", "file", "python", "python2", "python3", "pypy",
})  # fmt: skip
_CELL_MAGIC = re.compile(r"\s*%%(!|\w+)")
_TIMED = frozenset({"time", "timeit", "prun", "memit"})
_MOST_MAGICS = 200


def plain_python(source: str) -> str:
    """Return a cell's code as Python of the same number of lines, parsing or not.

    A cell magic that runs its body as Python (``%%time``, ``%%capture``, any that is not known) goes and the body
    stays; one that does not (``%%bash``, ``%%writefile``) takes its body along. ``%time f()`` becomes ``f()``.
    """
    if parses(source):
        return source
    lines = source.split("\n")
    while (at := _first_code_line(lines)) is not None and (magic := _CELL_MAGIC.match(lines[at])):
        if magic[1] in _FOREIGN:
            return "\n" * (len(lines) - 1)
        lines[at] = ""
    lines = _without_prompts(lines)
    source = "\n".join(lines)
    return source if parses(source) else _without_line_magics(lines)


def parses(source: str) -> bool:
    """Tell whether a source is Python as it stands."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _first_code_line(lines: list[str]) -> int | None:
    return next((i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), None)


def _without_prompts(lines: list[str]) -> list[str]:
    """Apply IPython's clean-up (a common indent, pasted prompts), save where it would take lines away."""
    ended = [line + "\n" for line in lines]
    for transform in _manager().cleanup_transforms:
        changed = transform(ended)
        if len(changed) == len(ended):
            ended = changed
    return [line.removesuffix("\n") for line in ended]


def _without_line_magics(lines: list[str]) -> str:
    manager = _manager()
    ended = [line + "\n" for line in lines]
    for _ in range(_MOST_MAGICS):
        try:
            changed, after = manager.do_one_token_transform(ended)
        except Exception:  # noqa: BLE001 - IPython's tokenizer fails in many ways on what is no Python; the parser says it better
            break
        at = next((i for i, (a, b) in enumerate(zip(ended, after, strict=False)) if a != b), None)
        if not changed or at is None:
            break
        lost = len(ended) - len(after)  # a magic continued over several lines came back as one
        ended = [*after[:at], _quiet(after[at]), *["\n"] * lost, *after[at + 1 :]]
    return "".join(ended).removesuffix("\n")


def _manager() -> Any:  # IPython types half of it
    return TransformerManager()  # type: ignore[no-untyped-call]


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
            if magic in _TIMED and parses(target + timed):
                return f"{indent}{target}{timed}\n"
    return line if target else f"{indent}pass\n"
