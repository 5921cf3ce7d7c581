"""Read a roster of who should have handed in, from any CSV that names people."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from grader.errors import UsageError
from grader.intake.discover import Found
from grader.intake.file_ids import unique
from grader.person import Person
from grader.submission import Absence, Submission

_COLUMNS: dict[str, frozenset[str]] = {
    "name": frozenset({"student", "name", "full name", "student name", "display name", "sortable name"}),
    "first": frozenset({"first name", "firstname", "given name", "first"}),
    "last": frozenset({"last name", "lastname", "surname", "family name", "last"}),
    "id": frozenset({"id", "user id", "student id", "id number", "student number", "number"}),
    "sis": frozenset({"sis user id", "sis id", "sid"}),
    "login": frozenset({"login", "login id", "sis login id", "username", "user name", "github username", "netid"}),
    "email": frozenset({"email", "e mail", "email address", "mail"}),
    "participant": frozenset({"identifier"}),  # Moodle's grading worksheet
}
_NO_PEOPLE = frozenset({"points possible", "student, test"})  # rows of Canvas's gradebook
_LARGEST = 64 * 2**20


def read_roster(path: Path) -> list[Person]:
    """Return the people in a CSV file, in its order, each once.

    Columns are known by their headers, in any case and order: student or name (or first and last name), id, user id,
    sis id, login, email. Canvas's gradebook export and Moodle's grading worksheet can be given as they are. Raises
    UsageError when the file cannot be read, or has no such column.
    """
    rows = csv.reader(io.StringIO(text := _read_roster_text(path), newline=""), delimiter=_delimiter(text))
    try:
        people = people_in(list(rows))
    except csv.Error as error:
        raise UsageError(f"{path}, line {rows.line_num}, is not CSV: {error}.") from error
    except ValueError as error:
        raise UsageError(f"{path} {error}.") from error
    return list(dict.fromkeys(person for person in people if person))


def people_in(table: Sequence[Sequence[str]]) -> list[Person | None]:
    """Return the person of each row of a table below its first, which names the columns; None where it is nobody's.

    Raises ValueError that says what is wrong with the table when no column says who is who.
    """
    header = [_column(cell) for cell in (table[0] if table else ())]
    if not {*header} & {*_COLUMNS}:
        raise ValueError(
            "has no column that says who is who; its first line must name some of: "
            "student (or name), id, user id, login, sis id, email"
        )
    people = (_person(header, row) for row in table[1:])
    return [person if _is_somebody(person) else None for person in people]


def join(found: Found, roster: Sequence[Person]) -> tuple[list[Submission], list[Absence], list[Submission]]:
    """Return the submissions with the roster's names, who handed nothing in, and what matches nobody.

    A person is known by Moodle's number, an id, a login, an address, and last by name, in whatever order its parts
    stand. What fits two people is matched to neither. Of several submissions that tell of one person, those count where
    the name stands outermost, and of these those that have the person's name too: what lies deeper, students named.
    """
    claims = claimed(found.people, roster)
    joined, strangers = [], []
    for submission, known in zip(found.submissions, claims, strict=True):
        if known:
            names, numbers = [p.name for p in known], [p.number for p in known]
            submission = replace(submission, name=_listed(names), student_id=_listed(numbers))
        else:
            strangers.append(submission)
        joined.append(submission)
    present = {p for known in claims for p in known}
    absent = [p for p in roster if p not in present]
    ids = unique((f"{p.name}_{p.number}" for p in absent), taken=[s.id for s in joined])
    absences = [
        Absence(i, p.name or p.number, p.name, p.number, (p.known(),)) for i, p in zip(ids, absent, strict=True)
    ]
    return joined, absences, strangers


def claimed(submissions: Sequence[Sequence[Person]], roster: Sequence[Person]) -> list[list[Person]]:
    """Return the people of the roster that each submission is by, from what its naming tells of them."""
    index = _Index(roster)
    claims: list[dict[Person, tuple[int, bool]]] = []
    for people in submissions:
        told = [(person, claim) for claim in people if (person := index.find(claim))]
        if all(claim == Person(handle=claim.handle) for claim in people):  # one person, by whatever name
            del told[1:]
        claims.append({person: (claim.depth, not _alike(person.name, claim.name)) for person, claim in told})
    best: dict[Person, tuple[int, bool]] = {}
    for person, way in (item for of_one in claims for item in of_one.items()):
        best[person] = min(way, best.get(person, way))
    return [[person for person, way in of_one.items() if way == best[person]] for of_one in claims]


class _Index:
    """Finds people of a roster."""

    def __init__(self, roster: Sequence[Person]) -> None:
        self._by: dict[tuple[str, str], set[Person]] = {}
        for person in roster:
            for key in self._keys(person):
                self._by.setdefault(key, set()).add(person)

    @staticmethod
    def _keys(person: Person) -> Iterator[tuple[str, str]]:
        for kind, value in asdict(person).items():
            if value and kind not in ("name", "depth"):
                yield kind, value.casefold()
                yield "any", value.casefold()
        if "@" in person.email:
            yield "any", person.email.partition("@")[0].casefold()
        yield from (("name", name) for name in _turned(person.name))

    def find(self, claim: Person) -> Person | None:
        """Return the one person that a claim fits, the surest way first."""
        ways: tuple[Iterable[tuple[str, str]], ...] = (
            [("participant", claim.participant)],
            [("id", claim.id)],
            [("sis", claim.sis), ("id", claim.sis)],
            [("login", claim.login)],
            [("email", claim.email)],
            [("any", claim.handle)],
            [("name", name) for name in (*_turned(claim.name), *_turned(claim.handle))],
        )
        for keys in ways:
            people = {p for kind, value in keys if value for p in self._by.get((kind, value.casefold()), ())}
            # Numbers are counted from 1 in every assignment: another's worksheet would name the wrong people.
            people = {p for p in people if not claim.participant or _alike(p.name, claim.name)}
            if people:
                return people.pop() if len(people) == 1 else None
        return None


def _turned(name: str) -> set[str]:
    """Return a name's letters with each of its words in front once: "Doe, Jane" and "Jane Doe" share theirs."""
    text = unicodedata.normalize("NFC", name).casefold()
    words = ["".join(c for c in w if not unicodedata.category(c).startswith("P")) for w in re.split(r"[\s,._]+", text)]
    words = [w for w in words if w]
    return {"".join((*words[n:], *words[:n])) for n in range(len(words))}


def _alike(one: str, other: str) -> bool:
    return not one or not other or bool(_turned(one) & _turned(other))


def _listed(values: Iterable[str]) -> str:
    return "; ".join(filter(None, values))


def _read_roster_text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(f"{path} is too large to be a roster.")
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read the roster {path}: {error.strerror}.") from error
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1").replace("\0", "")


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _column(header: str) -> str:
    words = re.sub(r"[\s_-]+", " ", header).strip().casefold()
    return next((kind for kind, names in _COLUMNS.items() if words in names), "")


def _person(header: Sequence[str], row: Sequence[str]) -> Person:
    cells: dict[str, str] = {}
    for kind, cell in zip(header, row, strict=False):
        if kind and cell.strip():
            cells.setdefault(kind, " ".join(cell.split()).removeprefix("'"))
    first, last = cells.pop("first", ""), cells.pop("last", "")
    cells.setdefault("name", f"{first} {last}".strip())
    if number := re.search(r"\d+$", cells.get("participant", "")):
        cells["participant"] = number[0]
    return Person.of(cells)


def _is_somebody(person: Person) -> bool:
    return bool(person.name or person.number) and person.name.casefold() not in _NO_PEOPLE
