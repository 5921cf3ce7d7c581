"""``grader grade`` on exports of learning platforms, with the file names that they use."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from pathlib import Path

import nbformat
import pytest

from .conftest import RIGHT, TINY, WRONG, Run, grader_in, rows


def notebook(*cells: str) -> str:
    """Return a notebook of these code cells as JSON."""
    return nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells]))


GOOD, BAD = notebook(*RIGHT), notebook(*WRONG)

CANVAS = {
    "doejane_4711_98765_hw1.ipynb": BAD,
    "doejane_4711_98799_hw1-1.ipynb": GOOD,
    "müllerjörg_LATE_4712_98766_hw_1_final.ipynb": GOOD,
    "van_der_berg_4713_98767_hw1.ipynb": BAD,
    "anon_ab12c_98768_hw1.ipynb": GOOD,
    "raykim_4714_98769_hw1.pdf": "%PDF-1.7",
    "raykim_4714_98770_text.html": "<html>see my file</html>",
    "poejo_4715_98771_data.csv": "1,2",
    "poejo_4715_98772_hw1.ipynb": GOOD,
    "poejo_4715_98773_link.html": "<html>http://example.org</html>",
}
MOODLE = {
    "Jane Doe_12345_assignsubmission_file/hw1.ipynb": GOOD,
    "Jane Doe_12345_assignsubmission_file/plots/a.png": "\x89PNG",
    "Jörg Müller_12346_assignsubmission_file_/part/hw1.ipynb": BAD,
    "Zoë O'Neil_12347_assignsubmission_onlinetext/onlinetext.html": "<p>see file</p>",
    "Zoë O'Neil_12347_assignsubmission_file/hw1.ipynb": GOOD,
    "Participant_12348_assignsubmission_file/hw1.ipynb": GOOD,
}
MOODLE_FLAT = {"Ann Lee_22345_assignsubmission_file_hw1.ipynb": GOOD, "Bo Day_22346_assignsubmission_file_x.ipynb": BAD}
NBGRADER = {
    "submitted/bitdiddle/ps1/problem1.ipynb": GOOD,
    "submitted/bitdiddle/ps1/timestamp.txt": "2015-02-02 14:58:23.948203 America/Los_Angeles\n",
    "submitted/hacker/ps1/problem1.ipynb": BAD,
    "submitted/hacker/ps1/timestamp.txt": "2015-02-02 14:58:23.948203 UTC",
}
INBOUND = {
    "inbound/lovelace+ps1+2015-02-03 09:00:00.000000 UTC/problem1.ipynb": GOOD,
    "inbound/lovelace+ps1+2015-02-02 09:00:00.000000 UTC+a1b2/problem1.ipynb": BAD,
}
GRADESCOPE = {
    "assignment_9100_export/submission_metadata.yml": (
        "---\nsubmission_777:\n  :submitters:\n  - :name: Mia Lang\n    :sid: '300'\n    :email: mia@example.edu\n"
        "  :created_at: 2023-02-01 12:34:56.789000000 Z\n  :score: 1.0\n  :results:\n    output: |-\n"
        "      :name: Nobody\n  :history:\n  - :id: 1\n    :created_at: 2022-01-01 00:00:00 Z\n"
        "submission_778:\n  :submitters:\n  - :name: Pair One\n    :sid: '301'\n"
        "  - :name: \"Pair \\u00c4wo\"\n    :sid: '302'\n"
    ),
    "assignment_9100_export/submission_777/hw1.ipynb": GOOD,
    "assignment_9100_export/submission_778/hw1.ipynb": BAD,
}
CLASSROOM = {
    "lens-hw-submissions/lens-hw-octo-cat/hw1.ipynb": GOOD,
    "lens-hw-submissions/lens-hw-octo-cat/README.md": "# hw",
    "lens-hw-submissions/lens-hw-octo-dog/hw1.ipynb": BAD,
}
FLAT = {"anna.ipynb": GOOD, "bert/hw.ipynb": BAD, "cora/hw.ipynb": GOOD}


def packed(files: dict[str, str | bytes]) -> bytes:
    """Return a zip of these files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return data.getvalue()


