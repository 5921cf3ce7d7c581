"""Where the secret cannot be stored, results say so, and ``--sandbox=strict`` refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import RIGHT, TINY, Run, write


@pytest.fixture(autouse=True)
def _no_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which the state folder cannot be made."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("GRADER_STATE", str(tmp_path / "file" / "state"))


def test_a_secret_that_is_not_kept_is_said_once_and_in_every_result(grader: Run, tmp_path: Path) -> None:
    """A warning, a field in each result, a line on the staff's page; nothing for students."""
    for name in ("anna", "bert"):
        write(tmp_path / "in" / f"{name}.ipynb", *RIGHT)

    done = grader("grade", tmp_path / "in", "-a", TINY, "-o", "out")

    rows = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text().splitlines()]
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("cannot be kept") == 1
    assert [r["provenance"]["seed_source"] for r in rows] == ["ephemeral secret"] * 2
    assert "a secret of that run alone" in (tmp_path / "out" / "review" / "anna.html").read_text()
    assert "ephemeral" not in (tmp_path / "out" / "feedback" / "anna.html").read_text()


def test_strict_grading_refuses_without_a_kept_secret(grader: Run, tmp_path: Path) -> None:
    """Exit code 3 and a sentence that says what to set."""
    notebook = write(tmp_path / "mine.ipynb", *RIGHT)

    done = grader("check", notebook, "-a", TINY, "--sandbox=strict")

    assert done.returncode == 3
    assert "cannot be kept" in done.stderr
    assert "GRADER_STATE" in done.stderr


def test_a_secret_that_others_can_read_is_refused(grader: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2: the file is to be put right by whoever owns it."""
    (tmp_path / "shared").write_text("x" * 64)
    (tmp_path / "shared").chmod(0o644)
    monkeypatch.setenv("GRADER_SECRET_FILE", str(tmp_path / "shared"))

    done = grader("hook", write(tmp_path / "mine.ipynb", *RIGHT), "-a", TINY)

    assert done.returncode == 2
    assert "can be read by others" in done.stderr
