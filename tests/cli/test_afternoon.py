"""An instructor's afternoon, from a zip to a gradebook, by the commands alone."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import NEAR, RIGHT, WRONG, copied, grader_in, widen, write

pytestmark = pytest.mark.usefixtures("kept")

GRADEBOOK = """\
\ufeffStudent,ID,SIS Login ID,Section,Tiny (777)
    Points Possible,,,,6.00
"Ames, Anna",4711,anna,A,
"Berg, Bert",4712,bert,A,
"Nord, Nora",4713,nora,A,
"Zorn, Zoe",4714,zoe,A,
"Omar, Omar",4715,omar,A,
"""
HELPED = ("from helper import scaled\ndef scale(numbers):\n    return scaled(np, numbers, factor)\n", RIGHT[1])
HELPER = "def scaled(np, numbers, factor):\n    return np.asarray(numbers, 'float32') * factor\n"
COURSE = "[late]\nper_day = 10\n"


def download(folder: Path) -> Path:
    """Write what Canvas hands over of four students: one with a helper module, one late."""
    made = {
        "amesanna_4711_901_hw.ipynb": HELPED,
        "bergbert_4712_903_hw.ipynb": WRONG,
        "nordnora_4713_904_hw.ipynb": NEAR,
        "zornzoe_LATE_4714_905_hw.ipynb": RIGHT,
    }
    with zipfile.ZipFile(folder / "submissions.zip", "w") as archive:
        for name, cells in made.items():
            archive.write(write(folder / "made" / name, *cells), name)
        archive.writestr("amesanna_4711_902_helper.py", HELPER)
    return folder / "submissions.zip"


def test_an_afternoon(tmp_path: Path) -> None:
    """From a zip to a gradebook and feedback, with corrections and a changed tolerance."""
    grader, assignment = grader_in(tmp_path), copied(tmp_path / "tiny")
    (tmp_path / "gradebook.csv").write_text(GRADEBOOK)
    (tmp_path / "course.toml").write_text(COURSE)

    words = ("--roster", "gradebook.csv", "--course", "course.toml")
    graded = grader("grade", download(tmp_path), "-a", assignment, "-o", "out", *words)
    assert graded.returncode == 2, graded.stderr  # Zoe's lateness is not known in days

    for change in (
        ("bergbert", "--exercise", "scale", "--points", "1.5", "--comment", "Right idea."),
        ("Ames, Anna", "--exercise", "pair", "--points", "1"),
        ("4714", "--waive-late"),
    ):
        done = grader("review", "out", "set", *change, "--by", "Cara")
        assert done.returncode == 0, done.stderr

    widen(assignment)
    kept = {p: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    preview = grader("regrade", "out", "--preview", "--json", "-a", assignment)
    assert {p: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()} == kept
    told = {r["student"]: r for r in json.loads(preview.stdout)["graded_again"]}
    assert [who for who, r in told.items() if r["differences"]] == ["nordnora"]
    assert (told["nordnora"]["before"], told["nordnora"]["after"], told["bergbert"]["counts"]) == (2, 4, [3.5, 3.5])

    regraded = grader("regrade", "out", "-a", assignment)
    assert regraded.returncode == 0, regraded.stderr
    assert "1 grade changed, 3 did not, 0 still held." in regraded.stdout

    exported = grader("export", "out", "--to", "canvas", "--into", "gradebook.csv", "-a", assignment)
    assert exported.returncode == 0, exported.stderr
    with (tmp_path / "gradebook.csv").open(encoding="utf-8-sig", newline="") as file:
        column = {row["SIS Login ID"]: row["Tiny (777)"] for row in csv.DictReader(file)}
    points = {who: float(said) if said else None for who, said in column.items() if who}
    assert points == {"anna": 5, "bert": 3.5, "nora": 4, "zoe": 6, "omar": None}

    packed = grader("export", "out", "--to", "canvas-feedback", "-o", "feedback.zip", "-a", assignment)
    assert packed.returncode == 0, packed.stderr
    with zipfile.ZipFile(tmp_path / "feedback.zip") as archive:
        pages = {name.partition("_")[0]: archive.read(name).decode() for name in archive.namelist()}
    assert set(pages) == {"amesanna", "bergbert", "nordnora", "zornzoe"}
    assert "Right idea." in pages["bergbert"]
    assert "helper.py" in pages["amesanna"]
