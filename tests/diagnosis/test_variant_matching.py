"""Diagnosis: which mistake explains an answer, and how sure that is."""

from __future__ import annotations

import dataclasses
import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from grader.diagnosis import ComparedCall, Misconception, Misconceptions, Stage, diagnose, first_wrong_stage
from grader.diagnosis.messages import ARRANGEMENTS
from grader.result import Diagnosis
from grader.value import Tensor, Value

NUMBERS = np.random.default_rng(0)
KL = NUMBERS.uniform(0, 10, (4, 3)).astype("float32")
TOP = NUMBERS.integers(0, 100, (4, 3))
IDS = NUMBERS.integers(0, 100, (1, 4))


def tensor(data: Value) -> Tensor:
    array = np.asarray(data)
    return Tensor(array, array.dtype.name)


EXPECTED = (tensor(IDS), tensor(TOP), tensor(KL))
REVERSED = (tensor(IDS), tensor(TOP), tensor(KL[::-1].copy()))
IN_BITS = (tensor(IDS), tensor(TOP), tensor(KL / np.float32(np.log(2))))
LEAST = (tensor(IDS), tensor(TOP + 1), tensor(KL))
VARIANTS = {"reversed": REVERSED, "bits": IN_BITS, "least": LEAST}
KNOWN = [Misconception(id, "f", f"title of {id}", f"hint of {id}") for id in ("reversed", "bits", "least", "absent")]


def found(
    answer: Value,
    expected: Value = EXPECTED,
    variants: dict[str, Value] = VARIANTS,
    known: list[Misconception] = KNOWN,
    pairs: tuple[tuple[str, str], ...] = (),
) -> tuple[Diagnosis, ...]:
    return diagnose([ComparedCall(answer, expected, variants.__getitem__)], Misconceptions(tuple(known), pairs))


def ids(answer: Value, expected: Value = EXPECTED, **options: Value) -> list[tuple[str, float]]:
    return [(d.id, d.confidence) for d in found(answer, expected, **options)]


@pytest.mark.parametrize("name", ["reversed", "bits", "least"])
def test_every_variant_is_diagnosed_as_itself(name: str) -> None:
    """An answer that equals one wrong variant is that mistake, almost certainly."""
    assert ids(VARIANTS[name]) == [(name, 0.99)]


def test_a_diagnosis_carries_the_title_and_hint() -> None:
    """Title and hint are the author's."""
    [diagnosis] = found(IN_BITS)

    assert (diagnosis.title, diagnosis.hint) == ("title of bits", "hint of bits")


@pytest.mark.parametrize("form", ARRANGEMENTS)
def test_what_is_said_of_a_form_is_short(form: str) -> None:
    """Title and hint together have fewer than forty words."""
    assert len(" ".join(ARRANGEMENTS[form]).split()) < 40


def test_a_right_answer_has_no_diagnosis() -> None:
    """Where nothing is wrong nothing is explained, noise and token lists included."""
    assert ids(EXPECTED) == []
    assert ids((IDS[0].tolist(), EXPECTED[1], tensor(KL * np.float32(1 + 1e-6)))) == []


def test_noise_does_not_hide_a_mistake() -> None:
    """A wrong variant computed in another order is still that variant."""
    noisy = tensor((KL[::-1] * (1 + 1e-5)).astype("float32"))

    assert ids((EXPECTED[0], EXPECTED[1], noisy)) == [("reversed", 0.99)]


def test_a_part_that_is_right_needs_no_explanation() -> None:
    """Tokens as a list are right and do not stand in the way of the diagnosis."""
    assert ids((IDS[0].tolist(), EXPECTED[1], REVERSED[2])) == [("reversed", 0.99)]


def test_a_variant_that_explains_one_of_two_wrong_parts_is_a_guess() -> None:
    """It is named, with little confidence."""
    assert ids((EXPECTED[0], tensor(TOP + 7), REVERSED[2])) == [("reversed", 0.25)]


