"""Diagnosis: which mistake explains an answer, and how sure that is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader.diagnose import Misconception, load_bank, match
from grader.errors import AssignmentError
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
BANK = [Misconception(id, "f", f"title of {id}", f"hint of {id}") for id in ("reversed", "bits", "least", "absent")]


def ids(answer: Value, expected: Value = EXPECTED) -> list[tuple[str, float]]:
    return [(d.id, d.confidence) for d in match(answer, expected, VARIANTS, BANK)]


@pytest.mark.parametrize("name", ["reversed", "bits", "least"])
def test_every_variant_is_diagnosed_as_itself(name: str) -> None:
    """An answer that equals one wrong variant is that mistake, almost certainly."""
    assert ids(VARIANTS[name]) == [(name, 0.99)]


def test_a_diagnosis_carries_the_banks_words() -> None:
    """Title and hint are the author's."""
    [found] = match(IN_BITS, EXPECTED, VARIANTS, BANK)

    assert (found.title, found.hint) == ("title of bits", "hint of bits")


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
    """Each of two mistakes that meet is named, with little confidence."""
    assert ids((EXPECTED[0], LEAST[1], REVERSED[2])) == [("reversed", 0.25), ("least", 0.25)]


def test_variants_that_cannot_be_told_apart_share_the_confidence() -> None:
    """Two mistakes with the same answer are each half as likely."""
    twins = [Misconception(i, "f", i, i) for i in ("a", "b")]
    found = match(REVERSED, EXPECTED, {"a": REVERSED, "b": REVERSED}, twins)

    assert [(d.id, d.confidence) for d in found] == [("a", 0.49), ("b", 0.49)]


def test_tiny_values_are_told_from_zeros() -> None:
    """The tolerance follows the size of the numbers: a mean over a vocabulary is not nothing."""
    tiny, bank = tensor(KL / 50_000), [Misconception("mean", "f", "", "")]

    assert [d.id for d in match(tiny, tensor(KL), {"mean": tiny}, bank)] == ["mean"]
    assert match(tensor(np.zeros_like(KL)), tensor(KL), {"mean": tiny}, bank) == ()


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
    ],
)
def test_mistakes_of_form_are_named_without_a_bank(answer: Value, expected: Value, name: str) -> None:
    """Nothing returned, another order of parts or axes, an axis too many, a list of tensors."""
    assert [d.id for d in match(answer, expected, {}, [])] == [name]


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
def test_any_value_may_be_an_answer(answer: Value) -> None:
    """A student's value never breaks the diagnosis."""
    assert ids(answer) == []
    assert ids(answer, EXPECTED[2]) == []


BANK_FILE = '''
"""Wrong variants."""
MISCONCEPTIONS = [{"id": "reversed", "exercise": "f", "title": "Reversed", "hint": "Turn " "it."}]
raise RuntimeError("this file must not be run to be read")
'''


def test_a_bank_is_read_without_running_it(tmp_path: Path) -> None:
    """The list is a literal: the examiner has no torch to run the variants with."""
    (tmp_path / "misconceptions.py").write_text(BANK_FILE)

    assert load_bank(tmp_path) == (Misconception("reversed", "f", "Reversed", "Turn it."),)


def test_an_assignment_may_have_no_bank(tmp_path: Path) -> None:
    """Without the file there is nothing to diagnose with."""
    assert load_bank(tmp_path) == ()


@pytest.mark.parametrize(
    "text", ["MISCONCEPTIONS = [f()]", "MISCONCEPTIONS = [{'id': 'a'}]", "MISCONCEPTIONS = [", "OTHER = []"]
)
def test_a_bank_that_is_no_literal_is_refused(tmp_path: Path, text: str) -> None:
    """The author hears which file and which rule."""
    (tmp_path / "misconceptions.py").write_text(text)

    with pytest.raises(AssignmentError, match=r"misconceptions\.py: MISCONCEPTIONS must be a list of literal"):
        load_bank(tmp_path)