def laid_out(folder: Path, files: dict[str, str]) -> Path:
    """Write these files below a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


def people(out: Path) -> dict[str, tuple[str, float]]:
    """Return each submission's student and score by its id."""
    return {r["submission"]["id"]: (r["submission"]["student"], r["score"]) for r in rows(out)}


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The output folder and stdout of one batch of every layout, beside the downloads."""
    folder = tmp_path_factory.mktemp("downloads")
    (folder / "cs101_2024_11_hw1_submissions.zip").write_bytes(packed({**CANVAS}))
    (folder / "CS101-HW1-1234.zip").write_bytes(packed({**MOODLE}))
    (folder / "CS101-HW1-1235.zip").write_bytes(packed({**MOODLE_FLAT}))
    (folder / "assignment_9100_export.zip").write_bytes(packed({**GRADESCOPE}))
    (folder / "uploads.zip").write_bytes(packed({"dora.zip": packed({"work/hw1.ipynb": GOOD}), "emil.ipynb": BAD}))
    laid_out(folder / "nbgrader", NBGRADER | INBOUND)
    laid_out(folder / "classroom", CLASSROOM)
    laid_out(folder / "flat", FLAT)
    done = grader_in(folder)("grade", *given(folder), "-a", TINY, "-o", folder / "out")
    assert done.returncode == 0, done.stderr
    return folder / "out", done.stdout


def given(folder: Path) -> list[Path]:
    """Return the downloads in a folder as they are given on the command line."""
    trees = ("nbgrader/submitted", "nbgrader/inbound", "classroom", "flat")
    return [*sorted(folder.glob("*.zip")), *(folder / tree for tree in trees)]


EXPECTED = {
    "doejane_4711_98799": ("doejane", 6.0),
    "müllerjörg_4712_98766": ("müllerjörg", 6.0),
    "van_der_berg_4713_98767": ("van_der_berg", 2.0),
    "anon_ab12c_98768": ("anon_ab12c", 6.0),
    "raykim_4714_98770": ("raykim", 0.0),
    "poejo_4715_98772": ("poejo", 6.0),
    "Jane_Doe_12345": ("Jane Doe", 6.0),
    "Jörg_Müller_12346": ("Jörg Müller", 2.0),
    "Zoë_O_Neil_12347": ("Zoë O'Neil", 6.0),
    "Participant_12348": ("Participant 12348", 6.0),
    "Ann_Lee_22345": ("Ann Lee", 6.0),
    "Bo_Day_22346": ("Bo Day", 2.0),
    "bitdiddle_ps1_problem1": ("bitdiddle", 6.0),
    "hacker_ps1_problem1": ("hacker", 2.0),
    "lovelace_ps1_problem1": ("lovelace", 6.0),
    "submission_777": ("Mia Lang", 6.0),
    "submission_778": ("Pair One, Pair Äwo", 2.0),
    "lens-hw-octo-cat": ("octo-cat", 6.0),
    "lens-hw-octo-dog": ("octo-dog", 2.0),
    "anna": ("anna", 6.0),
    "bert_hw": ("bert", 2.0),
    "cora_hw": ("cora", 6.0),
    "dora_work_hw1": ("dora", 6.0),
    "emil": ("emil", 2.0),
}


def test_every_layout_gives_everyone_their_own_score(downloads: tuple[Path, str]) -> None:
    """Identities are taken from each platform's naming, and each score stands by its author."""
    assert people(downloads[0]) == EXPECTED


def test_the_last_attempt_counts_and_the_others_are_listed(downloads: tuple[Path, str]) -> None:
    """An earlier upload is not graded, but named in results, summary and the batch's page."""
    by_id = {r["submission"]["id"]: r["submission"] for r in rows(downloads[0])}

    assert by_id["doejane_4711_98799"]["attempt"] == 2
    [earlier] = by_id["doejane_4711_98799"]["earlier"]
    assert earlier.endswith("doejane_4711_98765_hw1.ipynb")
    assert "02 09:00" in by_id["lovelace_ps1_problem1"]["earlier"][0]
    assert earlier in (downloads[0] / "index.html").read_text()
    assert "files were handed in before a later one and were not graded" in downloads[1]


def test_lateness_and_times_are_kept(downloads: tuple[Path, str]) -> None:
    """What the platform says about the time is in the results."""
    by_id = {r["submission"]["id"]: r["submission"] for r in rows(downloads[0])}

    assert [i for i, s in by_id.items() if s.get("late")] == ["müllerjörg_4712_98766"]
    assert by_id["bitdiddle_ps1_problem1"]["submitted"] == "2015-02-02T22:58:23+00:00"
    assert by_id["submission_777"]["submitted"] == "2023-02-01T12:34:56+00:00"


def test_extra_files_are_reported_and_papers_are_not(downloads: tuple[Path, str]) -> None:
    """Files that are no notebooks are named in the summary; a platform's own are not."""
    summary = " ".join(downloads[1].split())

    assert all(name in summary for name in ("link.html", "onlinetext.html"))
    assert "timestamp.txt" not in summary
    assert "link.html" in (downloads[0] / "index.html").read_text().split("<table")[0]
    assert "submission_metadata.yml" not in summary


