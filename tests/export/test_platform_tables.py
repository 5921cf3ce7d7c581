"""Grades go into the file that a platform handed out, and that platform reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.export.request import Exported
from grader.intake import read_roster
from grader.person import Person
from grader.result import CheckResult, ExerciseResult, ExerciseStatus, GradingResult, Outcome, SubmissionStatus
from tests.export import platforms

Build = Callable[..., GradingResult]
Export = Callable[..., Exported]
Downloaded = Callable[..., Path]

GRADEBOOK = """\
\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Notes,Warm-up (776),Lens (777),Current Score
,,,,,,Manual Posting,,
    Points Possible,,,,,,5.00,20.00,(read only)
"Byron, Ada",4711,S1,ada,"A, B",=1+1,5.00,,90.00
"Cohen, Ben",4712,0042,ben,A,,,EX,
"Diaz, ""C"" Cleo",4713,S3,cleo,A,,3.50,12.00,
"Eng, Dan",4714,S4,dan,A,,N/A,N/A,
"Student, Test",9,,x,A,,,,
"""
WORKSHEET = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed","Last modified (grade)",\
"Feedback comments"
"Participant 90101","Ada Byron",ada@uni.example,"Submitted for grading",,20.00,Yes,-,
"Participant 90102","Ben Cohen",ben@uni.example,"Submitted for grading",3.00,20.00,No,-,"See me"
"Participant 90103","Cleo Diaz",cleo@uni.example,"No submission",,20.00,Yes,-,"Well <b>done</b>"
"""
CLASSLIST = """\
OrgDefinedId,Username,Last Name,First Name,Email,End-of-Line Indicator
#1001,#ada,Byron,Ada,ada@uni.example,#
#0042,#ben,Cohen,Ben,ben@uni.example,#
"""
GRADES = """\
OrgDefinedId,Username,"Lens Points Grade <Numeric MaxPoints:20 Weight:10>",End-of-Line Indicator
#1001,#ada,,#
#0042,#ben,,#
"""


def lines_changed(before: str, after: bytes) -> list[str]:
    return [new for old, new in zip(before.splitlines(), after.decode().splitlines(), strict=True) if old != new]


def test_canvas_reads_back_what_was_exported(scored: Build, export: Export, downloaded: Downloaded) -> None:
    """The assignment's column has the grades by Canvas's ids; other cells are as they were."""
    ada, cleo = scored("byronada", 10.5, id="4711"), scored("diazcleo", 18, id="4713")
    done = export("canvas", ada, cleo, into=downloaded(GRADEBOOK))

    grades = platforms.canvas(done.content)
    assert grades["777"] == {"4711": "10.5", "4712": "EX", "4713": "18", "4714": "N/A", "9": ""}
    assert grades["776"] == platforms.canvas(GRADEBOOK.encode())["776"]
    assert lines_changed(GRADEBOOK, done.content) == [
        '"Byron, Ada",4711,S1,ada,"A, B",=1+1,5.00,10.5,90.00',
        '"Diaz, ""C"" Cleo",4713,S3,cleo,A,,3.50,18,',
    ]


@pytest.mark.parametrize(
    ("name", "text", "claim"),
    [
        ("canvas", GRADEBOOK, {"id": "4711"}),
        ("moodle", WORKSHEET, {"participant": "90101"}),
        ("brightspace", GRADES, {"login": "ada"}),
        ("brightspace", CLASSLIST, {"login": "ada"}),
    ],
)
def test_our_roster_still_reads_an_exported_file(
    scored: Build, export: Export, downloaded: Downloaded, name: str, text: str, claim: dict[str, str]
) -> None:
    """A platform's file has the same people before and after, and so has the next export."""
    path, result = downloaded(text), scored("byronada", 10.5, **claim)
    people = read_roster(path)
    path.write_bytes(export(name, result, into=path).content)

    assert read_roster(path) == people
    assert path.read_bytes() != text.encode()
    assert export(name, result, into=path).content == path.read_bytes()


