"""What only looks like a platform's naming puts nobody's work under another's name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grader.intake import discover, find

Write = Callable[..., Path]


def students(written: Write, *names: str, content: str = "{}") -> dict[str, str]:
    """Return each graded file's student when these files are handed in."""
    folder = written(b"", "in/.keep").parent
    for name in names:
        written(content, f"in/{name}")
    return {s.label: s.student for s in discover([folder])}


def test_dates_are_not_canvas_s_numbers(written: Write) -> None:
    """Two files cannot be one upload."""
    names = ("lab_2024_11_05.ipynb", "lab_2024_11_06.ipynb")

    assert students(written, *names) == {n: n[:-6] for n in names}


def test_a_folder_named_like_a_canvas_upload_is_not_one_student(written: Write) -> None:
    """What holds several people's uploads is the download itself."""
    names = ("hw_2024_11_x/ann_1_11_a.ipynb", "hw_2024_11_x/bob_2_12_a.ipynb")

    assert students(written, *names) == {names[0]: "ann", names[1]: "bob"}


def test_nobody_hands_in_for_others_on_canvas(written: Write) -> None:
    """What an upload holds is its student's, also when named like others' later uploads."""
    names = ("ann_1_11_a.ipynb", "bob_2_12_work/ann_1_99_a.ipynb", "bob_2_12_work/cy_3_98_a.ipynb", "cy_3_13_a.ipynb")

    assert students(written, *names) == {names[0]: "ann", names[2]: "bob", names[3]: "cy"}


def test_nobody_hands_in_for_others_on_gradescope(written: Write) -> None:
    """A submission's own folder decides, whatever folders and metadata it holds."""
    metadata = "submission_{}:\n  :submitters:\n  - :name: {}\n"
    folder = written(metadata.format(1, "Ann") + metadata.format(2, "Bob"), "in/submission_metadata.yml").parent
    written("{}", "in/submission_1/hw.ipynb")
    written("{}", "in/submission_2/submission_1/hw.ipynb")
    written(metadata.format(1, "Ann"), "in/submission_2/submission_metadata.yml")

    assert [(s.student, s.label) for s in discover([folder])] == [
        ("Ann", "submission_1/hw.ipynb"),
        ("Bob", "submission_2/submission_1/hw.ipynb"),
    ]


def test_weeks_are_not_usernames(written: Write) -> None:
    """Folders that go on with bare numbers are not clones, though they hold the same notebook."""
    names = ("week-1/hw.ipynb", "week-2/hw.ipynb")

    assert students(written, *names) == {names[0]: "week-1", names[1]: "week-2"}


def test_folders_without_a_notebook_in_common_are_not_clones(written: Write) -> None:
    """A beginning that names share is not enough."""
    names = ("part-a/one.ipynb", "part-b/two.ipynb")

    assert students(written, *names) == {names[0]: "one", names[1]: "two"}


def test_an_ancestor_named_submitted_is_not_nbgrader_s(written: Write) -> None:
    """Only what was given tells who handed it in, not where the instructor keeps it."""
    folder = written("{}", "submitted/2024/hw/ann.ipynb").parent
    written("{}", "submitted/2024/hw/bob.ipynb")

    assert [s.student for s in discover([folder])] == ["ann", "bob"]


def test_the_platform_s_own_folder_may_be_given_itself(written: Write) -> None:
    """``submitted`` and a participant's folder tell the same from inside."""
    one = written("{}", "submitted/jdoe/ps1/x.ipynb").parents[2]
    two = written("{}", "Jane Doe_12345_assignsubmission_file/x.ipynb").parent

    assert [s.student for s in discover([one, two])] == ["jdoe", "Jane Doe"]


def test_clones_may_be_given_one_by_one(written: Write) -> None:
    """A shell's ``hw-*`` names the same people as the folder above."""
    clones = [written("{}", f"{n}/x.ipynb").parent for n in ("lens-hw-octo-cat", "lens-hw-a1")]

    assert [s.student for s in discover(clones)] == ["octo-cat", "a1"]


def test_of_notebooks_as_late_as_each_other_the_one_with_the_function_counts(written: Write) -> None:
    """A scratch notebook that sorts last does not take the place of the answer."""
    folder = written('{"source": "def lens(x): ..."}', "Jo_7_assignsubmission_file/hw.ipynb").parents[1]
    written("{}", "Jo_7_assignsubmission_file/scratch.ipynb")
    [submission] = find([folder], functions=["lens"]).submissions

    assert submission.label.endswith("hw.ipynb")
    assert [e.rpartition("/")[2] for e in submission.earlier] == ["scratch.ipynb"]


def test_copies_are_ordered_by_their_number(written: Write) -> None:
    """``hw (10)`` was saved after ``hw (2)``, and that after ``hw``."""
    names = [f"Jo_7_assignsubmission_file/{n}.ipynb" for n in ("hw", "hw (2)", "hw (10)")]

    assert students(written, *names) == {names[2]: "Jo"}


def test_a_time_that_is_none_is_left_out(written: Write) -> None:
    """Nobody's submission is lost for what stands in a file beside it."""
    folder = written("{}", "submitted/jdoe/ps1/x.ipynb").parents[2]
    for stamp in ("", "soon", "2015-99-02 14:58:23 UTC", "2015-02-02 14:58:23 ../../etc/passwd", "\0" * 500):
        written(stamp, "submitted/jdoe/ps1/timestamp.txt")

        assert [(s.student, s.submitted) for s in discover([folder])] == [("jdoe", "")]
