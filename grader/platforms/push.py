"""Write a batch's grades and feedback to a platform: each once, only what changed."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import LostAnswerError, RequestRefusedError, UsageError
from grader.export.comments import comment
from grader.export.grades import grade_remarks, who
from grader.export.matching import match_rows, require_points
from grader.export.request import Request
from grader.platforms import messages
from grader.platforms.platform import GradeChange, GradeState, Platform, PlatformMember
from grader.platforms.push_decision import Decision, Wanted, decide, same_grade
from grader.platforms.push_journal import Known, PushJournal, Step, read_journal
from grader.report import student_page
from grader.result import GradingResult, SubmissionStatus

_PAUSES = (1.0, 10.0, 30.0)
"""Seconds before it is looked whether something arrived whose answer was lost."""


class PushStatus(enum.StrEnum):
    """What became of one person's grade."""

    PLANNED = "planned"
    WRITTEN = "written"
    SAME = "same"
    LEFT = "left"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PushedGrade:
    """What became of one person's grade, or would: ``before`` is what the platform held.

    ``why`` says why it is left or failed, ``kept`` what feedback stays.
    """

    member: PlatformMember
    result: GradingResult
    status: PushStatus
    grade: float
    before: float | None = None
    change: GradeChange | None = None
    why: str = ""
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PushOptions:
    """What is pushed beside grades, and the ids whose grade is to replace any."""

    comments: bool = True
    files: bool = True
    replace: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class PushPlan:
    """Whose grade is to be what, and sentences for staff."""

    wanted: dict[str, tuple[PlatformMember, GradingResult, Wanted]]
    remarks: tuple[str, ...]


def plan_push(platform: Platform, request: Request, options: PushOptions) -> PushPlan:
    """Return what the platform is to hold, person by person.

    Raises UsageError where points differ, and where somebody with a grade is not known there: nobody's grade is lost in
    silence.
    """
    ids = {r.submission.id for r in request.results}
    if unknown := [id_ for id_ in options.replace if id_ not in ids]:
        raise UsageError(messages.no_such_ids(unknown))
    info, members = platform.assignment(), platform.members()
    factor = require_points(request, info.points, messages.assignment_on(info.title, platform.name.capitalize()))
    place = messages.list_of_students(platform.name.capitalize())
    matching = match_rows(request, {n: member.person for n, member in enumerate(members)}, place)
    wanted: dict[str, tuple[PlatformMember, GradingResult, Wanted]] = {}
    for row, result in matching.results.items():
        if (grade := request.grade_of(result)) is None:  # excused
            continue
        final = request.final(result)
        absent = result.status is SubmissionStatus.NOT_SUBMITTED
        page = student_page(final, assignment_title=request.title).encode("utf-8", "backslashreplace")
        wanted[members[row].id] = (
            members[row],
            result,
            Wanted(
                round(grade * factor, 2),
                comment(final) if options.comments and info.comments else None,
                page if options.files and info.files and not absent else None,
                result.submission.submitted,
                replace=result.submission.id in options.replace,
            ),
        )
    untimed = [who(r) for _, r, w in wanted.values() if not w.submitted and r.has_score]
    remarks = [*matching.remarks, *grade_remarks(request)]
    if untimed:
        remarks.append(messages.times_unknown(untimed))
    return PushPlan(wanted, tuple(remarks))


def preview_push(platform: Platform, plan: PushPlan, out: Path) -> Iterator[PushedGrade]:
    """Yield what a push would do; nothing is written anywhere."""
    known, states = read_journal(out, platform.address), platform.states([*plan.wanted])
    for id_, (member, result, wanted) in plan.wanted.items():
        state = states.get(id_)
        yield _previewed(
            platform, state, known.get(id_, Known()), PushedGrade(member, result, PushStatus.SAME, wanted.grade), wanted
        )


def write_push(platform: Platform, plan: PushPlan, journal: PushJournal) -> Iterator[PushedGrade]:
    """Write what changed, and yield what became of each grade.

    Raises PlatformError where going on makes no sense; the same again then goes on.
    """
    states = platform.states([*plan.wanted]) if platform.reads_all else {}
    for id_, (member, result, wanted) in plan.wanted.items():
        start = PushedGrade(member, result, PushStatus.SAME, wanted.grade)
        state, known = states.get(id_), journal.known.get(id_, Known())
        if platform.reads_all and (state is None or not known.begun):
            first = _previewed(platform, state, known, start, wanted)
            if first.status is PushStatus.SAME or state is None:
                yield first
                continue
        yield _Writer(platform, journal, start, wanted).written()


def _previewed(
    platform: Platform, state: GradeState | None, known: Known, start: PushedGrade, wanted: Wanted
) -> PushedGrade:
    if state is None:
        return replace(start, status=PushStatus.LEFT, why=messages.not_assigned(platform.name.capitalize()))
    return _decided(start, state, decide(wanted, state, known, one_comment=platform.one_comment))


def _decided(start: PushedGrade, state: GradeState, decision: Decision) -> PushedGrade:
    status = PushStatus.LEFT if decision.left else PushStatus.PLANNED if decision.change else PushStatus.SAME
    return replace(
        start, status=status, before=state.grade, change=decision.change, why=decision.left, kept=decision.kept
    )


class _Writer:
    """Writes one person's grade: reads what is there, writes what differs, notes both."""

    def __init__(self, platform: Platform, journal: PushJournal, start: PushedGrade, wanted: Wanted) -> None:
        self._platform, self._journal, self._wanted = platform, journal, wanted
        self._so_far, self._id = start, start.member.id

    def written(self) -> PushedGrade:
        """Return what became of the grade; where an answer was lost, it is looked again."""
        lost = ""
        for pause in _PAUSES:
            try:
                return self._write_once(tried=bool(lost))
            except LostAnswerError as error:
                lost = str(error)
                self._platform.pause(pause)
            except RequestRefusedError as error:
                return replace(self._so_far, status=PushStatus.FAILED, why=str(error))
        return replace(self._so_far, status=PushStatus.FAILED, why=lost)

    def _write_once(self, *, tried: bool) -> PushedGrade:
        state, known = self._platform.state(self._id), self._journal.known.get(self._id, Known())
        now = _decided(self._so_far, state, decide(self._wanted, state, known, one_comment=self._platform.one_comment))
        if now.status is PushStatus.SAME:
            if known.begun:  # it had arrived
                self._note(Step.WRITTEN, state)
            return replace(self._so_far, status=PushStatus.WRITTEN) if tried else now
        if now.change is None:
            return now
        self._so_far = now
        self._note(Step.WRITING, state)
        after = self._platform.write(self._id, now.change, state)
        if after.grade is None or not same_grade(after.grade, self._wanted.grade):
            return replace(now, status=PushStatus.FAILED, why=messages.not_taken(after.grade))
        self._note(Step.WRITTEN, state)
        return replace(now, status=PushStatus.WRITTEN)

    def _note(self, step: Step, state: GradeState) -> None:
        digest = self._wanted.comment_digest
        self._journal.add(self._id, step, self._wanted.grade, attempt=state.attempt, comment=digest)