def test_exporting_again_changes_nothing(scored: Build, export: Export, downloaded: Downloaded) -> None:
    """A grade that stands there in another form, such as 12.00, stays as it is."""
    cleo, path = scored("diazcleo", 12, id="4713"), downloaded(GRADEBOOK)

    assert export("canvas", cleo, into=path).content == GRADEBOOK.encode()


def test_a_decimal_comma_is_kept(scored: Build, export: Export, downloaded: Downloaded) -> None:
    """A gradebook with semicolons and decimal commas gets grades of its kind."""
    text = "Student;ID;SIS Login ID;Section;Lens (777)\r\n    Points Possible;;;;20,00\r\nByron, Ada;4711;ada;A;\r\n"
    done = export("canvas", scored("byronada", 10.5, id="4711"), into=downloaded(text))

    assert lines_changed(text, done.content) == ["Byron, Ada;4711;ada;A;10,5"]
    assert platforms.canvas(done.content)["777"] == {"4711": "10.5"}


AS_THEY_COME = {
    "names in two columns": (
        "LastName,FirstName,ID,SIS Login ID,Section,Lens (777)\n    Points Possible,,,,,20.00\nByron,Ada,4711,ada,A,\n",
        "Byron,Ada,4711,ada,A,15",
    ),
    "every cell in quotes": (
        '"Student","ID","SIS Login ID","Section","Lens (777)"\n"    Points Possible","","","","20.00"\n'
        '"Byron, Ada","4711","ada","A",""\n',
        '"Byron, Ada","4711","ada","A","15"',
    ),
    "as a spreadsheet saved it": (
        "sep=;\r\nStudent;ID;SIS Login ID;Section;Lens (777);;\r\n    Points Possible;;;;20;;\r\n"
        "Byron, Ada;4711;ada;A\r\n;;;;;;\r\n",
        "Byron, Ada;4711;ada;A;15",
    ),
    "a title with commas and brackets": (
        'Student,ID,SIS Login ID,Section,"Lens, (part 1) (777)"\n    Points Possible,,,,20.00\n'
        '"Byron, Ada",4711,ada,A,\n',
        '"Byron, Ada",4711,ada,A,15',
    ),
    "points that are not told": (
        "Student,ID,SIS Login ID,Section,Lens (777)\n    Points Possible,,,,\nByron Ada,4711,ada,A,\n",
        "Byron Ada,4711,ada,A,15",
    ),
    "two sections and a name that a spreadsheet would run": (
        "Student,ID,SIS Login ID,Section,Lens (777)\n    Points Possible,,,,20.00\n'=Ada,4711,ada,A and B,\n",
        "'=Ada,4711,ada,A and B,15",
    ),
}


@pytest.mark.parametrize(("text", "line"), AS_THEY_COME.values(), ids=AS_THEY_COME)
def test_a_gradebook_is_filled_in_as_it_comes(
    scored: Build, export: Export, downloaded: Downloaded, text: str, line: str
) -> None:
    """Whatever settings and spreadsheets made of it, one line has one more grade."""
    done = export("canvas", scored("ada", 15, id="4711"), into=downloaded(text), column="777")

    assert lines_changed(text, done.content) == [line]


@pytest.mark.parametrize("status", [SubmissionStatus.NOT_SUBMITTED, SubmissionStatus.ERROR])
def test_no_graded_result_is_no_zero(
    scored: Build, export: Export, downloaded: Downloaded, status: SubmissionStatus
) -> None:
    """Who handed in nothing, or could not be graded, has an empty cell, and staff is told."""
    done = export("canvas", scored("byronada", status=status, id="4711"), into=downloaded(GRADEBOOK))

    assert done.content == GRADEBOOK.encode()
    assert any("no grade for 1 person" in r and "byronada" in r for r in done.remarks)


