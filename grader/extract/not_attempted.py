"""Recognise exercises that were not attempted: empty, unchanged, or with blanks left."""

from __future__ import annotations

import ast

from grader.extract import function_messages
from grader.extract.syntax import Definition, same_syntax


def why_not_attempted(function: Definition, stub: Definition | None) -> str | None:
    """Return why a function counts as not attempted, or None when it was attempted.

    The reason is the end of a sentence. ``stub`` is the function as students were given it.
    """
    body = _effective_statements(function)
    if not body:
        return function_messages.EMPTY_BODY
    if all(_raises_not_implemented(s) for s in body):
        return function_messages.ONLY_RAISES
    if line := _blank_line(function):
        return function_messages.blank_left(line)
    if stub is not None:
        given = _effective_statements(stub)
        if all(any(same_syntax(s, g) for g in given) for s in body):
            return function_messages.UNCHANGED
    return None


def _effective_statements(function: Definition) -> list[ast.stmt]:
    """Return a body's statements without docstrings, ``...`` and ``pass``."""
    return [s for s in function.body if not (isinstance(s, ast.Pass) or _is_constant(s))]


def _is_constant(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _raises_not_implemented(statement: ast.stmt) -> bool:
    match statement:
        case ast.Raise(exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
    return False


def _blank_line(function: Definition) -> int | None:
    """Return the line of the first ``____`` that is read and never assigned to, or None.

    Three or more underscores are one.
    """
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
