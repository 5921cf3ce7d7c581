"""Diagnosis: which well-known mistake explains a wrong answer.

An answer is compared, part by part, with what each wrong variant of the reference answers to the same arguments. A part
that is right needs no explanation; a variant that explains all the others is the diagnosis. Mistakes of form (nothing
returned, parts in another order, an axis too many) are named without a bank.
"""

from __future__ import annotations

import ast
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.errors import AssignmentError
from grader.result import Diagnosis
from grader.value import Tensor, Value

Array = npt.NDArray[Any]

FILE = "misconceptions.py"
CERTAIN, LIKELY, PARTLY = 0.99, 0.9, 0.5

# Noise is relative to the size of the numbers: a mistake may have made all of them tiny.
ABSOLUTE, RELATIVE = 1e-4, 2e-3


@dataclass(frozen=True, slots=True)
class Misconception:
    """A wrong variant of an exercise's function; ``id`` is also the name of the function that computes it."""

    id: str
    exercise: str
    title: str
    hint: str


def load_bank(root: Path) -> tuple[Misconception, ...]:
    """Read ``MISCONCEPTIONS`` from an assignment's ``misconceptions.py`` without running it; empty without a file.

    Raises AssignmentError when it is not a list of literal dictionaries with ``id``, ``exercise``, ``title``, ``hint``.
    """
    path = root / FILE
    if not path.is_file():
        return ()
    try:
        return tuple(Misconception(**entry) for entry in _literal(path))
    except (SyntaxError, ValueError, TypeError) as error:
        rule = "MISCONCEPTIONS must be a list of literal dictionaries with id, exercise, title and hint"
        raise AssignmentError(path, f"{rule}: {error}") from error


def _literal(path: Path) -> list[dict[str, str]]:
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="MISCONCEPTIONS")], value=value):
                found: list[dict[str, str]] = ast.literal_eval(value)
                return found
    raise ValueError("there is no such assignment in the file")


def match(
    answer: Value, expected: Value, variants: Mapping[str, Value], bank: Sequence[Misconception]
) -> tuple[Diagnosis, ...]:
    """Return the mistakes that explain best how ``answer`` differs from ``expected``; none when none does.

    ``variants`` maps the ids of misconceptions in ``bank`` to their answers. Variants that explain the same parts
    equally well share the confidence.
    """
    wanted = _parts(expected)
    given = tuple(answer) if isinstance(answer, list) and isinstance(expected, tuple) else _parts(answer)
    wrong = [i for i, (a, e) in enumerate(itertools.zip_longest(given, wanted)) if not _same(a, e)]
    if not wrong:
        return ()
    found = {m: _explains(given, wrong, _parts(variants[m.id])) for m in bank if m.id in variants}
    best = max((confidence for confidence, _ in found.values()), default=0.0)
    if not best:
        return tuple(_of_form(answer, given, wanted, wrong))
    counts = Counter(found.values())
    return tuple(
        Diagnosis(m.id, m.title, m.hint, round(best / counts[how], 2)) for m, how in found.items() if how[0] == best
    )


def _explains(given: Sequence[Value], wrong: Sequence[int], variant: Sequence[Value]) -> tuple[float, frozenset[int]]:
    """Return how sure it is that a variant made the answer, and which wrong parts it explains."""
    if len(variant) != len(given):
        return 0.0, frozenset()
    same = [_same(a, v) for a, v in zip(given, variant, strict=True)]
    explained = frozenset(i for i in wrong if same[i])
    if all(same):
        return CERTAIN, explained
    return (LIKELY if len(explained) == len(wrong) else PARTLY * len(explained) / len(wrong)), explained


def _of_form(
    answer: Value, given: Sequence[Value], wanted: Sequence[Value], wrong: Sequence[int]
) -> Iterator[Diagnosis]:
    """Yield the mistake of form, if it is one: right numbers in a wrong arrangement, or nothing at all."""
    if answer is None:
        hint = "It may end without a `return`, print its result instead, or return inside an `if` that was not taken."
        yield Diagnosis("returns_nothing", "The function returns nothing", hint, CERTAIN)
    elif len(given) == len(wanted) > 1 and _permuted(given, wanted):
        hint = "The values are right. Compare the order of your `return` with the one in the task."
        yield Diagnosis("parts_in_another_order", "The results are returned in another order", hint, CERTAIN)
    elif len(given) == len(wanted):
        forms = {_form(given[i], wanted[i]) for i in wrong}
        if len(forms) == 1 and (form := forms.pop()) is not None:
            yield form


def _permuted(given: Sequence[Value], wanted: Sequence[Value]) -> bool:
    orders = itertools.permutations(range(len(wanted))) if len(wanted) <= 4 else ()
    return any(all(_same(given[i], wanted[j]) for i, j in enumerate(order)) for order in orders)


def _form(given: Value, wanted: Value) -> Diagnosis | None:
    a, e = _array(given), _array(wanted)
    if isinstance(given, list) and given and all(isinstance(g, Tensor) for g in given) and e is not None:
        arrays = [g.data for g in given]
        if len({x.shape for x in arrays}) == 1 and any(_close(np.stack(arrays, d), e) for d in range(e.ndim)):
            hint = "The values are right. Join the list into one tensor with `t.stack`."
            return Diagnosis("list_for_tensor", "A list of tensors is returned instead of one tensor", hint, CERTAIN)
    if a is None or e is None or a.ndim > 6:
        return None
    if a.ndim == e.ndim and any(_close(a.transpose(o), e) for o in itertools.permutations(range(a.ndim))):
        hint = "The values are right. Check along which axis you stack, and the order of axes that the task asks for."
        return Diagnosis("axes_in_another_order", "The axes are swapped", hint, CERTAIN)
    if a.ndim > e.ndim and _close(a.squeeze(), e.squeeze()):
        hint = "The values are right. Where does the extra axis of length 1 come from?"
        return Diagnosis("extra_axis", "An extra axis of length 1 is still there", hint, CERTAIN)
    return None


def _parts(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else (value,)


def _same(a: Value, b: Value) -> bool:
    """Return whether two values are equal but for noise; token ids may be flat or a batch of one."""
    x, y = _array(a), _array(b)
    if x is None or y is None:
        return type(a) is type(b) and not isinstance(a, Tensor | list | tuple | dict) and bool(a == b)
    flat = x.dtype.kind == y.dtype.kind == "i" and x.size in x.shape[-1:] and y.size in y.shape[-1:]
    return _close(x.reshape(-1), y.reshape(-1)) if flat else _close(x, y)


def _close(x: Array, y: Array) -> bool:
    if x.shape != y.shape or (x.dtype.kind in "f") != (y.dtype.kind in "f") or "c" in (x.dtype.kind, y.dtype.kind):
        return False
    if x.dtype.kind != "f":
        return bool(np.array_equal(x, y))
    finite = np.abs(y[np.isfinite(y)])
    scale = float(finite.max(initial=0.0))
    return bool(np.allclose(x, y, rtol=RELATIVE, atol=ABSOLUTE * scale, equal_nan=True))


def _array(value: Value) -> Array | None:
    match value:
        case Tensor():
            return value.data
        case bool() | int() | float():
            return np.asarray(value)
        case [*items] if items and all(isinstance(i, int | float) for i in items):
            return np.asarray(items)
    return None
