"""Downloads tell whose each file is and which attempt is the last, as rosters do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.intake import find, join, read_roster

Write = Callable[..., Path]

ROSTER = (
    "OrgDefinedId,Username,Last Name,First Name,Email\n"
    "#1001,#msmith,Smith,Mary-Ann,ms@uni.example\n#1002,#johara,O'Hara,John,jo@uni.example\n"
    "#1003,#j_m,Müller,Jörg,jm@uni.example\n#1004,#zq,Quist,Zoe,zq@uni.example\n"
)
TEXT = "Name: {} ({})\nAssignment: Lens\nDate Submitted: Wednesday, November 12, 2025 10:11:12 AM EST\n"

# What is handed in, and of each person on the roster the file that counts.
DOWNLOADS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "Brightspace": (
        {
            "397001-5001 - Mary-Ann Smith - Sep 24, 2025 926 PM/a.ipynb": "",
            "397001-5001 - Mary-Ann Smith - Sep 25, 2025 1015 AM/b.ipynb": "",
            "397002-5001 - John O'Hara - Sep 24, 2025 1159 PM/c.ipynb": "",
            "index.html": "",
        },
        {"Mary-Ann Smith": "b.ipynb", "John O'Hara": "c.ipynb"},
    ),
    "Brightspace, flat": (
        {
            "397001-5001 - Mary-Ann Smith - Dec 5, 2024 1149 AM - a - b.ipynb": "",
            "397001-5001 - Mary-Ann Smith - Dec 5, 2024 109 PM - a.ipynb": "",
            "397003-5001 - Jörg Müller - Dec 5, 2024 1149 AM - x.pdf": "",
        },
        {"Mary-Ann Smith": "109 PM - a.ipynb", "Jörg Müller": "x.pdf"},
    ),
    "Brightspace in French, with ids": (
        {
            "397001-5001 - 1001 - Smith M. A. - 2 févr. 2025 9 h 05/a.ipynb": "",
            "397001-5001 - 1001 - Smith M. A. - 30 janv. 2025 15 h 14/b.ipynb": "",
            "397002-5001 - N0001002 - John O'Hara - 30 janv. 2025 15 h 14/c.ipynb": "",
        },
        {"Mary-Ann Smith": "a.ipynb", "John O'Hara": "c.ipynb"},
    ),
    "Blackboard": (
        {
            "Lens_msmith_attempt_2025-11-12-10-11-12_a.ipynb": "",
            "Lens_msmith_attempt_2025-11-12-10-11-12.txt": TEXT.format("Mary-Ann Smith", "msmith"),
            "Lens_msmith_attempt_2025-11-13-09-00-00_b_2.ipynb": "",
            "Lens_johara_attempt_2025-11-12-10-11-12_data.csv": "",
            "Lens_johara_attempt_2025-11-12-10-11-12_c.ipynb": "",
        },
        {"Mary-Ann Smith": "b_2.ipynb", "John O'Hara": "c.ipynb"},
    ),
    "Blackboard, underscores": (
        {
            "gradebook_HW_1_j_m_attempt_2025-11-12-10-11-12_a.ipynb": "",
            "gradebook_HW_1_zq_attempt_2025-11-12-10-11-12_b.ipynb": "",
        },
        {"Jörg Müller": "a.ipynb", "Zoe Quist": "b.ipynb"},
    ),
    "Blackboard, one with an underscore": (
        {
            "HW_1_j_m_attempt_2025-11-12-10-11-12_a.ipynb": "",
            "HW_1_j_m_attempt_2025-11-12-10-11-12.txt": "\ufeffNombre: Jörg Müller (j_m)\nActividad: HW_1\n",
        },
        {"Jörg Müller": "a.ipynb"},
    ),
    "Blackboard, nothing but a text": (
        {
            "HW_zq_attempt_2025-11-12-10-11-12.txt": TEXT.format("Zoe Quist", "zq"),
            "HW_johara_attempt_2025-11-12-10-11-12.txt": TEXT.format("John O'Hara", "johara"),
            "HW_johara_attempt_2025-11-12-10-11-12_a.pdf": "",
        },
        {"Zoe Quist": ".txt", "John O'Hara": "a.pdf"},
    ),
    "ILIAS": (
        {
            "Abgabe/Smith_Mary-Ann_msmith_4711/20251112101112_a.ipynb": "",
            "Abgabe/Smith_Mary-Ann_msmith_4711/20251113101112_a.ipynb": "",
            "Abgabe/Mueller_Joerg_jmueller_4712/b.ipynb": "",
        },
        {"Mary-Ann Smith": "20251113101112_a.ipynb", "Jörg Müller": "b.ipynb"},
    ),
    "ILIAS, a team": (
        {
            "Team_12/OHara_John_johara_4711/a.ipynb": "",
            "Team_12/Smith_Mary-Ann_msmith_4713/notes.txt": "",
            "Team_13/Quist_Zoe_zq_4712/b.ipynb": "",
        },
        {"John O'Hara; Mary-Ann Smith": "a.ipynb", "Zoe Quist": "b.ipynb"},
    ),
    "ILIAS, beside its table": (
        {"status.xlsx": "", "Quist_Zoe_zq_4712/b.ipynb": "", "Smith_Mary_msmith_4711/x/y/a.ipynb": ""},
        {"Zoe Quist": "b.ipynb", "Mary-Ann Smith": "a.ipynb"},
    ),
    "Sakai": (
        {
            "Lens/Smith, Mary-Ann(msmith)/Submission attachment(s)/a.ipynb": "",
            "Lens/Smith, Mary-Ann(msmith)/Feedback Attachment(s)/z.ipynb": "",
            "Lens/Smith, Mary-Ann(msmith)/timestamp.txt": "20251112151400000",
            "Lens/Smith, Mary-Ann(msmith)/feedbackText.html": "",
            "Lens/O'Hara, John(johara)/Submission attachment(s)/c.ipynb": "",
            "Lens/grades.csv": "",
        },
        {"Mary-Ann Smith": "a.ipynb", "John O'Hara": "c.ipynb"},
    ),
    "Sakai, flat": (
        {
            "Smith, Mary-Ann(msmith)_Submission attachment(s)_a_1.ipynb": "",
            "Quist, Zoe(zq)_Submission attachment(s)_b.ipynb": "",
        },
        {"Mary-Ann Smith": "a_1.ipynb", "Zoe Quist": "b.ipynb"},
    ),
    "Sakai in Spanish": (
        {"Müller, Jörg(j_m)/Adjuntos del envío/a.ipynb": "", "Quist, Zoe(zq)/Adjuntos del envío/b.ipynb": ""},
        {"Jörg Müller": "a.ipynb", "Zoe Quist": "b.ipynb"},
    ),
    "CodeGrade": (
        {
            "Mary-Ann Smith - 2025-11-12T10:11:12.123456/a.ipynb": "",
            "Mary-Ann Smith - 2025-11-12T09:11:12.123456/z.ipynb": "",
            "Mary-Ann Smith - 2025-11-12T10:11:12.123456/.cg-grade": "",
            "John O'Hara - 2025-11-12T10:11:12+00:00/c.ipynb": "",
        },
        {"Mary-Ann Smith": "a.ipynb", "John O'Hara": "c.ipynb"},
    ),
    "Autolab": (
        {
            "ms@uni.example_9_handin.ipynb": "",
            "ms@uni.example_10_handin.ipynb": "",
            "jo@uni.example_1_hand_in.ipynb": "",
        },
        {"Mary-Ann Smith": "10_handin.ipynb", "John O'Hara": "1_hand_in.ipynb"},
    ),
    "folders of attempts": (
        {
            "johara 2025-09-24 21.26/lens.ipynb": "",
            "johara 2025-09-25 10.15/lens.ipynb": "",
            "1004 2025-09-25 10.15/lens.ipynb": "",
        },
        {"John O'Hara": "25 10.15/lens.ipynb", "Zoe Quist": "lens.ipynb"},
    ),
    "folders with revisions": (
        {
            "O'Hara, John - 12345/Revision 1 - lens.ipynb": "",
            "O'Hara, John - 12345/Revision 10 - lens.ipynb": "",
            "O'Hara, John - 12345/Revision 2 - lens.ipynb": "",
            "Quist, Zoe - 12346/Revision 1 - lens.ipynb": "",
            "Quist, Zoe - 12346/notes.txt": "",
        },
        {"John O'Hara": "Revision 10 - lens.ipynb", "Zoe Quist": "Revision 1 - lens.ipynb"},
    ),
    "one who handed in something else": (
        {"x johara/lens.ipynb": "", "x 1004/essay.pdf": "", "readme.txt": ""},
        {"John O'Hara": "lens.ipynb", "Zoe Quist": "essay.pdf"},
    ),
    "nothing known": (
        {"x/johara final/lens.ipynb": "", "x/Zoe Quist 2/lens.ipynb": "", "x/(1003)/lens.ipynb": ""},
        {"John O'Hara": "johara final/lens.ipynb", "Zoe Quist": "Zoe Quist 2/lens.ipynb", "Jörg Müller": "lens.ipynb"},
    ),
}


def downloaded(files: dict[str, str], written: Write) -> Path:
    """Return a folder with files of these contents, an empty notebook's by default."""
    folder = written("", "in/.keep").parent
    for name, content in files.items():
        written(content or "{}", f"in/{name}")
    return folder


