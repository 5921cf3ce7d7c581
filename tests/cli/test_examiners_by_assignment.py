"""One process grades by several assignments, as a service for several courses does."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import psutil
import pytest

from grader.assignment import load_assignment
from grader.digests import digest
from grader.errors import KernelError
from grader.examiners_by_assignment import ExaminersByAssignment
from grader.kernel.zygote_connection import Connection
from grader.submission import Submission
from tests.cli.conftest import RIGHT, TINY, write


def test_each_assignment_has_a_zygote_and_all_end_together(tmp_path: Path) -> None:
    """Submissions graded by turns meet their own assignment's checks; no zygote is left."""
    other = tmp_path / "worth_more"
    shutil.copytree(TINY, other)
    for file in (other / "assignment.toml", other / "checks" / "visible" / "test_checks.py"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("points = 2", "points = 6").replace("points(2)", "points(6)"), encoding="utf-8")
    assignments = load_assignment(str(TINY)), load_assignment(str(other))
    notebook = write(tmp_path / "right.ipynb", *RIGHT)
    handed_in = Submission("right", "right", notebook, notebook.name, digest(notebook.read_bytes()))

    with ExaminersByAssignment() as examiners:
        scores = [r.score for a in (*assignments, *assignments) for r in examiners.of(a).grade([handed_in])]
        addresses = [examiners.of(a).address for a in (*assignments, *assignments)]

    assert scores == [6, 10, 6, 10]
    assert addresses[:2] == addresses[2:]
    assert len({*addresses}) == 2
    for address in addresses[:2]:
        with pytest.raises(KernelError, match="There is no zygote"), contextlib.closing(Connection(address)):
            pass


def test_examiners_whose_zygote_was_killed_are_replaced(tmp_path: Path) -> None:
    """Who uses them next gets others; those used last stay when what is unused is let go."""
    notebook = write(tmp_path / "right.ipynb", *RIGHT)
    handed_in = Submission("right", "right", notebook, notebook.name, digest(notebook.read_bytes()))
    tiny = load_assignment(str(TINY))

    others = psutil.Process().children()  # of tests before this one, in the same process
    with ExaminersByAssignment() as examiners:
        with examiners.use(tiny) as first:
            own = [p for p in psutil.Process().children() if p not in others]
            [zygote] = [p for p in own if "zygote_main.py" in " ".join(p.cmdline())]
            zygote.kill()
            zygote.wait()
            statuses = [r.status for r in first.grade([handed_in])]
        with examiners.use(tiny) as second:
            scores = [r.score for r in second.grade([handed_in])]
        assert examiners.release(0) == 0
        with examiners.use(tiny) as third:
            pass

    assert statuses == ["error"]
    assert scores == [6]
    assert second is not first
    assert third is second
