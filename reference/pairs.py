"""The prompts of the separability exercise.

A word completed once by its opposite, once by its German translation.
"""

from __future__ import annotations

import json
from pathlib import Path

DEMARCATION = " :"
"""The text after which the task becomes clear."""


def load_pairs() -> list[tuple[str, str]]:
    """Return the pairs (opposite prompt, German prompt) in the course's order.

    A few words come up twice.
    """
    text = (Path(__file__).parent / "data" / "pairs.json").read_text(encoding="utf-8")
    return [(opposite, german) for opposite, german in json.loads(text)]
