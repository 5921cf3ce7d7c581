"""Grade many submissions into one folder, and continue after an interruption."""

from __future__ import annotations

import contextlib
import logging
import os
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader import messages
from grader.assignment import Assignment
from grader.batch_inputs import BatchInputs, write_inputs
from grader.corrections import FinalGrade, FinalGrades, read_corrections, remember_course
from grader.errors import GraderError, UsageError
from grader.export import ResultsWriter
from grader.output_folder import (
    INDEX,
    ROWS,
    holds_gradebook,
    only_writer,
    place_for_earlier,
    read_rows,
    remove_pages,
    set_aside,
    write_grades,
    write_intake,
    write_pages,
    write_rows,
)
from grader.person import Person
from grader.provenance import Provenance, changes
from grader.result import GradingResult, SubmissionStatus
from grader.row_matching import Plan, plan
from grader.submission import Absence, Submission
from grader.worker import Examiners, failed
from grader.zygote_info import ZygoteInfo

log = logging.getLogger(__name__)

Progress = Callable[[GradingResult, int, int], None]
"""Called with each result as it is finished, how many are done, and how many there are."""


NO_GRADES = FinalGrades({})


@dataclass(frozen=True, slots=True)
class Summary:
    """What a batch came to: all results of the folder, in order, and where its overview is.

    ``grades`` are what corrections and the course's terms make of the results. ``kept`` counts what was graded before
    and still holds; ``graded`` are the results of this run's submissions by id, ``outdated`` those of others that were
    made under other versions, ``replaced`` those that other notebooks of this run took the place of, kept in the folder
    ``aside``. Who handed in nothing comes last.
    """

    results: tuple[GradingResult, ...]
    kept: int
    index: Path
    graded: Mapping[str, GradingResult] = field(default_factory=dict)
    outdated: tuple[GradingResult, ...] = ()
    replaced: tuple[GradingResult, ...] = ()
    aside: Path | None = None
    grades: FinalGrades = NO_GRADES

    @property
    def counts(self) -> Counter[SubmissionStatus]:
        """How many of this run's submissions ended with each status."""
        return Counter(r.status for r in self.graded.values())


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
    roster: Sequence[Person] = (),
    intake: str | None = "",
    inputs: BatchInputs | None = None,
    keep_replaced: bool = False,
    course: Path | None = None,
    progress: Progress = lambda result, done, total: None,
) -> Summary:
    """Grade submissions into a folder.

    It gets ``results.jsonl``, ``grades.csv``, ``feedback/``, ``review/`` and ``index.html``. Rows are written as they
    are finished; until all are, the overview says how many are missing. Rows of people who are not among the
    submissions stay, marked where they were made under other versions. A submission that the folder already holds a
    result for (same bytes, assignment, versions and limits) is kept and not graded again, unless that result was a
    fault of ours; what is known of its author is brought up to date. ``fresh`` keeps nothing, and sets aside what the
    folder holds. ``absences`` are people of the ``roster`` who handed in nothing: who has no row has one with 0.
    ``intake`` lists what was found and is not graded, None for what was there; ``inputs`` is what the command was
    given. With ``keep_replaced``, rows that are graded again are kept aside as they were. A ``course`` file is
    remembered; it and corrections decide what counts. Raises UsageError when another batch is writing to the folder,
    when it holds another assignment's results, or when nothing can be graded with the assignment.
    """
    with only_writer(out), contextlib.ExitStack() as stack:
        earlier = _earlier(out, assignment, fresh)
        if course:
            remember_course(out, course)
        read_corrections(out)  # before anything is graded, what is wrong with them is found
        private = private_places(out, submissions)
        examiners = Examiners(assignment, jobs=jobs, seed=seed, sandbox=sandbox, private=private)
        info = stack.enter_context(examiners).info if submissions else None  # else no model need be loaded
        if fresh or (not earlier and holds_gradebook(out)):  # its rows are gone: it is all that is left of them
            set_aside(out)
        _note(out, intake, inputs, fresh=fresh)
        rows = _Rows(out, assignment, plan(earlier, submissions, absences, roster), info, keep_replaced=keep_replaced)
        rows.keep(seed)
        rows.write()  # what this run finds out must not be told as all there is, whenever this process ends
        try:
            if rows.todo:
                rows.take(_grade_each(rows.todo, examiners), progress)
        finally:
            results = rows.write()
    return rows.summary(results)


def private_places(out: Path, submissions: Sequence[Submission]) -> tuple[Path, ...]:
    """Return what no student's code may read: the grades, and all that was handed in.

    Of that, one folder that holds it: the folders below may bear names.
    """
    folders = [submission.path.resolve().parent for submission in submissions]
    return (out, Path(os.path.commonpath(folders))) if folders else (out,)


def _note(out: Path, intake: str | None, inputs: BatchInputs | None, *, fresh: bool) -> None:
    """Write what was not graded and what the command was given, where told."""
    if intake is not None:
        write_intake(out, intake)
    if inputs is not None:
        write_inputs(out, inputs, fresh=fresh)


