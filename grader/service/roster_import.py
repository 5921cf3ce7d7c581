"""Add people of a platform's roster to a course, each once, and tell what changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from grader.intake import claimed
from grader.person import Person
from grader.service.member_rows import person_of
from grader.service.models import Course, Member, Role

_LONGEST = {"name": 200, "login": 100, "number": 100, "email": 254}


@dataclass(frozen=True, slots=True)
class RosterChange:
    """What a roster's file changed.

    ``absent`` are the course's active students who are not in it; ``left_out`` people in it whose login is another
    member's.
    """

    added: tuple[Member, ...]
    changed: tuple[Member, ...]
    same: int
    absent: tuple[Member, ...]
    left_out: tuple[Person, ...]


def add_people(course: Course, people: Sequence[Person]) -> RosterChange:
    """Add people to a course as students; who is in it already is updated.

    Members are known by number, login, address or name. Nobody is removed, and what the file does not tell stays.
    """
    with transaction.atomic():
        members = list(Course.objects.select_for_update().get(pk=course.pk).members.order_by("pk"))
        return _add(course, members, people)


def _add(course: Course, members: list[Member], people: Sequence[Person]) -> RosterChange:
    logins: dict[str, Member] = {m.login: m for m in members if m.login}
    added, changed, left_out, seen = list[Member](), list[Member](), list[Person](), set[int]()
    for person, member in zip(people, _matched(members, people), strict=True):
        target = Member(course=course, role=Role.STUDENT) if member is None else member
        seen |= {target.pk} if target.pk else set()
        if logins.get(person.login, target) is not target:
            left_out.append(person)
            continue
        if _update(target, person):
            (changed if target.pk else added).append(target)
        logins |= {target.login: target} if target.login else {}
    Member.objects.bulk_create(added)
    Member.objects.bulk_update(changed, ["name", "login", "number", "email"])
    absent = tuple(m for m in members if m.active and m.role == Role.STUDENT and m.pk not in seen)
    same = len(people) - len(added) - len(changed) - len(left_out)
    return RosterChange(tuple(added), tuple(changed), same, absent, tuple(left_out))


def _matched(members: Sequence[Member], people: Sequence[Person]) -> list[Member | None]:
    """Return the member that each person is, or None.

    Two of the same name and without numbers are matched in their order.
    """
    known: defaultdict[Person, list[Member]] = defaultdict(list)
    for one in members:
        known[person_of(one)].append(one)
    exact = [known[_member_fields(p)].pop(0) if known[_member_fields(p)] else None for p in people]
    left = {person: found[0] for person, found in known.items() if len(found) == 1}
    claims = claimed([[p] for p in people], [*left])
    return [
        same or (left.pop(claim[0], None) if len(claim) == 1 else None)
        for same, claim in zip(exact, claims, strict=True)
    ]


def _member_fields(person: Person) -> Person:
    """Return the fields of a member that a roster's person fills."""
    return Person(name=person.name, id=person.id or person.sis, login=person.login, email=person.email)


def _update(member: Member, person: Person) -> bool:
    told = _member_fields(person)
    name = told.name or member.name or person.number
    values = {"name": name, "login": told.login, "number": told.id, "email": told.email}
    values = {key: value[: _LONGEST[key]] for key, value in values.items() if value}
    changed = any(getattr(member, key) != value for key, value in values.items())
    for key, value in values.items():
        setattr(member, key, value)
    return changed or member.pk is None