def test_wrong_parts_that_different_variants_explain_are_two_mistakes() -> None:
    """They are one diagnosis with both titles, in the order of parts, and the first's hint."""
    [both] = found((EXPECTED[0], LEAST[1], REVERSED[2]))

    assert (both.id, both.confidence) == ("least+reversed", 0.9)
    assert (both.title, both.hint) == ("Two mistakes at once: title of least; title of reversed", "hint of least")


@pytest.mark.parametrize(
    ("answer", "form"),
    [
        ((EXPECTED[0], tensor(TOP.T), tensor(KL[::-1].T)), "axes_in_another_order"),
        ((EXPECTED[0], tensor(TOP[None]), tensor(KL[None, ::-1])), "extra_axis"),
        ((EXPECTED[0], EXPECTED[1], [tensor(row) for row in KL[::-1]]), "list_for_tensor"),
        ((EXPECTED[0], EXPECTED[1], KL[::-1].tolist()), "nested_lists"),
        ((EXPECTED[0], REVERSED[2], EXPECTED[1]), "parts_in_another_order"),
    ],
)
def test_a_variants_answer_in_a_wrong_arrangement_is_two_mistakes(answer: Value, form: str) -> None:
    """Swapped axes of a reversed KL are both: swapped and reversed."""
    assert ids(answer) == [(f"reversed+{form}", 0.9)]


def test_a_declared_pair_is_asked_for_when_no_single_mistake_explains_the_answer() -> None:
    """The variant of two mistakes at once is computed by the author's ``both``.

    Single ones come first.
    """
    both = (EXPECTED[0], tensor(TOP + 1), tensor(KL**2))
    variants = VARIANTS | {"bits+least": both}
    pairs = (("bits", "least"), ("reversed", "least"))

    assert ids(both, variants=variants, pairs=pairs) == [("bits+least", 0.99)]
    assert ids(IN_BITS, variants=variants | {"bits+least": IN_BITS}, pairs=pairs) == [("bits", 0.99)]


def test_what_an_instructor_accepts_is_no_mistake_beside_another() -> None:
    """Only the other one is named."""
    both = {"bits+least": (EXPECTED[0], tensor(TOP + 1), tensor(KL**2))}
    known = [dataclasses.replace(m, accepted=m.id == "bits") for m in KNOWN]
    [diagnosis] = found(both["bits+least"], variants=VARIANTS | both, known=known, pairs=(("bits", "least"),))

    assert (diagnosis.id, diagnosis.title, diagnosis.hint) == ("least", "title of least", "hint of least")


def test_a_mistake_must_explain_every_answer_of_a_check() -> None:
    """What is right on one prompt and wrong on another is only a mistake that is both, too."""
    telling = ComparedCall(IN_BITS, EXPECTED, {"bits": IN_BITS, "reversed": REVERSED, "sometimes": IN_BITS}.__getitem__)
    right = ComparedCall(EXPECTED, EXPECTED, {"bits": IN_BITS, "reversed": REVERSED, "sometimes": EXPECTED}.__getitem__)
    known = Misconceptions(tuple(Misconception(i, "f", i, i) for i in ("bits", "reversed", "sometimes")))

    assert [d.id for d in diagnose([telling], known)] == ["bits", "sometimes"]
    assert [(d.id, d.confidence) for d in diagnose([telling, right], known)] == [("sometimes", 0.99)]


def test_what_was_found_before_is_tried_first() -> None:
    """A likely mistake that explains everything is taken without computing other variants."""
    asked = []

    def variant(id: str) -> Value:
        asked.append(id)
        return VARIANTS[id]

    [diagnosis] = diagnose([ComparedCall(LEAST, EXPECTED, variant)], Misconceptions(tuple(KNOWN)), ["least"])

    assert (diagnosis.id, asked) == ("least", ["least"])


