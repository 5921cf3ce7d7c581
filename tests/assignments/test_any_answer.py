"""Whatever a student's function returns, each check of the course accepts or refuses it."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import itertools
import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.compare import MismatchError
from grader.result import Visibility
from grader.value import Value
from tests.any_value import PARTS, tensors
from tests.first_of_each import first_of_each

from .conftest import CHECKS, items, load

EACH = [
    (f"{visibility}-{item[0]}-{i}", exercise, item)
    for exercise, file in CHECKS.items()
    for visibility in Visibility
    for i, item in enumerate(items(load(f"checks/{visibility}/{file}")))
]


def others(right: Value) -> st.SearchStrategy[Value]:
    """Return what may come instead of a right answer, as a whole or in place of one part."""
    if isinstance(right, tuple):
        parts = [others(p).map(lambda v, i=i: (*right[:i], v, *right[i + 1 :])) for i, p in enumerate(right)]
        return st.one_of(*parts, PARTS)
    return st.one_of(tensors(right.shape), tensors(), st.just(dataclasses.replace(right, data=right.data.T)), PARTS)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@pytest.mark.parametrize(
    "each", first_of_each(EACH, lambda each: (each[0].partition("-")[0], each[1]), lambda each: each[0])
)
@given(data=st.data())
def test_a_check_says_yes_or_no_to_any_answer(
    each: tuple[str, str, Any], called: Callable[[str], SimpleNamespace], data: st.DataObject
) -> None:
    """Right answers come before it and after it, or none do; a figure is made of it meanwhile."""
    _, exercise, (_, model, check, parameters, _) = each
    reference, wrong = called(model), data.draw(st.sets(st.integers(0, 2), min_size=1))
    calls = itertools.count()

    def answer(*args: Value) -> Value:
        right = getattr(reference, exercise)(*args)
        return data.draw(others(right)) if next(calls) in wrong else right

    fixtures = {
        "student": SimpleNamespace(**{exercise: answer}),
        "reference": reference,
        "figure": lambda figure: None,
        "rng": random.Random(0),  # noqa: S311 - prompts, not secrets
    }
    names = inspect.signature(check).parameters
    with contextlib.suppress(MismatchError):
        check(**{k: v for k, v in {**fixtures, **parameters}.items() if k in names})
