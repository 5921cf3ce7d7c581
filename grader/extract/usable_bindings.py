"""Tell whether a binding can be the one that a reader of its name means."""

from __future__ import annotations

import builtins
from collections.abc import Collection, Sequence

from grader.extract.binding_index import BindingIndex
from grader.extract.overwritten_names import (
    cannot_be_called,
    has_attributes,
    is_function,
    keeps_function,
    lacks_attributes,
)

BUILTINS = frozenset(dir(builtins)) | {
    "get_ipython", "display", "exit", "quit", "In", "Out", "_", "__name__", "__file__",
}  # fmt: skip
"""Names that are bound above all cells."""

_MAX_ATTRIBUTES = 8  # of one name, by which to tell whether a value can be used


class UsableBindings:
    """Judge bindings by what the statements that use them need of a name.

    ``results`` are bindings to the exercise's answers, ``end`` is the last statement of its own cell.
    """

    def __init__(self, index: BindingIndex, results: Collection[tuple[int, str]], end: int) -> None:
        self._index = index
        self._results = results
        self._end = end
        self._needed: dict[tuple[str, int], set[str]] = {}  # attributes, by name and user

    def not_meant(self, name: str, bindings: Sequence[int], place: int, user: int) -> bool:
        """Tell whether a binding cannot be the one that its user means.

        It is the exercise's own answer, or its value cannot be used as the user does.
        """
        index, reader = bindings[place], self._index.statements[user].names
        if (index, name) in self._results:
            return True
        node, loops = self._index.statements[index].node, self._index.statements[index].names.loops
        called = name in reader.calls and cannot_be_called(node, name, by_itself=name in reader.binds)
        if (
            index > self._end
            and index in self._index.side_effects.altering
            and self.doubts(name, bindings, place, user)
        ):
            return True
        if name in BUILTINS:
            return called or (
                name in reader.calls and (index > user or name in loops) and not keeps_function(node, name)
            )
        return (
            bool(place) and (called or lacks_attributes(node, name, reader)) and self._index.defined_before(name, index)
        )

    def doubts(self, name: str, bindings: Sequence[int], place: int, user: int) -> set[str]:
        """Return what a user needs of a name that a binding may lack and an earlier one has."""
        index, reader = bindings[place], self._index.statements[user].names
        node = self._index.statements[index].node
        below = index > self._end
        defined = name in BUILTINS or self._index.defined_before(name, index)
        if name in self._index.modules or not (below or defined) or not (place or name in BUILTINS):
            return set()
        needed = self._needed.get((name, user))
        if needed is None:
            needed = self._needed[name, user] = {*sorted(reader.taken_of(name))[:_MAX_ATTRIBUTES]}
        if name in reader.calls or (below and defined and name in reader.passes):
            needed = needed | {"__call__"}
        elif has_attributes(node, name, reader):
            return set()
        return needed if needed and not is_function(node, name) else set()
