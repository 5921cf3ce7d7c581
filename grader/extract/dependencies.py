"""The record of what one exercise needs of a notebook."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The statements that one exercise needs, as indices, and what else is known of its names.

    ``unresolved`` are names that nothing binds, ``hoisted`` pairs (user, binder) of which the binder stands below its
    user, ``passed_over`` bindings (statement, name) that cannot be what was meant. ``doubtful`` are bindings
    (statement, name, attribute), of statements that may be taken or not, that count only if running them gives what has
    the attribute, or can be called ("__call__"). ``optional`` are statements that may be needed: those that configure
    the process and, with ``whole_notebook`` (names could not be followed), all others. ``changed_below`` are
    bindings and changes (statement, name) that do not count because they stand below ``cell``, the function's own, in
    an early reading; elsewhere that is 0.
    """

    taken: frozenset[int] = frozenset()
    unresolved: frozenset[str] = frozenset()
    hoisted: frozenset[tuple[int, int]] = frozenset()
    passed_over: frozenset[tuple[int, str]] = frozenset()
    doubtful: frozenset[tuple[int, str, str]] = frozenset()
    whole_notebook: bool = False
    optional: frozenset[int] = frozenset()
    cell: int = 0
    changed_below: frozenset[tuple[int, str]] = frozenset()
