"""Every file that was handed in becomes a submission of its student, with its own id."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.intake import discover, find

Write = Callable[..., Path]


NOBODYS = {
    ".git/config.ipynb": (".git", "version control"),
    ".gitignore": (".gitignore", "version control"),
    "x/.ipynb_checkpoints/a-checkpoint.ipynb": ("x/.ipynb_checkpoints", "Jupyter's checkpoints"),
    "__MACOSX/._a.ipynb": ("__MACOSX", "a system's own files"),
    "._a.ipynb": ("._a.ipynb", "a system's own files"),
    ".DS_Store": (".DS_Store", "a system's own files"),
    "__pycache__/a.pyc": ("__pycache__", "caches"),
    "x/.venv/lib/a.ipynb": ("x/.venv", "installed packages"),
    "a.ipynb~": ("a.ipynb~", "editors' files"),
    ".#a.ipynb": (".#a.ipynb", "editors' files"),
    ".a.ipynb.swp": (".a.ipynb.swp", "editors' files"),
    ".vscode/a.ipynb": (".vscode", "editors' files"),
}
"""What no person put there, with the label under which it is listed and what it is."""


def found(folder: Path) -> list[tuple[str, str]]:
    """Return the id and the student of each submission in a folder."""
    return [(s.id, s.student) for s in discover([folder])]


CANVAS = {
    "doejane_4711_98765_hw1.ipynb": ("doejane_4711_98765", "doejane", False),
    "doejane_LATE_4711_98765_hw1.ipynb": ("doejane_4711_98765", "doejane", True),
    "doejane_4711_98765_hw_1_2_3.ipynb": ("doejane_4711_98765", "doejane", False),
    "doejane_4711_98765_hw1-2.ipynb": ("doejane_4711_98765", "doejane", False),
    "müllerjörg_4711_98765_hw1.ipynb": ("müllerjörg_4711_98765", "müllerjörg", False),
    "van_der_berg_4711_98765_hw1.ipynb": ("van_der_berg_4711_98765", "van_der_berg", False),
    "late_LATE_4711_98765_hw1.ipynb": ("late_4711_98765", "late", True),
    "LATE_4711_98765_hw1.ipynb": ("LATE_4711_98765", "LATE", False),
    "agent_007_4711_98765_hw1.ipynb": ("agent_007_4711", "agent", False),  # Canvas itself takes the first two numbers
    "anon_ab12c_98765_hw1.ipynb": ("anon_ab12c_98765", "anon_ab12c", False),
    "LATE_anon_ab12c_98765_hw1.ipynb": ("anon_ab12c_98765", "anon_ab12c", True),
    "LATE_anon_12345_98765_hw_1_2.ipynb": ("anon_12345_98765", "anon_12345", True),
    "doejane_4711_link.html": ("doejane_4711", "doejane", False),
    "doejane_LATE_4711_text.html": ("doejane_4711", "doejane", True),
    "van_der_berg_LATE_4711_link-1.html": ("van_der_berg_4711", "van_der_berg", True),
    "LATE_anon_ab12c_text.html": ("anon_ab12c", "anon_ab12c", True),
    "anon_ab12c_link.html": ("anon_ab12c", "anon_ab12c", False),
}


@pytest.mark.parametrize("name", CANVAS)
def test_canvas_names_tell_the_student(name: str, written: Write) -> None:
    """A name as Canvas writes it gives the student, lateness and an id of both numbers."""
    [submission] = discover([written(b"", name)])

    assert (submission.id, submission.student, submission.late) == CANVAS[name]


OTHER_LAYOUTS = {
    "Jane Doe_12345_assignsubmission_file/hw1.ipynb": ("Jane_Doe_12345", "Jane Doe"),
    "Jane Doe_12345_assignsubmission_file_/part/hw1.ipynb": ("Jane_Doe_12345", "Jane Doe"),
    "Jane Doe_12345_assignsubmission_file_hw1.ipynb": ("Jane_Doe_12345", "Jane Doe"),
    "Teilnehmerin_12345_assignsubmission_file/hw1.ipynb": ("Teilnehmerin_12345", "Teilnehmerin 12345"),
    "Participante_12345_assignsubmission_file_hw1.ipynb": ("Participante_12345", "Participante 12345"),
    "参与者_12345_assignsubmission_file/hw1.ipynb": ("参与者_12345", "参与者 12345"),
    "submitted/jdoe/ps1/hw1.ipynb": ("jdoe_ps1_hw1", "jdoe"),
    "hw1.ipynb": ("hw1", "hw1"),
    "group a/Jane's work (1).ipynb": ("group_a_Jane_s_work_1", "Jane's work (1)"),
    "hw1_2024_final.ipynb": ("hw1_2024_final", "hw1_2024_final"),
}


@pytest.mark.parametrize("name", OTHER_LAYOUTS)
def test_other_names_tell_the_student(name: str, written: Write, tmp_path: Path) -> None:
    """Moodle's and nbgrader's layouts give the student; elsewhere the file's own name does."""
    written(b"", name)

    assert found(tmp_path) == [OTHER_LAYOUTS[name]]