def test_points_that_a_fault_of_ours_took_are_no_grade(build: Build, export: Export, downloaded: Downloaded) -> None:
    """A score that lacks what could not be checked is not entered."""
    check = CheckResult("test_a", "A", Outcome.ERROR, 0.0, 5.0)
    parts = (
        ExerciseResult("lens", ExerciseStatus.PARTIAL, 5.0, 10.0, checks=(check,)),
        ExerciseResult("stream", ExerciseStatus.ERROR, 0.0, 10.0),
    )
    for part in parts:
        done = export("canvas", build("byronada", part, claims=(Person(id="4711"),)), into=downloaded(GRADEBOOK))
        assert done.content == GRADEBOOK.encode()
        assert any("could not be graded" in remark for remark in done.remarks)


def test_who_is_excused_stays_so(scored: Build, export: Export, downloaded: Downloaded) -> None:
    """A grade of somebody whom Canvas has excused is not entered, and that is told."""
    ben, dan = scored("cohenben", 15, id="4712"), scored("engdan", 15, id="4714")
    done = export("canvas", ben, dan, into=downloaded(GRADEBOOK))

    assert done.content == GRADEBOOK.encode()
    assert any("excused" in r and "cohenben" in r and "engdan" in r for r in done.remarks)


def test_a_file_that_is_no_notebook_is_a_zero_that_is_told(
    scored: Build, export: Export, downloaded: Downloaded
) -> None:
    """What was handed in and cannot be read is worth 0, and staff is told whose that is."""
    done = export(
        "canvas", scored("byronada", status=SubmissionStatus.UNREADABLE, id="4711"), into=downloaded(GRADEBOOK)
    )

    assert platforms.canvas(done.content)["777"]["4711"] == "0"
    assert "0 for 1 person whose file is no notebook: byronada [byronada_1]" in done.remarks


def test_evidence_that_does_not_agree_is_told(
    build: Build, scored: Build, export: Export, downloaded: Downloaded
) -> None:
    """A grade whose person was not sure is entered, and staff is told first."""
    claims, said = (Person(id="4711"),), ("The file is Ada's, and the name in it Ben's.",)
    result = build("byronada", *scored("x", 15).exercises, claims=claims, conflicts=said)
    done = export("canvas", result, into=downloaded(GRADEBOOK))

    assert platforms.canvas(done.content)["777"]["4711"] == "15"
    assert any("not sure whose these are: byronada [byronada_1]: The file is Ada's" in r for r in done.remarks)


def test_a_number_of_another_name_is_told(scored: Build, export: Export, downloaded: Downloaded) -> None:
    """A number decides, and staff is told of a very different name, which may be a group's."""
    team, cleo = scored("redteam", 15, id="4711", name="redteam"), scored("c", 12, id="4713", name="diazcleo")
    done = export("canvas", team, cleo, into=downloaded(GRADEBOOK))

    assert platforms.canvas(done.content)["777"]["4711"] == "15"
    [told] = [r for r in done.remarks if "another name" in r]
    assert "redteam [redteam_1] to Byron, Ada" in told
    assert "Diaz" not in told


def test_a_zero_is_given_where_it_is_asked_for(scored: Build, export: Export, downloaded: Downloaded) -> None:
    """With --zero nothing handed in is 0, and a fault of ours is still no grade."""
    absent = scored("byronada", status=SubmissionStatus.NOT_SUBMITTED, id="4711")
    ours = scored("diazcleo", status=SubmissionStatus.ERROR, id="4713")
    done = export("canvas", absent, ours, into=downloaded(GRADEBOOK), zero=True)

    assert platforms.canvas(done.content)["777"]["4711"] == "0"
    assert platforms.canvas(done.content)["777"]["4713"] == "12.00"


def test_a_group_s_grade_is_more_than_that_a_member_handed_in_nothing(
    build: Build, scored: Build, export: Export, downloaded: Downloaded
) -> None:
    """Who is absent by name and in a group's submission too has the group's grade, and no 0."""
    group = build("team", *scored("x", 15).exercises, claims=(Person(sis="S1"), Person(sis="S3")))
    absent = scored("Ada Byron", status=SubmissionStatus.NOT_SUBMITTED, id="4711")
    done = export("canvas", absent, group, into=downloaded(GRADEBOOK), zero=True)

    assert platforms.canvas(done.content)["777"]["4711"] == "15"


