"""Invisible and confusable characters cost nothing where their meaning is clear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.extract import Extraction
from grader.result import ExerciseStatus

Extracted = Callable[..., Extraction]
Ran = Callable[[Extraction], dict[str, Any]]

MENDED = {
    "\u200bdef answer(x):\n    return x": "line 1, column 1 holds an invisible character (ZERO WIDTH SPACE, U+200B)",
    "\ufeffdef answer(x):\n    return x": "(ZERO WIDTH NO-BREAK SPACE, U+FEFF), which was ignored; delete it",
    "\ufeff%%time\ndef answer(x):\n    return x": "line 1, column 1 holds an invisible character",
    "def\u00a0answer(x):\n    return x": "(NO-BREAK SPACE, U+00A0), which was read as an ordinary space",
    "def ans\u00adwer(x):\n    return x": "column 8 holds an invisible character (SOFT HYPHEN, U+00AD)",
    "def answer(x):\n\u00a0\u00a0\u00a0 return x": "line 2, column 1 holds a space that is not an ordinary one",
    "def answer(x):\n\u3000\u3000return x": "(IDEOGRAPHIC SPACE, U+3000) (and 1 more)",
    "def answer(x):\n    return x\u200b": "line 2, column 13 holds",
    "def answer(x):\n    y = x\x00\n    return y": "holds an invisible character (a control character, U+0000)",
    "def answer(x):\n    y\u200c = x\n    return y": "(ZERO WIDTH NON-JOINER, U+200C)",
    "def answer(x):\n    return {“a”: x}[‘a’]": 'holds `“` (LEFT DOUBLE QUOTATION MARK, U+201C), which was read as `"`',
    "def answer(x):\n    ”””It’s mine.”””\n    return x": 'type `"` in its place',
    "def answer(x):\n    return {'it’s': x}['it’s'] – 0": "line 2, column 32 holds `–` (EN DASH, U+2013), which",
    "def answer(x):\n    return x − 0  # −": "line 2, column 14 holds `−` (MINUS SIGN, U+2212), which was read as `-`;",
    "def answer(x) → int:\n    return x × 1": "`→` (RIGHTWARDS ARROW, U+2192), which was read as `->`",
    "def answer（x）：\n    return x": "`（` (FULLWIDTH LEFT PARENTHESIS, U+FF08), which was read as `(`",
    "dеf answer(x):\n    return x": "column 2 holds `е` (CYRILLIC SMALL LETTER IE, U+0435), which was",
    "def answer(x):\n    y = x\n\treturn y": "mixes tabs and spaces in its indentation; indent with four spaces",
}


@pytest.mark.parametrize("source", MENDED, ids=ascii)
def test_a_character_is_read_as_what_it_looks_like(source: str, extracted: Extracted, ran: Ran) -> None:
    """A character with one possible meaning is replaced.

    A remark names it, its place and what to do.
    """
    extraction = extracted("A = 1", source)

    assert ran(extraction)["answer"](2) == 2
    assert MENDED[source] in "\n".join(extraction.remarks)


AMBIGUOUS = {
    "def answer(x):\u2028    return x\u2028": "column 15 holds an invisible character (LINE SEPARATOR, U+2028);",
    "def answer(x):\n    print(“hello)": 'line 2, column 11 holds `“` (LEFT DOUBLE QUOTATION MARK, U+201C); type `"`',
    "def answer(x):\n    y = x²\n    return y": "column 10 holds `²` (SUPERSCRIPT TWO, U+00B2)",
    "def answer(x):\n    if x:\n        x = 2\n\treturn x": "is indented with a tab where other lines use spaces; use",
}


@pytest.mark.parametrize("source", AMBIGUOUS, ids=ascii)
def test_an_ambiguous_character_is_reported(source: str, extracted: Extracted) -> None:
    """The message names the character, its place and what to do.

    The line itself does not show it.
    """
    function = extracted("A = 1", source).functions["answer"]

    assert function.status is ExerciseStatus.SYNTAX_ERROR
    assert "`answer` cannot be read: cell 2, line " in function.message
    assert AMBIGUOUS[source] in function.message


def test_characters_in_strings_and_other_alphabets_are_kept(extracted: Extracted, ran: Ran) -> None:
    """Valid Python is not changed."""
    extraction = extracted("def answer(х):\n    ответ = ('“–\u00a0\u200d”', х)  # ’\n    return ответ")

    assert ran(extraction)["answer"](2) == ("“–\u00a0\u200d”", 2)
    assert extraction.remarks == ()


@pytest.mark.parametrize("name", ["аnswer", "ansԝer", "answ\ufe0fer", "аnѕwеr"], ids=ascii)
def test_a_name_that_looks_the_same_is_the_same(name: str, extracted: Extracted, ran: Ran) -> None:
    """A function whose name looks like the exercise's is graded; a remark names the letter."""
    extraction = extracted(f"def {name}(x):\n    return x + {name}.n\n{name}.n = 1")

    assert ran(extraction)["answer"](2) == 3
    assert "The name of `answer` in cell 1 is written with " in extraction.functions["answer"].remarks[0]


def test_an_unbound_name_with_a_confusable_letter_is_reported(extracted: Extracted) -> None:
    """A remark names the letter that makes a variable another one than it looks."""
    function = extracted("def answer(x):\n    return х").functions["answer"]

    assert function.remarks == (
        "`х` is written with `х` (CYRILLIC SMALL LETTER HA, U+0445) and is therefore a different name; "
        "type the letter `x` in its place.",
    )


def test_a_confusable_name_inside_a_class_is_reported(extracted: Extracted) -> None:
    """The message says both that it is inside a class and what its name is written with."""
    message = extracted("class A:\n    def аnswer(x): return x").functions["answer"].message

    assert "The one in cell 1, line 2 is inside the class `A`; move it to the top level." in message
    assert "Its name is written with `а` (CYRILLIC SMALL LETTER A, U+0430)" in message
