"""Which files belong to a notebook, and what its code finds them as."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from grader.intake import find, find_one, supporting_files, with_recorded
from grader.person import Person
from grader.submission import Submission
from tests.intake.conftest import document

NOTEBOOK = document("def f(): pass")


def hand_in(folder: Path, paths: Iterable[str]) -> Path:
    """Write notebooks where paths are named like one, else the path as a text."""
    for path in paths:
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(NOTEBOOK) if path.endswith(".ipynb") else path)
    return folder


def packed(file: Path, paths: Iterable[str]) -> Path:
    """Write a zip with such files."""
    with zipfile.ZipFile(file, "w") as archive:
        for path in paths:
            archive.writestr(path, json.dumps(NOTEBOOK) if path.endswith(".ipynb") else path)
    return file


def names(submission: Submission) -> list[str]:
    """Return what a submission's code finds files as."""
    return [file.name for file in submission.files]


def beside(folder: Path, *paths: str, **how: object) -> list[list[str]]:
    """Return the same of each submission among files, in input order."""
    return [names(s) for s in find([hand_in(folder / "in", paths)], **how).submissions]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        pytest.param(["a/hw.ipynb", "a/h.py", "a/d/x.json", "b/hw.ipynb"], [["d/x.json", "h.py"], []], id="folders"),
        pytest.param(
            ["a/work/hw.ipynb", "a/src/h.py", "b/work/hw.ipynb"], [["../src/h.py"], []], id="a project for each"
        ),
        pytest.param(
            ["doejane_4711_98765_hw.ipynb", "doejane_4711_98766_h_1.py", "ray_4712_98767_hw.ipynb"],
            [["h_1.py"], []],
            id="canvas",
        ),
        pytest.param(
            ["doejane_LATE_4711_8_hw.ipynb", "doejane_LATE_4711_9_code.zip/lib/h.py", "x_1_2_hw.ipynb"],
            [["lib/h.py"], []],
            id="canvas, a folder named like a zip",
        ),
        pytest.param(
            ["anon_1_98765_hw.ipynb", "anon_1_98766_h.py", "anon_2_98767_hw.ipynb"], [["h.py"], []], id="canvas, anon"
        ),
        pytest.param(
            ["Jane Doe_12_assignsubmission_file/hw.ipynb", "Jane Doe_12_assignsubmission_file/d/h.py"],
            [["d/h.py"]],
            id="moodle",
        ),
        pytest.param(
            ["Jane Doe_12_assignsubmission_file_hw.ipynb", "Jane Doe_12_assignsubmission_file_h.py"],
            [["h.py"]],
            id="moodle, flat",
        ),
        pytest.param(
            ["submitted/jane/ps1/hw.ipynb", "submitted/jane/ps1/h.py", "submitted/jane/ps1/timestamp.txt"],
            [["h.py"]],
            id="nbgrader",
        ),
        pytest.param(
            ["submission_1/hw.ipynb", "submission_1/h.py", "submission_2/hw.ipynb"], [["h.py"], []], id="gradescope"
        ),
        pytest.param(
            ["ps1_jdoe_attempt_2025-11-12-10-11-12_hw.ipynb", "ps1_jdoe_attempt_2025-11-12-10-11-12_h.py"],
            [["h.py"]],
            id="blackboard",
        ),
        pytest.param(
            [
                *("Doe_Jane_jdoe_12/20251112101112_hw.ipynb", "Doe_Jane_jdoe_12/20251112101113_h.py"),
                "Ray_Jo_jray_13/hw.ipynb",
            ],
            [["h.py"], []],
            id="ilias",
        ),
        pytest.param(
            ["Doe, Jane(jdoe)/Submission attachment(s)/hw.ipynb", "Doe, Jane(jdoe)/Submission attachment(s)/h.py"],
            [["h.py"]],
            id="sakai",
        ),
    ],
)
def test_what_one_person_handed_in_is_beside_the_notebook(
    tmp_path: Path, paths: list[str], found: list[list[str]]
) -> None:
    """It has the names that the student gave it, and is nobody else's."""
    assert beside(tmp_path, *paths) == found