def test_a_mistake_that_is_ruled_out_is_not_computed_again() -> None:
    """A variant that differs from the first answer is not asked about the others."""
    asked = []

    def variant(id: str) -> Value:
        asked.append(id)
        return VARIANTS[id]

    cases = [ComparedCall(LEAST, EXPECTED, variant), ComparedCall(LEAST, EXPECTED, variant)]

    assert [d.id for d in diagnose(cases, Misconceptions(tuple(KNOWN[:3])))] == ["least"]
    assert asked == ["reversed", "bits", "least", "least"]


def test_a_tie_that_falls_the_other_way_does_not_hide_a_mistake() -> None:
    """One integer in a hundred may differ from a variant's, but none from the right answer."""
    top = NUMBERS.integers(0, 100, (20, 10))
    other = top + 1
    other[3, 4] = 7
    variants, known = {"least": tensor(top + 1)}, [Misconception("least", "f", "", "")]

    assert ids(tensor(other), tensor(top), variants=variants, known=known) == [("least", 0.99)]


STAGES = (
    Stage("a", "the tokens", 0),
    Stage("b", "the stream"),
    Stage("c", "the best tokens", 1),
    Stage("d", "the KL", 2),
)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            (EXPECTED[0], EXPECTED[1], tensor(KL + 1)),
            "Your values first differ from the expected ones at the KL (still right: the tokens and the best tokens)",
        ),
        (
            (EXPECTED[0], tensor(TOP + 9), tensor(KL + 1)),
            "Your values first differ from the expected ones at the best tokens (still right: the tokens)",
        ),
        (
            (tensor(IDS + 1), EXPECTED[1], tensor(KL + 1)),
            "Your values first differ from the expected ones at the tokens",
        ),
        (None, ""),
    ],
)
def test_without_an_explanation_it_is_said_how_far_the_computation_is_right(answer: Value, said: str) -> None:
    """The parts that are returned show up to which stage the numbers agree."""
    assert first_wrong_stage(ComparedCall(answer, EXPECTED, VARIANTS.__getitem__), STAGES) == said
    assert first_wrong_stage(ComparedCall(answer, EXPECTED, VARIANTS.__getitem__), STAGES[:1]) == ""


def test_variants_that_cannot_be_told_apart_share_the_confidence() -> None:
    """Two mistakes with the same answer are each half as likely."""
    twins = [Misconception(i, "f", i, i) for i in ("a", "b")]

    assert ids(REVERSED, variants={"a": REVERSED, "b": REVERSED}, known=twins) == [("a", 0.49), ("b", 0.49)]


def test_tiny_values_are_told_from_zeros() -> None:
    """The tolerance follows the size of the numbers: a mean over a vocabulary is not nothing."""
    tiny, known = tensor(KL / 50_000), [Misconception("mean", "f", "", "")]

    assert ids(tiny, tensor(KL), variants={"mean": tiny}, known=known) == [("mean", 0.99)]
    assert ids(tensor(np.zeros_like(KL)), tensor(KL), variants={"mean": tiny}, known=known) == []


def test_an_answer_that_no_variant_gives_has_no_diagnosis() -> None:
    """Saying nothing is better than a guess."""
    assert ids((EXPECTED[0], EXPECTED[1], tensor(KL + 1))) == []


