"""Fill a folder with what students get: notebook, visible checks, wheel and README."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from grader.assignment import Assignment
from grader.errors import AssignmentError, UsageError
from grader.release.contents import fill_assignment, require_handout
from grader.release.notebook_tests import TESTS, notebook_tests
from grader.release.readme import readme
from grader.release.recording import record_visible_checks
from grader.wheel import require_grader_wheel


def make_release(assignment: Assignment, folder: Path, wheel: Path | None) -> list[Path]:
    """Fill an empty folder with what students get, and return the files.

    ``wheel`` is the grader's own, or None when students get it some other way. Raises UsageError when the folder is not
    empty or the wheel holds more than the grader, AssignmentError when the assignment cannot be released or hands out a
    solution, a check or a sample.
    """
    if assignment.recorded:
        raise AssignmentError(assignment.root, "is a release already; release the assignment that it was made from.")
    for file in assignment.handout:
        require_handout(file, assignment)
    if wheel is not None:
        require_grader_wheel(wheel)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} holds something already; name an empty folder or one that is not there yet.")
    recording = record_visible_checks(assignment)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:  # all of it or nothing
        made_folder = Path(made, "release")
        made_folder.mkdir()
        fill_assignment(assignment, recording, made_folder / assignment.slug)
        for file in (*assignment.handout, *([wheel] if wheel else [])):
            shutil.copyfile(file, made_folder / file.name)
        _write_notebook(assignment, made_folder)
        if not any(file.name == TESTS.name for file in assignment.handout):
            (made_folder / TESTS).write_text(notebook_tests(assignment), encoding="utf-8")
        (made_folder / "README.md").write_text(readme(assignment, wheel), encoding="utf-8")
        for path in made_folder.iterdir():
            path.rename(folder / path.name)
    return sorted(p for p in folder.rglob("*") if p.is_file())


def _write_notebook(assignment: Assignment, folder: Path) -> None:
    """Write the notebook with the assignment's name, for ``grader check`` to find its checks."""
    notebook = json.loads(assignment.notebook.read_text(encoding="utf-8"))
    notebook.setdefault("metadata", {})["grader"] = {"assignment": assignment.slug}
    text = json.dumps(notebook, indent=1, ensure_ascii=False)
    (folder / assignment.notebook.name).write_text(f"{text}\n", encoding="utf-8")