@pytest.mark.parametrize(
    "paths",
    [
        pytest.param(["a.ipynb", "b.ipynb", "helper.py"], id="in a folder of several"),
        pytest.param(["a/hw.ipynb", "b/hw.ipynb", "helper.py"], id="above several"),
        pytest.param(["s1/a/hw.ipynb", "s1/b/hw.ipynb", "s2/c/hw.ipynb", "s2/list.csv"], id="in a section of one"),
        pytest.param(["a/hw.ipynb", "a/.env", "a/.ssh/key", "a/__pycache__/h.pyc"], id="of tools"),
        pytest.param(["a/hw.ipynb", "a/other.ipynb", "a/helper.py"], id="beside two notebooks"),
    ],
)
def test_what_is_not_surely_one_persons_is_nobodys(tmp_path: Path, paths: list[str]) -> None:
    """What lies where several people's notebooks do may be anybody's."""
    assert beside(tmp_path, *paths) == [[] for path in paths if path.endswith(".ipynb")]


def test_files_of_another_attempt_are_not_there(tmp_path: Path) -> None:
    """Only what was handed in together counts."""
    folders = ("jane+ps1+2025-11-12 10:00:00 UTC", "jane+ps1+2025-11-13 10:00:00 UTC")
    paths = [f"{folders[0]}/hw.ipynb", f"{folders[0]}/old.py", f"{folders[1]}/hw.ipynb", f"{folders[1]}/new.py"]

    assert beside(tmp_path, *paths) == [["new.py"]]


def test_a_number_that_canvas_gave_a_file_handed_in_again_is_taken_off(tmp_path: Path) -> None:
    """The newest file of a name is found by that name, and by the one that it bears."""
    paths = ["doe_1_10_hw.ipynb", "doe_1_11_h.py", "doe_1_20_hw-1.ipynb", "doe_1_21_h-1.py"]
    [submission] = find([hand_in(tmp_path / "in", paths)]).submissions

    assert [(f.name, f.path.name) for f in submission.files] == [
        ("h-1.py", "doe_1_21_h-1.py"),
        ("h.py", "doe_1_21_h-1.py"),
    ]


def test_a_name_on_the_roster_holds_a_persons_files_together(tmp_path: Path) -> None:
    """Also where the platform's naming is not known."""
    roster = [Person(login="jdoe", name="Jane Doe"), Person(login="jray", name="Jo Ray")]

    assert beside(tmp_path, "x/jdoe/hw.ipynb", "x/jdoe/h.py", "x/jray/hw.ipynb", roster=roster) == [["h.py"], []]


def test_a_zip_is_one_upload(tmp_path: Path) -> None:
    """Its files are unpacked with the notebook, whatever is beside it in the zip's folders."""
    file = packed(tmp_path / "upload.zip", ["mine/nb/hw.ipynb", "mine/nb/h.py", "mine/data/x.json"])
    (tmp_path / "scratch").mkdir()

    submission = find_one(file, scratch=tmp_path / "scratch")

    assert names(submission) == ["../data/x.json", "h.py"]
    assert [f.path.read_text() for f in submission.files] == ["mine/data/x.json", "mine/nb/h.py"]


def test_the_digest_covers_them(tmp_path: Path) -> None:
    """A changed file is another submission, and a notebook alone has its own digest."""
    folder = hand_in(tmp_path / "a", ["hw.ipynb"])
    [alone] = find([folder]).submissions
    hand_in(folder, ["h.py"])
    [first] = find([folder]).submissions
    (folder / "h.py").write_text("other")
    [second] = find([folder]).submissions

    assert len({alone.sha256, first.sha256, second.sha256}) == 3
    assert alone.sha256 == find([folder / "hw.ipynb"]).submissions[0].sha256


def test_what_was_not_handed_in_is_not_there(tmp_path: Path) -> None:
    """A roster and a folder of results among the notebooks are the instructor's."""
    folder = hand_in(tmp_path / "in", ["hw.ipynb", "h.py", "roster.csv", "out/results.jsonl"])
    found = find([folder], apart=[folder / "roster.csv", folder / "out"])

    assert names(found.submissions[0]) == ["h.py"]
    assert not found.extras


def test_links_and_pipes_are_not_opened(tmp_path: Path) -> None:
    """They could lead out of what was handed in, or never end."""
    folder = hand_in(tmp_path / "in", ["hw.ipynb"])
    (tmp_path / "secret").write_text("secret")
    (folder / "link.py").symlink_to(tmp_path / "secret")
    (folder / "folder").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.py")

    [submission] = find([folder]).submissions

    assert names(submission) == []
    assert "link.py (it is a link, no file, or damaged)" in submission.withheld
    assert "pipe.py" in submission.withheld


