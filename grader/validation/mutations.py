"""Mutations: small changes of a function's text, such as slips that a check must notice."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_PAIRED_FUNCTIONS = (("argmax", "argmin"), ("max", "min"), ("sum", "mean"), ("log_softmax", "softmax"), ("exp", "log"))
_OTHER_FUNCTION = {a: b for pair in _PAIRED_FUNCTIONS for a, b in (pair, pair[::-1])}


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change of a function: the node ``old`` is replaced by the text ``new``."""

    kind: str
    old: ast.expr
    new: str


def exchanged_names(text: str, names: Sequence[str]) -> Iterator[str]:
    """Yield the text with one name replaced everywhere by another one, for each pair of names."""
    for name in names:
        places = re.compile(rf"(?<!\w){re.escape(name)}\b")
        if places.search(text):
            yield from (places.sub(other, text) for other in names if other != name)


def mutations(function: ast.FunctionDef, modules: frozenset[str]) -> Iterator[Mutation]:
    """Yield the changes of a function's expressions; ``modules`` are the names of modules."""
    for node in _expressions(function):
        yield from _operator_mutations(node)
        match node:
            case ast.Constant():
                yield from _constant_mutations(node)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as n)):
                yield from (Mutation("constant", node, str(value)) for value in (1 - n, -1 - n, n))
            case ast.Subscript(value=value, slice=slice_):
                yield Mutation("index dropped", node, ast.unparse(value))
                yield from _slice_mutations(slice_)
            case ast.Call():
                yield from _call_mutations(node, modules)
            case ast.Tuple(elts=elements, ctx=ast.Load()):
                for order in _neighbour_swaps(len(elements)):
                    text = ", ".join(ast.unparse(elements[i]) for i in order)
                    # A slice stands only between square brackets, where parentheses are a syntax error.
                    yield Mutation(
                        "order", node, text if any(isinstance(e, ast.Slice) for e in elements) else f"({text})"
                    )


def _operator_mutations(node: ast.expr) -> Iterator[Mutation]:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            if other := _OPERATORS.get(type(op)):
                yield Mutation("operator", node, _in_parentheses(ast.BinOp(left, other(), right)))
            if isinstance(op, ast.Sub | ast.Div | ast.Pow | ast.MatMult):
                yield Mutation("operands swapped", node, _in_parentheses(ast.BinOp(right, op, left)))
            yield from (Mutation("operand dropped", node, _in_parentheses(side)) for side in (left, right))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            for other_op in _COMPARISONS[type(op)]:
                yield Mutation("comparison", node, _in_parentheses(ast.Compare(left, [other_op()], [right])))
        case ast.BoolOp(op=op, values=values):
            yield Mutation(
                "operator",
                node,
                _in_parentheses(ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)),
            )
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield Mutation("operator", node, _in_parentheses(operand))
        case ast.IfExp(body=body, orelse=orelse):
            yield from (Mutation("branch", node, _in_parentheses(side)) for side in (body, orelse))


def _constant_mutations(node: ast.Constant) -> Iterator[Mutation]:
    match node.value:
        case bool() as value:
            yield Mutation("constant", node, str(not value))
        case int() as value:
            yield from (Mutation("constant", node, str(n)) for n in (value + 1, value - 1))
        case float() as value:
            yield Mutation("constant", node, repr(value * 2 or 1.0))
        case str() as value:
            yield Mutation("constant", node, repr(f"{value}x"))


def _slice_mutations(slice_: ast.expr) -> Iterator[Mutation]:
    for part in slice_.elts if isinstance(slice_, ast.Tuple) else [slice_]:
        if isinstance(part, ast.Slice):
            bounds = (part.lower, part.upper, part.step)
            for i, bound in enumerate(bounds):
                if bound is not None:
                    kept = ast.Slice(*(b if j != i else None for j, b in enumerate(bounds)))
                    yield Mutation("bound dropped", part, ast.unparse(kept))


def _call_mutations(node: ast.Call, modules: frozenset[str]) -> Iterator[Mutation]:
    for order in _neighbour_swaps(len(node.args)):
        yield Mutation("arguments swapped", node, _changed_call(node, args=[node.args[i] for i in order]))
    for keyword in node.keywords:
        kept = [k for k in node.keywords if k is not keyword]
        yield Mutation("argument dropped", node, _changed_call(node, keywords=kept))
    match node.func:
        case ast.Name(id="range") if len(node.args) == 1:
            yield from (
                Mutation("range", node, f"range({a})")
                for a in (f"1, {_in_parentheses(node.args[0])}", f"{_in_parentheses(node.args[0])} - 1")
            )
        case ast.Attribute(value=receiver, attr=name):
            if name in _OTHER_FUNCTION:
                renamed = ast.Attribute(receiver, _OTHER_FUNCTION[name], ast.Load())
                yield Mutation("function", node, _changed_call(node, func=renamed))
            if not (isinstance(receiver, ast.Name) and receiver.id in modules):
                yield Mutation("call dropped", node, ast.unparse(receiver))


def _changed_call(node: ast.Call, **changes: object) -> str:
    parts = {"func": node.func, "args": node.args, "keywords": node.keywords} | changes
    return ast.unparse(ast.Call(**parts))  # type: ignore[arg-type] # ast's constructors are untyped keyword by keyword


def _neighbour_swaps(length: int) -> Iterator[list[int]]:
    """Yield the orders of ``length`` items in which one pair of neighbours is swapped."""
    for i in range(length - 1):
        yield [*range(i), i + 1, i, *range(i + 2, length)]


def _in_parentheses(node: ast.expr) -> str:
    return f"({ast.unparse(node)})"


def _expressions(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """Yield expressions, but none of docstrings, annotations, raised exceptions or f-strings."""
    left: list[ast.AST] = [*function.body]
    while left:
        node = left.pop(0)
        match node:
            case ast.Raise() | ast.JoinedStr() | ast.Expr(value=ast.Constant()):
                continue
            case ast.AnnAssign(value=value):
                left[:0] = [value] if value else []
                continue
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                yield node
                continue
            case ast.expr():
                yield node
        left[:0] = ast.iter_child_nodes(node)
