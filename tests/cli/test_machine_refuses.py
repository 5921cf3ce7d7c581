"""What the machine refuses is an error with exit code 3 and a reason, and costs no points."""

from __future__ import annotations

import ctypes
import json
import subprocess
from pathlib import Path

from .conftest import GRADER, RIGHT, TINY, environment_in, write


def as_nobody_special() -> None:
    """Let this process open what its user may, were that root."""
    prctl, drop = ctypes.CDLL(None).prctl, 24
    for capability in (1, 2, 19):  # to pass over permissions, and to give kernels users of their own
        prctl(drop, capability)


def grade_in(folder: Path) -> tuple[int, dict[str, tuple[str, str]], str]:
    """Grade the folder ``in``; return exit code, statuses and messages, and the output."""
    done = subprocess.run(  # noqa: S603 - our own program, and no threads
        [*GRADER, "grade", "in", "-a", str(TINY), "-o", "out"],
        cwd=folder,
        env=environment_in(folder),
        preexec_fn=as_nobody_special,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    rows = map(json.loads, (folder / "out" / "results.jsonl").read_text().splitlines())
    return done.returncode, {r["submission"]["student"]: (r["status"], r["message"]) for r in rows}, done.stdout


def test_what_may_not_be_read_is_an_error_until_it_may(tmp_path: Path) -> None:
    """Unreadable permissions mean no grade and exit code 3; once readable, it is graded."""
    closed = [tmp_path / "in" / name for name in ("anna.ipynb", "bert.zip", "cora")]
    write(closed[0], *RIGHT)
    write(closed[2] / "cora.ipynb", *RIGHT)
    write(tmp_path / "in" / "dora.ipynb", *RIGHT)
    closed[1].write_bytes(b"no zip")
    for path in closed:
        path.chmod(0)

    first = grade_in(tmp_path)
    for path in closed:
        path.chmod(0o700)
    second = grade_in(tmp_path)

    assert first[0] == 3
    assert first[1] == {
        "anna": ("error", "anna.ipynb could not be read: Permission denied."),
        "bert": ("error", "bert.zip could not be read: Permission denied."),
        "cora": ("error", "The folder cora could not be listed: Permission denied."),
        "dora": ("graded", ""),
    }
    assert second[0] == 0
    assert {student: status for student, (status, _) in second[1].items()} == {
        "anna": "graded", "bert": "unreadable", "cora": "graded", "dora": "graded",
    }  # fmt: skip


def test_what_is_passed_over_is_listed_with_its_reason(tmp_path: Path) -> None:
    """A notebook with a leading dot is graded; the rest is counted, and named in a file."""
    write(tmp_path / "in" / ".doe.ipynb", *RIGHT)
    write(tmp_path / "in" / ".ipynb_checkpoints" / "doe-checkpoint.ipynb", *RIGHT)
    for number in range(25):
        write(tmp_path / "in" / f"._{number}.ipynb")

    code, rows, said = grade_in(tmp_path)

    listed = (tmp_path / "out" / "intake.txt").read_text()
    assert (code, [status for status, _ in rows.values()]) == (0, ["graded"])
    assert "1 file or folder was passed over (Jupyter's checkpoints): .ipynb_checkpoints\n" in said
    assert "25 files or folders were passed over (a system's own files): ._0.ipynb" in said
    assert all(f"  ._{number}.ipynb\n" in listed for number in range(25))
