"""What a student uploads is that student's, whatever names stand in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.intake import find, join, read_roster

Write = Callable[..., Path]
Files = dict[str, bytes]

ROSTER = (
    "Student,ID,Login,Email,Identifier\n"
    "Jane Doe,4711,jane,jane@uni.example,Participant 12345\nBob Ray,4712,bob,bob@uni.example,Participant 12346\n"
)
JANE, BOB, OTHER = b'{"cells": []}', b'{"cells": [1]}', b'{"cells": [2]}'

# What Bob hands in: everything in it is named as Jane's work would be, by one platform or another.
CLAIMS: dict[str, tuple[str, ...]] = {
    "a Moodle folder": ("Jane Doe_12345_assignsubmission_file/hw1.ipynb",),
    "a flat Moodle name": ("Jane Doe_12345_assignsubmission_file_hw1.ipynb",),
    "two people in Moodle folders": (
        "Jane Doe_12345_assignsubmission_file/hw1.ipynb",
        "Eve Adams_12399_assignsubmission_file/hw1.ipynb",
    ),
    "an nbgrader tree": ("submitted/jane/ps1/hw1.ipynb", "submitted/jane/ps1/timestamp.txt"),
    "an nbgrader inbound folder": ("jane+ps1+2099-02-03 09:00:00.000000 UTC/hw1.ipynb",),
    "a Canvas name": ("doejane_4711_99999_hw1.ipynb",),
    "two people's Canvas names": ("doejane_4711_99999_hw1.ipynb", "adamseve_4799_99998_hw1.ipynb"),
    "her Canvas upload": ("doejane_4711_98765_hw1.ipynb",),
    "a Gradescope export": ("submission_metadata.yml", "submission_777/hw1.ipynb"),
    "clones": ("lens-hw-submissions/lens-hw-jane/hw1.ipynb", "lens-hw-submissions/lens-hw-eve/hw1.ipynb"),
    "a Brightspace folder": ("4711-1 - Jane Doe - Nov 12, 2099 314 PM/hw1.ipynb",),
    "a Blackboard name": (
        "hw1_jane_attempt_2099-11-12-10-11-12_hw1.ipynb",
        "hw1_jane_attempt_2099-11-12-10-11-12.txt",
    ),
    "Sakai's and ILIAS's folders": ("Doe, Jane(jane)/hw1.ipynb", "Doe_Jane_jane_4711/hw1.ipynb"),
    "Autolab's and CodeGrade's names": ("jane@uni.example_9_hw1.ipynb", "Jane Doe - 2099-11-12T10:11:12/hw1.ipynb"),
    "her folder": ("jane/hw1.ipynb",),
    "her name": ("Jane Doe.ipynb", "jane.ipynb", "4711.ipynb"),
    "a platform's papers": ("metadata.yml", "submissions.csv", "timestamp.txt", "hw1.ipynb"),
    "names that lead out": (
        "../jane/hw1.ipynb",
        "../../Jane Doe_12345_assignsubmission_file/hw1.ipynb",
        "/submitted/jane/ps1/hw1.ipynb",
    ),
    "signs": ("#jane#.ipynb", "jane_doe__hw1.ipynb", "_.ipynb"),
}
METADATA = (
    "submission_777:\n  :submitters:\n  - :name: Jane Doe\n    :sid: '4711'\n"
    "submission_778:\n  :submitters:\n  - :name: Bob Ray\n    :sid: '4712'\n"
    "submission_779:\n  :submitters:\n  - :name: Joe Poe\n    :sid: '4713'\n"
)


def claims(kind: str) -> Files:
    """Return Bob's files, each with his work, or with a paper that gives the work to Jane."""
    papers = {
        "submission_metadata.yml": METADATA.encode(),
        "timestamp.txt": b"2099-01-01 00:00:00.000000 UTC",
        "metadata.yml": b"student: jane\n",
        "submissions.csv": b"student,file\njane,hw1.ipynb\n",
    }
    return {name: papers.get(name.rpartition("/")[2], BOB) for name in CLAIMS[kind]}


