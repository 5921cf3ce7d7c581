"""The sentences of ``grader pull`` and ``grader push``."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.english import first_of, listed, people, plural
from grader.export.grades import who
from grader.export.spreadsheet import precise_score
from grader.platforms.platform import GradeChange
from grader.platforms.push import PushedGrade, PushStatus
from grader.sanitize import one_line

_MOST_NAMED = 20


def pull_remarks(drafts: Sequence[str], missing: Sequence[str]) -> Iterator[str]:
    """Say whose files are not among those that were fetched."""
    if drafts:
        what = f"{plural(len(drafts), 'draft')} that {'was' if len(drafts) == 1 else 'were'} not handed in"
        yield f"left out: {what}: {first_of(drafts, _MOST_NAMED, '; ')}"
    if missing:
        files = first_of(missing, _MOST_NAMED, "; ")
        yield f"left out, and not on the roster: who handed in what cannot be fetched: {files}"


def pulled(submissions: int, students: int, fetched: int) -> str:
    """Say what there is now."""
    of_people = f"{plural(submissions, 'submission')}; {plural(students, 'student')} on the platform's list"
    return f"{of_people}; {plural(fetched, 'file')} fetched just now."


def grade_pulled(folder: Path, roster: Path) -> str:
    """Say how to go on."""
    paths = f"{shlex.quote(str(folder))} --roster {shlex.quote(str(roster))}"
    return f"Grade them with: grader grade {paths} -a ASSIGNMENT -o OUT"


def pushed_line(one: PushedGrade) -> str:
    """Say what is or would be written for one person; "" where all is as it should be."""
    name = one_line(one.member.person.name or who(one.result))
    head = f"{name} [{one.result.submission.id}]"
    kept = f" ({'; '.join(one.kept)})" if one.kept else ""
    match one.status:
        case PushStatus.SAME:
            return f"{head}: nothing to write{kept}" if kept else ""
        case PushStatus.LEFT:
            return f"{head}: left as it is: {one.why}"
        case PushStatus.FAILED:
            return f"{head}: not written: {one.why}"
    return f"{head}: {_change_text(one, one.change or GradeChange())}{kept}"


def push_previewed(counts: Mapping[PushStatus, int]) -> str:
    """Sum up what would be written."""
    planned = counts.get(PushStatus.PLANNED, 0)
    more = " Nothing was written; give --write to write it." if planned else " There is nothing to write."
    return f"{people(planned)} to write for, {_others(counts)}.{more}"


def push_written(counts: Mapping[PushStatus, int]) -> str:
    """Sum up what was written."""
    written, failed = (counts.get(status, 0) for status in (PushStatus.WRITTEN, PushStatus.FAILED))
    again = f", {failed} not written: give the same command again" if failed else ""
    return f"written for {people(written)}, {_others(counts)}{again}."


def _change_text(one: PushedGrade, change: GradeChange) -> str:
    feedback = [what for what, part in (("comment", change.comment), ("page", change.file)) if part is not None]
    if change.grade is None:
        return f"{listed(feedback)} ({precise_score(one.grade)} is there)"
    before = "no grade" if one.before is None else precise_score(one.before)
    return f"{before} -> {precise_score(change.grade)}" + (f", with {listed(feedback)}" if feedback else "")


def _others(counts: Mapping[PushStatus, int]) -> str:
    return f"{counts.get(PushStatus.SAME, 0)} as they should be, {counts.get(PushStatus.LEFT, 0)} left as they are"
