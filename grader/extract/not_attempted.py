"""Tell an exercise that was not attempted from one that was attempted and is wrong."""

from __future__ import annotations

import ast
from typing import TypeAlias

from grader.extract.syntax import own_scope

Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


def definition_of(statement: ast.stmt, name: str) -> Definition | None:
    """Return the last definition of a function that a top-level statement holds in its own scope, or None."""
    found: Definition | None = None
    for node in own_scope(statement):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            found = node
    return found


def why_not_attempted(function: Definition, stub: Definition | None) -> str | None:
    """Return why a function counts as not attempted, to stand behind a colon, or None when it was attempted."""
    body = _written(function)
    if not body:
        return "its body is empty."
    if all(_raises_not_implemented(s) for s in body):
        return "it only raises NotImplementedError."
    if line := _blank_line(function):
        return f"a blank is still to be filled in on line {line}."
    if stub is not None:
        given = _written(stub)
        if all(any(same_code(s, g) for g in given) for s in body):
            return "it is still as it was handed out."
    return None


def _written(function: Definition) -> list[ast.stmt]:
    """Return the statements of a body that do something: docstrings, comments, ``...`` and ``pass`` do not."""
    return [s for s in function.body if not (isinstance(s, ast.Pass) or _is_constant(s))]


def _is_constant(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def same_code(one: object, other: object) -> bool:
    """Tell whether two trees are the same but for where they stand; takes no longer than the smaller of them needs."""
    waiting = [(one, other)]
    while waiting:
        a, b = waiting.pop()
        if type(a) is not type(b):
            return False
        if isinstance(a, ast.AST):
            waiting += [(getattr(a, field, None), getattr(b, field, None)) for field in a._fields]
        elif isinstance(a, list) and isinstance(b, list):
            if len(a) != len(b):
                return False
            waiting += zip(a, b, strict=True)
        elif a != b:
            return False
    return True


def _raises_not_implemented(statement: ast.stmt) -> bool:
    match statement:
        case ast.Raise(exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
    return False


def _blank_line(function: Definition) -> int | None:
    """Return the line of the first ``____`` to be filled in; one that is assigned to is a name like others."""
    stored = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    lines = []
    for node in ast.walk(function):
        match node:
            case ast.Name(id=text, ctx=ast.Load()) if text not in stored:
                pass
            case ast.Attribute(attr=text):
                pass
            case _:
                continue
        if len(text) >= 3 and not text.strip("_"):
            lines.append(node.lineno)
    return min(lines, default=None)