class _Rows:
    """The rows of a folder during a batch; an older one stays until its successor is graded."""

    def __init__(
        self, out: Path, assignment: Assignment, plan: Plan, info: ZygoteInfo | None, *, keep_replaced: bool
    ) -> None:
        self._keep_replaced = keep_replaced
        self._out, self._assignment, self._plan = out, assignment, plan
        begun = Provenance.begun(assignment.digest, assignment.limits.call_s)
        self._now = begun.made_with(info, assignment.models[0]) if info else begun
        self.done: dict[str, GradingResult] = {}
        self.kept = 0
        self.replaced: list[GradingResult] = []
        self.aside: Path | None = None
        self._corrections, self.grades = read_corrections(out), NO_GRADES
        self._written: dict[str, FinalGrade] = {}
        self._others = dict(plan.staying)
        if info:  # without it nothing can be said
            self._others = {id_: self._marked(row) for id_, row in plan.staying.items()}

    def summary(self, results: tuple[GradingResult, ...]) -> Summary:
        """Return what the batch came to, with all rows in order."""
        replaced, index = tuple(self.replaced), self._out / INDEX
        return Summary(results, self.kept, index, self.done, self.outdated, replaced, self.aside, self.grades)

    @property
    def todo(self) -> list[Submission]:
        """What is not graded yet."""
        return [s for s in self._plan.submissions if s.id not in self.done]

    @property
    def outdated(self) -> tuple[GradingResult, ...]:
        """The rows of others that were made under other versions."""
        return tuple(row for row in self._others.values() if row.provenance.outdated)

    def keep(self, seed: int | None) -> None:
        """Keep the results that still hold, with what is known of their authors now."""
        for s in self._plan.submissions:
            row = self._plan.replaces.get(s.id)
            if row is not None and holds(row, s, self._now, seed):
                kept = replace(row, submission=s.record(), provenance=replace(row.provenance, outdated=()))
                if kept != row:
                    self._write_pages(kept)
                self._finish(s.id, kept, row)
        self.kept = len(self.done)

    def take(self, graded: Generator[GradingResult, None, None], progress: Progress) -> None:
        """Write each result as it is finished."""
        # Closed here and now, or what an interruption leaves running would be ended whenever it is collected.
        with ResultsWriter(self._out / ROWS) as writer, contextlib.closing(graded):
            for result in graded:
                id_ = result.submission.id
                before = self._plan.replaces.get(id_)
                if before is not None:
                    self._set_aside(before, result)
                self._write_pages(result)
                # Last: a row means that its pages stand.
                writer.append(result, instead_of=before.submission.id if before else "")
                self._finish(id_, result, before)
                progress(result, len(self.done), len(self._plan.submissions))

    def write(self) -> tuple[GradingResult, ...]:
        """Write the overview of all rows, and return them in order."""
        absent = {a.id: _absent(a, self._assignment) for a in self._plan.absences}
        older = {id_: row for id_, row in self._plan.replaces.items() if id_ not in self.done}
        rows = self._others | older | absent | self.done
        results = tuple(rows[id_] for id_ in self._plan.order if id_ in rows)
        write_rows(self._out, results)
        before = self._corrections
        try:
            self._corrections = read_corrections(self._out)
        except GraderError as error:  # somebody edited them since, and what was graded must be written all the same
            log.warning(messages.OLDER_CORRECTIONS, error)
        self.grades = write_grades(
            self._out, results, self._corrections, self._assignment,
            before=before, written=self._written, missing=len(self.todo),
        )  # fmt: skip
        return results

    def _write_pages(self, result: GradingResult) -> None:
        [grade] = self._corrections.grades([result]).by_id.values()
        self._written[result.submission.id] = grade
        write_pages(self._out, grade, self._assignment.title)

    def _finish(self, id_: str, result: GradingResult, before: GradingResult | None) -> None:
        self.done[id_] = result
        if before is not None and before.submission.id != id_:
            remove_pages(self._out, [before.submission.id])

    def _set_aside(self, row: GradingResult, successor: GradingResult) -> None:
        """Keep a row that another notebook replaces: the two may be of different people."""
        same_file = row.submission.sha256 == successor.submission.sha256
        if same_file and not self._keep_replaced:
            return
        self.aside = self.aside or place_for_earlier(self._out)
        with ResultsWriter(self.aside / ROWS) as writer:
            writer.append(row)
        if not same_file:
            self.replaced.append(row)

    def _marked(self, row: GradingResult) -> GradingResult:
        """Return a row of somebody who is not in this run, with what is no longer as it was."""
        graded = row.status is not SubmissionStatus.NOT_SUBMITTED
        outdated = changes(row.provenance, self._now) if graded else ()
        return replace(row, provenance=replace(row.provenance, outdated=outdated))


def holds(row: GradingResult, submission: Submission, now: Provenance, seed: int | None = None) -> bool:
    """Return whether a row is the grade that its submission would be given ``now``."""
    return (
        row.status is not SubmissionStatus.ERROR
        and bool(submission.sha256)
        and row.submission.sha256 == submission.sha256
        and not changes(row.provenance, now)
        and seed in (None, row.provenance.seed)
    )


def _grade_each(todo: Sequence[Submission], examiners: Examiners) -> Generator[GradingResult, None, None]:
    left = {s.id: s for s in todo}
    try:
        for result in examiners.grade(todo):
            del left[result.submission.id]
            yield result
    except Exception as error:
        if isinstance(error, GraderError) and len(left) == len(todo):
            raise  # nothing can be graded here: one sentence says why
        log.exception("grading broke off")
        yield from (failed(s, examiners.assignment, messages.BROKE_OFF) for s in left.values())


def _earlier(out: Path, assignment: Assignment, fresh: bool) -> list[GradingResult]:
    """Return a folder's rows; raises UsageError when they are another assignment's."""
    try:
        earlier = read_rows(out)
    except UsageError:
        if fresh:  # it is set aside
            return []
        raise
    others = {r.assignment for r in earlier} - {assignment.slug}
    if others:
        raise UsageError(messages.other_assignments(out, others, assignment.slug))
    return [] if fresh else earlier


def _absent(absence: Absence, assignment: Assignment) -> GradingResult:
    return GradingResult(
        absence.record(), assignment.slug, SubmissionStatus.NOT_SUBMITTED, 0.0, assignment.max_score,
        message=absence.message, provenance=Provenance(assignment=assignment.digest),
    )  # fmt: skip
