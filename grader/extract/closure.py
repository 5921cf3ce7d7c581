"""The statements that a function needs, found by following names through the notebook in run-all order.

A name that is read now has the value that it was last given before; a name that a function's body reads later has the value that the
notebook ends with. A binding that may not happen (in an ``if``, a loop, a ``try``) is taken together with the one before it.
"""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from grader.extract.cells import Statement
from grader.extract.provided import Provided
from grader.extract.scopes import Change, chain

AT_THE_END = sys.maxsize

BUILTINS = frozenset(dir(builtins)) | {
    "get_ipython",
    "display",
    "exit",
    "quit",
    "In",
    "Out",
    "_",
    "__name__",
    "__file__",
}
_STAR_SHADOWS = frozenset({"abs", "all", "any", "max", "min", "pow", "round", "sum"})
_KNOWN = frozenset(sys.stdlib_module_names) | frozenset(
    "IPython circuitsvis datasets einops fancy_einsum jaxtyping matplotlib numpy pandas plotly scipy seaborn sklearn "
    "torch tqdm transformer_lens transformers typing_extensions".split()
)
_LONGEST_ALIAS = 8
_CONFIGURES = re.compile(
    r"set_|use_|eval$|seed$|manual_seed|requires_grad_$|filterwarnings$|simplefilter$|(dis|en)able|update$"
)


@dataclass(frozen=True, slots=True)
class Need:
    """What one exercise needs: indexes of statements, names that nothing binds, and pairs (user, binder) that stand in the wrong order."""

    taken: frozenset[int]
    unresolved: frozenset[str]
    hoisted: frozenset[tuple[int, int]]


@dataclass(slots=True)
class Index:
    """Where each name is bound and changed, over a whole notebook."""

    statements: Sequence[Statement]
    provided: Collection[str]
    exercises: Collection[str]
    dropped: set[tuple[int, str]] = field(default_factory=set)
    bindings: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    changes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    stars: list[int] = field(default_factory=list)
    opaque_stars: list[int] = field(default_factory=list)
    futures: list[int] = field(default_factory=list)
    modules: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for s in self.statements:
            self._imports(s)
            self._alias(s)
            for name in s.names.bound:
                self.bindings[name].append(s.index)
        effects = _effects(self.statements, self.exercises)
        for s in self.statements:
            called = {c for name in s.names.now if name not in self.exercises for c in effects.get(name, ())}
            for change in s.names.changes | called:
                self._change(s.index, change)

    def _imports(self, s: Statement) -> None:
        for node in ast.walk(s.node) if s.names.bound or isinstance(s.node, ast.ImportFrom) else ():
            match node:
                case ast.Import(names=aliases):
                    self.modules.update(a.asname or a.name.split(".")[0] for a in aliases)
                case ast.ImportFrom(module="__future__"):
                    self.futures.append(s.index)
                case ast.ImportFrom(module=module, level=level, names=[ast.alias(name="*")]):
                    known = not level and (module or "").split(".")[0] in _KNOWN
                    (self.stars if known else self.opaque_stars).append(s.index)

    def _alias(self, s: Statement) -> None:
        match s.node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                called = chain(value.func) if isinstance(value, ast.Call) else None
                if called and called[-1].startswith("from_pretrained"):
                    self.models.add(name)
                elif (path := chain(value)) and path[0] != name:
                    self.aliases[name] = path

    def _change(self, index: int, change: Change) -> None:
        path, roots = change.path, [change.path[0]]
        while path[0] in self.aliases and len(roots) <= _LONGEST_ALIAS:
            path = (*self.aliases[path[0]], *path[1:])
            roots.append(path[0])
        if self._counts(path, called=change.called):
            for root in roots:
                if index not in self.changes[root][-1:]:
                    self.changes[root].append(index)

    def _counts(self, path: tuple[str, ...], *, called: bool) -> bool:
        """Tell settings from experiments: of what is done to a model or a module, only the former is part of an answer."""
        root, last = path[0], path[-1]
        if root not in self.modules | self.models and root not in self.provided:
            return True
        if called:
            return bool(_CONFIGURES.match(last))
        return root in self.modules or "cfg" in path

    def settings(self) -> set[int]:
        """Return the statements that configure what is provided (``t.set_grad_enabled(False)``): they hold for every function."""
        roots = {*self.provided, "torch"}
        return {
            i
            for root in roots
            for i in self.changes.get(root, ())
            if isinstance(self.statements[i].node, ast.Expr | ast.Assign)
        }


