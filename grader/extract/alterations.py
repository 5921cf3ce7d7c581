"""Find which statements alter a provided object, so that what counts for a function is undone as its student undid it.

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
from grader.extract.syntax import own_scope

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
        """Tell whether a statement binds a name again by altering a part of an object in place: ``W *= 0``."""
        return isinstance(s.node, ast.AugAssign) and s.index in self.objects

    def over(self, index: int, end: int) -> bool:
        """Tell whether all objects that a statement alters or configures are loaded again between it and ``end``."""
        loads = [self.loads.get(name, []) for name in self.touched.get(index, ())]
        return bool(loads) and all(bisect_right(found, index) < bisect_right(found, end) for found in loads)


@dataclass(slots=True)
class _Doing:
    """What code does: whether it adds hooks, whether it may undo something, and which objects it reads."""

    adds: bool
    undoes: bool
    objects: set[str]


def find_alterations(
    statements: Iterable[Statement],
    names: Mapping[str, Collection[str]],
    changes: Mapping[int, Collection[tuple[tuple[str, ...], bool]]],
    settings: Collection[int],
) -> Alterations:
    """Return the alterations of provided objects, by statements and the functions that they call.

    ``names`` maps each name of such an object, or of a part of it, to the object's own. ``changes`` maps statements to
    (path, whether called) of all that they change; ``settings`` are those that only configure objects.
    """
    found = Alterations()
    holders = {name: set(objects) for name, objects in names.items()}  # grows by the names of handles of hooks
    defined: dict[str, _Doing] = {}
    for s in statements:
        if defines(s.node):
            _define(s, holders, defined)
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
            for name in {*s.names.bound, *(path[0] for path, _ in changes.get(s.index, ()))} - names.keys():
                holders.setdefault(name, set()).update(adds)
        if adds or undoes:
            found.objects[s.index] = adds | undoes
        for name in undoes:
            found.undoing[name].append(s.index)
        for name in _loaded(s, names):
            found.loads[name].append(s.index)
    return found


def _define(s: Statement, holders: Mapping[str, set[str]], defined: dict[str, _Doing]) -> None:
    """Note what calling the function or class does that a statement defines."""
    called = [defined[name] for name in s.names.later if name in defined]
    if isinstance(s.node, ast.ClassDef):  # making an object may add hooks; it is a method that takes them off
        done = _doing(ast.walk(s.node), s.names.later, called, holders)
        done.undoes = False
    else:  # without the functions inside, which may be hooks
        value = getattr(s.node, "value", None)
        body = [value.body] if isinstance(value, ast.Lambda) else getattr(s.node, "body", [])
        done = _doing(chain.from_iterable(map(own_scope, body)), s.names.later, called, holders)
    for name in s.names.bound:
        defined[name] = done


def _done_by(s: Statement, holders: Mapping[str, set[str]], defined: Mapping[str, _Doing]) -> _Doing:
    """Return what a statement does, with the functions that it calls."""
    calls = {n.func.id for n in own_scope(s.node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    called = [defined[name] for name in calls if name in defined]
    done = _doing(own_scope(s.node), s.names.now, called, holders)
    if not done.adds:  # then a function inside is no hook: ``map(lambda h: h.remove(), hs)``
        done.undoes = _doing(ast.walk(s.node), (), called, holders).undoes
    return done


def _doing(
    nodes: Iterable[ast.AST], read: Iterable[str], called: Sequence[_Doing], holders: Mapping[str, set[str]]
) -> _Doing:
    attributes = {n.attr for n in nodes if isinstance(n, ast.Attribute)}
    return _Doing(
        any(map(HOOK_METHOD.fullmatch, attributes)) or any(d.adds for d in called),
        any(map(_UNDOING.fullmatch, attributes)) or any(d.undoes for d in called),
        {o for name in read for o in holders.get(name, ())}.union(*(d.objects for d in called)),
    )


def _loaded(s: Statement, names: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Yield the objects whose names a statement binds to others, which it makes without them."""
    read = {o for name in s.names.now for o in names.get(name, ())}
    for name in s.names.binds:
        if name not in read and name in names.get(name, ()) and any(isinstance(n, ast.Call) for n in own_scope(s.node)):
            yield name
