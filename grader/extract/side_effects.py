"""What statements leave on provided objects and in the process, where no name ties it to the function that needs it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from grader.extract.statements import Statement
from grader.extract.syntax import chain, own_scope

_WEIGHTS = frozenset({"data", "grad"})  # attributes that tensors have anyway: who sets them alters weights
HOOK = re.compile(r"add_(perma_)?hook|register_\w*hook")
_NUMBERS = re.compile(r"set_default_(dtype|tensor_type)")
_SETS_UP = re.compile(
    r"apply|(monkey_?)?patch(_all)?|install|activate|chdir|setrecursionlimit|setlocale|set_event_loop\w*|append|insert|putenv"
)
_SHOWS = frozenset({
    "IPython", "alt", "bokeh", "circuitsvis", "cv", "display", "drive", "fig", "go", "google", "logging", "matplotlib",
    "mpl", "pd", "pio", "plotly", "plt", "px", "pylab", "seaborn", "sns", "st", "tqdm", "wandb",
})  # fmt: skip
"""Names under which notebooks import what only shows, reports or mounts something."""


@dataclass(slots=True)
class State:
    """What a notebook leaves where no name shows it.

    ``attributes`` maps each attribute that is put on a provided object to the statements that put it there or change
    it. ``touching`` are all statements that alter provided objects for whoever uses them afterwards. ``process`` are
    statements that set the process up (``nest_asyncio.apply()``).
    """

    attributes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    touching: set[int] = field(default_factory=set)
    process: list[int] = field(default_factory=list)

    def needed_by(self, node: ast.AST) -> Iterator[int]:
        """Yield the statements that made the attributes which a statement reads, in its functions too."""
        if self.attributes:
            read = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
            read |= {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
            by_any_name = any(map(_reads_any_name, ast.walk(node)))
            for name in sorted(self.attributes):
                made = name.removesuffix("*")
                if by_any_name if not made else any(r == name or (r.startswith(made) and made != name) for r in read):
                    yield from self.attributes[name]


def find_state(
    statements: Sequence[Statement], objects: Collection[str], modules: Collection[str], experiments: Collection[int]
) -> State:
    """Find what statements leave behind on ``objects``, names of provided objects, and through ``modules``.

    ``experiments`` are statements that are known to alter provided objects.
    """
    state = State(touching=set(experiments))
    stores = {name: found for s in statements for name in s.names.bound if (found := _stored_inside(s.node))}
    for s in statements:
        own = {*objects, *_loop_variables(s.node, objects)}
        for name in sorted(_stored(s.node, own, stores)):
            state.attributes[name].append(s.index)
            state.touching.add(s.index)
        if any(_alters(n, own) for n in own_scope(s.node)):
            state.touching.add(s.index)
        if isinstance(s.node, ast.Expr | ast.Assign | ast.If | ast.Try) and _sets_up(s.node, modules):
            state.process.append(s.index)
    for s in statements:
        for change in s.names.changes:
            for name in change.path[1:-1] if change.path[0] in objects else ():
                if name in state.attributes and s.index not in state.attributes[name]:
                    state.attributes[name].append(s.index)
                    state.touching.add(s.index)
    return state


def _stored(node: ast.stmt, objects: Collection[str], stores: Mapping[str, Collection[str]]) -> set[str]:
    """Return the attributes that a statement puts on objects, itself or by a function of the notebook."""
    found: set[str] = set()
    for part in own_scope(node):
        for holder, names in _puts(part):
            found |= names if _of(holder, objects) else set()
        match part:
            case ast.Call(func=ast.Name(id=called), args=args, keywords=keywords) if called in stores:
                given = [*args, *(k.value for k in keywords)]
                if not given or any(_of(a, objects) for a in given):
                    found |= {*stores[called]}
    if "*" in found:  # the names may stand somewhere else in the statement
        texts = (n.value for n in own_scope(node) if isinstance(n, ast.Constant))
        found |= {text for text in texts if isinstance(text, str) and text.isidentifier()}
    return found - _WEIGHTS


def _stored_inside(node: ast.stmt) -> set[str]:
    """Return the attributes that calling a function may put on what it is given."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return set()
    return {name for part in ast.walk(node) for _, names in _puts(part) for name in names}


def _puts(node: ast.AST) -> Iterator[tuple[ast.expr, set[str]]]:
    """Yield objects that a node puts attributes on, with their names; "a*" is any name that begins with "a"."""
    match node:
        case ast.Attribute(ctx=ast.Store(), attr=attribute):
            yield node, {attribute}
        case (
            ast.Call(func=ast.Name(id="setattr"), args=[holder, name, _])
            | ast.Call(
                func=ast.Attribute(
                    value=holder, attr="register_buffer" | "register_parameter" | "register_module" | "add_module"
                ),
                args=[name, *_],
            )
            | ast.Subscript(
                value=ast.Attribute(value=holder, attr="__dict__") | ast.Call(func=ast.Name(id="vars"), args=[holder]),
                slice=name,
                ctx=ast.Store(),
            )
        ):
            yield holder, {_pattern(name)}
        case ast.Call(
            func=ast.Attribute(
                value=ast.Attribute(value=holder, attr="__dict__") | ast.Call(func=ast.Name(id="vars"), args=[holder]),
                attr="update",
            ),
            keywords=keywords,
        ):
            yield holder, {k.arg or "*" for k in keywords} or {"*"}


def _pattern(name: ast.expr) -> str:
    match name:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            return f"{text}*"
    return "*"


def _reads_any_name(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(), *_]):
            return False
        case ast.Call(func=ast.Name(id="getattr" | "vars")) | ast.Attribute(attr="__dict__", ctx=ast.Load()):
            return True
    return False


def _loop_variables(node: ast.stmt, objects: Collection[str]) -> set[str]:
    """Return the variables that stand for parts of objects: ``block`` in ``for block in model.blocks``."""
    return {
        name.id
        for loop in own_scope(node)
        if isinstance(loop, ast.For) and any(_of(n, objects) for n in ast.walk(loop.iter) if isinstance(n, ast.expr))
        for name in ast.walk(loop.target)
        if isinstance(name, ast.Name)
    }


def _alters(node: ast.AST, objects: Collection[str]) -> bool:
    """Tell whether a node leaves a hook on an object, or changes what numbers all are made of."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name)):
            return bool(_NUMBERS.fullmatch(name) or (HOOK.fullmatch(name) and _of(node.func, objects)))
    return False


def _sets_up(node: ast.stmt, modules: Collection[str]) -> bool:
    for part in own_scope(node):
        match part:
            case ast.Call(func=ast.Name(id=name)) if name in modules and _SETS_UP.fullmatch(name):
                return True
            case ast.Call(func=ast.Attribute(attr=name) as function) if _SETS_UP.fullmatch(name):
                if _of(function, modules) and not _of(function, _SHOWS):
                    return True
            case ast.Call(func=ast.Attribute() as environment) | (ast.Subscript(ctx=ast.Store()) as environment):
                path = chain(environment) or ()
                if "environ" in path and path[0] in modules:
                    return True
    return False


def _of(node: ast.expr, names: Collection[str]) -> bool:
    path = chain(node)
    return path is not None and path[0] in names
