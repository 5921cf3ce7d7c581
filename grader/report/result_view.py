"""A result arranged for the page: what to look at first, checks, figures and source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.report import messages
from grader.report.check_text import MOST_FRAMES, case
from grader.report.figure_values import shown
from grader.report.grid import Grid, lay_out
from grader.report.left_checks import held_back, is_left, reachable
from grader.report.presentation import STOPPED, reading_order
from grader.report.status_texts import OUTCOMES, StatusText, exercise_text
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

LAYER = "layer"
MOST_LINES = 600


@dataclass(frozen=True, slots=True)
class CheckView:
    """A check with its anchor on the page; ``times`` counts checks that look the same.

    ``again`` is whether an earlier check shows the same mistake.
    """

    anchor: str
    check: CheckResult
    status_text: StatusText
    frames_cut: int
    times: int
    again: bool

    @property
    def hidden(self) -> bool:
        """Whether the student may not see what the check does."""
        return self.check.visibility is Visibility.HIDDEN

    @property
    def case(self) -> str:
        """Which of several checks of one title this is, or nothing."""
        return case(self.check)

    @property
    def where(self) -> str:
        """Where the answer is wrong: the place, its label in the figure, the first wrong layer."""
        mismatch, figure = self.check.mismatch, self.check.figure
        if mismatch is None or not mismatch.worst:
            return mismatch.where if mismatch else ""
        columns = {figure.column_axis: figure.columns} if figure else {}
        told = []
        for axis, index in mismatch.worst.items():
            named = columns.get(axis, [])[index : index + 1]
            told.append(f"{axis} {index}" + "".join(f" (“{shown(token)}”)" for token in named))
        place = ", ".join(told)
        if mismatch.wrong == 1:
            return messages.only_place(place)
        first, others = mismatch.first.get(LAYER), [axis for axis in mismatch.worst if axis != LAYER]
        return messages.wrong_from_layer(place, others, first)


@dataclass(frozen=True, slots=True)
class FigureView:
    """A grid with the checks that it belongs to."""

    anchor: str
    grid: Grid
    checks: tuple[CheckView, ...]

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """How many cells each check finds wrong."""
        figures = ((c.check.title, c.check.figure) for c in self.checks)
        return tuple((title, len(f.wrong)) for title, f in figures if f is not None and f.wrong is not None)

    @property
    def settled(self) -> bool:
        """Whether its checks pass, or fail by a mistake that another check shows."""
        return all(c.check.outcome is Outcome.PASSED or c.again for c in self.checks)


@dataclass(frozen=True, slots=True)
class Look:
    """What to look at first: a named mistake or a check, with its anchor on the page.

    ``more`` is whether there is more to be read at that place.
    """

    anchor: str
    title: str
    hint: str
    named: bool
    more: bool


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
    """An exercise in reading order.

    ``left`` counts by title the checks that were left for the grading, or are held back: then ``held_back`` says so.
    ``most`` is how many points the others can give.
    """

    anchor: str
    exercise: ExerciseResult
    status_text: StatusText
    look: Look | None
    checks: tuple[CheckView, ...]
    figures: tuple[FigureView, ...]
    source: tuple[SpanView, ...]
    left: Counter[str]
    held_back: str
    most: float

    @property
    def has_hidden(self) -> bool:
        """Whether the page must explain what a hidden check is."""
        return bool(self.left) or any(c.hidden for c in self.checks)

    @property
    def lead(self) -> str:
        """What became of the exercise, in a sentence that no check below repeats."""
        told = {c.check.message for c in self.checks}
        return self.status_text.sentence if self.exercise.message in ("", *told) else self.exercise.message


def exercise_views(result: GradingResult) -> tuple[ExerciseView, ...]:
    """Arrange the exercises of a result; anchors are numbered, never made of anybody's text."""
    return tuple(exercise_view(f"exercise-{n}", e) for n, e in enumerate(result.exercises, 1))