def test_a_group_s_grade_goes_to_every_member(
    build: Build, scored: Build, export: Export, downloaded: Downloaded
) -> None:
    """All people whom a submission's record names get its grade."""
    claims = (Person(name="Ada Byron", sis="S1"), Person(name="Cleo Diaz", sis="S3"))
    group = build("team", *scored("x", 15).exercises, claims=claims)
    done = export("canvas", group, into=downloaded(GRADEBOOK.replace('"Diaz, ""C"" Cleo"', '"Diaz, Cleo"')))

    grades = platforms.canvas(done.content)["777"]
    assert (grades["4711"], grades["4713"]) == ("15", "15")


def test_a_roster_s_name_finds_who_is_known_by_no_number(
    build: Build, scored: Build, export: Export, downloaded: Downloaded
) -> None:
    """What grading with a roster has found out counts for the export.

    There the file's name alone says nothing.
    """
    result = build("hw", *scored("x", 15).exercises, name="Ada Byron", claims=(Person(handle="hw"),))

    assert platforms.canvas(export("canvas", result, into=downloaded(GRADEBOOK)).content)["777"]["4711"] == "15"


NOT_EXPORTED = {
    "no column of the assignment": ({"title": "Other"}, {}, "no column for 'Other'.*'Warm-up .776.', 'Lens .777.'"),
    "a column that Canvas computes": ({}, {"20.00": "(read only)"}, "computes 'Lens"),
    "two columns of one title": ({}, {"Warm-up": "Lens"}, "several columns for 'Lens'"),
    "other points": ({}, {"20.00": "10.00"}, "has 10 points, and the grades are out of 20.*--scale"),
    "an id in two rows": ({}, {"4714": "4711"}, "same id '4711'"),
    "nobody's columns": ({}, {"Student": "Wer", "ID": "Wo", "SIS": "Was", "User": "", "Login": ""}, "who is who"),
}


@pytest.mark.parametrize(("options", "changes", "sentence"), NOT_EXPORTED.values(), ids=NOT_EXPORTED)
def test_what_is_not_clear_is_not_exported(
    scored: Build, export: Export, downloaded: Downloaded, options: dict, changes: dict, sentence: str
) -> None:
    """Where a grade's place is in doubt, nothing is written, and one sentence says why."""
    text = GRADEBOOK
    for old, new in changes.items():
        text = text.replace(old, new)

    with pytest.raises(UsageError, match=sentence):
        export("canvas", scored("byronada", 15, id="4711"), into=downloaded(text), **options)


def test_a_column_is_named_by_title_or_number(scored: Build, export: Export, downloaded: Downloaded) -> None:
    """--column takes the title with its number, the title or the number alone."""
    for column in ("Lens (777)", "lens", "777"):
        done = export("canvas", scored("a", 15, id="4711"), into=downloaded(GRADEBOOK), title="Other", column=column)
        assert platforms.canvas(done.content)["777"]["4711"] == "15"


def test_grades_are_converted_where_it_is_asked_for(scored: Build, export: Export, downloaded: Downloaded) -> None:
    """15 of 20 points are 7.5 of the 10 that the platform gives."""
    text = GRADEBOOK.replace("20.00", "10.00")
    done = export("canvas", scored("byronada", 15, id="4711"), into=downloaded(text), scale=True)

    assert platforms.canvas(done.content)["777"]["4711"] == "7.5"


def test_a_grade_of_nobody_in_the_file_stops_the_export(scored: Build, export: Export, downloaded: Downloaded) -> None:
    """Strangers are listed and nothing is written.

    --partial writes the others' grades and lists them still.
    """
    people = scored("byronada", 15, id="4711"), scored("mallory", 20, id="666")
    with pytest.raises(UsageError, match=r"1 person with a grade not in .*: mallory \[mallory_1\]"):
        export("canvas", *people, into=downloaded(GRADEBOOK))

    done = export("canvas", *people, into=downloaded(GRADEBOOK), partial=True)
    assert platforms.canvas(done.content)["777"]["4711"] == "15"
    assert any("mallory" in remark for remark in done.remarks)


