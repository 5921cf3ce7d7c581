"""Evidence that does not agree is said, and a number decides over a name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.intake import find, join, read_roster
from grader.submission import Absence, Submission

Write = Callable[..., Path]

CANVAS = 'Student,ID,SIS Login ID,Section\n"Byron, Ada",4711,ada,A\n"Cohen, Ben",4712,ben,A\n"Diaz, Cleo",4713,cleo,A\n'
MOODLE = (
    "Identifier,Full name,Email address\n"
    "Participant 90101,Ada Byron,ada@x.example\nParticipant 90102,Ben Cohen,ben@x.example\n"
    "Participant 90103,Cleo Diaz,cleo@x.example\n"
)


def joined(
    written: Write, roster: str, *files: str
) -> tuple[dict[str, Submission], dict[str, Absence], list[Submission]]:
    """Return the files' submissions by label, the absent by name and strangers."""
    people = read_roster(written(roster, "roster.csv"))
    folder = written(b"", "in/.keep").parent
    for file in files:
        written(b"{}", f"in/{file}")
    submissions, absences, strangers = join(find([folder], roster=people), people)
    return {s.label: s for s in submissions}, {a.name: a for a in absences}, strangers


@pytest.mark.parametrize(
    "team", ["Red Team-Ada Byron", "Default group-Ada Byron", "Équipe 1-Ada Byron", "Ada Byron", "Byron Ada"]
)
def test_a_team_s_name_before_a_person_s_is_no_conflict(team: str, written: Write) -> None:
    """Moodle puts the group in front."""
    label = f"{team}_90101_assignsubmission_file/lens.ipynb"
    found, absent, strangers = joined(written, MOODLE, label)

    assert (found[label].name, found[label].conflicts, strangers) == ("Ada Byron", (), [])
    assert {*absent} == {"Ben Cohen", "Cleo Diaz"}


def test_moodle_s_number_decides_over_a_name_that_differs(written: Write) -> None:
    """Where the worksheet is this assignment's, as the others' names show."""
    files = ("Ada Byron_90101_", "Ben Cohen_90102_", "Cleo Ames_90103_", "Xu Li_90199_")
    found, absent, strangers = joined(written, MOODLE, *(f"{f}assignsubmission_file/x.ipynb" for f in files))
    [_, _, cleo, stranger] = found.values()

    assert (cleo.name, cleo.conflicts, absent) == ("Cleo Diaz", (), {})  # a surname may change
    assert strangers == [stranger]


def test_a_name_that_is_wholly_another_is_said(written: Write) -> None:
    """And still the number decides."""
    files = ("Ada Byron_90101_", "Ben Cohen_90102_", "Eve Ames_90103_")
    [_, _, found] = joined(written, MOODLE, *(f"{f}assignsubmission_file/x.ipynb" for f in files))[0].values()

    assert found.name == "Cleo Diaz"
    assert [("Eve Ames" in c, "Cleo Diaz" in c) for c in found.conflicts] == [(True, True)]


def test_another_assignment_s_worksheet_is_said(written: Write) -> None:
    """Its numbers name the wrong people, and names decide."""
    files = ("Ben Cohen_90101_", "Cleo Diaz_90102_", "Eve Ames_90103_")
    found, _, strangers = joined(written, MOODLE, *(f"{f}assignsubmission_file/x.ipynb" for f in files))

    assert [s.name for s in found.values()] == ["Ben Cohen", "Cleo Diaz", ""]
    assert all(s.conflicts for s in found.values())
    assert len(strangers) == 1


@pytest.mark.parametrize("name", ["redteam_4711", "blueteam_LATE_4711", "anna_b_4711"])
def test_a_group_s_upload_is_its_uploader_s_and_said(name: str, written: Write) -> None:
    """On Canvas one member uploads under the group's name: the others may have handed in too."""
    label = f"{name}_98765_lens.ipynb"
    found, absent, _ = joined(written, CANVAS, label)

    assert found[label].name == "Byron, Ada"
    assert ["Byron, Ada" in conflict for conflict in found[label].conflicts] == [True]
    assert all("look there before this counts as a zero" in a.message for a in absent.values())


