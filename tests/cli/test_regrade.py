"""Grades are given again when what decides them has changed."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import (
    GRADER,
    NEAR,
    RIGHT,
    WRONG,
    copied,
    environment_in,
    grader_in,
    rows,
    widen,
    write,
)

pytestmark = pytest.mark.usefixtures("kept")


def rows_by_student(out: Path) -> dict[str, dict[str, Any]]:
    """Return a folder's rows by the students' names."""
    return {row["submission"]["student"]: row for row in rows(out)}


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder, but the lock of whoever writes there."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != ".lock"}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a graded batch, whose assignment has got another tolerance since."""
    folder = tmp_path_factory.mktemp("course")
    assignment = copied(folder / "tiny")
    for name, cells in (("anna", RIGHT), ("bert", WRONG), ("nora", NEAR), ("zoe", RIGHT)):
        write(folder / "in" / f"{name}.ipynb", *cells)
    done = grader_in(folder)("grade", folder / "in", "-a", assignment, "-o", folder / "out")
    assert done.returncode == 0, done.stderr
    widen(assignment)
    (folder / "in" / "zoe.ipynb").unlink()
    return folder


@pytest.fixture
def out(course: Path, tmp_path: Path) -> Path:
    """A copy of the batch's folder."""
    return Path(shutil.copytree(course / "out", tmp_path / "out"))


@pytest.fixture
def regrade(course: Path) -> Callable[..., Any]:
    """Regrade a folder with the changed assignment."""
    return lambda *words: grader_in(course)("regrade", *words, "-a", course / "tiny")


def test_a_preview_says_whose_grade_changes_and_why_and_writes_nothing(out: Path, regrade: Callable[..., Any]) -> None:
    """Each person's old and new grade, the checks that differ and what caused it."""
    before = contents(out)

    done = regrade(out, "--preview")

    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    at = said.index("nora: 2/6 then, 4/6 now")
    assert "  differs: scale test_scale[short]: failed (0 of 1) then, passed (1 of 1) now" in said[at:]
    assert any(line.startswith("  changed since: assignment: ") for line in said[at:])
    assert "1 grade would change, 2 would not, 0 still hold. Nothing was written." in said
    assert any(line.startswith("Not graded again") and "zoe" in line for line in said)
    assert contents(out) == before


def test_regrading_writes_the_new_grades_and_keeps_all_else(out: Path, regrade: Callable[..., Any]) -> None:
    """Corrections and rows of people whose files are gone stay."""
    before = rows_by_student(out)
    (out / "overrides.toml").write_text("# corrections\n")

    first = regrade(out)
    again = regrade(out, "--json")

    after = rows_by_student(out)
    assert first.returncode == again.returncode == 0, first.stderr + again.stderr
    assert [*after] == [*before]
    assert (before["nora"]["score"], after["nora"]["score"]) == (2, 4)
    assert after["zoe"]["exercises"] == before["zoe"]["exercises"]
    assert after["zoe"]["provenance"]["outdated"]
    assert (out / "overrides.toml").read_text() == "# corrections\n"
    [aside] = (out / "earlier").glob("*/results.jsonl")
    assert '"nora"' in aside.read_text()
    assert json.loads(again.stdout) == {"graded_again": [], "held": 3, "lost": ["zoe"]}


def test_a_folder_that_does_not_say_where_its_submissions_are_is_told_so(
    out: Path, course: Path, regrade: Callable[..., Any]
) -> None:
    """They may be named; then they are found by what is in them, whatever they are called."""
    (out / "inputs.json").unlink()
    shutil.copytree(course / "in", out.parent / "moved")
    (out.parent / "moved" / "nora.ipynb").rename(out.parent / "moved" / "x.ipynb")

    unknown = regrade(out, "--preview")
    named = regrade(out, out.parent / "moved", "--preview", "--json")

    assert unknown.returncode == 2
    assert "does not say where its submissions are" in unknown.stderr
    [changed] = [r for r in json.loads(named.stdout)["graded_again"] if r["differences"]]
    assert (changed["id"], changed["before"], changed["after"]) == ("nora", 2, 4)
    assert [cause.partition(":")[0] for cause in changed["causes"]] == ["assignment"]


def test_a_preview_that_is_killed_leaves_the_folder_as_it_was(out: Path, course: Path) -> None:
    """It writes elsewhere, and only when it knows all."""
    before = contents(out)
    words = ("regrade", str(out), "--preview", "-a", str(course / "tiny"), "--jobs", "1")
    with subprocess.Popen(  # noqa: S603 - our own program
        [*GRADER, *words], cwd=course, env=environment_in(course), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as process:
        assert process.stderr
        first = process.stderr.readline()  # of the first submission that was graded
        process.kill()

    assert b"1/3" in first
    assert contents(out) == before
