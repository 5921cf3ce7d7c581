"""Index where a notebook binds and changes each of its global names."""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from grader.extract.alterations import Alterations, find_alterations
from grader.extract.file_writers import FileWriters, find_file_writers
from grader.extract.overwritten_names import defines
from grader.extract.side_effects import HOOK_METHOD, SideEffects, find_side_effects
from grader.extract.statements import Statement
from grader.extract.syntax import Change, attribute_path, called_function, own_scope

_MAX_ALIASES = 16
_MAX_CHANGES = 200_000
_CONFIGURES = re.compile(
    r"set_(?!default_(device|tensor_type))|use_|eval$|seed$|manual_seed|requires_grad_$|filterwarnings$|simplefilter$|(dis|en)able|update$"
)

_KEEPS_MORE = re.compile(r"(set_)?use_")


@dataclass(slots=True)
class BindingIndex:
    """The statements, in order, that bind or change each name of a notebook.

    ``libraries`` are modules that students do not write. ``dropped`` are bindings (statement, name) that do not count.
    ``stars`` are ``*`` imports of libraries, ``opaque_stars`` those of which the names are not known. ``models`` are
    names bound to ``from_pretrained(...)``, ``aliases`` other paths to the same object. ``experiments`` change a model
    or a module in a way that is no part of an answer. ``intractable`` says that there are too many changes to follow.
    """

    statements: Sequence[Statement]
    provided: Collection[str]
    exercises: Collection[str]
    libraries: Collection[str]
    dropped: set[tuple[int, str]] = field(init=False, default_factory=set)
    bindings: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    changes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    stars: list[int] = field(default_factory=list)
    opaque_stars: list[int] = field(default_factory=list)
    futures: list[int] = field(default_factory=list)
    modules: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    aliases: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)
    experiments: set[int] = field(default_factory=set)
    side_effects: SideEffects = field(default_factory=SideEffects)
    defined: dict[str, int] = field(default_factory=dict)
    intractable: bool = False
    alterations: Alterations = field(default_factory=Alterations)
    file_writers: FileWriters = field(default_factory=FileWriters)
    effects: dict[str, frozenset[Change]] = field(default_factory=dict)
    altering: set[str] = field(default_factory=set)
    methods: set[str] = field(default_factory=set)
    objects: dict[str, set[str]] = field(default_factory=dict)
    reached: dict[int, set[tuple[tuple[str, ...], bool]]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        for s in self.statements:
            imported = self._note_imports(s)
            for name in s.names.bound:
                if name in imported and (name in self.modules or name not in self.bindings):
                    self.modules.add(name)
                else:  # bound to something else too, so not always a module
                    self.modules.discard(name)
                self.bindings[name].append(s.index)
        effects = _effects(self.statements, self.exercises)
        self.intractable = effects is None
        left = _MAX_CHANGES
        self.altering = {n for s in self.statements if s.names.alters for n in s.names.bound} - set(self.exercises)
        holders = _instances(self.statements)
        classes = (s.node for s in self.statements if isinstance(s.node, ast.ClassDef))
        self.methods = {n.name for c in classes for n in c.body if isinstance(n, ast.FunctionDef)}
        for s in self.statements:
            called = {c for name in s.names.now if name not in self.exercises for c in (effects or {}).get(name, ())}
            left -= len(called)
            if left < 0:
                self.intractable, effects = True, None
            for change in s.names.changes | called | set(_handed_over(s, self.altering, holders)):
                self._change(s.index, change)
            self._note_aliases(s)
        self.effects = effects or {}
        self.objects = objects = self._objects()
        self.side_effects = find_side_effects(self.statements, objects, self.modules, self.experiments)
        settings = {*chain.from_iterable(self.changes.get(name, ()) for name in objects)}
        self.alterations = find_alterations(self.statements, objects, self.reached, settings)
        self.experiments.difference_update(*self.changes.values())
        self.file_writers = find_file_writers(self.statements)

    def end_of_cell(self, start: int) -> int:
        """Return the last statement of a statement's cell; later cells may be experiments."""
        statements = self.statements
        later = (i for i in range(start + 1, len(statements)) if statements[i].cell != statements[start].cell)
        return next(later, len(statements)) - 1

    def defined_before(self, name: str, index: int) -> bool:
        """Tell whether a statement before another defines or imports a name."""
        if name not in self.defined:
            places = (i for i in self.bindings[name] if defines(self.statements[i].node))
            self.defined[name] = next(places, sys.maxsize)
        return self.defined[name] < index

    def drop(self, index: int, name: str) -> None:
        """Remove the binding of a name by a statement: it does not count."""
        self.dropped.add((index, name))
        self.bindings[name].remove(index)
        self.defined.pop(name, None)

    def doubt(self, index: int, name: str) -> None:
        """Treat a statement as one that may not bind a name."""
        names = self.statements[index].names
        names.binds.discard(name)
        names.may_bind.add(name)

    def _note_imports(self, s: Statement) -> set[str]:
        """Note star and future imports, and return the names that a statement binds by importing."""
        imported: set[str] = set()
        for node in own_scope(s.node):
            match node:
                case ast.Import(names=aliases):
                    imported.update(a.asname or a.name.split(".")[0] for a in aliases)
                case ast.ImportFrom(module="__future__"):
                    self.futures.append(s.index)
                case ast.ImportFrom(names=aliases) if aliases[0].name != "*":
                    imported.update(a.asname or a.name for a in aliases)
                case ast.ImportFrom(module=module, level=level, names=[ast.alias(name="*")]) if not s.names.binds:
                    known = not level and (module or "").split(".")[0] in self.libraries
                    (self.stars if known else self.opaque_stars).append(s.index)
        return imported

    def _note_aliases(self, s: Statement) -> None:
        """Record under which names the same object is known from a statement on."""
        if isinstance(s.node, ast.AugAssign):  # alters a tensor in place
            return
        same = {name for name, value in _assigned(s.node) if attribute_path(value) == (name,)}
        for name in s.names.binds - same:
            self.aliases.pop(name, None)
        for name, value in _assigned(s.node):
            called = attribute_path(value.func) if isinstance(value, ast.Call) else None
            if called and called[-1].startswith("from_pretrained"):
                self.models.add(name)
            elif (path := attribute_path(value)) and path[0] != name:
                self.aliases.setdefault(name, set()).add(path)

    def filled_by(self, function: str) -> set[str]:
        """Return the names of all that calling a function changes, under each of their names."""
        changed = {change.path[0] for change in self.effects.get(function, ())}
        return changed | {path[0] for name in changed for path in self.aliases.get(name, ())}

    def _objects(self) -> dict[str, set[str]]:
        objects = {name: {name} for name in {*self.provided, *self.models} - self.modules}
        for name, paths in self.aliases.items():
            if roots := {o for path in paths for o in objects.get(path[0], ())}:
                objects[name] = objects.get(name, set()) | roots
        return objects

    def _change(self, index: int, change: Change) -> None:
        paths = [change.path]
        for path in paths:  # grows while it is walked
            others = ((*alias, *path[1:]) for alias in sorted(self.aliases.get(path[0], ())))
            known = {p[0] for p in paths}
            paths += [p for p in others if p[0] not in known and len(paths) < _MAX_ALIASES]
        self.reached[index].update((path, change.called) for path in paths)
        if not all(self._counts(path, called=change.called) for path in paths):
            if not change.incidental:
                self.experiments.add(index)
        else:
            for path in paths:
                if index not in self.changes[path[0]][-1:]:
                    self.changes[path[0]].append(index)

    def _counts(self, path: tuple[str, ...], *, called: bool) -> bool:
        """Tell whether a change is part of an answer; of a model or module, only settings are."""
        root, last = path[0], path[-1]
        if root not in self.modules | self.models and root not in self.provided:
            return True
        if called:
            return bool(_CONFIGURES.match(last)) or "environ" in path
        return root in self.modules or "cfg" in path

    def settings(self, end: int) -> set[int]:
        """Return the statements that configure provided objects for a function.

        One is ``t.set_grad_enabled(False)``. Those after ``end`` are left out, unless they only ask a model to keep
        more of what it computes.
        """
        roots = {*self.provided, "torch"}
        return {
            i
            for root in roots
            for i in self.changes.get(root, ())
            if isinstance(self.statements[i].node, ast.Expr | ast.Assign) and (i <= end or self.keeps_more(i))
        }

    def alters_provided(self, index: int) -> bool:
        """Tell whether a statement alters a provided object, or calls a method that may."""
        if index in self.side_effects.altering and index not in self.experiments:
            return True
        return any(path[0] in self.objects for path, _ in self.reached.get(index, ()))

    def keeps_more(self, index: int) -> bool:
        """Tell whether a statement only asks a model to keep more, which changes no answer."""
        return any(_KEEPS_MORE.match(change.path[-1]) for change in self.statements[index].names.changes)


def _assigned(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """Yield each name that a statement assigns to, with the value."""
    for part in own_scope(node):
        match part:
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                yield from ((t.id, v) for t, v in zip(targets, values, strict=False) if isinstance(t, ast.Name))
            case ast.Assign(targets=targets, value=value):
                names = [t for t in targets if isinstance(t, ast.Name)]
                yield from ((name.id, value) for name in names)
                yield from ((n.id, other) for n in names for other in names[:_MAX_ALIASES] if len(names) > 1)
            case (
                ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ):
                yield name, value


def _instances(statements: Iterable[Statement]) -> set[str]:
    """Return the names of instances of the notebook's classes."""
    classes = {s.node.name for s in statements if isinstance(s.node, ast.ClassDef)}
    return {
        name for s in statements for name, value in _assigned(s.node) if classes and called_function(value) in classes
    }


def _handed_over(s: Statement, altering: Collection[str], holders: Collection[str]) -> Iterator[Change]:
    """Yield a change for each name that a statement passes to something that alters it.

    That is a function which alters its arguments, alone or in ``partial(function, ...)``, or a hook that is an object.
    """
    if s.names.now.isdisjoint(altering) and s.names.now.isdisjoint(holders):
        return
    for node in own_scope(s.node):
        match node:
            case ast.Call(func=ast.Attribute(attr=called), args=args) if HOOK_METHOD.fullmatch(called):
                parts = (n for a in args for n in ast.walk(a) if isinstance(n, ast.Name) and n.id in holders)
                yield from (Change((part.id, "[]"), called=False, incidental=True) for part in parts)
            case ast.Call(func=function, args=args, keywords=keywords):
                given = [*args, *(k.value for k in keywords)]
                if any(isinstance(g, ast.Name) and g.id in altering for g in (function, *given)):
                    paths = (path for g in given if (path := attribute_path(g)) and path[0] not in altering)
                    yield from (Change((*path, "[]"), called=False) for path in paths)


def _effects(statements: Iterable[Statement], exercises: Collection[str]) -> dict[str, frozenset[Change]] | None:
    """Return what calling each function changes, through other functions too.

    None where that takes too many steps.
    """
    own: dict[str, set[Change]] = defaultdict(set)
    calls: dict[str, set[str]] = defaultdict(set)
    for s in statements:
        for name in s.names.bound if s.names.effects or s.names.later else ():
            own[name] |= s.names.effects
            calls[name] |= s.names.later - set(exercises)
        for name, value in _assigned(s.node):  # the same function under another name
            if isinstance(value, ast.Name):
                calls[name].add(value.id)
    left = _MAX_CHANGES
    for _ in range(8):  # deeper chains of calls than this do not occur
        grown = False
        for name, called in calls.items():
            for other in called & own.keys():
                left -= len(own[other])
                grown = grown or not own[other] <= own[name]
                own[name] |= own[other]
                if left < 0:
                    return None
        if not grown:
            break
    return {name: frozenset(found) for name, found in own.items() if found}
