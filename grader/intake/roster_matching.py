"""Match submissions with a roster, and say where the evidence does not agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.intake import messages
from grader.intake.discover import Found
from grader.intake.file_ids import unique
from grader.intake.people_names import equal_names, same_name, similar_names
from grader.intake.roster_index import RosterIndex
from grader.messages import NOTHING_HANDED_IN
from grader.person import Person
from grader.submission import Absence, Submission

_CALLED = {"participant": "participant number", "id": "number", "sis": "number", "email": "address", "handle": "name"}


def join(found: Found, roster: Sequence[Person]) -> tuple[list[Submission], list[Absence], list[Submission]]:
    """Return the submissions with the roster's names, the absent, and what matches nobody.

    A person is known by Moodle's number, an id, a login, an address, and last by name, in whatever order its parts
    stand; where no platform's naming is found, by any of these within a longer name. A number decides also where the
    name differs. What fits two people is matched to neither. Of several submissions that tell of one person, those
    count where the name stands outermost, and of these those that have the person's name too: what lies deeper,
    students named. Where the evidence does not agree, the submission's ``conflicts`` say so.
    """
    index = RosterIndex(roster, found.people, [s.label for s in found.submissions])
    claims = _claimed(index, found.people)
    joined, strangers = [], []
    for submission, people, known in zip(found.submissions, found.people, claims, strict=True):
        if known:
            names, numbers = [p.name for p in known], [p.number for p in known]
            submission = replace(submission, name=_listed(names), student_id=_listed(numbers))
        if roster:
            submission = replace(submission, conflicts=(*submission.conflicts, *_conflicts(people, known, index)))
        joined.append(submission)
        if not known:
            strangers.append(submission)
    return joined, _absences(roster, claims, joined), strangers


def claimed(
    submissions: Sequence[Sequence[Person]], roster: Sequence[Person], paths: Sequence[str] = ()
) -> list[list[Person]]:
    """Return the people of the roster that each submission is by, as its naming tells.

    ``paths`` are where the submissions lie, if that is known: what is common to most names nobody.
    """
    return _claimed(RosterIndex(roster, submissions, paths), submissions)


def _claimed(index: RosterIndex, submissions: Sequence[Sequence[Person]]) -> list[list[Person]]:
    claims: list[dict[Person, tuple[int, bool]]] = []
    for people in submissions:
        if all(claim == Person(handle=claim.handle) for claim in people):  # one person, by whatever name
            told = [*filter(None, [index.find_in_path(people)])]
        else:
            told = [(person, claim) for claim in people if (person := index.find(claim))]
        claims.append({person: (claim.depth, not same_name(person.name, claim.name)) for person, claim in told})
    best: dict[Person, tuple[int, bool]] = {}
    for person, way in (item for of_one in claims for item in of_one.items()):
        best[person] = min(way, best.get(person, way))
    return [[person for person, way in of_one.items() if way == best[person]] for of_one in claims]


def _absences(
    roster: Sequence[Person], claims: Sequence[Sequence[Person]], joined: Sequence[Submission]
) -> list[Absence]:
    present = {p for known in claims for p in known}
    absent = [p for p in roster if p not in present]
    doubtful = sum(not known or bool(s.conflicts) for known, s in zip(claims, joined, strict=True))
    message = messages.perhaps_handed_in(doubtful) if doubtful else NOTHING_HANDED_IN
    ids = unique((f"{p.name}_{p.number}" for p in absent), taken=[s.id for s in joined])
    return [Absence(i, p.name or p.number, p.name, p.number, (p,), message) for i, p in zip(ids, absent, strict=True)]


def _conflicts(people: Sequence[Person], known: Sequence[Person], index: RosterIndex) -> Iterator[str]:
    """Yield sentences on what in a naming does not agree with the roster or with itself."""
    for claim in people:
        person = index.find(claim)
        if person in known and claim.name and person and not similar_names(person.name, claim.name):
            yield messages.number_of_another(claim.name, person.name)
        elif (
            person in known and claim.name and person and not claim.number and not equal_names(person.name, claim.name)
        ):
            yield messages.taken_for(claim.name, person.name)
        elif known and not person and len(people) > len(known) and claim != Person(handle=claim.handle):
            yield messages.unknown_member(claim.name or claim.number)
    for other, number in index.differently_numbered(people, known):
        yield messages.number_not_theirs(other.name, _CALLED["participant"], other.participant, number)
    for kind, value, person in index.doubts(people, known):
        what = f"the {_CALLED.get(kind, kind)} {value!r}"
        if person is None:
            yield messages.fits_several(what)
        elif not known:
            yield messages.name_not_borne(what, person.name or person.number)
        else:
            names = " and ".join(repr(p.name or p.number) for p in known)
            yield messages.taken_for_others(names, what, person.name or person.number)


def _listed(values: Sequence[str]) -> str:
    return "; ".join(filter(None, values))
