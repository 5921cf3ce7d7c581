"""Check an answer's form before its values: structure, shape, dtype class, finiteness."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from grader.compare.expected import LARGEST, element_class, expected_tensor
from grader.compare.formatting import count, describe, named_shape, place, plain_shape
from grader.compare.mismatch import MismatchError, Places, first, remark
from grader.errors import CheckError
from grader.value import Array, Tensor, Unpackable, Value

CLASSES = {"floating": "floating-point numbers", "integer": "integers", "bool": "booleans"}


def parts(answer: Value, names: Sequence[str]) -> tuple[Value, ...]:
    """Return the parts of an answer that must be a tuple of ``len(names)`` parts.

    A list of the same length, or an object that unpacks into as many parts, is a right answer with a remark.
    """
    if isinstance(answer, tuple | list) and len(answer) == len(names):
        if isinstance(answer, list):
            remark("You returned a list; a tuple is asked. That is fine.")
        return tuple(answer)
    if isinstance(answer, Unpackable) and len(answer.parts) == len(names):
        what = f"an object of type {answer.type_name}"
        remark(f"You returned {what}, which unpacks into the tuple that is asked for. That is fine.")
        return answer.parts
    expected = f"a tuple of {len(names)}: ({', '.join(names)})"
    hint = f"End your function with `return {', '.join(names)}`."
    if answer is None:
        hint = f"Your function may end without a `return`, or only print. {hint}"
    actual = describe(answer)
    raise MismatchError("structure", f"Expected {expected}, you returned {actual}.", expected, actual, hint=hint)


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
            hint = "Join them into one tensor with `torch.stack`; its `dim` says where the new axis goes."
        case None:
            hint = "Your function may end without a `return`, or only print."
        case list():
            hint = "Make it a tensor with `torch.tensor`."
        case _:
            hint = ""
    actual = describe(answer)
    raise MismatchError(
        "structure", f"{name}: expected a tensor, you returned {actual}.", "a tensor", actual, hint=hint
    )


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
    actual = describe(answer)
    raise MismatchError(
        "structure", f"{name}: expected a single number, you returned {actual}.", "a single number", actual
    )


def shape(answer: Value, expected: Sequence[int], *, axes: Sequence[str], name: str) -> None:
    """Check that a tensor has exactly this shape; nothing is broadcast.

    ``axes`` names each length of ``expected``."""
    if len(axes) != len(expected):
        raise CheckError(f"{name}: `expected` has {len(expected)} lengths, and `axes` names {len(axes)}.")
    actual = tensor(answer, name=name).shape
    if actual == tuple(expected):
        return
    wanted = named_shape(axes, expected)
    got, finding, hint = _explain_shape(actual, tuple(expected), axes) if actual else (describe(answer), "", "")
    sentence = f"{name}: expected the shape {wanted}, you returned {got}{finding and ': '}{finding}."
    raise MismatchError("shape", sentence, wanted, got, hint=hint)


def _explain_shape(actual: tuple[int, ...], expected: tuple[int, ...], axes: Sequence[str]) -> tuple[str, str, str]:
    """Return the answer's shape as text, what is wrong with it or "", and a hint or ""."""
    if len(actual) == len(expected):
        return _same_rank(actual, expected, axes)
    if len(actual) == len(expected) + 1:
        for i, length in enumerate(actual):
            if length == 1 and actual[:i] + actual[i + 1 :] == expected:
                got = named_shape([*axes[:i], "batch", *axes[i:]], actual)
                return (
                    got,
                    "there is an extra axis of length 1",
                    "Look for an axis that only counts inputs, a batch of one.",
                )
    for i, axis in enumerate(axes):
        if expected[:i] + expected[i + 1 :] == actual:
            hint = f"Keep a row for every {axis}: stack them, and do not sum or index that axis away."
            return named_shape([*axes[:i], *axes[i + 1 :]], actual), f"the {axis} axis is missing", hint
    return plain_shape(actual), f"the number of axes is {len(actual)} instead of {len(expected)}", ""


def _same_rank(actual: tuple[int, ...], expected: tuple[int, ...], axes: Sequence[str]) -> tuple[str, str, str]:
    for order in itertools.permutations(range(len(axes))):
        if actual == tuple(expected[i] for i in order):
            hint = "Which axis do you stack along, and which one does the task ask for first?"
            return named_shape([axes[i] for i in order], actual), "the axes are swapped", hint
    wrong = [i for i in range(len(axes)) if actual[i] != expected[i]]
    finding = " and ".join(f"the length of the {axes[i]} axis is {actual[i]} instead of {expected[i]}" for i in wrong)
    return named_shape(axes, actual), finding, ""


def dtype(answer: Value, expected: str, *, name: str) -> None:
    """Check that a tensor's elements are ``floating``, ``integer`` or ``bool``, of any width."""
    if expected not in CLASSES:
        raise CheckError(f"{name}: answers may be of {', '.join(CLASSES)} elements, not of {expected!r}.")
    given = tensor(answer, name=name)
    if element_class(given) == expected:
        return
    wanted = CLASSES[expected]
    actual = f"{CLASSES.get(element_class(given), 'other values')} ({given.dtype})"
    hint = {
        "integer": "Ids and positions are whole numbers: `argmax` gives them as integers; else use `.long()`.",
        "floating": "Keep the values themselves; do not round or compare them.",
        "bool": "Compare, and return the result of the comparison.",
    }[expected]
    raise MismatchError("dtype", f"{name}: expected {wanted}, you returned {actual}.", wanted, actual, hint=hint)


def rank(answer: Value, axes: Sequence[str], *, name: str) -> Tensor:
    """Return a tensor that must have these axes, of whatever lengths."""
    given = tensor(answer, name=name)
    if len(given.shape) == len(axes):
        return given
    wanted, actual = f"a tensor with the axes ({', '.join(axes)})", describe(answer)
    raise MismatchError("shape", f"{name}: expected {wanted}, you returned {actual}.", wanted, actual)


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
        f"{name}: not finite {many}{where and ', first at '}{where}: {data[at]}.",
        "finite numbers",
        f"{data[at]} {many}",
        where=where,
        hint="Look for the logarithm of zero, a division by zero, or an overflow; `log_softmax` avoids the first.",
        places=Places(axes, bad, at),
    )


def contract(answer: Value, expected: Value, *, axes: Sequence[str], name: str, kind: str = "") -> tuple[Array, Array]:
    """Check shape, dtype class and finiteness against the reference's; return both arrays.

    Another library's array and another width of the same class are right with a remark. What is expected may have to
    be of one ``kind``; raises CheckError where it cannot be what a reference gives.
    """
    right, given = expected_tensor(expected, "expected", name=name, axes=axes, kind=kind), tensor(answer, name=name)
    if given.kind != right.kind:
        remark(f"{name}: a {given.kind} value where the reference has one of {right.kind}. That is fine.")
    shape(given, right.shape, axes=axes, name=name)
    dtype(given, element_class(right), name=name)
    finite(given, axes=axes, name=name)
    if given.dtype != right.dtype and given.kind != "python":
        remark(f"{name}: {given.dtype} where the reference has {right.dtype}. That is fine.")
    return given.data, right.data
