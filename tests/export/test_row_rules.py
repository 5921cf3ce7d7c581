"""Rows are read as what somebody may have forged: they name only files of this grader."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.export import ResultsWriter, read_results, write_results
from grader.intake.file_ids import unique
from grader.output_folder import render
from grader.result import (
    CheckResult,
    ExerciseResult,
    ExerciseStatus,
    Figure,
    FigureCells,
    GradingResult,
    Mismatch,
    Outcome,
)
from grader.submission import is_id

Build = Callable[..., GradingResult]


def written(tmp_path: Path, build: Build, text: str = "", **fields: object) -> Path:
    """Write a good row, and a second one with other fields or a text as its score."""
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


def rich(build: Build) -> dict[str, Any]:
    """Return the JSON of a result that has one of everything."""
    mismatch = Mismatch("kl", "a", "b", worst={"layer": 1}, off=2.0, allowed=1.0)
    figure = Figure("grid", "KL", ["0"], ["a"], FigureCells([["x"]]), FigureCells([["y"]]), wrong=[[0, 0]])
    check = CheckResult("c", "C", Outcome.FAILED, 0.0, 1.0, mismatch=mismatch, figure=figure)
    data = build("ada", ExerciseResult("e", ExerciseStatus.FAILED, 0.0, 1.0, checks=(check,))).to_json()
    data["provenance"] = {"seed": 1, "call_s": 10.0}
    return dict(json.loads(json.dumps(data)))


def set_at(data: Any, place: str, value: object) -> None:
    """Put a value at a place such as ``exercises.0.score``."""
    *way, last = place.split(".")
    for step in way:
        data = data[int(step) if isinstance(data, list) else step]
    data[last] = value


def test_a_row_with_everything_is_read(tmp_path: Path, build: Build) -> None:
    """Every row that we write can be read, whatever an assignment's folder is called."""
    data = rich(build) | {"assignment": "Übung 1 (neu)"}
    path = tmp_path / "results.jsonl"
    path.write_text(f"{json.dumps(data)}\n")

    assert json.loads(json.dumps(read_results(path)[0].to_json())) == data


IDS = [
    "", ".", "..", "../x", "a/b", "/etc/x", "a\\b", "-rf", ".hidden", "a\0b", "a\nb", "a b", "a:b", "a\u202eb",
    "x" * 200, 7, ["a"], {"a": 1}, True,
]  # fmt: skip


@pytest.mark.parametrize("id_", IDS, ids=repr)
def test_an_id_that_intake_cannot_have_made_is_refused(tmp_path: Path, build: Build, id_: object) -> None:
    """One sentence names file and line; nor is such a row removed in favour of another."""
    for key in ("id", "instead_of"):
        with pytest.raises(UsageError, match=r"results\.jsonl, line 2, cannot be read: .*(is no id|is no str)"):
            read_results(written(tmp_path, build, submission=build("bert").submission.to_json() | {key: id_}))


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


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("submission", []),
        ("submission.student", 7),
        ("submission.path", None),
        ("submission.sha256", "x" * 64),
        ("submission.sha256", "../../x"),
        ("submission.attempt", "2"),
        ("submission.late", 1),
        ("submission.earlier", "a"),
        ("submission.extras", [1]),
        ("submission.name", ["a"]),
        ("submission.person", 7),
        ("submission.claims", "ada"),
        ("submission.claims", [{"name": 7}]),
        ("submission.claims", [{"depth": "1"}]),
        ("status", "great"),
        ("score", "20"),
        ("score", -1),
        ("score", 1e8),
        ("exercises.0.score", 1e8),
        ("exercises.0.checks.0.points", 1e8),
        pytest.param("score", 10**400, id="huge"),
        ("max_score", 1e308),
        ("score", True),
        ("max_score", None),
        ("message", 1),
        ("duration_s", "long"),
        ("exercises", {}),
        ("exercises.0.score", -1.0),
        ("exercises.0.status", "fine"),
        ("exercises.0.source", [{"cell": "1", "first_line": 1, "last_line": 2}]),
        ("exercises.0.checks.0.points", [1]),
        ("exercises.0.checks.0.visibility", "public"),
        ("exercises.0.checks.0.mismatch.worst", {"layer": "1"}),
        ("exercises.0.checks.0.mismatch.wrong", 1.5),
        ("exercises.0.checks.0.figure.rows", "ab"),
        ("exercises.0.checks.0.figure.wrong", [["0"]]),
        ("exercises.0.checks.0.diagnoses", [{"id": "a"}]),
        ("provenance.seed", "7"),
        ("provenance.call_s", "inf"),
        ("provenance.call_s", 0),
    ],
)
def test_a_field_of_another_kind_is_refused(tmp_path: Path, build: Build, place: str, value: object) -> None:
    """The sentence names the field."""
    data = rich(build)
    set_at(data, place, value)

    path = tmp_path / "results.jsonl"
    path.write_text(f"{json.dumps(data)}\n")

    with pytest.raises(UsageError, match=r"line 1, cannot be read: .*" + place.split(".")[-1]):
        read_results(path)


@pytest.mark.parametrize("name", ["feedback", "review", "earlier"])
def test_a_link_in_the_folder_leads_nothing_elsewhere(tmp_path: Path, build: Build, name: str) -> None:
    """Whoever planted it would have pages written, or removed, in a folder of somebody else's."""
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (elsewhere / "ada_1.html").write_text("theirs")
    write_results(out / "results.jsonl", [build("ada")])
    (out / name).symlink_to(elsewhere)

    with pytest.raises(UsageError, match=f"{name} is a link"):
        render(out)

    assert [p.read_text() for p in elsewhere.iterdir()] == ["theirs"]


@pytest.mark.parametrize("name", [".lock", "results.jsonl", "grades.csv", "index.html", "feedback/ada_1.html"])
def test_a_link_in_the_place_of_a_file_is_not_written_through(tmp_path: Path, build: Build, name: str) -> None:
    """The file that it leads to stays as it is."""
    out, theirs = tmp_path / "out", tmp_path / "theirs"
    (out / "feedback").mkdir(parents=True)
    write_results(theirs if name == "results.jsonl" else out / "results.jsonl", [build("ada")])
    if name != "results.jsonl":
        theirs.write_text("theirs")
    before = theirs.read_bytes()
    (out / name).symlink_to(theirs)

    with contextlib.suppress(UsageError):
        render(out)
    with contextlib.suppress(OSError, UsageError), ResultsWriter(out / name) as writer:
        writer.append(build("bert"))

    assert theirs.read_bytes() == before


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe in the place of the rows would be read for ever."""
    os.mkfifo(tmp_path / "results.jsonl")

    with pytest.raises(UsageError, match="is no file of results"):
        read_results(tmp_path / "results.jsonl")
