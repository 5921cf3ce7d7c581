"""Fill a folder with what students get: notebook, visible checks, wheel and README."""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from grader.assignment import FILE, Assignment
from grader.errors import AssignmentError, UsageError
from grader.release import messages
from grader.release.contents import fill_assignment, require_handout
from grader.release.notebook_tests import notebook_tests
from grader.release.readme import readme
from grader.release.recording import record_visible_checks
from grader.release.set_up_cell import set_up_cell
from grader.release_lookup import TESTS
from grader.wheel import require_grader_wheel


def make_release(
    assignment: Assignment,
    folder: Path,
    wheel: Path | None,
    url: str | None = None,
    *,
    warn: Callable[[str], None] = lambda sentence: None,
) -> list[Path]:
    """Fill an empty folder with what students get, and return the files.

    ``wheel`` is the grader's own, or None when students get it some other way. ``url`` is where the course will publish
    the archive, or None as the assignment says. ``warn`` is told of each model that only notebooks hold and that cannot
    be loaded here. Raises UsageError when the folder is not empty or the wheel holds more than the grader,
    AssignmentError when the assignment cannot be released or hands out a solution, a check or a sample.
    """
    if assignment.recorded:
        raise AssignmentError(assignment.root, messages.IS_A_RELEASE)
    for file in assignment.handout:
        require_handout(file, assignment)
    if wheel is not None:
        require_grader_wheel(wheel)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(messages.not_empty(folder))
    recording, published = record_visible_checks(assignment), url or assignment.release_url
    for model, why in recording.unavailable.items():
        warn(messages.not_recorded(model, why))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:  # all of it or nothing
        made_folder = Path(made, "release")
        made_folder.mkdir()
        fill_assignment(assignment, recording, made_folder / assignment.slug)
        for file in (*assignment.handout, *([wheel] if wheel else [])):
            shutil.copyfile(file, made_folder / file.name)
        _write_notebook(assignment, made_folder, published)
        if not any(file.name == TESTS for file in assignment.handout):
            (made_folder / TESTS).write_text(notebook_tests(assignment), encoding="utf-8")
        (made_folder / "README.md").write_text(readme(assignment, wheel, published), encoding="utf-8")
        write_archive(made_folder, assignment.slug)
        for path in made_folder.iterdir():
            path.rename(folder / path.name)
    return sorted(p for p in folder.rglob("*") if p.is_file())


def write_archive(folder: Path, slug: str) -> None:
    """Put all files of a release into one, ``SLUG.zip``, beside them."""
    files = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]
    last = f"{slug}/{FILE}"  # it tells that everything was unpacked
    with zipfile.ZipFile(folder / f"{slug}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files, key=lambda name: (name == last, name)):
            archive.write(folder / name, name)


def _write_notebook(assignment: Assignment, folder: Path, url: str) -> None:
    """Write the notebook with a cell that sets up the checks before its first one with code.

    The assignment's name is for ``grader check`` to find its checks.
    """
    notebook = json.loads(assignment.notebook.read_text(encoding="utf-8"))
    kinds, with_ids = [c["cell_type"] for c in notebook["cells"]], notebook["nbformat_minor"] >= 5
    notebook["cells"].insert([*kinds, "code"].index("code"), set_up_cell(assignment.slug, url, with_id=with_ids))
    notebook.setdefault("metadata", {})["grader"] = {"assignment": assignment.slug}
    text = json.dumps(notebook, indent=1, ensure_ascii=False)
    (folder / assignment.notebook.name).write_text(f"{text}\n", encoding="utf-8")