def start_with(views: Sequence[ExerciseView]) -> str:
    """Name the exercise to begin with and what is wrong with it, or return an empty string."""
    for view in views:
        if view.exercise.status not in (ExerciseStatus.PASSED, ExerciseStatus.INCOMPLETE, ExerciseStatus.ERROR):
            named = view.look is not None and view.look.named
            what = f": “{view.look.title.rstrip('.')}”" if named and view.look else f" ({view.status_text.label})"
            return f"{view.exercise.title or view.exercise.name}{what}"
    return ""


def exercise_view(anchor: str, exercise: ExerciseResult) -> ExerciseView:
    """Arrange one exercise; ``anchor`` begins its anchors."""
    groups = reading_order(replace(exercise, checks=tuple(c for c in exercise.checks if not is_left(c))))
    named = [{d.id for d in group[0].diagnoses[:1]} for group in groups]
    checks = tuple(
        _check_view(f"{anchor}-check-{n + 1}", group, again=any(named[n] & before for before in named[:n]))
        for n, group in enumerate(groups)
    )
    frames = [f for c in exercise.checks for f in c.traceback]
    return ExerciseView(
        anchor=anchor,
        exercise=exercise,
        status_text=exercise_text(exercise),
        look=_look(exercise.status, checks),
        checks=checks,
        figures=_figures(anchor, checks),
        source=tuple(_span_view(s, {f.line for f in frames if f.cell == s.cell}) for s in exercise.source),
        left=Counter(c.title for c in exercise.checks if is_left(c)),
        held_back=held_back([exercise]),
        most=reachable(exercise),
    )


def _check_view(anchor: str, alike: Sequence[CheckResult], *, again: bool) -> CheckView:
    check = alike[0]
    frames_cut = max(0, len(check.traceback) - MOST_FRAMES)
    shown = replace(
        check,
        points=sum(c.points for c in alike),
        max_points=sum(c.max_points for c in alike),
        traceback=check.traceback[frames_cut:],  # the last frames are nearest to the error
    )
    return CheckView(anchor, shown, OUTCOMES[check.outcome], frames_cut, len(alike), again)


def _figures(anchor: str, checks: Sequence[CheckView]) -> tuple[FigureView, ...]:
    """Lay out each figure once, however many checks show it or find wrong in it."""
    drawn: list[tuple[Figure, list[CheckView]]] = []
    for view in checks:
        if view.check.figure is not None:
            bare = replace(view.check.figure, wrong=None)
            of = next((views for figure, views in drawn if figure == bare), None)
            if of is None:
                drawn.append((bare, [view]))
            else:
                of.append(view)
    grids = [(lay_out(replace(figure, wrong=_all_wrong_places(of))), tuple(of)) for figure, of in drawn]
    return tuple(FigureView(f"{anchor}-figure-{n}", grid, of) for n, (grid, of) in enumerate(grids, 1) if grid)


def _all_wrong_places(checks: Sequence[CheckView]) -> list[list[int]] | None:
    """Return all places that any of the checks finds wrong, None when none of them knows."""
    known = [c.check.figure.wrong for c in checks if c.check.figure and c.check.figure.wrong is not None]
    return [place for places in known for place in places] if known else None


def _look(status: ExerciseStatus, checks: Sequence[CheckView]) -> Look | None:
    failed = [c for c in checks if c.check.outcome is Outcome.FAILED]
    named: list[tuple[CheckView, Diagnosis]] = [(c, d) for c in failed for d in c.check.diagnoses[:1]]
    if named:
        view, diagnosis = max(named, key=lambda pair: pair[1].confidence)
        return Look(view.anchor, diagnosis.title, diagnosis.hint, named=True, more=True)
    for view in failed:
        what = view.check.message or f"A check fails: “{view.check.title}”"
        hint = (view.check.mismatch.hint if view.check.mismatch else "") or view.check.hint
        more = bool(view.check.mismatch or view.check.traceback or not view.check.message)
        return Look(view.anchor, what, "" if status in STOPPED else hint, named=False, more=more)
    return None


def _span_view(span: SourceSpan, marked: set[int | None]) -> SpanView:
    lines = span.text.split("\n") if span.text else []
    shown = tuple(Line(n, text, n in marked) for n, text in enumerate(lines[:MOST_LINES], span.first_line))
    return SpanView(span, shown, max(0, len(lines) - MOST_LINES))
