"""Compute a function's dependency closure: all statements that it needs, in run-all order.

A name that a statement reads when it runs has the value that it was last given above; a name that a function reads when
it is called has the value that the notebook ends with. A binding that may not happen (in an ``if``, a loop, a ``try``)
is taken together with the one before it.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.extract.binding_index import BindingIndex
from grader.extract.dependencies import Dependencies
from grader.extract.overwritten_names import bound_to_answers
from grader.extract.provided import ProvidedNames
from grader.extract.usable_bindings import BUILTINS, UsableBindings

END = sys.maxsize
"""The time after the last statement; other times are indices of statements."""
_MAX_STEPS = 200_000
_STAR_SHADOWS = frozenset({"abs", "all", "any", "max", "min", "pow", "round", "sum"})


class Closure:
    """Compute what the binding of an exercise at a statement needs; to be used once.

    With ``early``, a name that a function reads when it is called has the value that it was last given up to the end of
    the exercise's own cell, if there is any.

    ``done`` maps (name, start) to the time up to which the changes of that object are taken; ``attached`` are
    statements waiting to be taken because they put an attribute on a provided object that the code reads; ``end`` is
    the last statement of the exercise's own cell. ``results`` are bindings to its answers, ``filled`` names of what the
    function itself changes. ``undone`` maps provided objects to the statement from which on all that may undo
    alterations is attached.
    """

    def __init__(
        self, index: BindingIndex, provided: ProvidedNames, start: int, exercise: str, *, early: bool = False
    ) -> None:
        self.index = index
        self.provided = provided
        self.start = start
        self.exercise = exercise
        self.early = early
        self.end = index.end_of_cell(start)
        self.results = bound_to_answers(index.statements, exercise)
        self.filled = index.filled_by(exercise)
        self.usable = UsableBindings(index, self.results, self.end)
        self.cut: set[str] = set()
        self.taken: set[int] = set()
        self.order: list[int] = []
        self.unresolved: set[str] = set()
        self.hoisted: set[tuple[int, int]] = set()
        self.passed_over: set[tuple[int, str]] = set()
        self.doubtful: set[tuple[int, str, str]] = set()
        self.done: dict[tuple[str, int], int] = {}
        self.steps = 0
        self.seen: set[tuple[str, int, int]] = set()
        self.waiting: list[tuple[str, int, int]] = []
        self.attached: list[int] = []
        self.undone: dict[str, int] = {}

    def dependencies(self) -> Dependencies:
        """Return what the binding needs."""
        self.take(self.start, END)
        self.want(self.exercise, END, self.start)
        for setting in self.index.settings(self.end):
            if not self.is_over(setting):
                self.take(setting, setting)
        complete = self.follow()
        if self.unresolved:  # a star import may bind them
            self.taken.update(self.index.stars)
        self.taken.update(i for i in self.index.futures if i <= max(self.taken))
        found = Dependencies(
            frozenset(self.taken),
            frozenset(self.unresolved),
            frozenset(self.hoisted),
            frozenset(self.passed_over),
            frozenset(self.doubtful),
            whole_notebook=not complete,
        )
        return replace(found, optional=self.set_up() - found.taken, changed_below=self.below())

    def below(self) -> frozenset[tuple[int, str]]:
        """Return what stands below the exercise's cell and does not count.

        Each with the name that it would change.
        """
        bindings, changes = self.index.bindings, self.index.changes
        places = ((i, name) for name in self.cut for i in (*bindings.get(name, ()), *changes.get(name, ())))
        return frozenset((i, name) for i, name in places if i > self.end)

    def set_up(self) -> frozenset[int]:
        """Return the taken statements and those that set something up above the function.

        These configure the process or write files that the code mentions. What they need is taken with them.
        """
        for index in self.index.side_effects.process:
            if index <= self.end:
                self.take(index, index)
        self.follow()
        seen: set[object] = set()
        for index in self.order:  # grows while it is walked
            for writer in self.index.file_writers.needed_by(index, seen):
                if writer <= self.end and writer not in self.taken and not self.index.alters_provided(writer):
                    self.take(writer, writer)
            self.follow()
        return frozenset(self.taken)

    def take(self, index: int, time: int) -> None:
        """Take a statement and what it reads: names read now at its place, others at ``time``."""
        statement = self.index.statements[index]
        names = statement.names
        if index not in self.taken:
            self.taken.add(index)
            self.order.append(index)
            self.attach(self.index.side_effects.needed_by(statement.node))
            self.undo(index)
        for name in sorted(names.now):
            self.want(name, index, index)
        for name in sorted(names.later):
            self.want(name, time, index)

    def attach(self, found: Iterable[int]) -> None:
        """Let statements be taken if they stand above the function.

        What they alter must not be loaded again below them.
        """
        self.attached += [i for i in found if i <= self.end and not self.is_over(i)]

    def undo(self, index: int) -> None:
        """Attach what may undo an alteration of provided objects above the function."""
        for name in sorted(self.index.alterations.objects.get(index, ())) if index <= self.end else ():
            places, last = self.index.alterations.undoing[name], self.undone.get(name, self.end + 1)
            if index < last:
                self.attach(places[bisect_right(places, index) : bisect_left(places, last)])
                self.undone[name] = index

    def is_over(self, index: int) -> bool:
        """Tell whether what a statement alters is loaded again above the function."""
        return not self.index.keeps_more(index) and self.index.alterations.over(index, self.end)

    def want(self, name: str, time: int, user: int) -> None:
        """Ask for a name's value just before ``time``, on behalf of the statement ``user``."""
        if (name, time, user) not in self.seen:
            self.seen.add((name, time, user))
            self.waiting.append((name, time, user))

    def follow(self) -> bool:
        """Resolve names until nothing more is wanted; return False if it takes too many steps."""
        while (self.waiting or self.attached) and self.steps < _MAX_STEPS:
            self.steps += 1
            if self.attached:
                index = self.attached.pop()
                if index not in self.taken:
                    self.take(index, index)
            else:
                self.resolve(*self.waiting.pop())
        return not self.waiting and not self.attached

    def resolve(self, name: str, time: int, user: int) -> None:
        """Take the bindings of a name that count at a time, and later changes of the object."""
        found = self.own_bindings(name, user) if name in self.index.provided else self.index.bindings.get(name, [])
        bindings = self.known(name, found, time)
        start = -1
        if bindings:
            chosen = self.bindings_above(name, bindings, time, user) or self.binding_below(name, bindings, time, user)
            self.steps += len(chosen)
            for index in chosen:
                self.take(index, time)
                if self.keeps_hold(user, time):
                    self.take(index, END)  # a function that is stored may be called later, under another name
            start = -1 if name in self.index.modules else min(chosen, default=-1)  # a module is one object throughout
        elif name not in BUILTINS and name not in self.index.provided and name.isidentifier():
            self.unresolved.add(name)
        elif name in _STAR_SHADOWS:
            self.taken.update(i for i in self.index.stars if not self.early or i <= self.end)
        if self.keeps_hold(user, time):
            time = next(iter(bindings[bisect_right(bindings, time) :]), END)
        if self.early and bindings and bindings[0] <= self.end < time and (time == END or user <= self.end):
            self.cut.add(name)
            time = self.end + 1
        self.changed(name, start, time, user)

    def known(self, name: str, bindings: list[int], time: int) -> list[int]:
        """Return the bindings of a name that may count at a time.

        For an early reading, those up to the exercise's cell. A builtin is bound above all cells.
        """
        above = bindings[: bisect_right(bindings, self.end)]
        if not self.early or time != END or name == self.exercise or not (above or name in BUILTINS):
            return bindings
        self.cut.add(name)
        return above

    def keeps_hold(self, user: int, time: int) -> bool:
        """Tell whether a statement may keep an object in a name that it binds or changes."""
        names = self.index.statements[user].names
        return user == time and bool(names.bound or names.changes)

    def changed(self, name: str, start: int, time: int, user: int) -> None:
        """Take the changes made to an object after a statement and before a time, each once.

        Changes to a provided object count only above the function; so do changes made through one, as by hooks, unless
        nothing above changes the object, and the function does not fill it itself.
        """
        changes, altering = self.index.changes.get(name, []), self.index.side_effects.altering
        first = max(start + 1, self.done.get((name, start), 0))
        found = changes[bisect_left(changes, first) : bisect_left(changes, time)]
        found = [i for i in found if not self.is_over(i) or self.changes_directly(i, name)]
        if name in self.index.provided or name in self.index.objects:
            found = [i for i in found if i <= self.end or self.index.keeps_more(i)]
        elif bisect_left(changes, start + 1) < bisect_right(changes, self.end) or self.fills(name, user):
            found = [i for i in found if i not in altering or i <= self.end]
        for index in found:
            self.steps += 1
            if index != user:
                self.take(index, index)
        self.done[name, start] = max(first, time)

    def fills(self, name: str, user: int) -> bool:
        """Tell whether the function fills an object, itself or by what the statement hands it to."""
        names = self.index.statements[user].names
        methods = not self.index.methods.isdisjoint(names.taken_of(name))
        return name in self.filled or methods or not names.calls.isdisjoint(self.index.altering)

    def changes_directly(self, index: int, name: str) -> bool:
        """Tell whether a statement itself, and no hook of its, changes what is not provided."""
        own = (c for c in self.index.statements[index].names.changes if c.path[0] == name and not c.incidental)
        return name not in self.index.objects and any(own)

    def own_bindings(self, name: str, user: int) -> list[int]:
        """Return the student's own binding of a provided name above its user, if it counts.

        None where the handed-out binding follows it.
        """
        cell = self.index.statements[user].cell
        above = [i for i in self.provided.imported(name) if i <= user or self.index.statements[i].cell == cell]
        return [i for i in above[-1:] if self.provided.is_own(name, i)]

    def bindings_above(self, name: str, bindings: Sequence[int], time: int, user: int) -> list[int]:
        """Return the last certain binding and later ones that may happen.

        Loop variables count only where there is nothing else. Of those that may turn out to be of no use to the user,
        only the last certain one is returned.
        """
        chosen: list[int] = []
        certain = False
        end = bisect_left(bindings, time)
        passed_over = set()
        for place in range(end - 1, -1, -1):
            self.steps += 1
            statement = self.index.statements[bindings[place]]
            if statement.index > self.end and self.index.alterations.in_place(statement):
                continue
            doubts = self.usable.doubts(name, bindings, place, user)
            self.doubtful |= {(statement.index, name, attribute) for attribute in doubts}
            if self.usable.not_meant(name, bindings, place, user):
                passed_over.add((statement.index, name))
            elif name not in statement.names.loops and not (doubts and certain):
                chosen.append(statement.index)
                certain = certain or name in statement.names.binds
                if not doubts and name in statement.names.binds:
                    break
        builtin = name in BUILTINS and bool(passed_over)
        if chosen or builtin:
            self.passed_over |= passed_over
            return chosen
        return [i for i in bindings[end - 1 : end] if (i, name) not in self.results]

    def binding_below(self, name: str, bindings: Sequence[int], time: int, user: int) -> list[int]:
        """Return the nearest binding below its use: the student ran the cells in another order."""
        if name in BUILTINS:
            return []
        below = [i for i in bindings if i > time and i != user and (i, name) not in self.results]
        nearest = [i for i in below if i < user][-1:] or below[:1]
        self.hoisted.update((user, i) for i in nearest)
        return nearest
