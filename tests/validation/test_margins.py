"""Tolerances lie between the noise of right answers and the nearest mistake, or the assignment is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Prove = Callable[..., Any]

VARIANT = """
VARIANTS = {{"scale": ["scale_otherwise"]}}


def scale_otherwise(numbers):
    return np.asarray(numbers, "float64") * (factor + {noise})
"""


@pytest.fixture
def with_noise(tiny: Path) -> Callable[[float], None]:
    """Give the tiny assignment a right variant that is off by a noise."""

    def with_noise(noise: float) -> None:
        (tiny / "variants.py").write_text(VARIANT.format(noise=noise))

    return with_noise


def test_both_margins_of_a_tolerance_are_measured(prove: Prove, with_noise: Callable[[float], None]) -> None:
    """On five, 5e-6 of noise is 0.00045 of what is allowed; two times five for two plus five is far beyond it."""
    with_noise(1e-6)

    proven = prove()

    [table] = proven.section("Tolerances")["tables"]
    row = next(r for r in table["rows"] if r[0] == "test_scale[equal]")
    assert row[:2] == ["test_scale[equal]", "numbers"]
    assert row[2] == pytest.approx(5e-6 / (1e-3 + 2e-3 * 10), rel=0.1)
    assert row[3:] == [pytest.approx(3 / (1e-3 + 2e-3 * 10)), "scale_adds"]
    assert proven.code == 0, proven.said


def test_a_tolerance_below_the_noise_is_refused(prove: Prove, with_noise: Callable[[float], None]) -> None:
    """A right answer must not fail."""
    with_noise(0.01)

    proven = prove()

    assert proven.code == 1
    assert "test_scale[equal], numbers: scale_otherwise is right, yet it is off by 2.4 times" in proven.said


def test_a_tolerance_beyond_a_mistake_is_refused(prove: Prove, tiny: Path) -> None:
    """That another check catches the mistake does not make this tolerance right."""
    checks = (tiny / "test_checks.py").read_text()
    wide = 'name="numbers", tolerance=compare.Tolerance(4.0, 0.0)'
    (tiny / "test_checks.py").write_text(checks.replace('name="numbers"', wide))

    proven = prove()

    assert proven.code == 1
    assert "test_scale[equal], numbers: the tolerance is too wide, scale_adds is off by 0.75 of it" in proven.said
    assert "no check of scale catches it" not in proven.said