def test_a_file_beside_a_notebook_is_its_author_s(downloads: tuple[Path, str]) -> None:
    """A data file is no file that was left ungraded: the row of who handed it in names it."""
    names = {file["name"] for row in rows(downloads[0]) for file in row["submission"].get("files", ())}

    assert {"data.csv", "README.md", "plots/a.png"} <= names
    assert not [name for name in names if name in downloads[1]]


def test_what_was_unpacked_is_removed(downloads: tuple[Path, str]) -> None:
    """Only results stay in the folder of results."""
    assert {p.name for p in downloads[0].iterdir()} == {
        ".lock", "feedback", "grades.csv", "index.html", "inputs.json", "intake.txt", "results.jsonl", "review",
    }  # fmt: skip


def test_an_unpacked_download_gives_the_same_rows_and_is_not_graded_again(downloads: tuple[Path, str]) -> None:
    """A platform's zip gives the same people whether it is packed or unpacked."""
    out, folder = downloads[0], downloads[0].parent
    canvas = folder / "zipped" / "canvas.zip"  # away from what all layouts are given from
    canvas.parent.mkdir()
    canvas.write_bytes(packed({**CANVAS}))
    laid_out(folder / "unpacked", CANVAS)
    grader_in(folder)("grade", canvas, "-a", TINY, "-o", folder / "of_zip")

    again = grader_in(folder)("grade", folder / "unpacked", "-a", TINY, "-o", folder / "of_zip")

    assert "6 unchanged and not graded again" in again.stdout
    assert people(folder / "of_zip") == {i: EXPECTED[i] for i in people(folder / "of_zip")}
    assert len(people(out)) == len(EXPECTED)


def test_a_roster_names_people_and_lists_who_is_missing(grader: Run, tmp_path: Path) -> None:
    """With Canvas's export names are joined, and who handed in nothing has a row with 0."""
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,HW1 (55)\n    Points Possible,,,,,6.00\n"
        '"Doe, Jane",4711,s1,jd,A,\n"Müller, Jörg",4712,s2,jm,A,\n"Absent, Abe",4799,s3,aa,A,\n',
        encoding="utf-8-sig",
    )
    handed = laid_out(tmp_path / "in", {n: CANVAS[n] for n in list(CANVAS)[1:4]})

    done = grader("grade", handed, "-a", TINY, "-o", tmp_path / "out", "--roster", roster)

    with (tmp_path / "out" / "grades.csv").open(newline="") as file:
        grades = {r["name"]: (r["student"], r["score"], r["status"], r["student_id"]) for r in csv.DictReader(file)}
    assert grades == {
        "Doe, Jane": ("doejane", "6", "graded", "4711"),
        "Müller, Jörg": ("müllerjörg", "6", "graded", "4712"),
        "": ("van_der_berg", "2", "graded", ""),
        "Absent, Abe": ("Absent, Abe", "", "not_submitted", "4799"),
    }
    assert rows(tmp_path / "out")[-1]["status"] == "not_submitted"
    page = (tmp_path / "out" / "index.html").read_text()
    assert "Absent, Abe" in page
    assert "feedback/Absent" not in page
    assert "3 submissions" in page
    assert "1 submission is by nobody on the roster: van_der_berg_4713" in done.stdout


ROSTER = """Student,ID,SIS User ID,Login,Email,Identifier
"Doe, J.",4711,,,,
"Mueller, J.",4712,,,,
"Absent, Abe",4799,,,,
Jane Doe,,,,,Participant 12345
Jörg Müller,,,,,Participant 12346
Hal Hidden,,,,,Participant 12348
Ann Lee,,,,,Participant 22345
Ben Bitdiddle,,,bitdiddle,,
Ada Lovelace,,,,lovelace@example.edu,
Mia Lang,,300,,,
Pair One,,301,,,
Pair Äwo,,302,,,
Octavia Cat,,,octo-cat,,
Anna,,,,,
Bert Holm,,,bert,,
Dora Dee,,,dora,,
"""
NAMED = {
    "Doe, J.": ("doejane_4711_98799", "6", "graded"),
    "Mueller, J.": ("müllerjörg_4712_98766", "6", "graded"),
    "Absent, Abe": ("Absent_Abe_4799", "", "not_submitted"),
    "Jane Doe": ("Jane_Doe_12345", "6", "graded"),
    "Jörg Müller": ("Jörg_Müller_12346", "2", "graded"),
    "Hal Hidden": ("Participant_12348", "6", "graded"),
    "Ann Lee": ("Ann_Lee_22345", "6", "graded"),
    "Ben Bitdiddle": ("bitdiddle_ps1_problem1", "6", "graded"),
    "Ada Lovelace": ("lovelace_ps1_problem1", "6", "graded"),
    "Mia Lang": ("submission_777", "6", "graded"),
    "Pair One; Pair Äwo": ("submission_778", "2", "graded"),
    "Octavia Cat": ("lens-hw-octo-cat", "6", "graded"),
    "Anna": ("anna", "6", "graded"),
    "Bert Holm": ("bert_hw", "2", "graded"),
    "Dora Dee": ("dora_work_hw1", "6", "graded"),
}