def test_folders_are_searched_in_order(written: Write, tmp_path: Path) -> None:
    """Notebooks at any depth are found in order and labelled by their path in the folder."""
    for name in ("b.ipynb", "a/z.ipynb", "a/c.IPYNB", "c.ipynb"):
        written(b"", name)

    assert [s.label for s in discover([tmp_path])] == ["a/c.IPYNB", "a/z.ipynb", "b.ipynb", "c.ipynb"]


def test_what_was_not_handed_in_is_left_out(written: Write, tmp_path: Path) -> None:
    """What no person put there and other files are no submissions, but listed by kind."""
    for name in (*NOBODYS, "README.md", "data.csv"):
        written(b"", name)

    found = find([tmp_path])

    assert found.submissions == ()
    assert found.passed_over == dict(NOBODYS.values())
    assert found.extras == ("README.md", "data.csv")


def test_a_link_to_a_folder_is_listed_as_passed_over(tmp_path: Path) -> None:
    """What it leads to may be anything; somebody may have meant it to be graded."""
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "hw.ipynb").write_bytes(b"")
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "linked").symlink_to(tmp_path / "others")

    found = find([tmp_path / "class"])

    assert found.submissions == ()
    assert found.passed_over == {"linked": "a link to a folder"}


def test_what_a_zip_holds_beside_what_was_handed_in_is_listed_too(tmp_path: Path) -> None:
    """An archiver's own folder is passed over in a zip as it is on the disk."""
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as zipped:
        for name in (*NOBODYS, "anna.ipynb"):
            zipped.writestr(name, b"")
    (tmp_path / "scratch").mkdir()

    found = find([tmp_path / "class.zip"], scratch=tmp_path / "scratch")

    assert [s.label for s in found.submissions] == ["class.zip/anna.ipynb"]
    assert found.passed_over == {f"class.zip/{label}": kind for label, kind in NOBODYS.values()}


@pytest.mark.parametrize("name", [".doe.ipynb", ".private/doe.ipynb", "..doe.ipynb", "...ipynb", ".gitte.ipynb"])
def test_a_name_that_begins_with_a_dot_is_a_name(written: Write, tmp_path: Path, name: str) -> None:
    """Somebody handed that in."""
    written(b"", name)

    found = find([tmp_path])

    assert [s.label for s in found.submissions] == [name]
    assert found.passed_over == {}


def test_broken_files_are_submissions(written: Write, tmp_path: Path) -> None:
    """A file counts, whatever it holds, by a notebook's name or a platform's naming."""
    for name in ("a.ipynb", "b.ipynb.zip", "c.ipynb.txt", "doejane_4711_98765_hw1.pdf"):
        written(b"\0", name)

    assert [s.label for s in discover([tmp_path])] == [
        "a.ipynb",
        "b.ipynb.zip",
        "c.ipynb.txt",
        "doejane_4711_98765_hw1.pdf",
    ]


@pytest.mark.parametrize("word", ["Teilnehmer/in", "Resztvevő", "참여자"])
def test_what_all_participants_are_called_is_nobody_s_name(word: str, written: Write, tmp_path: Path) -> None:
    """In blind marking Moodle writes its word for a participant, whatever the site's language."""
    for number in (12345, 12346):
        written(b"{}", f"{word.replace('/', '')}_{number}_assignsubmission_file/hw.ipynb")

    assert not any(claim.name for s in discover([tmp_path]) for claim in s.claims)


