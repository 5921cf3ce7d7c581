"""Match submissions with the rows of an output folder, person by person.

A person's newer submission takes the place of one older row of that person. Everybody else's rows stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grader.intake import claimed, unique
from grader.person import Person
from grader.result import GradingResult, SubmissionStatus
from grader.submission import Absence, Submission, SubmissionRecord


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows that a folder is to hold.

    ``submissions`` have ids that no row of another person has; ``replaces`` gives the earlier row that a submission
    takes the place of, by the submission's id; ``staying`` are the rows of others, brought up to date with the roster;
    ``absences`` those of people of whom there is no submission, now or before. ``order`` are the ids of all rows.
    """

    submissions: tuple[Submission, ...]
    replaces: Mapping[str, GradingResult]
    staying: Mapping[str, GradingResult]
    absences: tuple[Absence, ...]
    order: tuple[str, ...]


def plan(
    earlier: Sequence[GradingResult],
    submissions: Sequence[Submission],
    absences: Sequence[Absence] = (),
    roster: Sequence[Person] = (),
) -> Plan:
    """Say which rows stay, which are replaced and where new ones stand.

    Rows that were there keep their places, new ones follow in input order, and who handed in nothing comes last. When
    everybody who has a row hands in again, the input's order is the rows'.
    """
    handed = {r.submission.id: r for r in earlier if r.status is not SubmissionStatus.NOT_SUBMITTED}
    matched = _matched(submissions, handed)
    gone = {row.submission.id for row in matched.values()}
    rows = {id_: row for id_, row in handed.items() if id_ not in gone}
    found = claimed(
        [_claimed_people(row.submission) for row in rows.values()],
        roster,
        [row.submission.path for row in rows.values()],
    )
    staying = {id_: _joined(row, known) for (id_, row), known in zip(rows.items(), found, strict=True)}
    present = {(p.name, p.number) for known in found for p in known}
    numbers = {n for row in staying.values() for n in row.submission.student_id.split("; ") if n}
    missing = [a for a in absences if (a.name, a.student_id) not in present and a.student_id not in numbers]
    absent = _still_absent(earlier, submissions, missing)
    taken = [*staying, *absent]
    ids = unique((s.id for s in submissions), taken)
    named = tuple(replace(s, id=id_) for s, id_ in zip(submissions, ids, strict=True))
    replaces = {named[at].id: row for at, row in matched.items()}
    gone_ids = unique((a.id for a in missing), [*taken, *ids])
    missing = [replace(a, id=id_) for a, id_ in zip(missing, gone_ids, strict=True)]
    order = _order(handed, staying, replaces, ids)
    return Plan(named, replaces, staying | absent, tuple(missing), (*order, *absent, *(a.id for a in missing)))


def _matched(submissions: Sequence[Submission], handed: Mapping[str, GradingResult]) -> dict[int, GradingResult]:
    """Return the row that each submission takes the place of, by place; equal ids come first."""
    left, matched = dict(handed), dict[int, GradingResult]()
    for at, s in enumerate(submissions):
        if s.id in left and _same(s, left[s.id].submission):
            matched[at] = left.pop(s.id)
    for at, s in enumerate(submissions):
        if at not in matched and (id_ := next((i for i, row in left.items() if _same(s, row.submission)), None)):
            matched[at] = left.pop(id_)
    return matched


def _same(submission: Submission, row: SubmissionRecord) -> bool:
    """Return whether two are by the same person, as far as their naming and a roster tell."""
    if submission.student_id and row.student_id == submission.student_id:
        return True
    if row.person and submission.person:
        return row.person == submission.person
    return row.id == submission.id or row.student == submission.student


def _still_absent(
    earlier: Sequence[GradingResult], submissions: Sequence[Submission], missing: Sequence[Absence]
) -> dict[str, GradingResult]:
    """Return the rows of people who have handed in nothing yet and are not said absent again."""
    rows = [r for r in earlier if r.status is SubmissionStatus.NOT_SUBMITTED]
    again = {(a.name, a.student_id) for a in missing}
    numbers = {s.student_id for s in submissions if s.student_id}
    people = [next(iter(_claimed_people(row.submission)), Person()) for row in rows]
    known = {p for told in claimed([_claimed_people(s.record()) for s in submissions], people) for p in told}
    return {
        row.submission.id: row
        for row, person in zip(rows, people, strict=True)
        if person not in known
        and row.submission.student_id not in numbers
        and (row.submission.name, row.submission.student_id) not in again
    }


def _claimed_people(row: SubmissionRecord) -> tuple[Person, ...]:
    if row.claims:
        return row.claims
    named = row.name or row.student_id
    return (Person(name=row.name, id=row.student_id) if named else Person(handle=row.student),)


def _joined(row: GradingResult, known: Sequence[Person]) -> GradingResult:
    if not known:
        return row
    before = row.submission
    name = "; ".join(filter(None, (p.name for p in known))) or before.name
    student_id = "; ".join(filter(None, (p.number for p in known))) or before.student_id
    return replace(row, submission=replace(before, name=name, student_id=student_id))


def _order(
    handed: Mapping[str, GradingResult],
    staying: Mapping[str, GradingResult],
    replaces: Mapping[str, GradingResult],
    ids: Sequence[str],
) -> list[str]:
    if not staying:
        return list(ids)
    instead = {row.submission.id: id_ for id_, row in replaces.items()}
    return [*(instead.get(id_, id_) for id_ in handed), *(id_ for id_ in ids if id_ not in replaces)]