@pytest.mark.parametrize("name", ["byronada_4711", "byrona_4711", "adabyron_LATE_4711", "byronadamary_4711"])
def test_a_name_that_may_be_the_person_s_is_no_conflict(name: str, written: Write) -> None:
    """Initials, second names and the order of a name differ between programs."""
    label = f"{name}_98765_lens.ipynb"
    found, absent, _ = joined(written, CANVAS, label)

    assert (found[label].name, found[label].conflicts) == ("Byron, Ada", ())
    assert {a.message for a in absent.values()} == {"Nothing was handed in."}


def test_who_is_nobody_makes_absences_doubtful(written: Write) -> None:
    """Somebody on the roster may have handed that in."""
    _, absent, strangers = joined(written, CANVAS, "poejoe_4799_98765_lens.ipynb")

    assert len(strangers) == 1
    assert all("1 upload is by somebody" in a.message for a in absent.values())


@pytest.mark.parametrize(
    ("roster", "file"),
    [
        ("name\nJane Doe\nJane Doe\n", "jane_doe.ipynb"),
        ("name,id\nJane Doe,1111\nJane Doe,2222\n", "Jane Doe_5_assignsubmission_file/x.ipynb"),
        ("name,id\nJane Doe,1111\nJane Doe,2222\n", "lens by jane doe/x.ipynb"),
        ("name,id\nJane Doe,1111\nBob Ray,2222\n", "jane doe and bob ray/x.ipynb"),
    ],
)
def test_what_fits_two_people_is_said(roster: str, file: str, written: Write) -> None:
    """And counts for neither."""
    found, absent, strangers = joined(written, roster, file)

    assert (len(absent) >= 1, len(strangers)) == (True, 1)
    assert ["counts for none of them" in c for c in found[file].conflicts] == [True]


@pytest.mark.parametrize(
    ("number", "in_roster"),
    [
        ("0123", "123"),
        ("123", "0123"),
        ("000123", "0123"),
        ("123456789012", "1.23457E+11"),
        ("123456789012", "1,23E+11"),
        ("120000000000", "1.2E+11"),
        ("123456789012", "1.23457E11"),
        ("123456789012", "1,23457e+11"),
    ],
)
def test_numbers_that_a_spreadsheet_changed_are_found(number: str, in_roster: str, written: Write) -> None:
    """Where one person alone fits."""
    label = f"x_{number}_98765_lens.ipynb"
    found, _, _ = joined(written, f"id;name\n{in_roster};Xenia Poe\n99;Bob Ray\n", label)

    assert found[label].name == "Xenia Poe"


@pytest.mark.parametrize(("number", "others"), [("123", ("0123", "00123")), ("123456789012", ("1.23E+11", "1.23E+11"))])
def test_numbers_that_fit_two_are_nobody_s(number: str, others: tuple[str, str], written: Write) -> None:
    """What a spreadsheet took away is not guessed."""
    label = f"zzz_{number}_98765_lens.ipynb"
    table = "id,name\n" + "".join(f"{n},{name}\n" for n, name in zip(others, ("Ann Lee", "Bob Ray"), strict=True))
    found, absent, _ = joined(written, table, label)

    assert (found[label].name, len(absent)) == ("", 2)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("lens47110/lens.ipynb", "Ada Byron"),
        ("s47111_lens.ipynb", "Jörg Müller"),
        ("Lens 2025 - mbyron1/lens.ipynb", "Ada Byron"),
        ("lens_ada-byron_v2.ipynb", "Ada Byron"),
        ("week 3/BYRON, Ada (final)/lens.ipynb", "Ada Byron"),
        ("upload__ada.byron@x.example__77.ipynb", "Ada Byron"),
        ("0047110-lens/lens.ipynb", "Ada Byron"),
        ("lens-47110.ipynb", "Ada Byron"),
        ("Ada Byron - Lens/deep/er/lens.ipynb", "Ada Byron"),
        ("müller-jorg/lens.ipynb", "Jörg Müller"),
        ("joerg.mueller lens.ipynb", "Jörg Müller"),
    ],
)
def test_people_are_found_within_names_that_no_platform_explains(path: str, name: str, written: Write) -> None:
    """By a number, a login, an address or a whole name, whatever stands around it."""
    roster = "name,id,login,email\nAda Byron,47110,mbyron1,ada.byron@x.example\nJörg Müller,47111,jm,\nBo Li,2,lens,\n"
    found, _, _ = joined(written, roster, path, "other 1/lens.ipynb", "other 2/lens.ipynb")

    assert found[path].name == name
    assert [s.name for label, s in found.items() if label != path] == ["", ""]


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ("Ann Lee,j\u00f6rg", "submitted/jo\u0308rg/ps1/x.ipynb"),
        ("Ann Lee,jo\u0308rg", "j\u00f6rg/x.ipynb"),
        ("Ann Lee,j\u00f6rg7", "lens jo\u0308rg7/x.ipynb"),
        ("Jo\u0308rg Mu\u0308ller,", "J\u00f6rg M\u00fcller_7_assignsubmission_file/x.ipynb"),
        ("J\u00f6rg M\u00fcller,", "lens Jo\u0308rg Mu\u0308ller/x.ipynb"),
        ("Is\u0131k O\u0308z,", "ISIK OZ/x.ipynb"),
        ("Søren Ærø,", "lens_soren_aero.ipynb"),
        ("Þór Ðan,", "11-22 - Thor Dan - Sep 24, 2025 926 PM/x.ipynb"),
        ("שרה לי,", "lens \u2067שרה לי\u2069/x.ipynb"),
        ("محمد حسن,", "\u202bمحمد حسن\u202c_7_assignsubmission_file/x.ipynb"),
        ("Ann Lee,ann@idp.example", "submitted/ann/ps1/x.ipynb"),
        ("Ann Lee,u70001", "lens 70001/x.ipynb"),
        ("Ann Lee,7.00012E+11", "lens 700012345678 v2/x.ipynb"),
    ],
)
def test_one_name_is_written_in_several_ways(row: str, path: str, written: Write) -> None:
    """With accents in one character or two, marks of direction, parts left out, and so on."""
    found, _, _ = joined(written, f"name,id\n{row}\nBo Li,bo\n", path)

    assert found[path].name == row.partition(",")[0]


