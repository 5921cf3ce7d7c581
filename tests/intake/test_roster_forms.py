"""What platforms export in any language is a roster, also as spreadsheets save it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.intake import read_roster
from grader.person import Person

Write = Callable[..., Path]

JANE = Person(name="Jane Doe", email="jane@uni.example", participant="70001")
WORKSHEETS = {
    "English": 'Identifier,"Full name","Email address",Status,Grade\nParticipant 70001,Jane Doe,{},Submitted,\n',
    "German": 'ID,"Vollständiger Name",E-Mail-Adresse,Status,Bewertung\nTeilnehmer/in70001,Jane Doe,{},Abgegeben,\n',
    "French": "Identifiant,Nom complet,Adresse de courriel,Statut,Note\nParticipant 70001,Jane Doe,{},Remis,\n",
    "French, a tab": "Identifiant\tNom complet\tAdresse de courriel\tStatut\nParticipant70001\tJane Doe\t{}\tRemis\n",
    "Spanish": "Identificador;Nombre completo;Dirección de correo;Estado\nParticipante 70001;Jane Doe;{};Enviado\n",
    "Dutch": "Identificatie,Volledige naam,E-mailadres,Status\nDeelnemer 70001,Jane Doe,{},Ingestuurd\n",
    "Swedish": "Identifierare,Fullständigt namn,E-postadress,Status\nDeltagare 70001,Jane Doe,{},Inskickad\n",
    "Polish": "Identyfikator,Imię i nazwisko,Adres e-mail,Status\nUczestnik 70001,Jane Doe,{},Przesłane\n",
    "Chinese": "识别符,全名,电子邮件地址,状态\n参与者 70001,Jane Doe,{},已提交\n",
    "Hebrew": "מזהה,שם מלא,דואר,מצב\nמשתתף 70001,Jane Doe,{},לא\n",
    "unknown words": "Kennzeichen,Wer,Adresse,Stand\nMitwirkende 70001,Jane Doe,{},Noch nichts\n",
    "some unknown": "ID,Wer es ist,E-Mail-Adresse,Status\nMitwirkende 70001,Jane Doe,{},Noch nichts\n",
}


@pytest.mark.parametrize("language", WORKSHEETS)
def test_moodle_s_worksheet_is_read_in_any_language(language: str, written: Write) -> None:
    """By its headers, and where nobody knows them by what stands below."""
    assert read_roster(written("\ufeff" + WORKSHEETS[language].format(JANE.email), "r.csv")) == [JANE]


BY_CONTENT = {
    "Italian": "Codice,Cognome e nome,Indirizzo\nPartecipante 70001,{},x@uni.example\nPartecipante 70002,Cher,-\n",
    "Hungarian": "Azonosító,Teljes név,Cím\nRésztvevő 70001,{},x@uni.example\nRésztvevő 70002,Cher,c@uni.example\n",
    "Japanese": "識別;誰\n参加者 70001;{}\n参加者 70002;Ann Lee (guest)\n",
    "numbers under an unknown word": "学生番号,氏名,連絡先\n70001,{},x@uni.example\n70002,佐藤花子,y@uni.example\n",
    "no word that is known": "Wer,Konto,Nr\n{},ab12,70001\nCher,ch7,70002\nJ.R. Smith,jrs1,70003\nAnn Lee,al1,70004\n",
}
WRITTEN = (
    "Jörg Müller",
    "山田太郎",
    "김철수",
    "आरव शर्मा",
    "Jo\u0308rg Mu\u0308ller",
    "Łoś, Ewa",
    "Mary O'Neil-Smith Jr.",
)


@pytest.mark.parametrize("kind", BY_CONTENT)
@pytest.mark.parametrize("name", WRITTEN)
def test_columns_are_known_by_what_stands_in_them(kind: str, name: str, written: Write) -> None:
    """In any script, also where a few cells are unlike the others."""
    table = BY_CONTENT[kind].format(f'"{name}"')

    assert next((p.name, p.number) for p in read_roster(written(table, "r.csv"))) == (name, "70001")


@pytest.mark.parametrize("title", ["Points", "Ort"])
def test_what_may_be_points_is_no_number(title: str, written: Write) -> None:
    """Numbers under a word that is not known must look like those of people."""
    assert read_roster(written(f"name,{title}\nJane Doe,123\nAnn Lee,456\n", "r.csv"))[0] == Person(name="Jane Doe")


NAMED = {
    "First Name,Last Name\nJane,Doe\n": "Jane Doe",
    "Nachname;Vorname\nDoe;Jane\n": "Jane Doe",
    "Name;Vorname;Matrikelnummer\nDoe;Jane;7\n": "Jane Doe",
    "Nom,Prénom\nDoe,Jane\n": "Jane Doe",
    "Nombre,Apellido(s)\nJane,Doe\n": "Jane Doe",
    "Nome,Cognome\nJane,Doe\n": "Jane Doe",
    "LastName,FirstName,ID\nDoe,Jane,7\n": "Jane Doe",
    "Name\nJane Doe\n": "Jane Doe",
    "Name\nDoe, Jane\n": "Jane Doe",
    "Étudiant\nJane Doe\n": "Jane Doe",
}


@pytest.mark.parametrize("table", NAMED)
def test_names_are_put_together(table: str, written: Write) -> None:
    """Where one of two columns is called the name, the other is the rest of it."""
    assert [p.name for p in read_roster(written(table, "r.csv"))] == [NAMED[table]]


PLATFORMS = {
    "Brightspace": (
        "OrgDefinedId,Username,Last Name,First Name,Email,End-of-Line Indicator\n"
        "#1001,#msmith,Smith,Mary-Ann,ms@uni.example,#\n",
        Person(name="Mary-Ann Smith", id="1001", login="msmith", email="ms@uni.example"),
    ),
    "Blackboard": (
        '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Availability"\n"Smith"\t"Mary"\t"ms1"\t"007"\t"Yes"\n',
        Person(name="Mary Smith", login="ms1", id="007"),
    ),
    "Sakai": (
        "Lens,Points\n\nDisplay ID,ID,Last Name,First Name,grade\nms1,1001,Smith,Mary,\n",
        Person(name="Mary Smith", login="ms1", id="1001"),
    ),
    "Gradescope": (
        "First Name,Last Name,SID,Email,Sections,Total Score,Submission ID\nMary,Smith,s7,ms@uni.example,A,,99\n",
        Person(name="Mary Smith", sis="s7", email="ms@uni.example", participant="99"),
    ),
    "GitHub Classroom": (
        '"identifier","github_username","github_id","name"\n"ms@uni.example","octo-cat","5","Mary Smith"\n',
        Person(name="Mary Smith", login="octo-cat", email="ms@uni.example"),
    ),
    "GitHub Classroom, by number": (
        '"identifier","github_username","github_id","name"\n"s1001","octo-cat","5",""\n',
        Person(login="octo-cat", id="s1001"),
    ),
    "GitHub Classroom, by name": (
        '"identifier","github_username","github_id","name"\n"Mary Smith","octo-cat","5",""\n',
        Person(name="Mary Smith", login="octo-cat"),
    ),
    "Autolab, which has no header": (
        "F25,ms@uni.example,Mary,Smith,SCS,3\nF25,jo@uni.example,John,O'Hara,SCS,3\n",
        Person(name="Mary Smith", email="ms@uni.example"),
    ),
    "Canvas in two rows": (
        "Student,ID,SIS User ID,SIS Login ID,Section,Lens (777)\n,,,,,Manual Posting\n"
        '    Points Possible,,,,,20.00\n"Smith, Mary",4711,S1,ms1,A,\n"Student, Test",9,,x,A,\n',
        Person(name="Smith, Mary", id="4711", sis="S1", login="ms1"),
    ),
    "Canvas in a language of its own": (
        "Student;ID;SIS User ID;SIS Login ID;Section\n    Mögliche Punkte;;;;\nSmith, Mary;4711;S1;ms1;A\n",
        Person(name="Smith, Mary", id="4711", sis="S1", login="ms1"),
    ),
}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_platforms_exports_are_rosters(platform: str, written: Write) -> None:
    """With what each puts around its values, above its header and below it."""
    table, first = PLATFORMS[platform]

    assert read_roster(written(table, "r.csv"))[0] == first


DAMAGED: dict[str, str | bytes] = {
    "sep": "sep=;\r\nname;id\r\nJörg Doe;0123\r\n",
    "quoted sep": '"sep=\t"\nname\tid\nJörg Doe\t0123\n',
    "sep with a byte order mark": "\ufeffSEP=|\nname|id\nJörg Doe|0123\n",
    "UTF-16": "name\tid\nJörg Doe\t0123\n".encode("utf-16"),
    "UTF-16 without a mark": "name\tid\nJörg Doe\t0123\n".encode("utf-16-le"),
    "Windows": "name;id\r\nJörg Doe;0123\r\n".encode("cp1252"),
    "UTF-8 taken for Windows": "name;id\nJÃ¶rg Doe;0123\n",
    "a formula that keeps the zero": 'name,id\nJörg Doe,"=""0123"""\n',
    "an apostrophe that keeps the zero": "name,id\nJörg Doe,'0123\n",
    "blanks that do not show": "\u200bname,id\nJörg\u00a0Doe\u200b, 0123 \n",
    "decimals": "name;id\nJörg Doe;0123,0\n",
    "empty columns and rows": "name;id;;;\n;;;;\nJörg Doe;0123;;;\n;;;;\n",
    "what stands where nothing is known": "name,id,sis id,email\nJörg Doe,0123,n/a,-\n",
    "a byte order mark, sep and semicolons": "\ufeffsep=;\r\nname;id\r\nJörg Doe;0123\r\n".encode("utf-16"),
    "a title": "Class of 2025;;\n;;\nname;id;\nJörg Doe;0123;\n",
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_what_spreadsheets_do_to_a_roster_is_undone(kind: str, written: Write) -> None:
    """The name and the number are as they were."""
    assert read_roster(written(DAMAGED[kind], "r.csv")) == [Person(name="Jörg Doe", id="0123")]


def test_two_people_of_one_name_stay_two(written: Write) -> None:
    """Without a number nobody can tell that they are one; with the same number they are."""
    assert len(read_roster(written("name\nJane Doe\nJane Doe\n", "r.csv"))) == 2
    assert len(read_roster(written("name,id\nJane Doe,1\nJane Doe,2\nJane Doe,2\n", "r.csv"))) == 2
