"""Tell what each column of a table of people is, by its header or else by its values."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from grader.intake.accents import unaccented, without_marks

_WORDS: dict[str, tuple[str, ...]] = {
    "name": (
        "student, name, full name, fullname, student name, display name, sortable name, users full name, learner",
        "vollständiger Name, Teilnehmer, Teilnehmer/in, Studierende, Studierende/r, Anzeigename",
        "nom complet, étudiant, élève, nom, nom et prénom, nom de l'étudiant",
        "nombre completo, estudiante, alumno, alumno/a, nombre, apellidos y nombre, nombre y apellidos",
        "nome completo, studente, nome e cognome, nome, aluno, estudante, volledige naam, naam",
        "fullständigt namn, namn, fullt navn, fulde navn, navn, imię i nazwisko, celé jméno, 全名, 姓名, 氏名",
    ),
    "first": (
        "first name, given name, first, forename, Vorname, Vornamen, prénom, prénoms, primer nombre, nombres",
        "nombre(s), primeiro nome, voornaam, förnamn, fornavn, imię, jméno, 名",
    ),
    "last": (
        "last name, surname, family name, last, Nachname, Familienname, Zuname, nom de famille, apellido, apellidos",
        "apellido(s), primer apellido, cognome, sobrenome, apelido, apelidos, achternaam, efternamn, etternavn",
        "efternavn, nazwisko, příjmení, 姓",
    ),
    "id": (
        "id, user id, student id, id number, student number, number, org defined id, sourced id, person id",
        "Matrikelnummer, Matrikelnr, Matrikel-Nr., Matr.-Nr., ID-Nummer, Studierendennummer, numéro d'étudiant",
        "numéro étudiant, n° étudiant, matricule, numéro d'identification, número de ID, número de identificación",
        "número de estudiante, matrícula, número de matrícula, expediente, matricola, numero di matricola",
        "número de aluno, número de identificação, studentnummer, ID-nummer, numer albumu",
        "numer indeksu, 学号, 学籍番号",
    ),
    "sis": ("SIS user id, SIS id, sid",),
    "login": (
        "login, login id, SIS login id, username, user name, github username, netid, net id, eid, display id",
        "Benutzername, Anmeldename, Nutzername, Nutzerkennung, Kennung, Benutzerkennung, nom d'utilisateur",
        "nombre de usuario, usuario, nome utente, nome de usuário, nome de utilizador, gebruikersnaam, användarnamn",
        "brukernavn, brugernavn, nazwa użytkownika, uživatelské jméno, 用户名, ユーザ名",
    ),
    "email": (
        "email, e-mail, email address, e-mail address, mail, primary email",
        "E-Mail-Adresse, Mailadresse, Mail-Adresse, adresse de courriel, courriel, adresse e-mail, adresse mél",
        "adresse électronique, correo, correo electrónico, dirección de correo, dirección de correo electrónico",
        "dirección email, indirizzo email, endereço de email, endereço de e-mail, e-mailadres, e-postadress, e-post",
        "epost, e-postadresse, adres e-mail, e-mailová adresa, 电子邮件, 电子邮件地址, メールアドレス",
    ),
    "participant": ("submission id",),  # Gradescope's grades: as in its folders' names
    "identifier": (  # of a participant in Moodle's grading worksheet, of anything in GitHub Classroom's roster
        "identifier, Bezeichner, identifiant, identificador, identificatore, codice identificativo, identifikator",
        "identyfikator, identifikátor, roster identifier, 识别符, 標識符, 識別子, идентификатор",
    ),
}


NUMBER_KINDS = ("id", "sis", "login", "participant")
"""What a column may be that tells people apart by numbers or logins."""


def plain_header(text: str) -> str:
    """Return a header's words in small letters, without accents and signs."""
    return re.sub(r"[\W_]+", " ", unaccented(text)).strip()


_KINDS = {
    plain_header(word).replace(" ", ""): kind
    for kind, lists in _WORDS.items()
    for words in lists
    for word in words.split(", ")
}
_EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
_NUMBERED = re.compile(r"(\D*[^\W\d_]\D*?)\s?(\d+)")
_ID_NUMBER = re.compile(r"#?\d{3,}")
_SURE_ID_NUMBER = re.compile(r"#?\d{5,}")  # no points
_LOGIN = re.compile(r"#?[A-Za-z][\w.-]*")
_PERSON_NAME = re.compile(
    r"(?=.*[ ,])[^\W\d_]+\.?(?:[ ,.'’-]+[^\W\d_]+\.?)+(?: ?\(.*\))?"  # noqa: RUF001 - the apostrophe of word processors
    "|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,8}"  # Chinese, Japanese and Korean names stand without a blank
)
_NAME_PARTS = re.compile(r"[^\W\d_]+(?:[ .'’-]+[^\W\d_]+)*")  # noqa: RUF001
_NOTHING = re.compile(r"-+|n/?a|#n/a|none|null|nan", re.IGNORECASE)
_SHORTEST_WORD = 5  # of a word that stands before a participant's number; "stud" may begin a login


