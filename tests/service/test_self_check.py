"""``grader doctor --service`` says what is wrong, and what to do about it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import TINY, People


def _found() -> dict[str, tuple[bool, str]]:
    from grader.service.self_check import findings

    return {f.name: (f.good, f.detail) for f in findings()}


def test_what_is_in_order_is_said_to_be(people: People) -> None:
    """Database, folders, administrators, approved assignments and the sandbox."""
    found = _found()

    assert [
        name
        for name in ("database", "folder", "private", "administrators", "approved", "sandbox: landlock")
        if not found[name][0]
    ] == []
    assert found["workers"] == (False, "none answers: uploads wait for grader serve")


def test_files_that_changed_since_they_were_approved_are_named(people: People, tmp_path: Path) -> None:
    """Nothing is graded with them, so somebody has to look."""
    from grader.service.models import ApprovedAssignment

    copy = shutil.copytree(TINY, tmp_path / "tiny", ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "more.py").write_text("")
    ApprovedAssignment.objects.update(path=str(copy))

    assert _found()["approved"][0] is False
    assert "the files of tiny have changed" in _found()["approved"][1]

    (copy / "more.py").unlink()
    (copy / "checks" / "more").symlink_to(tmp_path)

    assert _found()["approved"][0] is False
    assert "is a link" in _found()["approved"][1]


@pytest.mark.parametrize(
    ("data", "url", "code", "said"),
    [
        ("new", "", 3, ["✗ database", "lacks", "start grader serve once", "cannot work here"]),
        ("new", "postgresql://nobody@127.0.0.1:1/none", 3, ["✗ database", "PostgreSQL does not answer"]),
        ("file/new", "", 2, ["cannot be made or written"]),
    ],
)
def test_what_is_wrong_is_said_on_the_command_line(
    tmp_path: Path, data: str, url: str, code: int, said: list[str]
) -> None:
    """With an exit code for scripts."""
    (tmp_path / "file").write_text("")
    variables = {"GRADER_SERVICE_DATA": str(tmp_path / data), "GRADER_SERVICE_DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "grader", "doctor", "--service"],
        env=os.environ | variables | {"COLUMNS": "200"}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    text = " ".join((done.stdout + done.stderr).split())
    assert (done.returncode, [part for part in said if part not in text]) == (code, [])