def test_a_roster_finds_people_on_every_platform(downloads: tuple[Path, str]) -> None:
    """By each platform's own id of a person, also for rows graded before without a roster."""
    out, folder = downloads[0], downloads[0].parent
    shutil.copytree(out, folder / "named")
    (folder / "roster.csv").write_text(ROSTER)

    done = grader_in(folder)("grade", *given(folder), "-a", TINY, "-o", folder / "named", "--roster", "roster.csv")

    with (folder / "named" / "grades.csv").open(newline="") as file:
        table = [*csv.DictReader(file)]
    assert {r["name"]: (r["submission"], r["score"], r["status"]) for r in table if r["name"]} == NAMED
    assert len([r for r in table if not r["name"]]) == len(EXPECTED) + 1 - len(NAMED)
    assert f"{len(EXPECTED)} unchanged and not graded again" in done.stdout
    assert f"{len(EXPECTED) + 1 - len(NAMED)} submissions are by nobody on the roster" in done.stdout


def test_two_rows_for_one_person_are_told(grader: Run, tmp_path: Path) -> None:
    """Two downloads that name the same person give two rows, and the summary says so."""
    for zipped, content in (("first.zip", BAD), ("second.zip", GOOD)):
        people = ("Ann Lee_1", "Bo Day_2")
        (tmp_path / zipped).write_bytes(packed({f"{p}_assignsubmission_file/x.ipynb": content for p in people}))
    (tmp_path / "roster.csv").write_text("name\nAnn Lee\n")

    done = grader("grade", "first.zip", "second.zip", "-a", TINY, "-o", tmp_path / "out", "--roster", "roster.csv")

    assert sorted(r["score"] for r in rows(tmp_path / "out")) == [2, 2, 6, 6]
    assert "2 submissions are by people with several rows: first.zip/Ann Lee_1" in done.stdout


def test_bad_zips_and_bad_entries_are_rows_with_a_sentence(grader: Run, tmp_path: Path) -> None:
    """Each hostile file has a row beside the good notebook's; nothing is written outside."""
    link = zipfile.ZipInfo("eve_5_15_link.ipynb")
    link.external_attr = 0o120777 << 16
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("ann_1_11_hw1.ipynb", GOOD)
        zipped.writestr("../../../bob.ipynb", GOOD)
        zipped.writestr(link, "/etc/passwd")
        zipped.writestr("cat_3_13_hw1.zip", b"PK\x03\x04 and then nothing")
        zipped.writestr("dan_4_14_hw1.zip", packed({f"{n}.bin.zip": bytes(300 * 2**20) for n in range(2)}))
    (tmp_path / "class.zip").write_bytes(data.getvalue())

    done = grader("grade", tmp_path / "class.zip", "-a", TINY, "-o", tmp_path / "out")

    assert done.returncode == 0, done.stderr
    found = {r["submission"]["student"]: (r["status"], r["message"]) for r in rows(tmp_path / "out")}
    assert found["ann"][0] == "graded"
    assert {found[s][0] for s in ("bob", "cat", "dan", "eve")} == {"unreadable"}
    assert "leads out of the zip" in found["bob"][1]
    assert "damaged, or no zip" in found["cat"][1]
    assert "link to another file" in found["eve"][1]
    assert not list(tmp_path.rglob("bob.ipynb"))


def test_a_zip_that_is_refused_as_a_whole_is_a_usage_error(grader: Run, tmp_path: Path) -> None:
    """When nothing else was given, one sentence says what is wrong with it."""
    (tmp_path / "class.zip").write_bytes(packed({"a.ipynb": GOOD})[:-30])

    done = grader("grade", tmp_path / "class.zip", "-a", TINY, "-o", tmp_path / "out")

    assert done.returncode == 2
    assert done.stderr == (
        "grader: class.zip cannot be graded: it is damaged, or no zip archive; "
        "zip it again, or hand in the .ipynb file itself.\n"
    )
