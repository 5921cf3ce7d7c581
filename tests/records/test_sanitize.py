"""Text of unknown origin can be read, and does nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.sanitize import one_line, visible


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"),
        ("a\x1b", "a⟨U+001B⟩"),
        ("a\r\nb\tc", "a\nb\tc"),
        ("50%\r100%", "50%⟨U+000D⟩100%"),
        ("x\u200b = 1", "x⟨U+200B⟩ = 1"),
        ("abc\u2066def", "abc⟨U+2066⟩def"),
        ("\ud83d", "⟨U+D83D⟩"),
        ("\udce9.ipynb", "\\xe9.ipynb"),
        ("\x9b31mred", "red"),
        ("a\x1b]0;b", "a0;b"),
        ("👩\u200d🔬 שלום é 王", "👩\u200d🔬 שלום é 王"),
    ],
)
def test_what_cannot_be_seen_is_spelled(given: str, shown: str) -> None:
    """Ordinary writing of any script stays as it is."""
    assert visible(given) == shown


@given(st.text(st.characters() | st.sampled_from("\n\t\r")))
def test_a_name_stays_in_its_line(text: str) -> None:
    """So that it is no line of ours, nor a command to the service that runs us."""
    shown = one_line(text)

    assert len(shown.splitlines()) <= 1
    assert one_line(shown) == visible(shown) == shown


@given(st.text(st.characters()))
def test_visible_text_can_always_be_written(text: str) -> None:
    """Whatever comes in, what goes out is UTF-8 and is not changed again."""
    shown = visible(text)

    assert shown.encode("utf-8").decode("utf-8") == visible(shown)
