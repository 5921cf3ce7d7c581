"""The handed-out notebook is parsed once, whatever number of submissions follows."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from grader.extract import extract, parse_stub, pipeline

GIVEN = (
    "from einops import repeat",
    "if True:\n    def answer(x): pass",
    "#md Write `def other(x):` here.",
    "@property\ndef answer(x):\n    y = x; return y",
    "def other(x): return x; ____",
)
SUBMISSIONS = {
    "as handed out": GIVEN,
    "right": ("from itertools import repeat", "def answer(x): return repeat(x)", "def other(x): return answer"),
    "only in text": ("#md Write `def other(x):` here.", "#md def other(x): return x", "def answer(x):\n    y = x"),
}


@pytest.mark.parametrize("kind", SUBMISSIONS)
def test_a_parsed_stub_gives_what_the_notebook_gives(kind: str, notebook: Callable[..., Any]) -> None:
    """A stub gives the same parsed before, elsewhere, or for each submission."""
    given, submitted = notebook(*GIVEN), notebook(*SUBMISSIONS[kind])
    stub = pickle.loads(pickle.dumps(parse_stub(given)))  # noqa: S301 - made here

    once, each = (extract(submitted, ["answer", "other"], ["repeat"], s) for s in (stub, given))

    assert once == each


def test_a_parsed_stub_is_not_parsed_again(notebook: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the submission's own cells are read, however many of them the stub has."""
    stub = parse_stub(notebook(*GIVEN))
    read: list[Any] = []
    read_cells = pipeline.read_cells
    for module in ("pipeline", "stub"):
        monkeypatch.setattr(
            f"grader.extract.{module}.read_cells", lambda n, *files: read.append(n) or read_cells(n, *files)
        )
    submitted = notebook("def answer(x): return x")

    extract(submitted, ["answer"], [], stub)

    assert read == [submitted]


def test_a_stub_with_an_invalid_escape_gives_no_warning(notebook: Callable[..., Any]) -> None:
    """A ``"\\d"`` in a handed-out function is not reported once for each submission."""
    stub = parse_stub(notebook("def answer(x):\n    return '\\d'"))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        extraction = extract(notebook("def answer(x):\n    return 1"), ["answer"], [], stub)

    assert extraction.functions["answer"].status is None
