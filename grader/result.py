"""Records of checks, exercises and submissions, and their JSON form.

The JSON form is a contract that other programs read (``"schema": 1``); :func:`GradingResult.to_json` and
:func:`GradingResult.from_json` are each other's inverse.
"""

from __future__ import annotations

import dataclasses
import enum
from dataclasses import dataclass, field
from typing import Any

from grader import messages
from grader.errors import Frame
from grader.provenance import Provenance
from grader.submission import SubmissionRecord
from grader.typed_json import Sparse, plain, record

SCHEMA = 1

STUDENTS_OWN = frozenset(
    {"id", "student", "path", "sha256", "name", "student_id", "late", "submitted", "attempt", "earlier", "extras"}
    | {"files"}
)
"""What a student sees of the record of a submission; the rest is how it was found and told from others."""


class Outcome(enum.StrEnum):
    """How one check ended.

    ``ERROR`` is a fault of ours: it never costs points, is retried, and is shown to staff.
    """

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not_attempted"
    SKIPPED = "skipped"
    ERROR = "error"


class Visibility(enum.StrEnum):
    """Whether a student may see a check's inputs and findings.

    Of a hidden one a student sees the title, whether it passed, and its hint if not.
    """

    VISIBLE = "visible"
    HIDDEN = "hidden"


class ExerciseStatus(enum.StrEnum):
    """What became of one exercise.

    ``INCOMPLETE``: nothing is wrong, and not all of its checks were run.
    """

    PASSED = "passed"
    FAILED = "failed"
    PARTIAL = "partial"
    INCOMPLETE = "incomplete"
    MISSING = "missing"
    NOT_ATTEMPTED = "not_attempted"
    SYNTAX_ERROR = "syntax_error"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    ERROR = "error"


class SubmissionStatus(enum.StrEnum):
    """What became of a submission.

    ``ERROR`` is a fault of ours. ``EXCUSED`` is what staff made of it: no result is graded so.
    """

    GRADED = "graded"
    UNREADABLE = "unreadable"
    NOT_SUBMITTED = "not_submitted"
    EXCUSED = "excused"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """How an answer differs from what was asked: ``kind`` names the rule that it breaks.

    Kinds: ``structure``, ``shape``, ``dtype``, ``finite``, ``integers``, ``argmax``, ``kl``, ``close``,
    ``probabilities``, ``value``. ``where`` places the worst difference ("position 3, layer 2"); ``hint`` says what to
    try. Of a difference between elements, ``wrong`` of ``total`` are wrong, ``worst`` is the place of the worst and
    ``first`` that of the first (in the first layer that is wrong, where there are layers), each as an index by axis;
    the worst is ``off`` by so much where so much is ``allowed``.
    """

    kind: str
    expected: str
    actual: str
    where: str = ""
    hint: str = ""
    worst: dict[str, int] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)
    off: float | None = None
    allowed: float | None = None
    wrong: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A named mistake that explains a wrong answer; ``confidence`` is between 0 and 1.

    Two mistakes that meet have the id "a+b". ``stage`` names the step of the computation that goes wrong, if known.
    """

    id: str
    title: str
    hint: str
    confidence: float
    stage: str = ""


@dataclass(frozen=True, slots=True)
class FigureCells(Sparse):
    """The texts and the numbers in the cells of a figure, a list for each row, or None.

    A cell is None where there is nothing to show.
    """

    text: list[list[str | None]] | None = None
    value: list[list[float | None]] | None = None

    def __bool__(self) -> bool:
        return self != FigureCells()


@dataclass(frozen=True, slots=True)
class Figure:
    """A grid of the student's answer beside the reference's, as data.

    ``rows`` x ``columns`` of texts and values. ``student`` holds nothing when the answer cannot be laid out as such a
    grid. ``wrong`` holds the places [row, column] that the check counts as wrong; None where that is not known.
    """

    kind: str
    title: str
    rows: list[str]
    columns: list[str]
    student: FigureCells
    reference: FigureCells
    row_axis: str = "layer"
    column_axis: str = "position"
    value_name: str = "value"
    wrong: list[list[int]] | None = None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check's verdict.

    ``message`` is one or two sentences; ``traceback`` holds lines of the student's notebook. ``note`` says what is
    known beyond that: that no known mistake explains the values, or what a mistake leaves of the points; ``staff_note``
    what went wrong on our side without a cost.
    """

    id: str
    title: str
    outcome: Outcome
    points: float
    max_points: float
    visibility: Visibility = Visibility.VISIBLE
    message: str = ""
    note: str = ""
    staff_note: str = ""
    hint: str = ""
    mismatch: Mismatch | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    traceback: tuple[Frame, ...] = ()
    figure: Figure | None = None
    duration_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SourceSpan:
    """Lines of one cell that were graded as part of an exercise; cells and lines count from 1."""

    cell: int
    first_line: int
    last_line: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class ExerciseResult:
    """One exercise's verdict.

    ``remarks`` are sentences about how its code was read ("defined twice, ...").
    """

    name: str
    status: ExerciseStatus
    score: float
    max_score: float
    title: str = ""
    message: str = ""
    remarks: tuple[str, ...] = ()
    source: tuple[SourceSpan, ...] = ()
    checks: tuple[CheckResult, ...] = ()

    @property
    def visible_checks(self) -> tuple[CheckResult, ...]:
        """The checks that students may see."""
        return tuple(c for c in self.checks if c.visibility is Visibility.VISIBLE)