def _effects(statements: Iterable[Statement], exercises: Collection[str]) -> dict[str, frozenset[Change]]:
    """Return what calling each of the notebook's functions changes, through other functions too."""
    own: dict[str, set[Change]] = defaultdict(set)
    calls: dict[str, set[str]] = defaultdict(set)
    for s in statements:
        for name in s.names.bound if s.names.effects or s.names.later else ():
            own[name] |= s.names.effects
            calls[name] |= s.names.later - set(exercises)
    for _ in range(8):  # deeper chains of calls than this do not occur
        grown = False
        for name, called in calls.items():
            for other in called & own.keys():
                grown = grown or not own[other] <= own[name]
                own[name] |= own[other]
        if not grown:
            break
    return {name: frozenset(found) for name, found in own.items() if found}


class Closure:
    """Follow what one function needs."""

    def __init__(self, index: Index, own: Provided) -> None:
        self.index = index
        self.own = own
        self.taken: set[int] = set()
        self.unresolved: set[str] = set()
        self.hoisted: set[tuple[int, int]] = set()
        self.seen: set[tuple[str, int, int]] = set()
        self.waiting: list[tuple[str, int, int]] = []

    def need(self, start: int, name: str) -> Need:
        """Return what the binding of an exercise at a statement needs."""
        self.take(start, AT_THE_END)
        if name in self.index.statements[start].names.may_bind:
            self.want(name, start, start)
        for setting in self.index.settings():
            self.take(setting, setting)
        self.follow()
        self.stars()
        if self.taken:
            self.taken |= {i for i in self.index.futures if i <= max(self.taken)}
        return Need(frozenset(self.taken), frozenset(self.unresolved), frozenset(self.hoisted))

    def take(self, index: int, time: int) -> None:
        """Take a statement: what it reads now it reads at its own place, what its functions read later they read at ``time``."""
        self.taken.add(index)
        names = self.index.statements[index].names
        for name in names.now:
            self.want(name, index, index)
        for name in names.later:
            self.want(name, max(time, index + 1), index)

    def want(self, name: str, time: int, user: int) -> None:
        """Ask for the value of a name as it is just before the statement at ``time``, for the statement ``user``."""
        if (name, time, user) not in self.seen:
            self.seen.add((name, time, user))
            self.waiting.append((name, time, user))

    def follow(self) -> None:
        """Resolve names until nothing more is wanted."""
        while self.waiting:
            name, time, user = self.waiting.pop()
            self.resolve(name, time, user)

    def resolve(self, name: str, time: int, user: int) -> None:
        """Take the binding of a name that counts at a time, and the changes made to the object since."""
        bindings = [i for i in self.index.bindings.get(name, ()) if (i, name) not in self.index.dropped]
        if name in self.index.provided:
            bindings = self.deliberate(name, user)
        start = -1
        if bindings:
            chosen = self.counting(name, [i for i in bindings if i < time]) or self.late(name, bindings, user)
            for index in chosen:
                self.take(index, time)
            start = min(chosen, default=-1)
        elif name not in BUILTINS and name not in self.index.provided:
            self.unresolved.add(name)
        elif name in _STAR_SHADOWS:
            for star in self.index.stars:
                self.take(star, star)
        for index in self.index.changes.get(name, ()):
            if start < index < time and index != user:
                self.take(index, index)

    def deliberate(self, name: str, user: int) -> list[int]:
        """Return the student's own binding of a provided name that stands above its user, unless the handed-out one follows it."""
        cell = self.index.statements[user].cell
        above = [(i, own) for i, own in self.own.deliberate[name] if i <= user or self.index.statements[i].cell == cell]
        return [i for i, own in above[-1:] if own]

    def counting(self, name: str, bindings: Sequence[int]) -> list[int]:
        """Return the last sure binding and those after it that may happen; a mere loop variable counts only if there is no other."""
        statements = self.index.statements
        meant = [i for i in bindings if name not in statements[i].names.loops] or list(bindings)
        chosen: list[int] = []
        for index in reversed(meant):
            chosen.append(index)
            if name in statements[index].names.binds:
                break
        return chosen

    def late(self, name: str, bindings: Sequence[int], user: int) -> list[int]:
        """Return a binding that stands below its use: the student ran the cells in another order."""
        later = [i for i in bindings if i > user]
        if later:
            self.hoisted.add((user, later[0]))
        return later[:1]

    def stars(self) -> None:
        """Take the star imports of known modules when a name is left that they may bring."""
        if self.unresolved and self.index.stars:
            for star in self.index.stars:
                self.take(star, star)