def test_a_login_of_two_people_is_nobody_s(written: Write) -> None:
    """Their names still tell them apart."""
    files = ("jdoe/x.ipynb", "John Doe/x.ipynb")
    found, absent, _ = joined(written, "name,login\nJane Doe,jdoe\nJohn Doe,jdoe\n", *files)

    assert [found[f].name for f in files] == ["", "John Doe"]
    assert "counts for none of them" in found[files[0]].conflicts[0]
    assert "look there before" in absent["Jane Doe"].message


@pytest.mark.parametrize("path", ["ada/lens.ipynb", "lens 47/x.ipynb", "lens 2025/x.ipynb", "lovelace ada/x.ipynb"])
def test_what_may_be_something_else_identifies_nobody(path: str, written: Write) -> None:
    """A first name, a number's beginning, a year or another's name."""
    found, _, _ = joined(written, "name,id\nAda Byron,47110\nBo Li,20\n", path, "b 1/lens.ipynb", "b 2/lens.ipynb")

    assert found[path].name == ""


def test_the_outermost_name_decides_within_paths_too(written: Write) -> None:
    """What stands further down, a student named."""
    path = "lens - ada byron/bob ray.ipynb"
    found, absent, _ = joined(written, "name\nAda Byron\nBob Ray\n", path)

    assert (found[path].name, found[path].conflicts, [*absent]) == ("Ada Byron", (), ["Bob Ray"])


def test_a_number_that_nobody_has_is_said_as_that(written: Write) -> None:
    """Where the name is one person's, and the worksheet this assignment's."""
    label = "Ada Byron_90109_assignsubmission_file/x.ipynb"
    found, _, _ = joined(written, MOODLE, label, "Ben Cohen_90102_assignsubmission_file/x.ipynb")

    assert found[label].name == "Ada Byron"
    assert found[label].conflicts == (
        "It was taken for 'Ada Byron', whose participant number on the roster is '90101', not '90109'.",
    )


@pytest.mark.parametrize(
    "hidden", ["Red Team-Participant", "Équipe 1-Participant", "Team A-Teilnehmerin", "Teilnehmer_in"]
)
def test_a_hidden_name_with_or_without_a_team_is_no_name(hidden: str, written: Write) -> None:
    """In blind marking the number decides alone."""
    label = f"{hidden}_90101_assignsubmission_file/x.ipynb"
    found, absent, _ = joined(written, MOODLE, label)

    assert (found[label].name, found[label].conflicts, {*absent}) == ("Ada Byron", (), {"Ben Cohen", "Cleo Diaz"})


