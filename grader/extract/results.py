"""Names that an experiment took over: what the notebook binds to the answers of the function that it tries out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.extract.cells import Statement
from grader.extract.names import called_first, own_scope

_NO_FUNCTIONS = (
    ast.Constant, ast.BinOp, ast.BoolOp, ast.Compare, ast.UnaryOp, ast.JoinedStr, ast.List, ast.Tuple, ast.Set,
    ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip


def taken_over(statements: Sequence[Statement], exercise: str) -> set[tuple[int, str]]:
    """Return where a name is bound to what an exercise answered: (index of the statement, name).

    The answer may have gone through other names (``r = f(x)``, then ``a, b = r``). One that is bound whole to a name
    which nothing defined before counts as meant: ``baseline = f(x)``.
    """
    found: set[tuple[int, str]] = set()
    holding: set[str] = set()
    defined = {exercise}
    for s in statements:
        if defines(s.node):
            defined |= s.names.bound
        answers: set[str] = set()
        for targets, value in _assignments(s.node):
            if called_first(value) == exercise or root(value) in holding:
                names = {
                    n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name) and n.id in s.names.bound
                }
                apart = any(isinstance(t, ast.Tuple | ast.List) for t in targets)
                found |= {(s.index, name) for name in names if apart or name in defined}
                answers |= names
        holding = holding - s.names.binds | answers
    return found


def defines(node: ast.stmt) -> bool:
    """Tell whether a statement defines or imports what it binds."""
    match node:
        case ast.Assign(value=ast.Lambda()):
            return True
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)


def cannot_be_called(node: ast.stmt, name: str, *, by_itself: bool) -> bool:
    """Tell whether a statement puts under a function's name what is plainly none, or with ``by_itself`` its result."""
    for targets, value in _assignments(node):
        if any(isinstance(t, ast.Name) and t.id == name for t in targets):
            return isinstance(value, _NO_FUNCTIONS) or (by_itself and called_first(value) == name)
    return False


def root(node: ast.expr) -> str | None:
    """Return ``r`` for ``r``, ``r[0]`` and ``r.T.numpy()``."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _assignments(node: ast.stmt) -> Iterator[tuple[list[ast.expr], ast.expr]]:
    for part in own_scope(node):
        match part:
            case ast.Assign(targets=targets, value=value):
                yield targets, value
            case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
                yield [target], value
