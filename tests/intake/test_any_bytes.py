"""Whatever bytes are handed in, reading ends with a notebook or a sentence."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.errors import UnreadableError
from grader.intake import read_notebook
from grader.intake.strip_outputs import trim

PIECES = [
    b'"',
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"null",
    b"1e999",
    b"NaN",
    b"\r",
    b"<<<<<<< A\n",
]

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["cells", "worksheets", "cell_type", "source", "input", "outputs", "metadata", "id", "language"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


def readable_or_said(path: Path) -> None:
    """Read a file, and check that it gives a valid notebook or a reason."""
    try:
        notebook = read_notebook(path)
    except UnreadableError as error:
        reason = error.reason
    else:
        nbformat.validate(notebook)
        return
    assert reason.endswith(".")


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(VALUES)
def test_any_json_is_read_or_refused(tmp_path: Path, value: Any) -> None:
    """JSON of any shape, a notebook's keys included, is read or refused with a reason."""
    path = tmp_path / "hw1.ipynb"
    path.write_text(json.dumps({"cells": value} if not isinstance(value, dict) else value))

    readable_or_said(path)


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Return bytes with a few of them cut, doubled, replaced or set in."""
    changed = bytearray(data)
    for _ in range(rng.randrange(1, 8)):
        at = rng.randrange(len(changed) + 1)
        match rng.randrange(4):
            case 0:
                changed[at:at] = rng.choice(PIECES)
            case 1:
                del changed[at : at + rng.randrange(1, 40)]
            case 2:
                changed[at:at] = changed[at : at + rng.randrange(1, 40)]
            case _:
                changed[at : at + 1] = bytes([rng.randrange(256)])
    return bytes(changed[: rng.randrange(len(changed) + 1)] if rng.random() < 0.1 else changed)


@pytest.mark.parametrize("seed", range(4))
def test_mutated_notebooks_are_read_or_refused(
    seed: int, written: Callable[..., Path], notebook_document: Callable[..., dict[str, Any]]
) -> None:
    """A notebook damaged anywhere is read or refused with a reason."""
    rng = random.Random(seed)  # noqa: S311 - damage need not be secret
    whole = json.dumps(notebook_document("a = {'outputs': [1]}\n", "def f():\n    return 'ü'"), indent=1).encode()

    for _ in range(150):
        readable_or_said(written(mutated(whole, rng)))


@settings(max_examples=120, deadline=None)
@given(VALUES)
def test_trimming_changes_nothing_else(value: Any) -> None:
    """Trimming leaves the same JSON, with what is under the ungraded keys empty."""

    def emptied(inner: Any) -> Any:
        if isinstance(inner, dict):
            return {
                k: type(v)() if k == "outputs" and isinstance(v, list | dict) else emptied(v) for k, v in inner.items()
            }
        return [emptied(v) for v in inner] if isinstance(inner, list) else inner

    found = json.loads(trim(json.dumps(value, indent=1).encode()))

    assert json.dumps(found) == json.dumps(emptied(value))
