"""The checks: what they give to whoever has not solved the exercise, and what they draw."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader import compare
from grader.result import FigureCells, Visibility
from grader.value import Tensor

from .conftest import CHECKS, load

EXERCISES = {"lens": "logit_lens_analysis", "activations": "prompt_to_residual_stream_activations"}
CONSTANT = [
    pytest.param(EXERCISES[node.name.partition("_")[0]], node.name, id=node.name)
    for node in ast.parse((Path(__file__).parent / "constant_answers.py").read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
]
POINTS, STRUCTURE = 10, 2


@pytest.mark.parametrize(("exercise", "variant"), CONSTANT)
def test_a_constant_answer_earns_no_more_than_its_form(
    exercise: str, variant: str, failures: Callable[[str, str], Iterator[tuple[str, float]]]
) -> None:
    """Constant answers get the points of the structure at most.

    They are zeros, ones, noise, nothing, or the right answer to one prompt.
    """
    assert POINTS - sum(points for _, points in failures(exercise, variant)) <= STRUCTURE


def test_the_hint_of_a_check_is_short() -> None:
    """It has fewer than forty words: it stands where no mistake is named."""
    modules = [load(f"checks/{v}/{file}") for v in Visibility for file in CHECKS.values()]
    checks = [v for m in modules for k, v in vars(m).items() if k.startswith("test_")]
    hints = [mark.args[0] for check in checks for mark in check.pytestmark if mark.name == "hint"]

    assert hints
    assert [hint for hint in hints if len(hint.split()) >= 40] == []


def test_hidden_prompts_are_of_every_length_and_language(
    hidden_lens_checks: ModuleType, called: Callable[[str], SimpleNamespace]
) -> None:
    """One word, more than a hundred tokens, and letters that ASCII does not have."""
    prompts = [parameter.values[0] for parameter in hidden_lens_checks.PROMPTS]
    lengths = [called("embedded").logit_lens_analysis(prompt)[0].data.size for prompt in prompts]

    assert min(lengths) == 2
    assert max(lengths) > 100
    assert not all(prompt.isascii() for prompt in prompts)


@pytest.mark.parametrize("shape", [(1, 2000), (8,), (9, 8, 8)])
def test_only_an_answer_of_the_right_shape_is_drawn(
    shape: tuple[int, ...], lens_checks: ModuleType, called: Callable[[str], SimpleNamespace]
) -> None:
    """An answer of another shape than the reference's is not drawn at all."""
    given = {
        lens_checks.TOP: Tensor(np.zeros(shape, np.int64), "int64"),
        lens_checks.KL: Tensor(np.zeros(shape), "float64"),
    }

    figure = lens_checks.draw(called("embedded"), lens_checks.STORE, given)

    assert figure.student == FigureCells()
    assert np.shape(figure.reference.value) == (8, 14)


def test_drawing_asks_for_nothing_that_depends_on_the_answer(
    lens_checks: ModuleType, called: Callable[[str], SimpleNamespace]
) -> None:
    """Whatever token ids an answer holds, the reference is asked the same.

    So its stored answers do not grow.
    """
    asked: list[set[Any]] = []

    class Noting:
        def __getattr__(self, name: str) -> Callable[..., Any]:
            def call(*args: Any) -> Any:
                asked[-1].add((name, *args))
                return getattr(called("embedded"), name)(*args)

            return call

    for ids in (np.zeros((14, 8), np.int64), np.full((14, 8), -7), np.arange(112).reshape(14, 8) * 1000):
        asked.append(set())
        given = {lens_checks.TOP: Tensor(ids, "int64"), lens_checks.KL: Tensor(np.zeros((14, 8)), "float64")}
        lens_checks.draw(Noting(), lens_checks.STORE, given)

    assert asked[0]
    assert asked[0] == asked[1] == asked[2]


def test_a_wrong_token_is_told_as_a_word(lens_checks: ModuleType, called: Callable[[str], SimpleNamespace]) -> None:
    """Nobody knows tokens by their ids."""
    reference = called("embedded")
    tokens, top, kl = called("embedded").top_least_likely(lens_checks.SCHOOL)
    student = SimpleNamespace(logit_lens_analysis=lambda prompt: (tokens, top, kl))
    shifted = Tensor(tokens.data + 1, tokens.dtype)

    with pytest.raises(compare.MismatchError) as failure:
        lens_checks.test_top_tokens(student, reference, lambda figure: None, lens_checks.SCHOOL)
    with pytest.raises(compare.MismatchError) as other_text:
        lens_checks.test_tokens(SimpleNamespace(logit_lens_analysis=lambda prompt: (shifted, top, kl)), reference)

    words = reference.vocabulary()
    assert repr(words[top.data[0, 0]]) in str(failure.value)
    assert "'<|endoftext|>'" in str(other_text.value)
