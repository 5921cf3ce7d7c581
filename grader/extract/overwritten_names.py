"""Find names that a later cell overwrote, so that their last binding is not the one meant."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.extract.statements import Statement
from grader.extract.syntax import DEFINING, Definition, StatementNames, called_function, own_scope

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


def bound_to_answers(statements: Sequence[Statement], exercise: str) -> set[tuple[int, str]]:
    """Return the bindings (statement, name) that overwrite a name with an exercise's answer.

    The answer may pass through other names (``r = f(x)``, then ``a, b = r``). A whole answer under a name that nothing
    defined before is meant (``baseline = f(x)``) and not returned; nor are the results of what makes functions.
    """
    found: set[tuple[int, str]] = set()
    holding: set[str] = set()
    defined = {exercise}
    makes_functions = False
    for s in statements:
        if defines(s.node):
            defined |= s.names.bound
        if isinstance(s.node, DEFINING) and s.node.name == exercise:
            makes_functions = _may_make_functions(s.node)
        answers: set[str] = set()
        for targets, value in () if makes_functions else _assignments(s.node):
            names = {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)} & s.names.bound
            if exercise in names and _calls(value, exercise):
                found.add((s.index, exercise))
            if called_function(value) == exercise or root_name(value) in holding:
                unpacked = any(isinstance(t, ast.Tuple | ast.List) for t in targets)
                found |= {(s.index, name) for name in names if unpacked or name in defined}
                answers |= names
        holding = holding - s.names.binds | answers
    return found


def defines(node: ast.stmt) -> bool:
    """Tell whether a statement defines or imports what it binds."""
    match node:
        case ast.Assign(value=ast.Lambda()):
            return True
    return isinstance(node, (*DEFINING, ast.Import, ast.ImportFrom))


def cannot_be_called(node: ast.stmt, name: str, *, by_itself: bool) -> bool:
    """Tell whether a statement binds a name to no function, ``by_itself`` to its own result."""
    return any(
        isinstance(v, _NO_FUNCTIONS) or (by_itself and called_function(v) == name) for v in _assigned_values(node, name)
    )


def lacks_attributes(node: ast.stmt, name: str, reader: StatementNames) -> bool:
    """Tell whether a name is bound to a literal that lacks its reader's attributes."""
    taken = reader.taken_of(name)
    return any(kind and not all(hasattr(kind, a) for a in taken) for kind in _kinds(node, name))


def has_attributes(node: ast.stmt, name: str, reader: StatementNames) -> bool:
    """Tell whether a name is bound to literals alone that have its reader's attributes."""
    taken, kinds = reader.taken_of(name), _kinds(node, name)
    return bool(kinds) and all(kind and all(hasattr(kind, a) for a in taken) for kind in kinds)


def _kinds(node: ast.stmt, name: str) -> list[type | None]:
    """Return the types of the literals that a statement binds a name to; None for others."""
    values = _assigned_values(node, name)
    return [type(v.value) if isinstance(v, ast.Constant) else _LITERALS.get(type(v)) for v in values]


def is_value(node: ast.stmt, name: str) -> bool:
    """Tell whether a statement binds a name, on every branch, to what is clearly no function."""
    if isinstance(node, ast.AugAssign):
        return True
    values = [*_assigned_values(node, name)]
    return bool(values) and not keeps_function(node, name) and all(isinstance(v, _VALUES) for v in values)


def may_be_no_function(node: ast.stmt, name: str) -> bool:
    """Tell whether only running a statement shows if it binds a name to a function."""
    return not is_function(node, name) and not any(isinstance(v, ast.Name) for v in _assigned_values(node, name))


def is_function(node: ast.stmt, name: str) -> bool:
    """Tell whether a statement defines a name, or binds it to what is clearly a function."""
    if any(isinstance(n, DEFINING) and n.name == name for n in own_scope(node)):
        return True
    values = [*_assigned_values(node, name)]
    return bool(values and keeps_function(node, name)) or any(isinstance(v, ast.Lambda) for v in values)


def _may_make_functions(definition: ast.stmt) -> bool:
    """Tell whether a function may return a function, or a class's objects may be called."""
    if isinstance(definition, ast.ClassDef):
        return True
    inner = {n.name for n in ast.walk(definition) if isinstance(n, Definition)}
    returned = [n.value for n in ast.walk(definition) if isinstance(n, ast.Return)]
    return any(isinstance(v, ast.Lambda) or (isinstance(v, ast.Name) and v.id in inner) for v in returned)


def _calls(value: ast.expr, name: str) -> bool:
    """Tell whether a value is computed from a function's results, not from the function."""
    named = [n for n in ast.walk(value) if isinstance(n, ast.Name) and n.id == name]
    called = {id(n.func) for n in ast.walk(value) if isinstance(n, ast.Call)}
    return bool(named) and all(id(n) in called for n in named)


def keeps_function(node: ast.stmt, name: str) -> bool:
    """Tell whether a statement defines a name or wraps its value, as in ``partial(name)``."""
    parts = [n for value in _assigned_values(node, name) for n in ast.walk(value)]
    called = {id(n.func) for n in parts if isinstance(n, ast.Call)}
    return any(isinstance(n, ast.Name) and n.id == name and id(n) not in called for n in parts) or any(
        isinstance(n, ast.stmt) and defines(n) for n in own_scope(node)
    )


def root_name(node: ast.expr) -> str | None:
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


def _assigned_values(node: ast.stmt, name: str) -> Iterator[ast.expr]:
    """Yield the expressions that a statement assigns to a name."""
    waiting = [(target, value) for targets, value in _assignments(node) for target in targets]
    for target, value in waiting:  # grows while it is walked
        match target, value:
            case ast.Name(id=bound), _ if bound == name:
                yield value
            case ((ast.Tuple(elts=targets) | ast.List(elts=targets)), (ast.Tuple(elts=values) | ast.List(elts=values))):
                waiting += zip(targets, values, strict=False)