def test_two_grades_of_one_person_stop_the_export(scored: Build, export: Export, downloaded: Downloaded) -> None:
    """Which of two grades counts is not guessed."""
    with pytest.raises(UsageError, match=r"more than one grade .*Byron, Ada: one \[one_1\] and two \[two_1\]"):
        export("canvas", scored("one", 15, id="4711"), scored("two", 2, login="ada"), into=downloaded(GRADEBOOK))


def test_a_member_who_is_missing_in_the_file_is_told(
    build: Build, scored: Build, export: Export, downloaded: Downloaded
) -> None:
    """A group of which one member is in the file is not all there."""
    group = build("team", *scored("x", 15).exercises, claims=(Person(sis="S1"), Person(sis="S9")))

    with pytest.raises(UsageError, match=r"not in .*team"):
        export("canvas", group, into=downloaded(GRADEBOOK))


def test_moodle_reads_back_what_was_exported(scored: Build, export: Export, downloaded: Downloaded) -> None:
    """Grades and comments are by participant; what is locked or somebody wrote stays."""
    results = [scored(n, 10.5, name=n, participant=p) for n, p in (("Ada Byron", "90101"), ("Ben Cohen", "90102"))]
    results.append(scored("Cleo Diaz", 20, participant="90103"))
    done = export("moodle", *results, into=downloaded(WORKSHEET))

    assert platforms.moodle(done.content) == {
        90101: (10.5, "10.5 of 20 points. Logit lens: partly right, 10.5 of 20."),
        90102: (3.0, "See me"),
        90103: (20.0, "Well <b>done</b>"),
    }
    assert any("locked" in r and "Ben Cohen" in r for r in done.remarks)
    assert any("comment of somebody" in r and "Cleo Diaz" in r for r in done.remarks)


ELSEWHERE = {
    "German": (
        'ID,"Vollständiger Name","E-Mail-Adresse",Status,Bewertung,Bestwertung,"Bewertung kann geändert werden",'
        '"Zuletzt geändert (Bewertung)","Feedback als Kommentar"\n'
        '"Teilnehmer/in70001","Jörg Müller",joerg@uni.example,Abgegeben,,"20,00",Ja,-,\n'
        '"Teilnehmer/in70002","Änne Groß",aenne@uni.example,Abgegeben,"3,00","20,00",Nein,-,\n',
        ("Bewertung", "Teilnehmer/in"),
    ),
    "French": (
        'Identifiant,"Nom complet","Adresse de courriel",Statut,Note,"Note maximale","La note peut être modifiée",'
        '"Dernière modification (note)","Feedback par commentaires"\n'
        '"Participant 70001","Jörg Müller",joerg@uni.example,Remis,,"20,00",Oui,-,\n'
        '"Participant 70002","Änne Groß",aenne@uni.example,Remis,"3,00","20,00",Non,-,\n',
        ("Note", "Participant "),
    ),
    "a language that is not known": (
        'Tunniste,"Koko nimi","Sähköpostiosoite",Tila,Arvosana,"Suurin arvosana","Muutettavissa",'
        '"Viimeksi muokattu","Palaute"\n'
        '"Osallistuja 70001","Jörg Müller",joerg@uni.example,Palautettu,,"20,00",Kyllä,-,\n'
        '"Osallistuja 70002","Änne Groß",aenne@uni.example,Palautettu,,"20,00",Kyllä,-,\n',
        ("Arvosana", "Osallistuja "),
    ),
}


