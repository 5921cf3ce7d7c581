"""Values are sent as data and arrive as what they were."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from grader.errors import BadAnswer
from grader.extract import Segment
from grader.kernel import Kernel, KernelPool
from grader.value import Opaque, Tensor, Unpackable

SOURCE = """
import collections, dataclasses, enum
import numpy as np

Pair = collections.namedtuple("Pair", "left right")

@dataclasses.dataclass
class Record:
    name: str
    values: t.Tensor

@dataclasses.dataclass
class Parts:
    left: int
    right: int

    def __iter__(self):
        return iter((self.left, self.right))

class Endless:
    def __iter__(self):
        return iter(int, 1)

class Broken:
    def __iter__(self):
        raise RuntimeError("no")

class Loud(t.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        raise RuntimeError("no")

def evaluate(text):
    return eval(text)

def same(x):
    return x

def kind(x):
    return type(x).__name__, str(getattr(x, "dtype", ""))
"""


@pytest.fixture(scope="module")
def kernel(pool: KernelPool) -> Iterator[Kernel]:
    with pool.kernel("narrow") as kernel:
        assert kernel.run([Segment(1, SOURCE, frozenset())]) == {}
        yield kernel


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("None", None),
        ("True", True),
        ("-3", -3),
        ("2 ** 100", 2**100),
        ("-(2 ** 60)", -(2**60)),
        ("0.1", 0.1),
        ("float('inf')", math.inf),
        ("'\\ud800 Straße 😀'", "\ud800 Straße 😀"),
        ("[1, (2, 'x'), {'a': [None]}]", [1, (2, "x"), {"a": [None]}]),
        ("[Pair(1, 2)]", [(1, 2)]),
        ("t.ones(2, 3).shape", (2, 3)),
        ("collections.OrderedDict(a=1)", {"a": 1}),
        ("enum.IntEnum('E', 'A').A", 1),
    ],
)
def test_plain_values_arrive_as_they_are(kernel: Kernel, text: str, expected: Any) -> None:
    """Numbers, texts and containers come back equal and of the same type."""
    value = kernel.call("evaluate", (text,), cpu_s=10)

    assert value == expected
    assert type(value) is type(expected)


def test_not_a_number_arrives(kernel: Kernel) -> None:
    """A NaN outside an array comes back as one."""
    assert math.isnan(kernel.call("evaluate", ("float('nan')",), cpu_s=10))


@pytest.mark.parametrize(
    ("text", "dtype", "kind", "expected"),
    [
        ("t.arange(6).reshape(2, 3)", "int64", "torch", np.arange(6).reshape(2, 3)),
        ("t.arange(6.).reshape(2, 3).T", "float32", "torch", np.arange(6.0).reshape(2, 3).T),
        ("t.arange(6)[::2]", "int64", "torch", np.array([0, 2, 4])),
        ("t.tensor(1.5)", "float32", "torch", np.array(1.5)),
        ("t.tensor([1., 2.5], dtype=t.float16)", "float16", "torch", np.array([1.0, 2.5])),
        ("t.tensor([1., 2.5], dtype=t.bfloat16)", "bfloat16", "torch", np.array([1.0, 2.5])),
        ("t.tensor([1., 2.5], dtype=t.float64)", "float64", "torch", np.array([1.0, 2.5])),
        ("t.tensor([True, False])", "bool", "torch", np.array([True, False])),
        ("t.tensor([1 + 2j]).conj()", "complex64", "torch", np.array([1 - 2j])),
        ("t.zeros(0, 4)", "float32", "torch", np.zeros((0, 4))),
        ("t.ones(2, requires_grad=True) * 2", "float32", "torch", np.array([2.0, 2.0])),
        ("t.nn.Parameter(t.ones(2))", "float32", "torch", np.ones(2)),
        ("t.ones(3).as_subclass(Loud)", "float32", "torch", np.ones(3)),
        ("t.ones(1).expand(4)", "float32", "torch", np.ones(4)),
        ("t.eye(2).to_sparse()", "float32", "torch", np.eye(2)),
        ("t.eye(2).to_sparse_csr()", "float32", "torch", np.eye(2)),
        ("np.arange(4, dtype='>i4').reshape(2, 2).T", "int32", "numpy", np.arange(4).reshape(2, 2).T),
        ("np.float32(0.5)", "float32", "numpy", np.array(0.5)),
        ("np.bool_(True)", "bool", "numpy", np.array(True)),
    ],
)
def test_arrays_arrive_with_their_type(
    kernel: Kernel, text: str, dtype: str, kind: str, expected: np.ndarray[Any, Any]
) -> None:
    """Tensors and arrays of every layout keep numbers, shape, type and library."""
    value = kernel.call("evaluate", (text,), cpu_s=10)

    assert isinstance(value, Tensor)
    assert (value.dtype, value.kind, value.shape) == (dtype, kind, expected.shape)
    np.testing.assert_array_equal(value.data, expected)


def test_a_dataclass_arrives_as_a_dictionary(kernel: Kernel) -> None:
    """Fields of a record come back by name, with the arrays in them."""
    value = kernel.call("evaluate", ("Record('x', t.ones(2))",), cpu_s=10)

    assert value["name"] == "x"
    np.testing.assert_array_equal(value["values"].data, np.ones(2))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Parts(1, 2)", "Parts"),
        ("Pair(1, 2)", "Pair"),
        ("{1: 1, 2: 2}.values()", "dict_values"),
        ("collections.deque([1, 2])", "deque"),
    ],
)
def test_an_answer_that_unpacks_arrives_with_its_parts(kernel: Kernel, text: str, name: str) -> None:
    """An object is not the tuple that it unpacks into, but what it unpacks into is known."""
    assert kernel.call("evaluate", (text,), cpu_s=10) == Unpackable(name, (1, 2))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("object()", "object"),
        ("{1: 2}", "dict"),
        ("{1, 2}", "set"),
        ("b'x'", "bytes"),
        ("t.ones(2, device='meta')", "Tensor (meta)"),
        ("np.array([object()])", "numpy.ndarray of object"),
        ("model", "Linear"),
        ("Endless()", "Endless"),
        ("(x for x in (1, 2))", "generator"),
        ("zip()", "zip"),
        ("Broken()", "Broken"),
        ("[Parts(1, 2) for _ in 'x'][0].__iter__", "method"),
    ],
)
def test_what_is_no_data_arrives_as_its_type(kernel: Kernel, text: str, name: str) -> None:
    """Anything that does not cross comes back as the name of its type."""
    assert kernel.call("evaluate", (text,), cpu_s=10) == Opaque(name)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("t.zeros(9 << 20, dtype=t.uint8)", "more than 8 MB"),
        ("t.zeros(1).expand(1 << 40)", "more than 8 MB"),
        ("t.sparse_coo_tensor(t.zeros(1, 1, dtype=t.long), t.ones(1), (1 << 40,))", "more than 8 MB"),
        ("[0] * 100_001", "more than 100000 items"),
        ("(lambda x: [x.append(x), x][1])([])", "nested more than 32 deep"),
        ("1 << 5000", "a whole number of more than 4096 bits"),
        ("'x' * (2 << 20)", "a text of more than"),
    ],
)
def test_what_is_too_large_is_refused(kernel: Kernel, text: str, reason: str) -> None:
    """A value beyond the caps is a bad answer that says which cap, and the kernel goes on."""
    with pytest.raises(BadAnswer, match=reason):
        kernel.call("evaluate", (text,), cpu_s=10)

    assert kernel.call("evaluate", ("1",), cpu_s=10) == 1


@pytest.mark.parametrize(
    "value", [None, True, -1, 2**80, 0.5, "Zoë", [1, [2]], (1, ("a",)), {"k": (1, [None])}, math.inf]
)
def test_arguments_arrive_as_they_are(kernel: Kernel, value: Any) -> None:
    """What is sent as an argument comes back equal and of the same type."""
    back = kernel.call("same", (value,), cpu_s=10)

    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "int64", "bool"])
def test_tensors_can_be_arguments(kernel: Kernel, dtype: str) -> None:
    """A tensor that came out of one kernel can be sent into another with its element type."""
    original = kernel.call("evaluate", (f"t.tensor([[0., 1., 3.]]).to(t.{dtype})",), cpu_s=10)

    back = kernel.call("same", (original,), cpu_s=10)

    assert kernel.call("kind", (original,), cpu_s=10) == ("Tensor", f"torch.{dtype}")
    assert back.dtype == original.dtype
    np.testing.assert_array_equal(back.data, original.data)


def test_keyword_arguments_arrive(kernel: Kernel) -> None:
    """Arguments can be given by name."""
    assert kernel.call("same", (), {"x": 3}, cpu_s=10) == 3


def test_what_cannot_be_sent_is_the_callers_mistake(kernel: Kernel) -> None:
    """An argument of another type is a TypeError before anything is sent."""
    with pytest.raises(TypeError, match="type object"):
        kernel.call("same", (object(),), cpu_s=10)
