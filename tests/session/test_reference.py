"""The reference: its answers, kept on disk by what they depend on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.assignment import Assignment
from grader.errors import KernelError
from grader.kernel import Kernel, KernelPool
from grader.session import AnswerStore, Reference, ReferenceAnswers, answer_source
from grader.session.answer_source import Question
from grader.session.answer_store import key
from grader.session.call_limits import Cost
from grader.value import Opaque, Tensor, Value


class CountingPool:
    """A real pool that counts the kernels it gives."""

    def __init__(self, pool: KernelPool) -> None:
        self.pool = pool
        self.info = pool.info
        self.started = 0

    def kernel(self, model: str, *, role: str) -> Kernel:
        self.started += 1
        return self.pool.kernel(model, role="reference")


@pytest.fixture
def counting(pool: KernelPool) -> CountingPool:
    return CountingPool(pool)


Open = Callable[..., ReferenceAnswers]


@pytest.fixture
def opened(counting: CountingPool, assignment: Assignment, tmp_path: Path) -> Iterator[Open]:
    """Open the reference's answers over a store in a temporary folder."""
    with ExitStack() as end:

        def opened(digest: str = "a") -> ReferenceAnswers:
            changed = replace(assignment, digest=digest)
            return end.enter_context(ReferenceAnswers(answer_source(lambda: counting, changed, AnswerStore(tmp_path))))

        yield opened


def test_the_reference_answers_on_each_model(opened: Open) -> None:
    """The same call on another model is another answer."""
    answers = opened()

    assert [Reference(answers, m).pair(5)[1] for m in ("two", "three")] == [10.0, 15.0]


def test_an_answer_is_computed_once(opened: Open, counting: CountingPool) -> None:
    """A second examiner reads it from disk and starts no kernel."""
    first = Reference(opened(), "two").scale([1.0])
    started = counting.started

    again = Reference(opened(), "two").scale([1.0])

    assert counting.started == started == 1
    assert np.array_equal(first.data, again.data)


@pytest.mark.parametrize("change", ["function", "arguments", "assignment", "model"])
def test_an_answer_depends_on_all_that_decides_it(opened: Open, counting: CountingPool, change: str) -> None:
    """Another function, argument, assignment or model is asked for afresh."""
    Reference(opened(), "two").pair(1)

    match change:
        case "function":
            Reference(opened(), "two").scale(1)
        case "arguments":
            Reference(opened(), "two").pair(2)
        case "assignment":
            Reference(opened("b"), "two").pair(1)
        case "model":
            Reference(opened(), "three").pair(1)

    assert counting.started == 2


@pytest.mark.parametrize("damage", [b"", b"not a zip", b"PK\x03\x04 cut short"])
def test_a_damaged_answer_is_computed_again(opened: Open, tmp_path: Path, damage: bytes) -> None:
    """A file that cannot be read is made anew, and is whole afterwards."""
    Reference(opened(), "two").pair(1)
    [file] = tmp_path.rglob("*.npz")
    file.write_bytes(damage)

    assert Reference(opened(), "two").pair(1) == (1, 2.0)
    assert AnswerStore(tmp_path).get(file.stem)["value"] == (1, 2.0)


def test_a_reference_that_fails_is_an_error_of_ours(opened: Open) -> None:
    """No student pays for a solution that raises or is missing."""
    reference = Reference(opened(), "two")

    with pytest.raises(KernelError, match=r"the reference's breaks did not answer: .*RuntimeError"):
        reference.breaks()
    with pytest.raises(KernelError, match="the reference's nowhere did not answer"):
        reference.nowhere()


def test_a_variant_answers_like_any_function(opened: Open) -> None:
    """Alone, or as a pair of mistakes that the author's ``both`` computes."""
    answers = opened()

    assert answers.variant("scale_adds", Question("two", "scale", ([1.0],), {})).data.tolist() == [3.0]
    assert answers.variant("scale_adds+scale_negates", Question("two", "scale", ([1.0],), {})).data.tolist() == [-3.0]


def test_a_variant_that_raises_has_no_answer_and_is_not_asked_again(opened: Open, counting: CountingPool) -> None:
    """Some mistakes have no answer to some inputs; that too is worth keeping."""
    for _ in range(2):
        with pytest.raises(KeyError):
            opened().variant("scale_raises", Question("two", "scale", ([1.0],), {}))

    assert counting.started == 1


def test_a_store_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    """Without a cache folder answers are computed, not kept."""
    (tmp_path / "file").write_text("in the way")
    store = AnswerStore(tmp_path / "file")

    store.put("ab", 1)

    with pytest.raises(KeyError):
        store.get("ab")