@pytest.mark.parametrize(("text", "words"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_worksheet_is_filled_in_in_every_language(
    scored: Build, export: Export, downloaded: Downloaded, text: str, words: tuple[str, str]
) -> None:
    """Columns are known by titles or else by neighbours, and the decimal mark is the site's."""
    results = scored("a", 10.5, participant="70001"), scored("b", 3, participant="70002")
    read = platforms.moodle(export("moodle", *results, into=downloaded("\ufeff" + text)).content, *words, mark=",")

    assert {number: grade for number, (grade, _) in read.items()} == {70001: 10.5, 70002: 3.0}


def test_a_newer_comment_takes_the_place_of_ours(scored: Build, export: Export, downloaded: Downloaded) -> None:
    """A comment that an earlier export wrote is not somebody's own."""
    path = downloaded(WORKSHEET)
    path.write_bytes(export("moodle", scored("a", 10, participant="90101"), into=path).content)
    done = export("moodle", scored("a", 20, participant="90101"), into=path)

    assert platforms.moodle(done.content)[90101] == (20, "20 of 20 points. Logit lens: partly right, 20 of 20.")


@pytest.mark.parametrize(("name", "text"), [("canvas", GRADEBOOK), ("moodle", WORKSHEET), ("brightspace", CLASSLIST)])
def test_grades_out_of_different_points_are_not_exported(
    scored: Build, export: Export, downloaded: Downloaded, name: str, text: str
) -> None:
    """Where an assignment's points have changed meanwhile, 10 of 10 is not 10 of 20."""
    old = replace(scored("ada", 10, id="4711", participant="90101", login="ada"), max_score=10.0)

    with pytest.raises(UsageError, match="out of 10 and 20 points"):
        export(name, old, scored("b", 10, id="4713", participant="90103", login="ben"), into=downloaded(text))


def test_a_scale_is_no_place_for_points(scored: Build, export: Export, downloaded: Downloaded) -> None:
    """Moodle would skip numbers where it expects the words of a scale."""
    text = WORKSHEET.replace("20.00", '"Not yet, Good"').replace("Maximum Grade", "Scale")

    with pytest.raises(UsageError, match="graded by a scale"):
        export("moodle", scored("a", 10, participant="90101"), into=downloaded(text))


def test_two_rows_of_one_name_are_nobody_s(build: Build, scored: Build, export: Export, downloaded: Downloaded) -> None:
    """Where names are all there is, two people of one name get nobody's grade."""
    text = "Student,Section,Lens Points Grade,End-of-Line Indicator\nAda Byron,A,,#\nAda Byron,B,,#\n"

    with pytest.raises(UsageError, match="same name 'Ada Byron'"):
        export("brightspace", scored("ada", 10, name="Ada Byron"), into=downloaded(text))


def test_a_title_is_text_in_moodle_s_comment(
    build: Build, scored: Build, export: Export, downloaded: Downloaded
) -> None:
    """Moodle shows comments as HTML: what an assignment's titles hold is no markup."""
    part = replace(scored("x", 10).exercises[0], title="=a <b> & c")
    done = export("moodle", build("ada", part, claims=(Person(participant="90101"),)), into=downloaded(WORKSHEET))

    assert platforms.moodle(done.content)[90101][1].endswith("=a &lt;b&gt; &amp; c: partly right, 10 of 20.")


def test_brightspace_reads_back_what_was_exported(scored: Build, export: Export, downloaded: Downloaded) -> None:
    """The item's column is filled in by OrgDefinedId."""
    ada, ben = scored("ada", 10.5, login="ada"), scored("ben", 20, login="ben")
    done = export("brightspace", ada, ben, into=downloaded(GRADES))

    assert platforms.brightspace(done.content, "Lens") == {"1001": "10.5", "0042": "20"}


def test_a_classlist_of_brightspace_gets_a_new_item(scored: Build, export: Export, downloaded: Downloaded) -> None:
    """The item stands before the end of the line, and says how many points it is out of."""
    done = export("brightspace", scored("ada", 10.5, login="ada"), into=downloaded(CLASSLIST))

    assert platforms.brightspace(done.content, "Lens") == {"1001": "10.5", "0042": ""}
    assert b"Lens Points Grade <Numeric MaxPoints:20>," in done.content


@pytest.mark.parametrize("name", ["canvas", "moodle", "brightspace"])
def test_the_platform_s_file_must_be_given(scored: Build, export: Export, name: str) -> None:
    """Without the file that is to be filled in there is nothing to export to."""
    with pytest.raises(UsageError, match="--into FILE"):
        export(name, scored("ada", 10))