def test_links_and_text_entries_are_what_their_author_handed_in(written: Write, tmp_path: Path) -> None:
    """On Canvas each has a row, unless the same person handed in a notebook too."""
    names = ("cohenben_4712_link.html", "diazcleo_LATE_4713_text.html", "LATE_anon_9xK2p_text.html")
    for name in (*names, "byronada_4711_98765_lens.ipynb", "byronada_4711_text.html"):
        written(b"<html>", name)

    assert {s.label: s.late for s in discover([tmp_path])} == {
        "byronada_4711_98765_lens.ipynb": False,
        **{name: "LATE" in name for name in names},
    }


def test_late_attempts_of_somebody_anonymous_are_one_person_s(written: Write, tmp_path: Path) -> None:
    """On Canvas LATE stands before ``anon``."""
    for name in ("LATE_anon_9xK2p_98766_lens.ipynb", "LATE_anon_9xK2p_98767_lens-1.ipynb", "anon_aB3dE_98765_a.ipynb"):
        written(b"{}", name)

    assert [(s.student, s.late, s.attempt) for s in discover([tmp_path])] == [
        ("anon_9xK2p", True, 2),
        ("anon_aB3dE", False, 1),
    ]


def test_extra_files_beside_a_notebook_are_not_submissions(written: Write, tmp_path: Path) -> None:
    """Who handed in a notebook and a data file has handed in one submission."""
    written(b"", "Jane Doe_12345_assignsubmission_file/data.csv")
    written(b"", "Jane Doe_12345_assignsubmission_file/hw1.ipynb")
    written(b"", "Jo Ray_12346_assignsubmission_file/essay.pdf")

    assert [s.label.split("/")[1] for s in discover([tmp_path])] == ["hw1.ipynb", "essay.pdf"]


def test_ids_are_unique_and_safe(written: Write, tmp_path: Path) -> None:
    """Names that differ only in what a file name may not hold, or in case, get different ids."""
    for name in ("a b.ipynb", "a_b.ipynb", "A?b.ipynb", "a:b.ipynb", "...ipynb", "-x.ipynb", "y" * 240 + ".ipynb"):
        written(b"", name)

    ids = [s.id for s in discover([tmp_path])]

    assert len({i.casefold() for i in ids}) == len(ids) == 7
    assert all(i == Path(i).name and len(i) < 140 and i[0] not in ".-" and " " not in i and ":" not in i for i in ids)


def test_ids_differ_where_case_is_ignored(written: Write) -> None:
    """Reports of two students do not overwrite each other on a file system that ignores case."""
    same = [written(b"", "y/x/a.ipynb"), written(b"", "z/X/A.ipynb")]

    assert [s.id for s in discover(same)] == ["x_a", "X_A-2"]


def test_students_with_one_file_name_are_told_apart(written: Write, tmp_path: Path) -> None:
    """Where every file is called the same, the folder says whose it is."""
    written(b"", "alice/hw1.ipynb")
    written(b"", "bob/hw1.ipynb")

    assert found(tmp_path) == [("alice_hw1", "alice"), ("bob_hw1", "bob")]


def test_a_file_met_twice_counts_once(written: Write, tmp_path: Path) -> None:
    """A file given by itself and in its folder is one submission, where it was first met."""
    path = written(b"", "a.ipynb")
    written(b"", "b.ipynb")

    assert [s.label for s in discover([tmp_path / "b.ipynb", tmp_path, path])] == ["b.ipynb", "a.ipynb"]


def test_files_given_by_name_count_whatever_they_are_called(written: Write) -> None:
    """A file named on the command line is a submission."""
    [submission] = discover([written(b"abc", "notes.txt")])

    assert submission.sha256 == hashlib.sha256(b"abc").hexdigest()
    assert submission.label == "notes.txt"


def test_links_in_a_folder_are_kept_and_not_followed(written: Write, tmp_path: Path) -> None:
    """A link that was handed in gets a row; what it points to is not read for it."""
    target = written(b"secret", "elsewhere/data.bin")
    folder = tmp_path / "handed_in"
    folder.mkdir()
    (folder / "hw1.ipynb").symlink_to(target)

    [submission] = discover([folder])

    assert submission.path == folder / "hw1.ipynb"
    assert submission.sha256 == ""


def test_paths_that_do_not_exist_are_usage_errors(tmp_path: Path) -> None:
    """A wrong path is the caller's mistake, told in a sentence that names it."""
    with pytest.raises(UsageError, match=r"there is no file or folder '.*gone'; check the spelling"):
        discover([tmp_path / "gone"])