VALUES: list[Value] = [
    None,
    True,
    2**70,
    -0.5,
    "text\u2028\ud800",
    [1, (2, [])],
    {"a": {"b": ()}},
    Opaque("Module"),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_comes_back_as_it_was_stored(tmp_path: Path, value: Value) -> None:
    """Every kind of value survives the disk."""
    store = AnswerStore(tmp_path)
    store.put("ab", value)

    assert store.get("ab") == value


def test_arrays_come_back_with_type_and_shape(tmp_path: Path) -> None:
    """Tensors keep their numbers, their element type, its original name and their library."""
    store = AnswerStore(tmp_path)
    store.put("ab", {"x": Tensor(np.zeros((0, 3), "float32"), "bfloat16", "numpy")})

    back = store.get("ab")["x"]

    assert (back.shape, back.data.dtype, back.dtype, back.kind) == ((0, 3), np.float32, "bfloat16", "numpy")


def test_keys_tell_arrays_apart() -> None:
    """Numbers, shape and type of an array are part of the key."""
    arrays = [np.zeros((2, 3)), np.zeros((3, 2)), np.ones((2, 3)), np.zeros((2, 3), "float32")]
    keys = {key("f", Tensor(a, a.dtype.name)) for a in arrays}

    assert len(keys) == 4
    assert key("f", Tensor(arrays[0], "float64")) in keys


def test_an_answer_asked_for_once_is_not_kept(opened: Open, counting: CountingPool) -> None:
    """What a student's answer asks about does not fill the disk; kept answers are read."""
    Reference(opened(), "two").once.pair(3)
    Reference(opened(), "two").pair(3)
    assert counting.started == 2

    Reference(opened(), "two").once.pair(3)
    assert counting.started == 2


def cost(answers: ReferenceAnswers, name: str, *args: Value, keep: bool = True) -> Cost | None:
    return answers.cost(Question("two", name, args, {}), keep=keep)


def test_what_an_answer_costs_is_measured_with_it(opened: Open, counting: CountingPool) -> None:
    """Processor time, memory and the answer's size, known from then on without a kernel."""
    answers = opened()
    right = Reference(answers, "two").scale([1.0, 2.0])

    found = cost(answers, "scale", [1.0, 2.0])

    assert found is not None
    assert found.cpu_s > 0
    assert found.memory_mb >= 0
    assert found.answer_bytes == right.data.nbytes == 8
    assert cost(opened(), "scale", [1.0, 2.0]) == found
    assert counting.started == 1


def test_a_cost_that_nobody_asked_for_is_found_out(opened: Open, counting: CountingPool) -> None:
    """The answer is then known too; what only this submission is asked is not kept."""
    answers = opened()

    assert cost(answers, "pair", 1)
    assert Reference(answers, "two").pair(1) == (1, 2.0)
    assert counting.started == 1
    assert cost(answers, "pair", 2, keep=False)
    assert cost(opened(), "pair", 2)
    assert counting.started == 2


def test_costs_are_those_of_this_machine(opened: Open, counting: CountingPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another machine's cache gives answers but no costs; both are kept from then on."""
    here = cost(opened(), "pair", 1)
    monkeypatch.setattr("grader.machine.identity", lambda: "another")

    assert Reference(opened(), "two").pair(1) == (1, 2.0)
    assert counting.started == 1
    assert cost(opened(), "pair", 1) != here
    assert counting.started == 2
    monkeypatch.undo()
    assert cost(opened(), "pair", 1) == here
    assert counting.started == 2


@pytest.mark.parametrize("damage", [None, {}, {"costs": 7}, {"costs": {"here": ["much", 1]}}, {"costs": {"here": [1]}}])
def test_a_damaged_cost_is_measured_again(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Value
) -> None:
    """Whatever stands in a cache, the limit of a call does not follow from nonsense."""
    monkeypatch.setattr("grader.machine.identity", lambda: "here")
    here = cost(opened(), "pair", 1)
    [file] = tmp_path.rglob("*.npz")
    AnswerStore(tmp_path).put(file.stem, {"value": (1, 2.0), **(damage or {})})

    assert here is not None
    again = cost(opened(), "pair", 1)
    assert again is not None
    assert 0 < again.cpu_s < 60


def test_what_the_reference_does_not_answer_costs_nothing(opened: Open, counting: CountingPool) -> None:
    """Where the reference raises or lacks a function, the assignment's limits hold.

    It is not asked again.
    """
    answers = opened()

    assert [cost(answers, name) for name in ("breaks", "nowhere") for _ in range(2)] == [None] * 4
    assert counting.started == 1
