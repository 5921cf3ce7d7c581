"""Names that an experiment took over: what the notebook binds to the answers of the function that it tries out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.extract.statements import Statement
from grader.extract.syntax import Names, called_first, own_scope

_NO_FUNCTIONS = (
    ast.Constant, ast.BinOp, ast.BoolOp, ast.Compare, ast.UnaryOp, ast.JoinedStr, ast.List, ast.Tuple, ast.Set,
    ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip
_LITERALS: dict[type[ast.expr], type] = {
    ast.JoinedStr: str, ast.List: list, ast.ListComp: list, ast.Tuple: tuple, ast.Set: set, ast.SetComp: set,
    ast.Dict: dict, ast.DictComp: dict,
}  # fmt: skip


_VALUES = (
    ast.Constant, ast.Compare, ast.JoinedStr, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp,
    ast.DictComp, ast.GeneratorExp,
)  # fmt: skip
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def taken_over(statements: Sequence[Statement], exercise: str) -> set[tuple[int, str]]:
    """Return where a name is bound to what an exercise answered: (index of the statement, name).

    The answer may have gone through other names (``r = f(x)``, then ``a, b = r``). One that is bound whole to a name
    which nothing defined before counts as meant: ``baseline = f(x)``. What makes functions has no answers.
    """
    found: set[tuple[int, str]] = set()
    holding: set[str] = set()
    defined = {exercise}
    makes_functions = False
    for s in statements:
        if defines(s.node):
            defined |= s.names.bound
        if isinstance(s.node, _DEFINITIONS) and s.node.name == exercise:
            makes_functions = _may_make_functions(s.node)
        answers: set[str] = set()
        for targets, value in () if makes_functions else _assignments(s.node):
            names = {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)} & s.names.bound
            if exercise in names and _calls(value, exercise):
                found.add((s.index, exercise))
            if called_first(value) == exercise or root(value) in holding:
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
    return any(isinstance(v, _NO_FUNCTIONS) or (by_itself and called_first(v) == name) for v in _given(node, name))


def lacks(node: ast.stmt, name: str, reader: Names) -> bool:
    """Tell whether a statement puts under a name what plainly has not the attributes that its reader takes of it."""
    taken = [attribute for root, attribute in reader.takes if root == name]
    kinds = (type(v.value) if isinstance(v, ast.Constant) else _LITERALS.get(type(v)) for v in _given(node, name))
    return any(kind and not all(hasattr(kind, a) for a in taken) for kind in kinds)


def is_value(node: ast.stmt, name: str) -> bool:
    """Tell whether a statement binds a name, on every way through it, to what plainly is no function."""
    if isinstance(node, ast.AugAssign):
        return True
    values = [*_given(node, name)]
    return bool(values) and not hands_on(node, name) and all(isinstance(v, _VALUES) for v in values)


def may_be_no_function(node: ast.stmt, name: str) -> bool:
    """Tell whether only running a statement shows that it binds a name to a function, or to anything at all."""
    if any(isinstance(n, _DEFINITIONS) and n.name == name for n in own_scope(node)):
        return False
    values = [*_given(node, name)]
    return not (values and hands_on(node, name)) and not any(isinstance(v, ast.Lambda | ast.Name) for v in values)


def _may_make_functions(definition: ast.stmt) -> bool:
    """Tell whether what a function returns may be a function, or an object of a class may be called."""
    if isinstance(definition, ast.ClassDef):
        return True
    inner = {n.name for n in ast.walk(definition) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    returned = [n.value for n in ast.walk(definition) if isinstance(n, ast.Return)]
    return any(isinstance(v, ast.Lambda) or (isinstance(v, ast.Name) and v.id in inner) for v in returned)


def _calls(value: ast.expr, name: str) -> bool:
    """Tell whether a value is made of what a function answers, and not of the function itself."""
    named = [n for n in ast.walk(value) if isinstance(n, ast.Name) and n.id == name]
    called = {id(n.func) for n in ast.walk(value) if isinstance(n, ast.Call)}
    return bool(named) and all(id(n) in called for n in named)


def hands_on(node: ast.stmt, name: str) -> bool:
    """Tell whether a statement gives a name to a definition, or to what is made of what it was: ``partial(print)``."""
    parts = [n for value in _given(node, name) for n in ast.walk(value)]
    called = {id(n.func) for n in parts if isinstance(n, ast.Call)}
    return any(isinstance(n, ast.Name) and n.id == name and id(n) not in called for n in parts) or any(
        isinstance(n, ast.stmt) and defines(n) for n in own_scope(node)
    )


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
            case ast.AugAssign(target=target, op=op, value=value):
                yield [target], ast.BinOp(target, op, value)


def _given(node: ast.stmt, name: str) -> Iterator[ast.expr]:
    """Yield what a statement assigns to a name, as far as that stands there."""
    waiting = [(target, value) for targets, value in _assignments(node) for target in targets]
    for target, value in waiting:  # grows while it is walked
        match target, value:
            case ast.Name(id=bound), _ if bound == name:
                yield value
            case ((ast.Tuple(elts=targets) | ast.List(elts=targets)), (ast.Tuple(elts=values) | ast.List(elts=values))):
                waiting += zip(targets, values, strict=False)
