"""A batch: many submissions in, one folder of feedback, grades and results out; goes on where it stopped."""

from __future__ import annotations

import contextlib
import fcntl
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.assignment import Assignment
from grader.errors import UsageError
from grader.export import Journal, read_results, write_csv, write_page, write_results
from grader.report import batch_page, staff_page, student_page
from grader.result import GradingResult, SubmissionStatus
from grader.submission import Absence, Submission
from grader.worker import Examiners

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
    fresh: bool = False,
    absences: Sequence[Absence] = (),
    progress: Progress = lambda result, done, total: None,
) -> Summary:
    """Grade submissions into a folder: ``results.jsonl``, ``grades.csv``, ``feedback/``, ``review/``, ``index.html``.

    Rows are written as they are finished. A submission that the folder already holds a result for (same bytes, same
    assignment) is kept and not graded again, unless that result was a fault of ours or ``fresh`` asks for it; what is
    known of its author is brought up to date. ``absences`` are people who handed in nothing: each has a row with 0.
    Raises UsageError when another batch is writing to the same folder.
    """
    with _only_writer(out):
        rows = out / "results.jsonl"
        before = {} if fresh else _kept(read_results(rows), submissions, assignment)
        kept = len(before)
        done = {s.id: replace(before[s.id], submission=s.describe()) for s in submissions if s.id in before}
        for id_, result in done.items():
            if result != before[id_]:
                _write_pages(out, result, assignment)
        todo = [s for s in submissions if s.id not in done]
        write_results(rows, done.values())  # what no longer holds must not stand beside what replaces it
        with Journal(rows) as journal:
            for result in _graded(todo, assignment, jobs, seed):
                _write_pages(out, result, assignment)
                journal.append(result)  # last: a row means that its pages stand
                done[result.submission["id"]] = result
                progress(result, len(done), len(submissions))
        results = (*(done[s.id] for s in submissions), *(_absent(a, assignment) for a in absences))
        write_results(rows, results)
        write_csv(out / "grades.csv", results, assignment.names)
        write_page(out / "index.html", batch_page(results, assignment_title=assignment.title))
    return Summary(results, kept, out / "index.html")


def _graded(todo: Sequence[Submission], assignment: Assignment, jobs: int, seed: int | None) -> Iterator[GradingResult]:
    if not todo:  # nothing to grade: do not warm a model up for it
        return
    with Examiners(assignment, jobs=min(jobs, len(todo)), seed=seed) as examiners:
        yield from examiners.grade(todo)


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
    }


def _absent(absence: Absence, assignment: Assignment) -> GradingResult:
    return GradingResult(
        absence.describe(), assignment.slug, SubmissionStatus.NOT_SUBMITTED, 0.0, assignment.max_score,
        message="Nothing was handed in.", provenance={"assignment": assignment.digest},
    )  # fmt: skip


def _write_pages(out: Path, result: GradingResult, assignment: Assignment) -> None:
    name = f"{result.submission['id']}.html"
    for folder, page in (("feedback", student_page), ("review", staff_page)):
        try:
            text = page(result, assignment_title=assignment.title)
        except Exception:  # a bug in one page must not cost the batch; its row stands in the results
            log.exception("the page %s/%s could not be made; its grade is in results.jsonl", folder, name)
            text = "<!doctype html><title>No page</title><p>This page could not be made. The grade is safe: ask staff."
        write_page(out / folder / name, text)


@contextlib.contextmanager
def _only_writer(out: Path) -> Iterator[None]:
    """Hold the folder for one batch at a time; two writers would lose each other's rows."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = (out / ".lock").open("w")
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {error.strerror}; choose another folder with -o.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UsageError(
                f"another batch is writing to {out}; wait for it or choose another folder with -o."
            ) from error
        yield