@pytest.mark.parametrize("platform", DOWNLOADS)
def test_downloads_are_read(platform: str, written: Write) -> None:
    """Everybody has one row with the last attempt, or is absent; nobody is unknown."""
    handed, expected = DOWNLOADS[platform]
    folder = downloaded(handed, written)
    people = read_roster(written(ROSTER, "roster.csv"))
    submissions, absences, strangers = join(find([folder], roster=people), people)

    assert {s.name: s.label.endswith(expected[s.name]) for s in submissions} == dict.fromkeys(expected, True)
    assert len(submissions) == len(expected)
    present = {name for names in expected for name in names.split("; ")}
    assert {a.name for a in absences} == {"Mary-Ann Smith", "John O'Hara", "Jörg Müller", "Zoe Quist"} - present
    assert (strangers, [s.conflicts for s in submissions if s.conflicts]) == ([], [])


@pytest.mark.parametrize("platform", [*DOWNLOADS][: [*DOWNLOADS].index("folders of attempts")])
def test_downloads_are_read_without_a_roster(platform: str, written: Write) -> None:
    """The names tell how many people there are."""
    handed, expected = DOWNLOADS[platform]

    assert len(find([downloaded(handed, written)]).submissions) == len(expected)


def test_what_a_platform_says_of_an_upload_is_no_file_of_its_author(written: Write) -> None:
    """Blackboard's texts, Sakai's and CodeGrade's own files are not listed as handed in."""
    platforms = ("Blackboard", "Sakai", "CodeGrade")
    handed = {f"{p}/{name}": content for p in platforms for name, content in DOWNLOADS[p][0].items()}
    found = find([downloaded(handed, written)])

    assert {label.rpartition("/")[2] for label in found.extras} == {".keep", "grades.csv"}
    assert [f.name for s in found.submissions for f in s.files] == ["data.csv"]


NO_PLATFORM = (
    ("part_one_final_10/a.ipynb", "Notes/b.ipynb"),
    ("lab_x_y_2024/a.ipynb",),
    ("a (1)/a.ipynb", "a (2)/a.ipynb"),
    ("1-2 - intro/a.ipynb", "1-3 - more/a.ipynb"),
    ("best_attempt_yet.ipynb", "last_attempt_2.ipynb"),
)


@pytest.mark.parametrize("names", NO_PLATFORM)
def test_what_looks_like_a_platform_s_naming_and_is_not(names: tuple[str, ...], written: Write) -> None:
    """Two files of no platform are two people's."""
    folder = downloaded(dict.fromkeys(names, ""), written)

    assert sorted(s.label for s in find([folder]).submissions) == sorted(names)
