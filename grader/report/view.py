"""A result arranged for reading: what to look at first, checks and figures in order, source by its own line numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.report.grid import Grid, lay_out
from grader.report.order import STOPPED, reading_order
from grader.report.words import EXERCISES, OUTCOMES, Words
from grader.result import (
    CheckResult,
    Diagnosis,
    ExerciseResult,
    ExerciseStatus,
    Figure,
    GradingResult,
    Outcome,
    SourceSpan,
    Visibility,
)

MOST_FRAMES = 12
MOST_LINES = 600


@dataclass(frozen=True, slots=True)
class CheckView:
    """A check with the id of its place on the page and its words; ``times`` counts checks that look the same."""

    anchor: str
    check: CheckResult
    words: Words
    frames_cut: int
    times: int

    @property
    def hidden(self) -> bool:
        """Whether the student may not see what the check does."""
        return self.check.visibility is Visibility.HIDDEN

    @property
    def case(self) -> str:
        """Which of several checks of one title this is: what its id has in brackets, or nothing."""
        return self.check.id.partition("[")[2].removesuffix("]")


@dataclass(frozen=True, slots=True)
class FigureView:
    """A grid with the checks that it belongs to."""

    anchor: str
    grid: Grid
    checks: tuple[CheckView, ...]

    @property
    def settled(self) -> bool:
        """Whether all its checks pass, so that there is nothing in it to find."""
        return all(c.check.outcome is Outcome.PASSED for c in self.checks)


@dataclass(frozen=True, slots=True)
class Look:
    """What to look at first: a mistake by its name, or a check, and the place on the page where it stands."""

    anchor: str
    title: str
    hint: str
    named: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of source; ``marked`` when a traceback points at it."""

    number: int
    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class SpanView:
    """Lines of one cell; ``left_out`` counts those beyond what a page shows."""

    span: SourceSpan
    lines: tuple[Line, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class ExerciseView:
    """An exercise in reading order."""

    anchor: str
    exercise: ExerciseResult
    words: Words
    look: Look | None
    checks: tuple[CheckView, ...]
    figures: tuple[FigureView, ...]
    source: tuple[SpanView, ...]

    @property
    def has_hidden(self) -> bool:
        """Whether the words "hidden check" need explaining."""
        return any(c.hidden for c in self.checks)

    @property
    def lead(self) -> str:
        """What became of the exercise, in a sentence that no check below repeats."""
        told = {c.check.message for c in self.checks}
        return self.words.sentence if self.exercise.message in ("", *told) else self.exercise.message


def exercise_views(result: GradingResult) -> tuple[ExerciseView, ...]:
    """Arrange the exercises of a result; ids on the page are counted, never made of anybody's text."""
    return tuple(_exercise_view(f"exercise-{n}", e) for n, e in enumerate(result.exercises, 1))


def start_with(views: Sequence[ExerciseView]) -> str:
    """Name the exercise to begin with and what is wrong with it, or return an empty string."""
    for view in views:
        if view.exercise.status not in (ExerciseStatus.PASSED, ExerciseStatus.ERROR):
            named = view.look is not None and view.look.named
            what = f": “{view.look.title.rstrip('.')}”" if named and view.look else f" ({view.words.label})"
            return f"{view.exercise.name}{what}"
    return ""


def _exercise_view(anchor: str, exercise: ExerciseResult) -> ExerciseView:
    groups = reading_order(exercise)
    checks = tuple(_check_view(f"{anchor}-check-{n}", group) for n, group in enumerate(groups, 1))
    frames = [f for c in exercise.checks for f in c.traceback]
    return ExerciseView(
        anchor=anchor,
        exercise=exercise,
        words=EXERCISES[exercise.status],
        look=_look(exercise.status, checks),
        checks=checks,
        figures=_figures(anchor, checks),
        source=tuple(
            _span_view(s, {f.get("line") for f in frames if f.get("cell") == s.cell}) for s in exercise.source
        ),
    )


def _check_view(anchor: str, alike: Sequence[CheckResult]) -> CheckView:
    check = alike[0]
    frames_cut = max(0, len(check.traceback) - MOST_FRAMES)
    shown = replace(
        check,
        points=sum(c.points for c in alike),
        max_points=sum(c.max_points for c in alike),
        traceback=check.traceback[frames_cut:],  # the last frames are nearest to the error
    )
    return CheckView(anchor, shown, OUTCOMES[check.outcome], frames_cut, len(alike))


def _figures(anchor: str, checks: Sequence[CheckView]) -> tuple[FigureView, ...]:
    """Lay out each figure once, however many checks show it."""
    distinct: list[Figure] = []
    for view in checks:
        if view.check.figure is not None and view.check.figure not in distinct:
            distinct.append(view.check.figure)
    grids = [(lay_out(figure), tuple(c for c in checks if c.check.figure == figure)) for figure in distinct]
    return tuple(FigureView(f"{anchor}-figure-{n}", grid, of) for n, (grid, of) in enumerate(grids, 1) if grid)


def _look(status: ExerciseStatus, checks: Sequence[CheckView]) -> Look | None:
    failed = [c for c in checks if c.check.outcome is Outcome.FAILED]
    named: list[tuple[CheckView, Diagnosis]] = [(c, d) for c in failed for d in c.check.diagnoses[:1]]
    if named:
        view, diagnosis = max(named, key=lambda pair: pair[1].confidence)
        return Look(view.anchor, diagnosis.title, diagnosis.hint, named=True)
    for view in failed:
        if status in STOPPED:
            return Look(view.anchor, view.check.message or view.check.title, "", named=False)
        hint = (view.check.mismatch.hint if view.check.mismatch else "") or view.check.hint
        return Look(view.anchor, view.check.title, hint, named=False)
    return None


def _span_view(span: SourceSpan, marked: set[int | None]) -> SpanView:
    lines = span.text.split("\n") if span.text else []
    shown = tuple(Line(n, text, n in marked) for n, text in enumerate(lines[:MOST_LINES], span.first_line))
    return SpanView(span, shown, max(0, len(lines) - MOST_LINES))