@pytest.mark.parametrize("number", ["90101", "90102"])
def test_a_team_s_name_alone_is_nobody_s(number: str, written: Write) -> None:
    """What several of Moodle's numbers bear is no name, and the numbers decide."""
    label = f"Red Team_{number}_assignsubmission_file/lens.ipynb"
    found, absent, _ = joined(
        written, MOODLE, *(f"Red Team_{n}_assignsubmission_file/lens.ipynb" for n in (90101, 90102))
    )

    assert (found[label].name, found[label].conflicts) == ("Ada Byron" if number == "90101" else "Ben Cohen", ())
    assert {*absent} == {"Cleo Diaz"}


def test_a_member_who_is_not_on_the_roster_is_said(written: Write) -> None:
    """A group's grade goes to the others, and not in silence."""
    entry = (
        "submission_7:\n  :submitters:\n  - :name: Ada Byron\n    :sid: '4711'\n  - :name: Eve Ames\n    :sid: '9'\n"
    )
    written(entry, "in/submission_metadata.yml")
    found, _, _ = joined(written, "name,sid\nAda Byron,4711\nBen Cohen,4712\n", "submission_7/x.ipynb")
    [submission] = [s for label, s in found.items() if label.endswith("x.ipynb")]

    assert submission.name == "Ada Byron"
    assert submission.conflicts == ("'Eve Ames', who handed it in too, is nobody on the roster.",)


def test_evidence_of_two_people_is_said(written: Write) -> None:
    """A number of one and an address of another."""
    entry = "submission_7:\n  :submitters:\n  - :name: Ada Byron\n    :sid: '4711'\n    :email: ben@x.example\n"
    written(entry, "in/submission_metadata.yml")
    roster = "name,sid,email\nAda Byron,4711,ada@x.example\nBen Cohen,4712,ben@x.example\n"
    found, _, _ = joined(written, roster, "submission_7/x.ipynb")
    [submission] = [s for label, s in found.items() if label.endswith("x.ipynb")]

    assert submission.name == "Ada Byron"
    assert ["'Ben Cohen' on the roster" in conflict for conflict in submission.conflicts] == [True]


def test_gradescope_s_grades_find_submissions_without_their_metadata(written: Write) -> None:
    """By the number in the folder's name."""
    table = "First Name,Last Name,SID,Submission ID\nAda,Byron,1,777\nBen,Cohen,2,778\n"
    found, absent, _ = joined(written, table, "submission_778/x.ipynb")

    assert [s.name for s in found.values()] == ["Ben Cohen"]
    assert [*absent] == ["Ada Byron"]


@pytest.mark.parametrize(
    "files",
    [("ada7_v1.ipynb", "ada7_v2.ipynb"), ("ada byron.ipynb", "x/ada7.ipynb"), ("a ada7/l.ipynb", "b ada7/l.ipynb")],
)
def test_files_that_bear_one_person_s_name_apart_are_said(files: tuple[str, str], written: Write) -> None:
    """Anybody may give a file another's name: one counts, and it is to be checked."""
    found, _, strangers = joined(written, "name,login\nAda Byron,ada7\nBen Cohen,bcohen\n", *files)
    [submission] = found.values()

    assert (submission.name, {*submission.earlier, submission.label}, strangers) == ("Ada Byron", {*files}, [])
    assert ["check that" in conflict for conflict in submission.conflicts] == [True]


@pytest.mark.parametrize(
    ("uploader", "others", "name"),
    [
        ("Ada Byron", "", "Ada Augusta Byron"),
        ("Byron Ada Augusta King", "", "Ada Augusta Byron"),
        ("Ada Byron", "Ada Maria Byron\n", ""),
        ("Ada King", "", ""),
        ("Byron", "", ""),
    ],
)
def test_second_names_come_and_go_and_that_is_said(uploader: str, others: str, name: str, written: Write) -> None:
    """Where all words of one name are in the other's, and in nobody else's."""
    label = f"11-22 - {uploader} - Sep 24, 2025 926 PM/x.ipynb"
    found, _, _ = joined(written, f"name\nAda Augusta Byron\nBen Cohen\n{others}", label)

    assert found[label].name == name
    assert any("was taken for" in conflict for conflict in found[label].conflicts) == bool(name)
