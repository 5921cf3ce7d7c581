"""A batch: many submissions in, one folder of feedback, grades and results out; goes on where it stopped."""

from __future__ import annotations

import contextlib
import logging
import os
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.assignment import Assignment
from grader.errors import GraderError, UsageError
from grader.export import Journal, read_results
from grader.folder import INDEX, ROWS, only_writer, remove_pages, write_overview, write_pages
from grader.result import GradingResult, SubmissionStatus
from grader.submission import Absence, Submission
from grader.worker import Examiners, failed

log = logging.getLogger(__name__)

Progress = Callable[[GradingResult, int, int], None]
"""Called with each result as it is finished, how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a batch came to: all results in input order, how many were kept from before, and where the overview is.

    Results of people who handed in nothing come last.
    """

    results: tuple[GradingResult, ...]
    kept: int
    index: Path

    @property
    def counts(self) -> Counter[SubmissionStatus]:
        """How many submissions ended with each status."""
        return Counter(r.status for r in self.results)


def grade_batch(
    submissions: Sequence[Submission],
    assignment: Assignment,
    out: Path,
    *,
    jobs: int = 1,
    seed: int | None = None,
    sandbox: str = "on",
    fresh: bool = False,
    absences: Sequence[Absence] = (),
    progress: Progress = lambda result, done, total: None,
) -> Summary:
    """Grade submissions into a folder: ``results.jsonl``, ``grades.csv``, ``feedback/``, ``review/``, ``index.html``.

    Rows are written as they are finished; until all are, the overview says how many are missing. A submission that
    the folder already holds a result for (same bytes, same assignment, same time for a call) is kept and not graded
    again, unless that result was a fault of ours or ``fresh`` asks for it; what is known of its author is brought up
    to date. ``absences`` are people who handed in nothing: each has a row with 0.
    Raises UsageError when another batch is writing to the same folder.
    """

    def overview() -> tuple[GradingResult, ...]:
        results = (*(done[s.id] for s in submissions if s.id in done), *(_absent(a, assignment) for a in absences))
        missing = len(submissions) - len(done)
        write_overview(out, results, assignment.title, assignment.names, missing=missing)
        return results

    with only_writer(out):
        earlier = _earlier(out / ROWS, fresh)
        remove_pages(out, {r.submission["id"] for r in earlier} - {s.id for s in submissions})
        before = {} if fresh else _kept(earlier, submissions, assignment)
        done = {s.id: replace(before[s.id], submission=s.describe()) for s in submissions if s.id in before}
        for id_, result in done.items():
            if result != before[id_]:
                write_pages(out, result, assignment.title)
        todo = [s for s in submissions if s.id not in done]
        overview()  # what no longer holds must not stand beside what replaces it, whenever this process ends
        try:
            graded = _graded(todo, assignment, out, jobs, seed, sandbox)
            # Closed here and now, or what an interruption leaves running would be ended whenever it is collected.
            with Journal(out / ROWS) as journal, contextlib.closing(graded):
                for result in graded:
                    write_pages(out, result, assignment.title)
                    journal.append(result)  # last: a row means that its pages stand
                    done[result.submission["id"]] = result
                    progress(result, len(done), len(submissions))
        finally:
            results = overview()
    return Summary(results, len(before), out / INDEX)


def _graded(
    todo: Sequence[Submission], assignment: Assignment, out: Path, jobs: int, seed: int | None, sandbox: str
) -> Generator[GradingResult, None, None]:
    if not todo:  # nothing to grade: do not warm a model up for it
        return
    left = {s.id: s for s in todo}
    # One folder that holds them all: the folders below it may bear names.
    handed_in = Path(os.path.commonpath([s.path.resolve().parent for s in todo]))
    try:
        with Examiners(
            assignment, jobs=min(jobs, len(todo)), seed=seed, sandbox=sandbox, private=(out, handed_in)
        ) as examiners:
            for result in examiners.grade(todo):
                del left[result.submission["id"]]
                yield result
    except Exception as error:
        if isinstance(error, GraderError) and len(left) == len(todo):
            raise  # nothing can be graded here: one sentence says why
        log.exception("grading broke off")
        reason = "Grading broke off before this submission was graded. Give the same command again."
        yield from (failed(s, assignment, reason) for s in left.values())


def _earlier(rows: Path, fresh: bool) -> list[GradingResult]:
    try:
        return read_results(rows)
    except UsageError:
        if fresh:  # nothing of it is kept
            return []
        raise


def _kept(
    earlier: Iterable[GradingResult], submissions: Sequence[Submission], assignment: Assignment
) -> dict[str, GradingResult]:
    """Return the results of an earlier run that still hold, by submission id."""
    wanted = {s.id: s.sha256 for s in submissions}
    return {
        r.submission["id"]: r
        for r in earlier
        if r.status is not SubmissionStatus.ERROR
        and wanted.get(r.submission["id"]) == r.submission["sha256"]
        and r.assignment == assignment.slug
        and r.provenance.get("assignment") == assignment.digest
        and r.provenance.get("call_s", assignment.limits.call_s) == assignment.limits.call_s
    }


def _absent(absence: Absence, assignment: Assignment) -> GradingResult:
    return GradingResult(
        absence.describe(), assignment.slug, SubmissionStatus.NOT_SUBMITTED, 0.0, assignment.max_score,
        message="Nothing was handed in.", provenance={"assignment": assignment.digest},
    )  # fmt: skip
