"""Names that the assignment provides: never rebuilt, unless the student took one over on purpose."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Sequence

from grader.extract.statements import Statement
from grader.extract.syntax import own_scope


def origins(node: ast.stmt, name: str) -> set[str]:
    """Return, as comparable text, what a statement imports or defines under a name; assignments do not count."""
    found = set()
    for part in own_scope(node):
        match part:
            case ast.Import(names=aliases):
                found |= {f"import {a.name}" for a in aliases if (a.asname or a.name.split(".")[0]) == name}
            case ast.ImportFrom(module=module, level=level, names=aliases):
                found |= {f"from {level}{module} import {a.name}" for a in aliases if (a.asname or a.name) == name}
            case ast.FunctionDef(name=defined) | ast.AsyncFunctionDef(name=defined) | ast.ClassDef(name=defined):
                if defined == name:
                    found.add(ast.dump(part))
    return found


class Provided:
    """Decide which bindings of provided names are the student's own: imports and definitions that were not handed out.

    ``gpt2_small = ...`` or a loop over ``t`` never is: the warm model and the handed-out imports stand. ``from
    itertools import repeat`` is, where the handed-out notebook takes ``repeat`` from elsewhere: a function below it
    means that one.
    """

    def __init__(
        self, names: Collection[str], statements: Sequence[Statement], stub: Sequence[Statement] | None
    ) -> None:
        self.names = frozenset(names)
        self.released = self._origins(stub or ())
        self.given = self._origins(statements) if stub is not None else {}

    def _origins(self, statements: Iterable[Statement]) -> dict[str, dict[int, set[str]]]:
        """Return for each provided name the statements that import or define it, and from where."""
        found: dict[str, dict[int, set[str]]] = {}
        for s in statements:
            for name in s.names.bound & self.names:
                if origin := origins(s.node, name):
                    found.setdefault(name, {})[s.index] = origin
        return found

    def handed_out(self, name: str) -> set[str]:
        """Return where the handed-out notebook has a name from."""
        return set().union(*self.released.get(name, {}).values())

    def own(self, name: str, index: int) -> bool:
        """Tell whether the binding of a name at a statement is the student's own."""
        origin = self.given.get(name, {}).get(index)
        return origin is not None and not origin <= self.handed_out(name)

    def imported(self, name: str) -> list[int]:
        """Return the statements that import or define a name, the student's own and the handed-out ones, in order."""
        return list(self.given.get(name, ()))

    def rebuilt(self, statement: Statement) -> frozenset[str]:
        """Return the provided names that a statement would bind anew and must not."""
        return frozenset(n for n in statement.names.bound & self.names if not self.own(n, statement.index))
