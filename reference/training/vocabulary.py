"""The words that the training text is made of."""

from __future__ import annotations

import tomllib
from pathlib import Path

from reference.pairs import DEMARCATION, load_pairs

_WORDS = tomllib.loads((Path(__file__).parent / "vocabulary.toml").read_text(encoding="utf-8"))
FIRST_NAMES: list[str] = _WORDS["first_names"].split()
LAST_NAMES: list[str] = _WORDS["last_names"].split()
PLACES: list[str] = _WORDS["places"].split()
THINGS: list[str] = _WORDS["things"].split()
JOBS: list[str] = _WORDS["jobs"].split()
NOUNS: list[str] = _WORDS["nouns"].split()
GERMAN_NOUNS: list[str] = _WORDS["german_nouns"]
DEEDS: list[str] = _WORDS["deeds"]

# The names of the course's own prompts never stand together in the training text: what the model does there is skill,
# not memory.
HELD_OUT_PAIR = frozenset({"Alice", "Bob"})
HELD_OUT_FULL_NAME = ("James", "Potter")


def _completions(side: int) -> dict[str, str]:
    """Map each word of the pairs to its completion on one side.

    A word that comes up twice keeps its first.
    """
    found: dict[str, str] = {}
    for pair in load_pairs():
        word, completion = pair[side].split(f"{DEMARCATION} ")
        found.setdefault(word, completion)
    return found


OPPOSITES = _completions(0)
TRANSLATIONS = _completions(1)
WORDS = list(OPPOSITES)

ADJECTIVES = [word for word in WORDS if word not in _WORDS["not_adjectives"].split()]
