"""The colours of numbers in a grid, and the text colour that can be read on each."""

from __future__ import annotations

import math

STOPS = ("#fdf4c4", "#e3f0c8", "#b5ddc4", "#7cc3c6", "#4a9fc0", "#2f78ae", "#2a5191", "#22306b")
NO_VALUE = "#d9d9d9"
DARK_INK, LIGHT_INK = "#000000", "#ffffff"

Rgb = tuple[float, float, float]


def colour(value: float, low: float, high: float) -> str:
    """Return the colour of a value from ``low`` to ``high``; beyond, the end's; NaN is grey."""
    if math.isnan(value):
        return NO_VALUE
    span = high - low
    part = min(max((value - low) / span, 0.0), 1.0) if span > 0 else 0.0
    place = part * (len(STOPS) - 1)
    left = min(int(place), len(STOPS) - 2)
    mixed = (a + (b - a) * (place - left) for a, b in zip(_rgb(STOPS[left]), _rgb(STOPS[left + 1]), strict=True))
    return "#" + "".join(f"{round(c * 255):02x}" for c in mixed)


def ink(background: str) -> str:
    """Return black or white, whichever has the higher contrast; it is always above 4.5."""
    return max((DARK_INK, LIGHT_INK), key=lambda c: contrast(c, background))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(value: str) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _rgb(value))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(value: str) -> Rgb:
    return int(value[1:3], 16) / 255, int(value[3:5], 16) / 255, int(value[5:7], 16) / 255
