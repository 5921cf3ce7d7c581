"""Grade a folder's submissions again after something that decides grades has changed.

Rows keep their places, ids and what is known of their authors. A submission is graded again if its files are found
with the same contents as its row says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from grader.assignment import Assignment
from grader.batch import Progress, Summary, grade_batch, holds, private_places
from grader.corrections import FinalGrade
from grader.provenance import Provenance
from grader.replay import Replay
from grader.result import GradingResult, SubmissionStatus
from grader.submission import Submission, SubmissionRecord
from grader.worker import Examiners

_KEPT = {f.name for f in fields(Submission)} & {f.name for f in fields(SubmissionRecord)} - {"path", "files"}


@dataclass(frozen=True, slots=True)
class Regrading:
    """The submissions that can be graded again, each after its row, and other rows."""

    found: tuple[tuple[GradingResult, Submission], ...]
    lost: tuple[GradingResult, ...]

    @property
    def submissions(self) -> tuple[Submission, ...]:
        """The submissions that were found."""
        return tuple(submission for _, submission in self.found)


@dataclass(frozen=True, slots=True)
class Preview:
    """The grades that were given again, and how many rows still hold."""

    again: tuple[Replay, ...]
    held: int


@dataclass(frozen=True, slots=True)
class RegradedGrade:
    """What grading one submission again gives, as people are told.

    ``before`` and ``after`` are the points that checks gave, ``counts`` those that count with corrections and lateness,
    then and now; None where there is no grade. ``differences`` say what is graded otherwise, ``causes`` what has
    changed since, ``failure`` why it could not be graded again, which changes nothing.
    """

    id: str
    student: str
    before: float | None
    after: float | None
    counts: tuple[float | None, float | None]
    differences: tuple[str, ...]
    causes: tuple[str, ...]
    failure: str = ""

    @classmethod
    def of(cls, replay: Replay, then: FinalGrade, now: FinalGrade) -> RegradedGrade:
        """Return what a grade that was given again says, with what counted and what would."""
        before, after = replay.before, replay.after
        failed = after.status is SubmissionStatus.ERROR
        return cls(
            before.submission.id,
            before.submission.student,
            before.score if before.has_score else None,
            after.score if after.has_score else None,
            (then.score, now.score),
            () if failed else replay.differences,
            replay.changed,
            after.message if failed else "",
        )


def find_again(rows: Iterable[GradingResult], submissions: Iterable[Submission]) -> Regrading:
    """Find the submissions of a folder's rows by what is in their files."""
    by_digest = {s.sha256: s for s in reversed([*submissions]) if s.sha256}
    handed_in = [row for row in rows if row.status is not SubmissionStatus.NOT_SUBMITTED]
    found = ((row, by_digest.get(row.submission.sha256)) for row in handed_in)
    pairs = tuple((row, _as_in_row(row.submission, s)) for row, s in found if s)
    ids = {row.submission.id for row, _ in pairs}
    return Regrading(pairs, tuple(row for row in handed_in if row.submission.id not in ids))


def preview(
    out: Path,
    assignment: Assignment,
    regrading: Regrading,
    *,
    jobs: int = 1,
    progress: Progress = lambda result, done, total: None,
) -> Preview:
    """Grade again what no longer holds, and write nothing into the folder.

    Raises UsageError when nothing can be graded with the assignment.
    """
    if not regrading.found:
        return Preview((), 0)
    with Examiners(assignment, jobs=jobs, private=private_places(out, regrading.submissions)) as examiners:
        begun = Provenance.begun(assignment.digest, assignment.limits.call_s)
        now = begun.made_with(examiners.info, assignment.models[0])
        rows = {s.id: row for row, s in regrading.found if not holds(row, s, now)}
        todo = [s for s in regrading.submissions if s.id in rows]
        again: dict[str, Replay] = {}
        for result in examiners.grade(todo):
            again[result.submission.id] = Replay(rows[result.submission.id], result)
            progress(result, len(again), len(todo))
    return Preview(tuple(again[id_] for id_ in rows), len(regrading.found) - len(rows))


def regrade(
    out: Path,
    assignment: Assignment,
    submissions: Sequence[Submission],
    *,
    jobs: int = 1,
    progress: Progress = lambda result, done, total: None,
) -> Summary:
    """Grade again what no longer holds; the rows as they were are kept aside."""
    return grade_batch(submissions, assignment, out, jobs=jobs, intake=None, keep_replaced=True, progress=progress)


def _as_in_row(row: SubmissionRecord, found: Submission) -> Submission:
    """Return a submission as its row knows it, with the files that were found."""
    known = {name: getattr(row, name) for name in _KEPT}
    return Submission(
        path=found.path,
        label=row.path,
        files=found.files,
        withheld=found.withheld,
        refused=found.refused,
        unavailable=found.unavailable,
        **known,
    )
