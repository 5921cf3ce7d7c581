"""Comparators of tensors: closeness, KL divergences, integers, argmax, probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.compare import messages
from grader.compare.contract import contract, dtype, finite, rank
from grader.compare.expected import check_limit, expected_tensor
from grader.compare.formatting import count, pair, place, short, token_text
from grader.compare.mismatch import MismatchError, Places, Tolerance, first, remark
from grader.compare.tolerance_share import share
from grader.differences import differences
from grader.value import COARSE, Array, Tensor, Value, rounded

CLOSE = Tolerance(absolute=1e-3, relative=2e-3)
"""Passes every right way to compute a KL in float32, and no known mistake.

It also allows for rounding to half precision.
"""

TIE = 1e-3
"""Logits nearer than this are a tie: in another order, another one may be the greatest."""


def close(answer: Value, expected: Value, *, axes: Sequence[str], name: str, tolerance: Tolerance = CLOSE) -> None:
    """Check a floating-point tensor elementwise, in the shape of ``expected``.

    An answer of a coarse type is right where rounding makes it of a number within the tolerance.
    """
    actual, right = contract(answer, expected, axes=axes, name=name)
    _within("close", actual, right, tolerance, axes, name, _coarse(answer))


def kl(answer: Value, expected: Value, *, axes: Sequence[str], name: str, tolerance: Tolerance = CLOSE) -> None:
    """Check KL divergences elementwise, because a mean would hide a reversed KL.

    A divergence below zero by more than noise has a sentence of its own; coarse types are treated as in :func:`close`.
    """
    actual, right = contract(answer, expected, axes=axes, name=name)
    negative = actual < -tolerance.absolute
    if negative.any():
        index = _worst(-actual)
        lowest, where, many = short(float(actual[index])), place(axes, index), _many(negative)
        raise MismatchError(
            "kl",
            messages.negative_kl(name, many, where, lowest),
            messages.NOT_NEGATIVE,
            f"{lowest} (negative {many})",
            where=where,
            hint=messages.SIGN_OF_KL,
            places=Places(axes, negative, index),
        )
    _within("kl", actual, right, tolerance, axes, name, _coarse(answer))


def integers(answer: Value, expected: Value, *, axes: Sequence[str], name: str) -> None:
    """Check an integer tensor exactly, in the shape of ``expected``."""
    actual, right = contract(answer, expected, axes=axes, name=name, kind="integer")
    _equal("integers", actual, right, np.not_equal(actual, right), axes, name)


def argmax(
    answer: Value,
    expected: Value,
    margin: Value,
    *,
    axes: Sequence[str],
    name: str,
    runner_up: Value = None,
    tie: float = TIE,
    vocabulary: Sequence[str] = (),
) -> None:
    """Check the ids of the greatest elements.

    Where the reference itself has a tie, another id is right with a remark. ``margin`` holds, for each element of
    ``expected``, how far the reference's best logit is above its second; ``runner_up``, where given, the id of that
    second, and then no third id is right. ``vocabulary`` holds the text of each id, where sentences should show it.
    """
    check_limit(tie, "tie", name=name)
    best = expected_tensor(expected, "expected", name=name, axes=axes, kind="integer")
    lead = expected_tensor(margin, "margin", name=name, like=best.shape).data
    second = (
        None
        if runner_up is None
        else expected_tensor(runner_up, "runner_up", name=name, like=best.shape, kind="integer")
    )
    actual, right = contract(answer, best, axes=axes, name=name)
    differ = np.not_equal(actual, right)
    if second is not None:
        lead = np.where(np.equal(actual, second.data), lead, np.inf)
    share(name, np.where(differ, lead, 0.0), np.asarray(tie))
    tied = differ & (lead < tie)
    _equal("argmax", actual, right, differ & ~tied, axes, name, vocabulary)
    if tied.any():
        remark(messages.other_of_tie(name, _many(tied)))


def probabilities(answer: Value, *, axes: Sequence[str], name: str, axis: int = -1, tolerance: float = 1e-3) -> None:
    """Check that a tensor holds probabilities: from 0 to 1, and sums of 1 along ``axis``."""
    check_limit(tolerance, "tolerance", name=name)
    given = rank(answer, axes, name=name)
    dtype(given, "floating", name=name)
    finite(given, axes=axes, name=name)
    data = given.data.astype(np.float64)
    outside = np.maximum(-data, data - 1)
    if (outside > tolerance).any():
        index = _worst(outside)
        where, value = place(axes, index), short(float(data[index]))
        raise MismatchError(
            "probabilities",
            messages.no_probability(name, value, where),
            messages.FROM_0_TO_1,
            value,
            where=where,
            hint=messages.APPLY_SOFTMAX,
            places=Places(axes, outside > tolerance, index),
        )
    sums = data.sum(axis=axis)
    off = np.abs(sums - 1)
    if (off > tolerance).any():
        index = _worst(off)
        where = place([a for i, a in enumerate(axes) if i != axis % len(axes)], index)
        value = short(float(sums[index]))
        raise MismatchError(
            "probabilities",
            messages.wrong_sum(name, value, where, axes[axis]),
            messages.SUMS_OF_1,
            f"a sum of {value}",
            where=where,
            hint=messages.SOFTMAX_AXIS,
        )


def _coarse(answer: Value) -> str:
    """Return the answer's type if its rounding counts."""
    return answer.dtype if isinstance(answer, Tensor) and answer.dtype in COARSE else ""


def _within(
    kind: str, actual: Array, expected: Array, tolerance: Tolerance, axes: Sequence[str], name: str, coarse: str
) -> None:
    given, right = actual.astype(np.float64), expected.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):  # beyond float64 is infinitely far off
        off, allowed = differences(actual, expected), tolerance.allowed(right)
        if coarse:
            allowed = np.abs(rounded(right + np.copysign(allowed, given - right), coarse) - right)
        beyond = off - allowed
    share(name, off, allowed)
    wrong = beyond > 0
    if not wrong.any():
        if coarse:
            remark(messages.rounding_allowed(name, coarse, 2.0 ** -COARSE[coarse][0]))
        return
    index = _worst(beyond)
    texts = pair(float(right[index]), float(given[index]))
    raise _differs(kind, texts, name, Places(axes, wrong, index, float(off[index]), float(allowed[index])), coarse)


def _equal(
    kind: str,
    actual: Array,
    expected: Array,
    wrong: Array,
    axes: Sequence[str],
    name: str,
    vocabulary: Sequence[str] = (),
) -> None:
    if wrong.any():
        index = first(wrong)
        texts = token_text(int(expected[index]), vocabulary), token_text(int(actual[index]), vocabulary)
        raise _differs(kind, texts, name, Places(axes, wrong, index))


def _differs(kind: str, texts: tuple[str, str], name: str, places: Places, coarse: str = "") -> MismatchError:
    """Return the error of an elementwise difference, at the worst or else the first place."""
    expected, actual = texts
    many, where, distance = _many(places.wrong), place(places.axes, places.worst), ""
    if places.off is not None and places.allowed is not None:
        distance = messages.distance(short(places.off), short(places.allowed), coarse)
    details = "; ".join(filter(None, (distance, f"wrong {many}")))
    return MismatchError(
        kind,
        messages.wrong_elements(name, many, where, expected, actual, distance),
        expected,
        f"{actual} ({details})",
        where=where,
        places=places,
    )


def _many(wrong: Array) -> str:
    return count(int(wrong.sum()), wrong.size)


def _worst(badness: Array) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(int(np.nanargmax(badness)), badness.shape))
