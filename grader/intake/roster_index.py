"""Look people of a roster up by what a platform's naming tells of somebody."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from grader.intake.people_names import same_name, similar_names, turned, without_accents, words_of
from grader.intake.roster_paths import PathSearch, each_once
from grader.intake.rounded_numbers import RoundedNumbers
from grader.person import Person

_DOUBTED_KINDS = ("participant", "id", "sis", "login", "email")

Evidence = tuple[str, list[Person]]
"""What of a claim was looked up, and whom it fits."""


class RosterIndex:
    """Finds people of a roster; what fits two of them is nobody's.

    Moodle counts participants anew in every assignment, so that another assignment's worksheet has the numbers of the
    wrong people: ``submissions`` show by their names whether the roster is this one's. ``paths`` are where they lie.
    """

    def __init__(
        self, roster: Sequence[Person], submissions: Sequence[Sequence[Person]], paths: Sequence[str] = ()
    ) -> None:
        self._by: defaultdict[tuple[str, str], list[Person]] = defaultdict(list)
        for person in roster:
            for key in {*_keys(person)}:
                self._by[key].append(person)
        self._roster = [(person, {*words_of(person.name)}) for person in roster]
        self._rounded = RoundedNumbers(roster)
        named = [c for people in submissions for c in people if c.participant and c.name]
        agree = [
            similar_names(p.name, c.name) for c in named for p in self._by[("participant", c.participant)] if p.name
        ]
        self._trusts_participants = 2 * sum(agree) >= len(agree)
        self._paths = PathSearch(roster, paths)

    def find(self, claim: Person) -> Person | None:
        """Return the one person that a claim fits, the surest way first."""
        people = next((people for _, people in self._evidence(claim) if people), [])
        return people[0] if len(people) == 1 else None

    def find_in_path(self, claims: Sequence[Person]) -> tuple[Person, Person] | None:
        """Return the one person of whom the outermost of some names tells, and that name.

        The person may stand anywhere within it.
        """
        for claim in sorted(claims, key=lambda c: c.depth):
            people = self._people_meant(claim)
            if people:
                return (people[0], claim) if len(people) == 1 else None
        return None

    def _people_meant(self, claim: Person) -> list[Person]:
        return next((people for _, people in self._evidence(claim) if people), []) or self._paths.within(claim.handle)

    def doubts(self, claims: Sequence[Person], known: Sequence[Person]) -> Iterator[tuple[str, str, Person | None]]:
        """Yield what of some claims does not agree with the people ``known`` by them.

        Each is what was looked up, its value, and whom the roster has for it; None where it has several.
        """
        for claim in claims if known else ():
            for kind, people in self._evidence(claim, strict=False):
                if kind in _DOUBTED_KINDS and len(people) == 1 and people[0] not in known:
                    yield kind, getattr(claim, kind), people[0]
        for claim in claims if not known else ():
            evidence = [(kind, people) for kind, people in self._evidence(claim, strict=False) if people]
            if not evidence and (people := self._paths.within(claim.handle)):
                evidence = [("handle", people)]
            if evidence:  # what stands further down, students named
                kind, people = evidence[0]
                yield kind, getattr(claim, kind), people[0] if len(people) == 1 else None
                return

    def differently_numbered(self, claims: Sequence[Person], known: Sequence[Person]) -> Iterator[tuple[Person, str]]:
        """Yield whom of the people ``known`` by some claims another participant number claims."""
        for claim in claims:
            if claim.participant and claim.name and self._trusts_participants:
                yield from ((p, claim.participant) for p in known if p.participant not in ("", claim.participant))

    def _evidence(self, claim: Person, *, strict: bool = True) -> Iterator[Evidence]:
        participants = self._people_with("participant", claim.participant)
        if strict and not self._trusts_participants:
            participants = [p for p in participants if same_name(p.name, claim.name)]
        yield "participant", participants
        yield "id", self._people_with("id", claim.id)
        yield "sis", self._people_with("sis", claim.sis) or self._people_with("id", claim.sis)
        yield "login", self._people_with("login", claim.login)
        yield "email", self._people_with("email", claim.email)
        yield "handle", self._people_with("any", claim.handle)
        for kind in ("id", "sis", "handle"):
            number = getattr(claim, kind)
            yield kind, self._people_with("no zeros", number.lstrip("0")) if number.isdecimal() else []
            yield kind, self._rounded.people_with(number)
        for kind in ("name", "handle"):
            yield kind, self._people_with("name", *turned(getattr(claim, kind)))
        for kind in ("name", "handle"):
            spelt = without_accents(getattr(claim, kind))
            yield kind, self._people_with("bare name", *(letters for text in spelt for letters in turned(text)))
        yield "name", self._named_in_part({*words_of(claim.name)})

    def _named_in_part(self, words: set[str]) -> list[Person]:
        """Return whose names have all words of one, or whose words it all has."""
        if len(words) < 2:
            return []
        return [p for p, known in self._roster if len(known) > 1 and (words <= known or known <= words)]

    def _people_with(self, kind: str, *values: str) -> list[Person]:
        return each_once(p for value in values if value for p in self._by.get((kind, _folded_value(value)), ()))


def _keys(person: Person) -> Iterator[tuple[str, str]]:
    for kind, value in asdict(person).items():
        if value and kind not in ("name", "depth"):
            yield kind, _folded_value(value)
            yield "any", _folded_value(value)
            if kind in ("id", "sis") and value.isdecimal():
                yield "no zeros", value.lstrip("0")
    for address in (person.email, person.login, person.id, person.sis):
        if "@" in address:
            yield "any", _folded_value(address.partition("@")[0])
    yield from (("name", name) for name in turned(person.name))
    yield from (("bare name", letters) for text in without_accents(person.name) for letters in turned(text))


def _folded_value(value: str) -> str:
    return unicodedata.normalize("NFC", value).removeprefix("#").casefold()  # "#": Brightspace's mark of what is text
