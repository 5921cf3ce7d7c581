"""Grade a notebook again with the same seed and compare with the stored result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader import messages
from grader.assignment import Assignment
from grader.english import first_of
from grader.errors import GraderError, UsageError
from grader.export import read_results
from grader.intake import discover, with_recorded
from grader.output_folder import ROWS
from grader.provenance import changes
from grader.result import CheckResult, GradingResult, SubmissionStatus
from grader.worker import Examiners

MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Replay:
    """A grade, the same grade given again, and sentences on what differs and what changed."""

    before: GradingResult
    after: GradingResult

    @property
    def differences(self) -> tuple[str, ...]:
        """What is graded otherwise than before; empty when the grade is the same."""
        return tuple(_differences(self.before, self.after))

    @property
    def changed(self) -> tuple[str, ...]:
        """What is no longer as it was when the grade was given."""
        return changes(self.before.provenance, self.after.provenance)


def recall(results: Path, submission_id: str) -> GradingResult:
    """Return the result of a submission in a batch's folder or results file.

    Raises UsageError when there is none, or when it was not graded and so has no seed to grade again with.
    """
    rows = results / ROWS if results.is_dir() else results
    if not rows.is_file():
        raise UsageError(messages.no_results(rows.name, rows.parent))
    found = {r.submission.id: r for r in read_results(rows)}
    if submission_id not in found:
        near = [known for known in found if submission_id in known] or sorted(found) or ["none"]
        raise UsageError(messages.no_such_submission(submission_id, rows, first_of(near, MOST_NAMED)))
    result = found[submission_id]
    if result.status is not SubmissionStatus.GRADED or result.provenance.seed is None:
        raise UsageError(messages.was_not_graded(submission_id))
    return result


def replay(before: GradingResult, notebook: Path, assignment: Assignment) -> Replay:
    """Grade a notebook and its files again with a result's seed and limit of one call.

    Raises UsageError when these are not the files that were graded, GraderError when it cannot be graded here.
    """
    [submission] = discover([notebook])
    submission = with_recorded(submission, before.submission.files)
    if lost := {f.name for f in before.submission.files} - {f.name for f in submission.files}:
        raise UsageError(messages.files_beside_lost(first_of(sorted(lost), MOST_NAMED), notebook))
    if submission.sha256 != before.submission.sha256:
        raise UsageError(messages.other_file(notebook))
    limited = assignment.with_call_limit(before.provenance.call_s)
    with Examiners(limited, seed=before.provenance.seed) as examiners:
        [after] = examiners.grade([submission])
    if after.status is SubmissionStatus.ERROR:
        raise GraderError(messages.not_graded_again(after.message))
    return Replay(before, after)


def _differences(before: GradingResult, after: GradingResult) -> Iterator[str]:
    if before.score != after.score:
        yield f"score: {before.score:g} then, {after.score:g} now"
    was, is_ = _checks(before), _checks(after)
    for key in (*was, *(k for k in is_ if k not in was)):
        then, now = _verdict(was.get(key)), _verdict(is_.get(key))
        if then != now:
            yield f"{' '.join(key)}: {then} then, {now} now"


def _checks(result: GradingResult) -> dict[tuple[str, str], CheckResult]:
    return {(e.name, c.id): c for e in result.exercises for c in e.checks}


def _verdict(check: CheckResult | None) -> str:
    return "no such check" if check is None else f"{check.outcome.value} ({check.points:g} of {check.max_points:g})"
