"""Find whose results belong into which row of a platform's table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.english import listed
from grader.errors import UsageError
from grader.export import messages
from grader.export.grades import who
from grader.export.request import Request
from grader.export.spreadsheet import precise_score
from grader.intake import claimed
from grader.intake.people_names import similar_names
from grader.person import Person
from grader.result import GradingResult, SubmissionStatus

_UNIQUE = ("id", "participant", "sis", "login")


@dataclass(frozen=True, slots=True)
class Matching:
    """The results with a grade by the row that each belongs to, and sentences for staff."""

    results: Mapping[int, GradingResult]
    remarks: tuple[str, ...] = ()


def match_rows(request: Request, rows: Mapping[int, Person], path: Path | str) -> Matching:
    """Return the row of each grade in the table in ``path``, of a group's for every member.

    Who is excused is among them. Raises UsageError when an id stands in two rows, and, unless the request is for what
    can be exported, when a grade belongs into no row or several belong into one: nobody's grade is lost in silence.
    """
    _require_unique(rows, path)
    places: dict[Person, list[int]] = defaultdict(list)
    for row, person in rows.items():
        places[person].append(row)
    known = known_people(request.results, list(places))
    found: dict[Person, list[GradingResult]] = defaultdict(list)
    strangers = []
    for result, persons in zip(request.results, known, strict=True):
        excused = result.status is SubmissionStatus.EXCUSED
        if request.grade_of(result) is None and not excused:
            continue
        for person in persons:
            found[person].append(result)
        if not excused and _members_missing(result, persons):
            strangers.append(who(result))
    chosen: dict[int, GradingResult] = {}
    several = []
    for person, candidates in found.items():
        best = [r for r in candidates if r.status is not SubmissionStatus.NOT_SUBMITTED] or candidates[:1]
        if len(best) > 1:
            several.append(f"{person.name or person.number}: {listed([who(r) for r in best])}")
        else:
            chosen |= dict.fromkeys(places[person], best[0])
    trouble = _trouble(strangers, several, path)
    if trouble and not request.options.partial:
        raise UsageError(messages.nothing_written(trouble))
    others = _named_otherwise({p: found[p][0] for p in found}, path)
    left = len(rows) - len({row for person in found for row in places[person]})
    return Matching(chosen, (*trouble, *others, *_left_alone(left, path)))


def known_people(results: Sequence[GradingResult], persons: Sequence[Person]) -> list[list[Person]]:
    """Return who made each result, by what its naming tells, else by its roster's name."""
    known = claimed([claims_of(r) for r in results], persons)
    left = [p for p in persons if not any(p in of_one for of_one in known)]
    unknown = [n for n, of_one in enumerate(known) if not of_one]
    named = [[Person(name=name) for name in _member_names(results[n])] for n in unknown]
    for n, of_one in zip(unknown, claimed(named, left), strict=True):
        known[n] = of_one
    return known


def claims_of(result: GradingResult) -> list[Person]:
    """Return what a result's record tells of who made it."""
    return list(result.submission.claims) or [Person(handle=result.submission.student)]


def members(result: GradingResult) -> list[Person]:
    """Return the people whose grade a result is: a group's, or one by all that is known."""
    claims = _persons(result)
    if len(claims) > 1:
        return claims
    [claim] = claims or [Person(handle=result.submission.student)]
    return [replace(claim, name=result.submission.name or claim.name)]


def require_points(request: Request, points: float | None, what: str) -> float:
    """Return the factor from a grade to the platform's ``points``.

    It is 1 where the platform says nothing of them. Raises UsageError when these are not the assignment's and the
    request does not say that grades are to be converted.
    """
    most = most_points(request)
    if not points or not most or abs(points - most) < 1e-6:
        return 1.0
    if not request.options.scale:
        raise UsageError(messages.other_points(what, points, most, precise_score(most)))
    return points / most


def most_points(request: Request) -> float:
    """Return the points that the grades are out of.

    Raises UsageError where they are out of different ones.
    """
    found = sorted({r.max_score for r in request.results if request.final(r).score is not None})
    if len(found) > 1:
        raise UsageError(messages.different_points([precise_score(most) for most in found]))
    return next(iter(found), 0.0)


def _member_names(result: GradingResult) -> list[str]:
    return [name for name in result.submission.name.split("; ") if name]


def _members_missing(result: GradingResult, known: Sequence[Person]) -> bool:
    """Return whether not all whom the naming tells of are known: nobody, or a part of a group."""
    return not known or len(_persons(result)) > len(known)


def _persons(result: GradingResult) -> list[Person]:
    """Return the people that the outermost name of a submission tells of.

    Words of which it is not clear what they are do not count: they may be several names of one person.
    """
    claims = [c for c in claims_of(result) if c != Person(handle=c.handle)]
    top = min((c.depth for c in claims), default=0)
    return list(dict.fromkeys(c for c in claims if c.depth == top))


def _require_unique(rows: Mapping[int, Person], path: Path | str) -> None:
    seen: dict[tuple[str, str], int] = {}
    for row, person in rows.items():
        keys = [(kind, str(getattr(person, kind))) for kind in _UNIQUE if getattr(person, kind)]
        for kind, value in keys or [("name", person.name)]:
            other = seen.setdefault((kind, value.casefold()), row)
            if other != row:
                known_by = "name" if kind == "name" else "id"
                raise UsageError(messages.same_key(path, (other + 1, row + 1), known_by, value))


def _trouble(strangers: Sequence[str], several: Sequence[str], path: Path | str) -> list[str]:
    found = []
    if strangers:
        found.append(messages.not_in_file(strangers, path))
    if several:
        found.append(messages.several_grades(several, path))
    return found


def _named_otherwise(found: Mapping[Person, GradingResult], path: Path | str) -> list[str]:
    """Say for whom the platform has quite another name than the submission beside the number."""
    others = []
    for person, result in found.items():
        names = [claim.name for claim in claims_of(result) if claim.name]
        if person.name and names and not any(similar_names(person.name, name) for name in names):
            others.append(f"{who(result)} to {person.name}")
    return [messages.by_number_alone(others, path)] if others else []


def _left_alone(count: int, path: Path | str) -> list[str]:
    return [messages.left_as_they_were(count, path)] if count else []
