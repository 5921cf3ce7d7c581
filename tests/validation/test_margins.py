"""Tolerances lie between the noise of right answers and the nearest mistake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Validate = Callable[..., Any]

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


def test_both_margins_of_a_tolerance_are_measured(validate: Validate, with_noise: Callable[[float], None]) -> None:
    """Noise of 5e-6 on 5 is 0.00045 of what is allowed; 2 + 5 for 2 * 5 is far beyond it."""
    with_noise(1e-6)

    validated = validate()

    [table] = validated.section("Tolerances")["tables"]
    row = next(r for r in table["rows"] if r[0] == "test_scale[equal]")
    assert row[:2] == ["test_scale[equal]", "numbers"]
    assert row[2] == pytest.approx(5e-6 / (1e-3 + 2e-3 * 10), rel=0.1)
    assert row[3:] == [pytest.approx(3 / (1e-3 + 2e-3 * 10)), "scale_adds"]
    assert validated.code == 0, validated.stdout


def test_a_tolerance_below_the_noise_is_refused(validate: Validate, with_noise: Callable[[float], None]) -> None:
    """A right answer must not fail."""
    with_noise(0.01)

    validated = validate()

    assert validated.code == 1
    assert "test_scale[equal], numbers: scale_otherwise is right, yet it is off by 2.4 times" in validated.stdout


def test_a_tolerance_beyond_a_mistake_is_refused(validate: Validate, tiny: Path) -> None:
    """That another check catches the mistake does not make this tolerance right."""
    checks = (tiny / "test_checks.py").read_text()
    wide = 'name="numbers", tolerance=compare.Tolerance(4.0, 0.0)'
    (tiny / "test_checks.py").write_text(checks.replace('name="numbers"', wide))

    validated = validate()

    assert validated.code == 1
    assert "test_scale[equal], numbers: the tolerance is too wide, scale_adds is off by 0.75 of it" in validated.stdout
    assert "no check of scale catches it" not in validated.stdout
