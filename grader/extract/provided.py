"""Decide which bindings of names that the assignment provides are the student's own."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from grader.extract.statements import Statement
from grader.extract.stub import Stub, origins


class ProvidedNames:
    """The provided names, and which of the student's bindings of them count.

    Other imports and definitions than the handed-out ones count. ``gpt2_small = ...`` or a loop over ``t`` never
    counts: the model that is loaded already and the handed-out imports stay. ``from itertools import repeat`` counts
    where the handed-out notebook takes ``repeat`` from elsewhere. Without a stub nothing counts.
    """

    def __init__(self, names: Collection[str], statements: Sequence[Statement], stub: Stub | None) -> None:
        self.names = frozenset(names)
        self._stub = stub or Stub()
        self._origins: dict[str, dict[int, set[str]]] = {}
        for s in statements if stub is not None else ():
            for name in s.names.bound & self.names:
                if found := origins(s.node, name):
                    self._origins.setdefault(name, {})[s.index] = found

    def handed_out(self, name: str) -> frozenset[str]:
        """Return what the handed-out notebook imports or defines under a name."""
        return self._stub.origins.get(name, frozenset())

    def is_own(self, name: str, index: int) -> bool:
        """Tell whether the binding of a name by a statement is the student's own."""
        found = self._origins.get(name, {}).get(index)
        return found is not None and not found <= self.handed_out(name)

    def imported(self, name: str) -> list[int]:
        """Return the statements that import or define a name, in order, handed-out ones too."""
        return list(self._origins.get(name, ()))

    def rebuilt(self, statement: Statement) -> frozenset[str]:
        """Return the provided names that a statement would bind again and must not."""
        return frozenset(n for n in statement.names.bound & self.names if not self.is_own(n, statement.index))