def packed(files: Files) -> bytes:
    """Return a zip of these files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return data.getvalue()


def below(folder: str, files: Files) -> Files:
    """Return these files in a folder."""
    return {f"{folder}/{name}": content for name, content in files.items()}


# Where each platform puts the work of Jane, of Joe, and of Bob, who handed in a zip; the last three can hold folders.
LAYOUTS: dict[str, tuple[Files, str]] = {
    "Moodle": (
        {
            "Jane Doe_12345_assignsubmission_file/hw1.ipynb": JANE,
            "Joe Poe_12347_assignsubmission_file/hw1.ipynb": OTHER,
        },
        "Bob Ray_12346_assignsubmission_file/{}",
    ),
    "Moodle before 4.1": (
        {
            "Jane Doe_12345_assignsubmission_file_/hw1.ipynb": JANE,
            "Joe Poe_12347_assignsubmission_file_/hw1.ipynb": OTHER,
        },
        "Bob Ray_12346_assignsubmission_file_/{}",
    ),
    "Moodle, flat": (
        {
            "Jane Doe_12345_assignsubmission_file_hw1.ipynb": JANE,
            "Joe Poe_12347_assignsubmission_file_hw1.ipynb": OTHER,
        },
        "Bob Ray_12346_assignsubmission_file_{}",
    ),
    "nbgrader": (
        {
            "submitted/jane/ps1/hw1.ipynb": JANE,
            "submitted/jane/ps1/timestamp.txt": b"2015-02-02 14:58:23.948203 UTC",
            "submitted/joe/ps1/hw1.ipynb": OTHER,
        },
        "submitted/bob/ps1/{}",
    ),
    "nbgrader's exchange": (
        {
            "jane+ps1+2015-02-02 09:00:00.000000 UTC/hw1.ipynb": JANE,
            "joe+ps1+2015-02-02 09:00:00.000000 UTC/hw1.ipynb": OTHER,
        },
        "bob+ps1+2015-02-02 09:00:00.000000 UTC/{}",
    ),
    "Canvas": (
        {"doejane_4711_98765_hw1.ipynb": JANE, "poejoe_4713_98767_hw1.ipynb": OTHER},
        "raybob_4712_98766_{}",
    ),
    "Gradescope": (
        {
            "submission_metadata.yml": METADATA.encode(),
            "submission_777/hw1.ipynb": JANE,
            "submission_779/hw1.ipynb": OTHER,
        },
        "submission_778/{}",
    ),
    "Brightspace": (
        {
            "1-9 - Jane Doe - Nov 12, 2025 314 PM/hw1.ipynb": JANE,
            "3-9 - Joe Poe - Nov 12, 2025 315 PM/hw1.ipynb": OTHER,
        },
        "2-9 - Bob Ray - Nov 12, 2025 315 PM/{}",
    ),
    "Blackboard": (
        {
            "hw_jane_attempt_2025-11-12-10-11-12_hw1.ipynb": JANE,
            "hw_joe_attempt_2025-11-12-10-11-12_hw1.ipynb": OTHER,
        },
        "hw_bob_attempt_2025-11-12-10-11-12_{}",
    ),
    "Sakai": (
        {"Doe, Jane(jane)/Submission attachment(s)/hw1.ipynb": JANE, "Poe, Joe(joe)/Files(s)/hw1.ipynb": OTHER},
        "Ray, Bob(bob)/Submission attachment(s)/{}",
    ),
    "ILIAS": (
        {"Doe_Jane_jane_11/hw1.ipynb": JANE, "Poe_Joe_joe_13/hw1.ipynb": OTHER, "Ray_Bob_bob_12/hw1.ipynb": BOB},
        "Ray_Bob_bob_12/{}",
    ),
    "CodeGrade": (
        {
            "Jane Doe - 2025-11-12T10:11:12/hw1.ipynb": JANE,
            "Joe Poe - 2025-11-12T10:11:12/hw1.ipynb": OTHER,
        },
        "Bob Ray - 2025-11-12T10:11:12/{}",
    ),
    "Autolab": (
        {"jane@uni.example_1_hw1.ipynb": JANE, "joe@uni.example_1_hw1.ipynb": OTHER},
        "bob@uni.example_1_{}",
    ),
    "Classroom": (
        {"lens-hw-jane/hw1.ipynb": JANE, "lens-hw-joe/hw1.ipynb": OTHER, "lens-hw-bob/hw1.ipynb": BOB},
        "lens-hw-bob/{}",
    ),
    "folders": ({"jane/hw1.ipynb": JANE, "joe/hw1.ipynb": OTHER, "eve/hw1.ipynb": OTHER}, "bob/{}"),
    "files": ({"jane.ipynb": JANE, "joe.ipynb": OTHER}, "bob-{}"),
    "zips": ({"jane.zip": packed({"hw1.ipynb": JANE}), "joe.zip": packed({"hw1.ipynb": OTHER})}, "bob-{}"),
}
LOOSE = ("Moodle", "nbgrader", "Gradescope", "Brightspace", "Sakai", "ILIAS", "CodeGrade", "Classroom", "folders")


def handed_in(layout: str, kind: str, form: str) -> Files:
    """Return what a class hands in, with Bob's files as they are, zipped, or zipped twice."""
    honest, place = LAYOUTS[layout]
    if form == "loose":
        loose = {name.replace("../", "").lstrip("/"): content for name, content in claims(kind).items()}
        return honest | {place.format(name): content for name, content in loose.items()}
    data = packed(claims(kind))
    data = packed({"inner.zip": data}) if form == "a zip in a zip" else data
    named = place.format("work.zip") if layout not in ("files", "zips") else "bob.zip"
    return honest | {named: data}


SCENES = [(layout, form) for layout in LAYOUTS for form in ("a zip", "a zip in a zip")] + [
    (layout, "loose") for layout in LOOSE
]


@pytest.mark.parametrize("wrapped", ["in a folder", "in a zip"])
@pytest.mark.parametrize(("layout", "form"), SCENES)
@pytest.mark.parametrize("kind", CLAIMS)
def test_nobody_hands_in_for_another(
    layout: str, form: str, kind: str, wrapped: str, written: Write, tmp_path: Path
) -> None:
    """On any platform Jane has her own work alone, and Bob's is under no other name."""
    folder = written(b"", "in/.keep").parent
    files = handed_in(layout, kind, form)
    for name, content in {"class.zip": packed(files)}.items() if wrapped == "in a zip" else files.items():
        written(content, f"in/{name}")
    (tmp_path / "scratch").mkdir()
    roster = read_roster(written(ROSTER, "roster.csv"))

    found = find([folder], scratch=tmp_path / "scratch", roster=roster)
    submissions, _, _ = join(found, roster)

    janes = [s for s in submissions if s.name == "Jane Doe"]
    assert [(s.path.read_bytes(), s.earlier) for s in janes] == [(JANE, ())]
    assert {s.name for s in submissions if s.path.is_file() and s.path.read_bytes() == BOB} <= {"Bob Ray", ""}
    assert not any("joe" in label.casefold() for s in submissions for label in s.earlier)
    assert sum(s.path.is_file() and s.path.read_bytes() == OTHER for s in submissions) >= 1
