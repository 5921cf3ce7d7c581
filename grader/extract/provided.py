"""Decide which bindings of names that the assignment provides are the student's own."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence

from grader.extract.statements import Statement
from grader.extract.stub import Stub, origins

KNOWN_LIBRARIES = frozenset(sys.stdlib_module_names) | {
    "IPython", "circuitsvis", "datasets", "einops", "fancy_einsum", "jaxtyping", "matplotlib", "numpy", "pandas",
    "plotly", "scipy", "seaborn", "sklearn", "torch", "tqdm", "transformers", "typing_extensions",
}  # fmt: skip
"""Modules that no student writes, whatever the course."""


class ProvidedNames:
    """What is provided, and which of the student's bindings of provided names count.

    Other imports and definitions than the handed-out ones count. ``model = ...`` or a loop over ``t`` never
    counts: the model that is loaded already and the handed-out imports stay. ``from itertools import repeat`` counts
    where the handed-out notebook takes ``repeat`` from elsewhere. Without a stub nothing counts. ``libraries`` are
    modules that students do not write: ``packages`` are those that the assignment names.
    """

    def __init__(
        self,
        names: Collection[str],
        statements: Sequence[Statement],
        stub: Stub | None,
        packages: Collection[str] = (),
    ) -> None:
        self.names = frozenset(names)
        self.libraries = KNOWN_LIBRARIES.union(packages)
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
