"""The shape of code: its statements and calls with names, constants and comments left out.

No kept Python library does this: copydetect compares characters and had its last release in 2024, JPlag and Dolos need
Java and Node.
"""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from grader.extract.recursion import with_deep_recursion

LONGEST = 100_000
"""Characters of an answer that are looked at."""

_SMALLEST_CALL = 6  # nodes: a shorter one is an idiom that everybody writes
_LONGEST_FORM = 200
_BODIES = {"body", "orelse", "finalbody", "handlers", "cases"}
_LEFT_OUT = {"annotation", "returns", "type_comment", "type_params", "ctx", "kind", "decorator_list"}


@dataclass(frozen=True, slots=True)
class CodeFeatures:
    """Each feature of an answer with its lines, as (number of the span, line in it from 1).

    ``digest`` is the same for code in which nothing but comments and space differs.
    """

    lines: Mapping[str, frozenset[tuple[int, int]]] = field(default_factory=dict)
    digest: str = ""


@with_deep_recursion
def features_of(texts: tuple[str, ...]) -> CodeFeatures:
    """Return the features of an answer, given the code of each of its spans.

    A feature is a statement, or a call of some size, in which the answer's own names, constants, annotations and
    docstrings are left out. Of code that cannot be parsed, or is nested too deep, each line is one.
    """
    try:
        return _of_trees(texts, [_parsed(text) for text in texts])
    except (RecursionError, MemoryError):
        return _of_trees(texts, [None] * len(texts))


def _of_trees(texts: Sequence[str], trees: Sequence[ast.Module | None]) -> CodeFeatures:
    own = {name for tree in trees if tree for name in _bound(tree)}
    found: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
    for number, (text, tree) in enumerate(zip(texts, trees, strict=True)):
        for feature, lines in _of_tree(tree, own) if tree else _of_lines(text):
            found[feature].update((number, line) for line in lines)
    return CodeFeatures({feature: frozenset(lines) for feature, lines in found.items()}, _digest_of(texts, trees))


def _digest_of(texts: Sequence[str], trees: Sequence[ast.Module | None]) -> str:
    whole = hashlib.sha256()
    for text, tree in zip(texts, trees, strict=True):
        for part in map(ast.dump, tree.body) if tree else (line for line, _ in _of_lines(text)):
            whole.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return whole.hexdigest()


def _parsed(text: str) -> ast.Module | None:
    if len(text) > LONGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the compiler warns of "\d" in a string
            return ast.parse(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def _of_lines(text: str) -> Iterator[tuple[str, range]]:
    for number, line in enumerate(text[:LONGEST].splitlines(), 1):
        if bare := " ".join(line.partition("#")[0].split()):
            yield bare, range(number, number + 1)


def _of_tree(tree: ast.Module, own: set[str]) -> Iterator[tuple[str, range]]:
    forms = _Forms(own)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not _says_nothing(node):
            inner = next((b[0].lineno for name in _BODIES if (b := getattr(node, name, None))), None)
            last = node.end_lineno or node.lineno
            yield forms.of(node), range(node.lineno, max(node.lineno, inner - 1 if inner else last) + 1)
        elif isinstance(node, ast.Call) and sum(1 for _ in islice(ast.walk(node), _SMALLEST_CALL)) == _SMALLEST_CALL:
            first = node.func.end_lineno or node.lineno  # in a chain, what comes before is a call with lines of its own
            yield forms.of(node), range(first, (node.end_lineno or first) + 1)


def _says_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _bound(tree: ast.Module) -> Iterator[str]:
    """Yield the names that the code itself gives to things."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.alias(asname=str(name)):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name


class _Forms:
    """Nodes as text, without the ``own`` names of the code and the statements inside them.

    Each is made once, and a long one is a digest: a chain of calls holds each call in all that follow.
    """

    def __init__(self, own: set[str]) -> None:
        self._own = own
        self._made: dict[ast.AST, str] = {}

    def of(self, node: ast.AST) -> str:
        """Return the form of a node."""
        if node not in self._made:
            form = self._form(node)
            self._made[node] = form if len(form) <= _LONGEST_FORM else hashlib.sha256(form.encode()).hexdigest()
        return self._made[node]

    def _form(self, node: ast.AST) -> str:
        match node:
            case ast.Name(id=name):
                return "_" if name in self._own else name
            case ast.arg():
                return "_"
            case ast.Constant(value=value):
                return type(value).__name__
            case ast.Attribute(value=value, attr=name):
                return f"{self.of(value)}.{name}"
            case ast.keyword(arg=name, value=value):
                return f"{name}={self.of(value)}"
            case ast.alias(name=name):
                return name
        parts = [
            "" if name == "name" else self._field(value)
            for name, value in ast.iter_fields(node)
            if name not in _BODIES | _LEFT_OUT or (name == "body" and not isinstance(value, list))
        ]
        return f"{type(node).__name__}({','.join(parts)})"

    def _field(self, value: object) -> str:
        if isinstance(value, list):
            return f"[{','.join(map(self._field, value))}]"
        return self.of(value) if isinstance(value, ast.AST) else str(value)