def kind_of(header: str) -> str:
    """Return what a column's header says that it is, or an empty string."""
    return _KINDS.get(plain_header(header).replace(" ", ""), "")


def columns_of(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return what each column is, as a word or empty.

    The words: name, first, last, id, sis, login, email, participant. ``header`` may be empty, where a table has none.
    """
    width = max([len(header), *map(len, rows)], default=0)
    cells = [[row[n].strip() for row in rows if n < len(row) and not is_nothing(row[n])] for n in range(width)]
    kinds = [kind_of(cell) for cell in header] + [""] * (width - len(header))
    kinds = [_refined(kind, of_column) for kind, of_column in zip(kinds, cells, strict=True)]
    # Beside known headers a column of another is what its header says, be it as regular as a login.
    tried = _BY_CONTENT if not any(kinds) else _SURE if {*kinds} & {*NUMBER_KINDS} else _SURE | _SURE_NUMBER
    for kind, fits in tried.items():
        unknown = [n for n, known in enumerate(kinds) if not known and cells[n]]
        if kind not in kinds and (fitting := [n for n in unknown if fits(cells[n])]):
            kinds[fitting[0]] = kind
        elif kind == "name" and len(words := [n for n in unknown if _are_name_parts(cells[n])]) > 1:
            kinds[words[0]], kinds[words[1]] = "first", "last"
    if not {"name", "first", "last"} & {*kinds} and "email" in kinds:  # a name stands beside the address
        at = kinds.index("email")
        for n in (at - 1, at + 1):
            if 0 <= n < width and not kinds[n] and cells[n] and _are_names(cells[n]):
                kinds[n] = "name"
                break
    if kinds == ["name", ""] and len(header) == 1:  # "Doe, Jane" without quotation marks
        kinds = ["last", "first"]
    return kinds


def is_nothing(cell: str) -> bool:
    """Tell whether a cell is empty, or holds what programs write where nothing is known."""
    return not cell.strip() or bool(_NOTHING.fullmatch(cell.strip()))


def participant_in(cell: str) -> str:
    """Return the number in "Participant 12345", in any language, else an empty text."""
    match = _NUMBERED.fullmatch(cell.strip())
    return match[2] if match else ""


def address_in(cell: str) -> str:
    """Return the e-mail address in a cell, or the cell."""
    match = _EMAIL.search(cell)
    return match[0] if match else cell


def _refined(kind: str, cells: Sequence[str]) -> str:
    """Return what a column is whose header may mean several things."""
    if kind in ("identifier", "id") and _are_participants(cells):
        return "participant"
    if kind == "identifier":
        return "email" if _are_addresses(cells) else "name" if _are_names(cells) else "id"
    return kind


def _are_participants(cells: Sequence[str]) -> bool:
    """Tell whether all cells are one word and a number, and all numbers differ."""
    matches = [_NUMBERED.fullmatch(cell) for cell in cells]
    words = {match[1].strip() for match in matches if match}
    return (
        bool(cells)
        and all(matches)
        and len(words) == 1
        and (len(word := words.pop()) >= _SHORTEST_WORD or not word.isascii())
        and len({match[2] for match in matches if match}) == len(cells)
    )


def _are_addresses(cells: Sequence[str]) -> bool:
    return bool(cells) and all(_EMAIL.search(cell) for cell in cells)


def _all_different(pattern: re.Pattern[str], cells: Sequence[str]) -> bool:
    return len(cells) > 1 and len({*cells}) == len(cells) and all(pattern.fullmatch(cell) for cell in cells)


def _mostly_differ(cells: Sequence[str]) -> bool:
    return len({*cells}) > len(cells) / 2


def _are_name_parts(cells: Sequence[str]) -> bool:
    """Tell whether all cells may be first or last names, and most differ."""
    return _mostly_differ(cells) and all(_NAME_PARTS.fullmatch(without_marks(cell)) for cell in cells)


def _are_names(cells: Sequence[str]) -> bool:
    """Tell whether half of the cells at least are names of several words, and most differ."""
    names = sum(bool(_PERSON_NAME.fullmatch(without_marks(cell))) for cell in cells)
    return _mostly_differ(cells) and names >= len(cells) / 2


_Fits: TypeAlias = Callable[[Sequence[str]], bool]
_SURE: dict[str, _Fits] = {"participant": _are_participants, "email": _are_addresses}
_SURE_NUMBER: dict[str, _Fits] = {"id": functools.partial(_all_different, _SURE_ID_NUMBER)}
_BY_CONTENT: dict[str, _Fits] = {
    **_SURE,
    "name": _are_names,
    "id": functools.partial(_all_different, _ID_NUMBER),
    "login": functools.partial(_all_different, _LOGIN),
}
"""What all cells of a column must be for it to be taken for one of a kind that no header names."""