@dataclass(frozen=True, slots=True)
class GradingResult:
    """One submission's grade, as written to ``results.jsonl``."""

    submission: SubmissionRecord
    assignment: str
    status: SubmissionStatus
    score: float
    max_score: float
    exercises: tuple[ExerciseResult, ...] = ()
    message: str = ""
    duration_s: float = 0.0
    provenance: Provenance = field(default_factory=Provenance)
    schema: int = SCHEMA

    @property
    def has_score(self) -> bool:
        """Whether something was handed in and judged, so that 0 points are a score too."""
        return self.status in (SubmissionStatus.GRADED, SubmissionStatus.UNREADABLE)

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain JSON data, the keys in the contract's order."""
        data = plain(self)
        order = (
            "schema",
            "submission",
            "assignment",
            "status",
            "score",
            "max_score",
            "message",
            "duration_s",
            "exercises",
            "provenance",
        )
        return {key: data[key] for key in order}

    @classmethod
    def from_json(cls, data: Any) -> GradingResult:
        """Build a result from what :meth:`to_json` returned.

        Raises ValueError for another schema, or a wrong field.
        """
        if not isinstance(data, dict) or "schema" not in data:
            raise ValueError(messages.NO_SCHEMA)
        if data["schema"] != SCHEMA:
            raise ValueError(messages.other_schema(str(data["schema"])[:60], SCHEMA))
        return record(cls, data, tolerant=True)


def redact(result: GradingResult) -> GradingResult:
    """Return what the student may see of a result.

    A hidden check keeps its title, its outcome and its points. Everything that may depend on how it failed, and so
    could carry a hidden input out (messages, diagnoses, differences, figures, durations, the seed), is absent, not
    hidden. Of a submission that could not be graded nothing is told but that: it will be graded again.
    """
    provenance = dataclasses.replace(result.provenance, seed=None, seed_source="")
    submission = SubmissionRecord(**{key: getattr(result.submission, key) for key in STUDENTS_OWN})
    shown = dataclasses.replace(result, submission=submission, duration_s=0.0, provenance=provenance)
    if result.status is SubmissionStatus.ERROR:
        return dataclasses.replace(shown, score=0.0, message="", exercises=())
    return dataclasses.replace(shown, exercises=tuple(_redact_exercise(e) for e in result.exercises))


def _redact_exercise(exercise: ExerciseResult) -> ExerciseResult:
    return dataclasses.replace(exercise, checks=tuple(map(_redact_check, exercise.checks)))


def _redact_check(check: CheckResult) -> CheckResult:
    if check.visibility is Visibility.VISIBLE:
        message = "" if check.outcome is Outcome.ERROR else check.message
        return dataclasses.replace(check, message=message, staff_note="", duration_s=0.0)
    return CheckResult(
        id=check.id.partition("[")[0],  # a parameter's id may quote a hidden prompt
        title=check.title,
        outcome=check.outcome,
        points=check.points,
        max_points=check.max_points,
        visibility=check.visibility,
        note=check.note if check.outcome is Outcome.SKIPPED else "",  # it was not run, as far as anybody is told
        hint=check.hint if check.outcome is Outcome.FAILED else "",
    )
