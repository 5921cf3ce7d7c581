"""Check an answer's form before its values: structure, shape, dtype class, finiteness."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from grader.compare import messages
from grader.compare.expected import LARGEST, element_class, expected_tensor
from grader.compare.formatting import count, describe, named_shape, place, plain_shape
from grader.compare.mismatch import MismatchError, Places, first, remark, unlike
from grader.errors import CheckError
from grader.value import Array, Tensor, Unpackable, Value


def parts(answer: Value, names: Sequence[str]) -> tuple[Value, ...]:
    """Return the parts of an answer that must be a tuple of ``len(names)`` parts.

    A list of the same length, or an object that unpacks into as many parts, is a right answer with a remark.
    """
    if isinstance(answer, tuple | list) and len(answer) == len(names):
        if isinstance(answer, list):
            remark(messages.LIST_FOR_TUPLE)
        return tuple(answer)
    if isinstance(answer, Unpackable) and len(answer.parts) == len(names):
        remark(messages.object_for_tuple(answer.type_name))
        return answer.parts
    expected, actual, hint = messages.a_tuple(names), describe(answer), messages.return_all(names)
    if answer is None:
        hint = f"{messages.NO_RETURN} {hint}"
    raise MismatchError("structure", messages.other_structure(expected, actual), expected, actual, hint=hint)


def tensor(answer: Value, *, name: str) -> Tensor:
    """Return an answer that must be a tensor, also from a numpy array or a Python number.

    A number is a tensor without axes.
    """
    match answer:
        case Tensor():
            return answer
        case bool() | float() | int() if abs(answer) <= LARGEST:
            data = np.asarray(answer)
            return Tensor(data, data.dtype.name, kind="python")
        case list() | tuple() if answer and all(isinstance(a, Tensor) for a in answer):
            hint = messages.STACK_TENSORS
        case None:
            hint = messages.NO_RETURN
        case list():
            hint = messages.MAKE_TENSOR
        case _:
            hint = ""
    raise unlike("structure", name, messages.A_TENSOR, describe(answer), hint)


def number(answer: Value, *, name: str) -> float:
    """Return an answer that must be one number: a Python number, or a tensor without axes."""
    match answer:
        case bool():
            pass
        case float():
            return answer
        case int() if abs(answer) <= LARGEST:
            return answer
        case Tensor() if answer.shape == () and (answer.is_floating or answer.is_integer):
            return float(answer.data)
    raise unlike("structure", name, messages.A_NUMBER, describe(answer))


def shape(answer: Value, expected: Sequence[int], *, axes: Sequence[str], name: str) -> None:
    """Check that a tensor has exactly this shape; nothing is broadcast.

    ``axes`` names each length of ``expected``."""
    if len(axes) != len(expected):
        raise CheckError(messages.lengths_without_axes(name, len(expected), len(axes)))
    actual = tensor(answer, name=name).shape
    if actual == tuple(expected):
        return
    wanted = named_shape(axes, expected)
    got, finding, hint = _explain_shape(actual, tuple(expected), axes) if actual else (describe(answer), "", "")
    raise MismatchError("shape", messages.other_shape(name, wanted, got, finding), wanted, got, hint=hint)


def _explain_shape(actual: tuple[int, ...], expected: tuple[int, ...], axes: Sequence[str]) -> tuple[str, str, str]:
    """Return the answer's shape as text, what is wrong with it or "", and a hint or ""."""
    if len(actual) == len(expected):
        return _same_rank(actual, expected, axes)
    if len(actual) == len(expected) + 1:
        for i, length in enumerate(actual):
            if length == 1 and actual[:i] + actual[i + 1 :] == expected:
                got = named_shape([*axes[:i], "batch", *axes[i:]], actual)
                return got, messages.EXTRA_AXIS, messages.BATCH_OF_ONE
    for i, axis in enumerate(axes):
        if expected[:i] + expected[i + 1 :] == actual:
            got = named_shape([*axes[:i], *axes[i + 1 :]], actual)
            return got, messages.axis_missing(axis), messages.keep_axis(axis)
    return plain_shape(actual), messages.other_number_of_axes(len(actual), len(expected)), ""


def _same_rank(actual: tuple[int, ...], expected: tuple[int, ...], axes: Sequence[str]) -> tuple[str, str, str]:
    for order in itertools.permutations(range(len(axes))):
        if actual == tuple(expected[i] for i in order):
            return named_shape([axes[i] for i in order], actual), messages.SWAPPED_AXES, messages.ORDER_OF_AXES
    lengths = [each for each in zip(axes, actual, expected, strict=True) if each[1] != each[2]]
    return named_shape(axes, actual), " and ".join(messages.other_length(*each) for each in lengths), ""


def dtype(answer: Value, expected: str, *, name: str) -> None:
    """Check that a tensor's elements are ``floating``, ``integer`` or ``bool``, of any width."""
    if expected not in messages.ELEMENTS:
        raise CheckError(messages.no_class(name, expected))
    given = tensor(answer, name=name)
    if element_class(given) == expected:
        return
    actual = f"{messages.ELEMENTS.get(element_class(given), messages.OTHER_ELEMENTS)} ({given.dtype})"
    raise unlike("dtype", name, messages.ELEMENTS[expected], actual, messages.HINTS_ON_ELEMENTS[expected])


def rank(answer: Value, axes: Sequence[str], *, name: str) -> Tensor:
    """Return a tensor that must have these axes, of whatever lengths."""
    given = tensor(answer, name=name)
    if len(given.shape) == len(axes):
        return given
    raise unlike("shape", name, messages.tensor_with(axes), describe(answer))


def finite(answer: Value, *, axes: Sequence[str], name: str) -> None:
    """Check that a tensor with these axes holds neither NaN nor an infinity."""
    data = rank(answer, axes, name=name).data
    bad = ~np.isfinite(data)
    if not bad.any():
        return
    at = first(bad)
    many, where = count(int(bad.sum()), bad.size), place(axes, at)
    raise MismatchError(
        "finite",
        messages.not_finite(name, many, where, data[at]),
        messages.FINITE_NUMBERS,
        f"{data[at]} {many}",
        where=where,
        hint=messages.FIND_NOT_FINITE,
        places=Places(axes, bad, at),
    )


def contract(answer: Value, expected: Value, *, axes: Sequence[str], name: str, kind: str = "") -> tuple[Array, Array]:
    """Check shape, dtype class and finiteness against the reference's; return both arrays.

    Another library's array and another width of the same class are right with a remark. What is expected may have to
    be of one ``kind``; raises CheckError where it cannot be what a reference gives.
    """
    right, given = expected_tensor(expected, "expected", name=name, axes=axes, kind=kind), tensor(answer, name=name)
    if given.kind != right.kind:
        remark(messages.other_kind(name, given.kind, right.kind))
    shape(given, right.shape, axes=axes, name=name)
    dtype(given, element_class(right), name=name)
    finite(given, axes=axes, name=name)
    if given.dtype != right.dtype and given.kind != "python":
        remark(messages.other_width(name, given.dtype, right.dtype))
    return given.data, right.data
