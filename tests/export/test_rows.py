"""Rows are read as what somebody may have written: nothing in them names a file that this grader never made."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.export import read_results
from grader.folder import render
from grader.intake.names import unique
from grader.result import GradingResult
from grader.submission import is_id

Build = Callable[..., GradingResult]


def written(tmp_path: Path, build: Build, text: str = "", **fields: object) -> Path:
    """Write a good row, and a second one with other fields or a text in the place of its score."""
    good, bad = build("ada").to_json(), build("bert").to_json()
    id_ = fields.pop("id", None)
    bad |= fields
    if id_ is not None:
        bad["submission"] = bad["submission"] | {"id": id_}
    if text:
        bad["score"] = "HERE"
    path = tmp_path / "results.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in (good, bad)).replace('"HERE"', text))
    return path


IDS = [
    "", ".", "..", "../x", "a/b", "/etc/x", "a\\b", "-rf", ".hidden", "a\0b", "a\nb", "a b", "a:b", "a\u202eb",
    "x" * 200, 7, ["a"], {"a": 1}, True,
]  # fmt: skip


@pytest.mark.parametrize("id_", IDS, ids=repr)
def test_an_id_that_intake_cannot_have_made_is_refused(tmp_path: Path, build: Build, id_: object) -> None:
    """One sentence names file and line."""
    with pytest.raises(UsageError, match=r"results\.jsonl, line 2, cannot be read: .* is no id"):
        read_results(written(tmp_path, build, id=id_))


@given(st.lists(st.text(max_size=300), max_size=5))
def test_every_id_that_intake_makes_is_one(names: list[str]) -> None:
    """Whatever files are called, their rows can be read again."""
    assert all(map(is_id, unique(names)))


@pytest.mark.parametrize("name", ["../other", "/etc", "./x", ""])
def test_an_assignment_that_is_a_place_is_refused(tmp_path: Path, build: Build, name: str) -> None:
    """An assignment is looked up by the name in a row, and never found where the row says."""
    with pytest.raises(UsageError, match=r"line 2, cannot be read: .* is no name of an assignment"):
        read_results(written(tmp_path, build, assignment=name))


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999", "-1", "true", '"20"', "null", "[" * 100_000])
def test_only_points_are_points(tmp_path: Path, build: Build, word: str) -> None:
    """What JSON has no word for, or what is nested beyond all bounds, is no number."""
    with pytest.raises(UsageError, match="line 2, cannot be read"):
        read_results(written(tmp_path, build, word))


def test_rendering_writes_nothing_outside_its_folder(tmp_path: Path, build: Build) -> None:
    """The pages of a row that names another place are not made."""
    out = tmp_path / "out"
    out.mkdir()
    written(out, build, id="../../planted")

    with pytest.raises(UsageError, match="is no id"):
        render(out)

    assert [*tmp_path.glob("**/planted*")] == []
