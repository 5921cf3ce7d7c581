"""A notebook's assignment is the one named, or whose release lies beside it."""

from __future__ import annotations

import os
import shutil
import tomllib
from pathlib import Path

import nbformat
import pytest
import tomlkit

from grader.assignment import FILE, load_assignment
from grader.errors import AssignmentError, UsageError
from grader.release.contents import fill_assignment
from grader.release.recording import Recording
from grader.release_lookup import find_assignment
from grader.trusted_releases import is_trusted, trust

TINY = Path(__file__).resolve().parents[1] / "plugin" / "tiny"


@pytest.fixture(autouse=True)
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which names are looked up, with one assignment."""
    shutil.copytree(TINY, tmp_path / "configured" / "known", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr("grader.assignment.lookup.assignment_roots", lambda: [tmp_path / "configured"])
    return tmp_path / "configured"


def notebook_in(folder: Path, *, assignment: object = None) -> Path:
    """Write a notebook whose metadata name an assignment."""
    folder.mkdir(exist_ok=True)
    notebook = nbformat.v4.new_notebook()
    if assignment is not None:
        notebook.metadata["grader"] = {"assignment": assignment}
    nbformat.write(notebook, folder / "mine.ipynb")
    return folder / "mine.ipynb"


def release_in(folder: Path, name: str) -> Path:
    """Make a release's folder of checks, without answers."""
    folder.mkdir(exist_ok=True)
    fill_assignment(load_assignment(str(TINY)), Recording({}, {}), folder / name)
    return folder / name


@pytest.mark.parametrize("named", [None, "first"])
def test_the_only_release_beside_a_notebook_is_its_assignment(tmp_path: Path, named: str | None) -> None:
    """Before a configured one, and named by its folder too."""
    release = release_in(tmp_path / "work", "first")

    found = find_assignment(notebook_in(tmp_path / "work"), named)

    assert (found.assignment.root, found.beside) == (release, True)


def test_a_notebook_says_which_of_several_releases_it_belongs_to(tmp_path: Path) -> None:
    """Its metadata decide; where they are gone, the student is asked."""
    for name in ("first", "second"):
        release_in(tmp_path / "work", name)

    assert find_assignment(notebook_in(tmp_path / "work", assignment="second")).assignment.slug == "second"
    with pytest.raises(UsageError, match=r"several assignments lie beside .* \(first, second\).* name it with -a"):
        find_assignment(notebook_in(tmp_path / "work"))


def test_a_notebook_of_another_assignment_is_not_checked_by_the_one_that_is_there(tmp_path: Path) -> None:
    """Neither by a release beside it nor by the only configured one."""
    release_in(tmp_path / "work", "first")

    with pytest.raises(UsageError, match="belongs to the assignment 'other', whose checks are not here"):
        find_assignment(notebook_in(tmp_path / "work", assignment="other"))


def test_what_is_named_comes_before_what_the_notebook_says(tmp_path: Path) -> None:
    """A named assignment comes first, and a configured one before a release of its name."""
    release_in(tmp_path / "work", "first")
    release_in(tmp_path / "work", "known")

    found = find_assignment(notebook_in(tmp_path / "work", assignment="first"), "known")

    assert (found.assignment.slug, found.beside, found.assignment.recorded) == ("known", False, None)


@pytest.mark.parametrize("assignment", [None, "known"])
def test_without_a_release_a_configured_assignment_serves(tmp_path: Path, assignment: object) -> None:
    """The one that the notebook names, or the only one."""
    found = find_assignment(notebook_in(tmp_path / "work", assignment=assignment))

    assert (found.assignment.slug, found.beside) == ("known", False)


@pytest.mark.parametrize("said", [7, "../configured/known", "", {"a": 1}])
def test_nonsense_in_a_notebook_names_no_assignment(tmp_path: Path, said: object) -> None:
    """What stands in metadata is a name or nothing, never a path."""
    assert find_assignment(notebook_in(tmp_path / "work", assignment=said)).assignment.slug == "known"


def test_a_whole_assignment_beside_a_notebook_is_no_release(tmp_path: Path) -> None:
    """Only what a course releases is looked for beside a notebook."""
    shutil.copytree(TINY, tmp_path / "work" / "whole", ignore=shutil.ignore_patterns("__pycache__"))

    assert not find_assignment(notebook_in(tmp_path / "work")).beside


@pytest.mark.parametrize("kind", ["nested", "large", "a pipe"])
def test_what_is_called_like_a_releases_file_is_passed_over(tmp_path: Path, kind: str) -> None:
    """It comes with whatever was downloaded."""
    file = tmp_path / "work" / "downloaded" / FILE
    file.parent.mkdir(parents=True)
    if kind == "a pipe":
        os.mkfifo(file)
    else:
        file.write_text(f"recorded = {'[' * 5000}" if kind == "nested" else f"recorded = {{}}\n#{' ' * 2_000_000}")

    assert find_assignment(notebook_in(tmp_path / "work")).assignment.slug == "known"


@pytest.mark.parametrize("linked", ["checks", "checks/visible", "checks/visible/test_checks.py"])
def test_a_release_with_links_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, linked: str) -> None:
    """What lies behind them may be another thing tomorrow."""
    monkeypatch.setenv("GRADER_STATE", str(tmp_path / "state"))
    release = release_in(tmp_path, "first")
    (release / linked).rename(tmp_path / "elsewhere")
    (release / linked).symlink_to(tmp_path / "elsewhere")

    for asked in (trust, is_trusted):
        with pytest.raises(AssignmentError, match=r"holds a link, .*/first/.*; put the file itself there"):
            asked(load_assignment(str(release)))


def test_a_release_says_what_its_author_wrote(tmp_path: Path) -> None:
    """In any characters."""
    title = 'Lens \U0001f50d \x7f \\u0041 "quoted"'
    whole = shutil.copytree(TINY, tmp_path / "whole", ignore=shutil.ignore_patterns("__pycache__"))
    data = tomllib.loads((whole / FILE).read_text()) | {"title": title}
    (whole / FILE).write_text(tomlkit.dumps(data))

    fill_assignment(load_assignment(str(whole)), Recording({}, {}), tmp_path / "release")

    assert load_assignment(str(tmp_path / "release")).title == title