@pytest.mark.parametrize(
    ("answer", "expected", "name"),
    [
        (None, EXPECTED, "returns_nothing"),
        ((EXPECTED[0], EXPECTED[2], EXPECTED[1]), EXPECTED, "parts_in_another_order"),
        ((EXPECTED[0], tensor(TOP.T), tensor(KL.T)), EXPECTED, "axes_in_another_order"),
        ((EXPECTED[0], EXPECTED[1], tensor(KL.T)), EXPECTED, "axes_in_another_order"),
        ((EXPECTED[0], tensor(TOP[None]), tensor(KL[None])), EXPECTED, "extra_axis"),
        ([tensor(row) for row in KL], tensor(KL), "list_for_tensor"),
        ([tensor(column) for column in KL.T], tensor(KL), "list_for_tensor"),
        ((EXPECTED[0], TOP.tolist(), KL.tolist()), EXPECTED, "nested_lists"),
        ([[tensor(k) for k in row] for row in KL], tensor(KL), "list_for_tensor"),
        (KL[0].tolist(), tensor(KL[0]), "nested_lists"),
        ((EXPECTED[0], tensor(TOP.astype("float32")), EXPECTED[2]), EXPECTED, "other_type"),
        ((EXPECTED[1], EXPECTED[2]), EXPECTED, "parts_missing"),
    ],
)
def test_mistakes_of_form_are_named_without_misconceptions(answer: Value, expected: Value, name: str) -> None:
    """Nothing returned, another order of parts or axes, an axis too many, a list of tensors."""
    assert ids(answer, expected, known=[]) == [(name, 0.99)]


@pytest.mark.parametrize(
    "answer",
    [
        (),
        (1, 2, 3),
        "text",
        {"a": 1},
        [[]],
        tensor(np.zeros((2,) * 9)),
        tensor(np.full((4, 3), np.nan)),
        tensor(1 + 2j),
    ],
)
def test_an_odd_value_has_no_diagnosis(answer: Value) -> None:
    """What is like no answer at all is no known mistake."""
    assert ids(answer) == []
    assert ids(answer, EXPECTED[2]) == []


ARRAYS = st.sampled_from(["float16", "float64", "int64", "uint8", "uint64", "bool", "complex64"]).flatmap(
    lambda dtype: arrays(dtype, array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3))
)
LEAVES = st.none() | st.floats() | st.integers() | st.sampled_from([10**20, 10**400]) | ARRAYS.map(tensor) | st.text()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple))


@given(answer=VALUES, other=VALUES)
def test_any_value_may_be_an_answer(answer: Value, other: Value) -> None:
    """No value breaks the diagnosis, whether a student, a variant or a reference returns it."""
    known = [Misconception("a", "f", "", "")]
    for expected in (EXPECTED, EXPECTED[2], other):
        assert ids(answer, expected, variants={"a": other}, known=known) is not None
        assert isinstance(first_wrong_stage(ComparedCall(answer, expected, {}.__getitem__), STAGES), str)


class Counted(list[Value]):
    """A list that counts how often it is looked through."""

    def __init__(self, items: list[Value]) -> None:
        super().__init__(items)
        self.looks = 0

    def __iter__(self) -> Iterator[Value]:
        self.looks += 1
        return super().__iter__()


def test_a_long_list_is_not_looked_through_for_every_mistake() -> None:
    """A list of half a million numbers is not looked through for every misconception."""
    answer = Counted([0] * 500_000)
    known = [Misconception(str(i), "f", "", "") for i in range(100)]

    assert ids((answer, answer, answer), known=known, variants=dict.fromkeys(map(str, range(100)), REVERSED)) == []
    assert answer.looks < 10


def test_a_list_that_names_one_array_many_times_costs_no_memory() -> None:
    """Shapes are compared before anything is joined."""
    large = Tensor(np.zeros((1000, 1000), "float32"), "float32")

    tracemalloc.start()
    assert ids([large] * 100, EXPECTED[2]) == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < large.data.nbytes


@pytest.mark.parametrize("id", ["parts_in_another_order", "reversed+axes_in_another_order", "bits+least", "gone"])
def test_no_variant_is_asked_for_what_none_computes(id: str) -> None:
    """A diagnosis of another check is tried first only where a variant answers for it."""

    def variant(name: str) -> Value:
        if name not in VARIANTS and name != "absent":
            raise AssertionError(f"there is no function {name}")
        return VARIANTS[name]

    [diagnosis] = diagnose([ComparedCall(REVERSED, EXPECTED, variant)], Misconceptions(tuple(KNOWN)), [id, "reversed"])

    assert diagnosis.id == "reversed"
