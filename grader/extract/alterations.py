"""Find which statements alter a provided object, to undo it as its student undid it.

Hooks are taken off by ``reset_hooks()`` or through what ``add_hook`` returned, weights are copied back, a model is
loaded again.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from grader.extract.overwritten_names import defines
from grader.extract.side_effects import HOOK_METHOD
from grader.extract.statements import Statement
from grader.extract.syntax import Definition, attributes_by_base, own_scope

_UNDOING = re.compile(r"_*(clear|load_state|remove|reset|restore|undo)\w*|[a-z]\w*[^\W_]_")
_ADDING_OR_READING = re.compile(
    rf"{HOOK_METHOD.pattern}|(run_with|to|named)_\w+|to|cpu|cuda|forward|generate|parameters|modules|children"
)


@dataclass(slots=True)
class Alterations:
    """The statements that alter provided objects and models, in order.

    ``objects`` maps a statement to the names of the objects that it alters, ``touched`` also to those that it only
    configures. ``undoing`` maps an object to the statements that do more to it than add hooks, so that they may undo
    what others did; ``loads`` to those that load it again.
    """

    objects: dict[int, set[str]] = field(default_factory=dict)
    touched: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    undoing: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    loads: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def in_place(self, s: Statement) -> bool:
        """Tell whether a statement alters a part of an object in place (``W *= 0``)."""
        return isinstance(s.node, ast.AugAssign) and s.index in self.objects

    def over(self, index: int, end: int) -> bool:
        """Tell whether all that a statement alters or configures is loaded again before ``end``."""
        loads = [self.loads.get(name, []) for name in self.touched.get(index, ())]
        return bool(loads) and all(bisect_right(found, index) < bisect_right(found, end) for found in loads)


@dataclass(slots=True)
class _Doing:
    """What code does: adding hooks or undoing, objects that it reads, names that it fills."""

    adds: bool
    undoes: bool
    objects: set[str]
    stores: set[str]


def find_alterations(
    statements: Iterable[Statement],
    names: Mapping[str, Collection[str]],
    changes: Mapping[int, Collection[tuple[tuple[str, ...], bool]]],
    settings: Collection[int],
) -> Alterations:
    """Return the alterations of provided objects, by statement and by called function.

    ``names`` maps each name of such an object, or of a part of it, to the object's own. ``changes`` maps statements to
    (path, whether called) of all that they change; ``settings`` are those that only configure objects.
    """
    found = Alterations()
    holders = {name: set(objects) for name, objects in names.items()}  # grows by the names of handles of hooks
    defined: dict[str, _Doing] = {}
    for s in statements:
        if any(isinstance(n, Definition) for n in own_scope(s.node)) or defines(s.node):
            _define(s, holders, defined)
        if defines(s.node):
            continue
        done = _done_by(s, holders, defined)
        adds = done.objects if done.adds else set()
        undoes = set(done.objects) if done.undoes else set()
        for path, called in changes.get(s.index, ()):
            found.touched[s.index] |= {*names.get(path[0], ())}
            if s.index not in settings and not (called and _ADDING_OR_READING.fullmatch(path[-1])):
                undoes |= holders.get(path[0], set())
        if isinstance(s.node, ast.AugAssign) and isinstance(s.node.target, ast.Name):
            undoes |= holders.get(s.node.target.id, set())
        if adds:
            found.touched[s.index] |= adds
            for name in done.stores - names.keys():
                holders.setdefault(name, set()).update(adds)
        elif undoes:
            defined.update(dict.fromkeys(s.names.bound - defined.keys(), done))  # ``off = model.reset_hooks``
        if adds or undoes:
            found.objects[s.index] = adds | undoes
        for name in undoes:
            found.undoing[name].append(s.index)
        for name in _loaded(s, names):
            found.loads[name].append(s.index)
    return found


def _define(s: Statement, holders: Mapping[str, set[str]], defined: dict[str, _Doing]) -> None:
    """Note what calling the functions or classes does that a statement defines."""
    called = [defined[name] for name in s.names.later if name in defined]
    others = s.names.later - holders.keys()  # ``acts.clear()`` undoes nothing
    parts = chain.from_iterable(_body(n) for n in own_scope(s.node))
    used = (attribute for attribute, base in attributes_by_base(parts) if base not in others)
    done = _doing(used, s.names.later, called, holders)
    done.undoes = done.undoes and not done.adds  # what it takes off is its own, or a method does
    done.stores.update(change.path[0] for change in s.names.effects)
    defined.update(dict.fromkeys(s.names.bound, done))


def _body(node: ast.AST) -> Iterable[ast.AST]:
    """Return a function's nodes without those of functions in it, or all those of a class.

    Functions in a function may be hooks.
    """
    match node:
        case ast.ClassDef():
            return ast.walk(node)
        case ast.FunctionDef(body=body) | ast.AsyncFunctionDef(body=body):
            return chain.from_iterable(map(own_scope, body))
        case ast.Lambda(body=value):
            return own_scope(value)
    return ()


def _done_by(s: Statement, holders: Mapping[str, set[str]], defined: Mapping[str, _Doing]) -> _Doing:
    """Return what a statement does, with the functions that it calls."""
    calls = {n.func.id for n in own_scope(s.node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    called = [defined[name] for name in calls if name in defined]
    done = _doing(own_scope(s.node), s.names.now, called, holders)
    if not done.adds:  # then a function inside is no hook: ``map(lambda h: h.remove(), hs)``
        done.undoes = _doing(ast.walk(s.node), (), called, holders).undoes
    done.stores |= s.names.bound | {change.path[0] for change in s.names.changes if not change.incidental}
    return done


def _doing(
    nodes: Iterable[ast.AST], read: Iterable[str], called: Sequence[_Doing], holders: Mapping[str, set[str]]
) -> _Doing:
    attributes = {n.attr for n in nodes if isinstance(n, ast.Attribute)}
    return _Doing(
        any(map(HOOK_METHOD.fullmatch, attributes)) or any(d.adds for d in called),
        any(map(_UNDOING.fullmatch, attributes)) or any(d.undoes for d in called),
        {o for name in read for o in holders.get(name, ())}.union(*(d.objects for d in called)),
        {name for d in called for name in d.stores},
    )


def _loaded(s: Statement, names: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Yield the objects whose names a statement binds to others, which it makes without them."""
    read = {o for name in s.names.now for o in names.get(name, ())}
    for name in s.names.bound if isinstance(s.node, ast.Try) else s.names.binds:
        if name not in read and name in names.get(name, ()) and any(isinstance(n, ast.Call) for n in own_scope(s.node)):
            yield name