def test_links_in_a_zip_are_not_there(tmp_path: Path) -> None:
    """Nor is what its name would put elsewhere."""
    file = packed(tmp_path / "upload.zip", ["hw.ipynb", "../out.py", "/etc/abs.py"])
    with zipfile.ZipFile(file, "a") as archive:
        link = zipfile.ZipInfo("link.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    (tmp_path / "scratch").mkdir()

    submission = find_one(file, scratch=tmp_path / "scratch")

    assert names(submission) == []
    assert "link.py" in submission.withheld


@pytest.mark.parametrize("name", ["a\nb.py", "a\x1b[31m.py", "a\u202e.py", "x" * 250, "folders/" * 30 + "deep.py"])
def test_names_that_nobody_can_read_are_left_out(tmp_path: Path, name: str) -> None:
    """The student is told, in words that can be read."""
    folder = hand_in(tmp_path / "in", ["hw.ipynb", name])

    [submission] = find([folder]).submissions

    assert names(submission) == []
    assert "its name is too long, or has characters that cannot be seen" in submission.withheld


def test_many_and_large_files_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is nested least comes first, and what does not fit is said."""
    monkeypatch.setattr(supporting_files, "MAX_FILES", 2)
    folder = hand_in(tmp_path / "in", ["hw.ipynb", "b/a.py", "x.py", "y.py"])
    with (folder / "large.pt").open("wb") as file:
        file.truncate((supporting_files.MAX_MB << 20) + 1)

    [submission] = find([folder]).submissions

    assert names(submission) == ["x.py", "y.py"]
    assert "large.pt (files beside a notebook may be 64 MB together)" in submission.withheld
    assert "b/a.py (there are more than 2 files)" in submission.withheld


def test_beside_ones_own_notebook_only_what_it_names_counts(tmp_path: Path) -> None:
    """Modules of one's own that it names are looked through for names too."""
    cells = ("import helper, os\nopen('data.json')", "from lib.core import f\nx = load('plots/' + name)", "private = 1")
    source = document(*cells)
    folder = hand_in(
        tmp_path / "own",
        [*("other.py", "data.json", "data.csv", "deeper.txt", "lib/core.py", "plots/a.npy"), "private/key", "os/x"],
    )
    (folder / "hw.ipynb").write_text(json.dumps(source))
    (folder / "helper.py").write_text("TEXT = open('deeper.txt').read()")
    (tmp_path / "scratch").mkdir()

    own = find_one(folder / "hw.ipynb", scratch=tmp_path / "scratch", own=True, apart=[folder / "plots"])
    upload = find_one(folder / "hw.ipynb", scratch=tmp_path / "scratch")

    assert names(own) == ["data.json", "deeper.txt", "helper.py", "lib/core.py", "os/x"]
    assert names(upload) == []


def test_recorded_files_are_found_again_by_what_is_in_them(tmp_path: Path) -> None:
    """Whatever a platform calls them."""
    paths = ["doe_1_10_hw.ipynb", "doe_1_11_h.py", "doe_1_12_d.json", "ray_2_13_h.py"]
    folder = hand_in(tmp_path / "in", paths)
    submission = find([folder]).submissions[0]
    (folder / "doe_1_12_d.json").write_text("changed")

    [again] = find([submission.path]).submissions

    assert names(with_recorded(again, submission.record().files)) == ["h.py"]


def test_folders_that_are_nested_beyond_measure_are_passed_over(tmp_path: Path) -> None:
    """Each level of each path takes time, of which a zip of a few kB could ask for hours."""
    deep = "a/" * 20_000
    file = packed(tmp_path / "upload.zip", ["hw.ipynb", *(f"{deep}{n}.py" for n in range(100))])
    (tmp_path / "scratch").mkdir()

    found = find([file], scratch=tmp_path / "scratch")

    assert [s.label for s in found.submissions] == ["upload.zip/hw.ipynb"]
    assert found.passed_over == {"upload.zip/a/a": "folders nested too deep"}


def test_what_ones_own_notebook_imports_is_found_in_long_lines_too(tmp_path: Path) -> None:
    """A line is searched once, however many imports are in it."""
    source = f"{'import ' * 40_000}first\nfrom second import third\nfourth"
    modules = ("first", "second", "third", "fourth")
    hand_in(tmp_path, [f"{name}.py" for name in modules])
    (tmp_path / "hw.ipynb").write_text(json.dumps(document(source)))

    found = find_one(tmp_path / "hw.ipynb", scratch=tmp_path, own=True)

    assert names(found) == ["first.py", "second.py", "third.py"]
