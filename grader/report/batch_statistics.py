"""Statistics of a batch: counts, scores, the most common mistakes and failures."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TypeVar

from grader.corrections import FinalGrade
from grader.report.display_text import format_score
from grader.report.staff_attention import attention
from grader.report.staff_site import FOLDER, StaffSite
from grader.report.status_texts import counted_label
from grader.result import (
    CheckResult,
    Diagnosis,
    ExerciseResult,
    GradingResult,
    Outcome,
    SubmissionStatus,
    Visibility,
)

# Without a roster nobody is known to be missing, and without corrections nobody is excused.
_NOT_ALWAYS = {SubmissionStatus.NOT_SUBMITTED, SubmissionStatus.EXCUSED}

BARS = 10
MOST_LISTED = 40
PLOT_WIDTH, PLOT_HEIGHT = 600, 120

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the distribution: ``count`` scores from ``low`` to ``high``; pixels."""

    low: str
    high: str
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Tally:
    """What the submissions ``who`` share, out of ``total``; ``hidden`` from students or not."""

    title: str
    detail: str
    who: tuple[GradingResult, ...]
    total: int
    hidden: bool = False

    @property
    def count(self) -> int:
        """How many submissions share it."""
        return len(self.who)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the course: people, how many of them are graded, their mean."""

    name: str
    people: int
    graded: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class BatchStatistics:
    """The statistics of a batch.

    ``mean`` and ``median`` are over what was graded, and None when nothing was. ``total`` counts what was handed in:
    people who handed in nothing have a status of their own. ``exercises`` are names with their titles and most points;
    ``attention`` is why staff should look at submissions, and at which; ``sections`` are those of the course, where
    there are any.
    """

    total: int
    graded: int
    statuses: tuple[tuple[str, int], ...]
    exercises: tuple[tuple[str, str, float], ...]
    max_score: float
    mean: float | None
    median: float | None
    full_marks: int
    bars: tuple[Bar, ...]
    failing: tuple[Tally, ...]
    diagnoses: tuple[Tally, ...]
    attention: tuple[tuple[str, tuple[GradingResult, ...]], ...]
    sections: tuple[Section, ...]


def sum_up(grades: Sequence[FinalGrade], site: StaffSite = FOLDER) -> BatchStatistics:
    """Return the figures of a batch; scores are the final ones, of who has one."""
    results = [g.result for g in grades]
    graded = [r for r in results if r.status is SubmissionStatus.GRADED]
    scores = [g.score for g in grades if g.score is not None and g.result.status is SubmissionStatus.GRADED]
    most = max((r.max_score for r in results), default=0.0)
    counts = Counter(r.status for r in results)
    return BatchStatistics(
        total=sum(r.status not in _NOT_ALWAYS or bool(r.submission.sha256) for r in results),
        graded=len(graded),
        statuses=tuple(
            (counted_label(s, counts[s]), counts[s]) for s in SubmissionStatus if counts[s] or s not in _NOT_ALWAYS
        ),
        exercises=tuple({e.name: (e.name, e.title, e.max_score) for r in results for e in r.exercises}.values()),
        max_score=most,
        mean=statistics.fmean(scores) if scores else None,
        median=statistics.median(scores) if scores else None,
        full_marks=sum(g.score >= g.result.max_score for g in grades if g.score is not None),
        bars=_bars(scores, most),
        failing=_failing_tallies(graded),
        diagnoses=_diagnosis_tallies(graded),
        attention=_attention(grades, site),
        sections=_sections(grades),
    )


def _attention(grades: Sequence[FinalGrade], site: StaffSite) -> tuple[tuple[str, tuple[GradingResult, ...]], ...]:
    """Group what staff should look at by the reason, apart from the file's name in it."""
    found: defaultdict[str, list[GradingResult]] = defaultdict(list)
    for grade in grades:
        if why := attention(grade, site):
            name = PurePath(grade.raw.submission.path).name
            found[why.removeprefix(f"{name} ")].append(grade.result)
    return tuple((why, tuple(who)) for why, who in found.items())


def _sections(grades: Sequence[FinalGrade]) -> tuple[Section, ...]:
    graded: defaultdict[str, list[float]] = defaultdict(list)
    people = Counter(g.raw.submission.section for g in grades)
    for grade in grades:
        if grade.score is not None and grade.result.status is SubmissionStatus.GRADED:
            graded[grade.raw.submission.section].append(grade.score)
    if set(people) <= {""}:
        return ()
    return tuple(
        Section(name, people[name], len(graded[name]), statistics.fmean(graded[name]) if graded[name] else None)
        for name in sorted(people)
    )


def _named_checks(result: GradingResult) -> Iterator[tuple[str, CheckResult]]:
    return ((e.name, c) for e in result.exercises for c in e.checks)


def _bars(scores: Sequence[float], most: float) -> tuple[Bar, ...]:
    if not scores or most <= 0:
        return ()
    counts = Counter(min(max(int(s / most * BARS), 0), BARS - 1) for s in scores)
    tallest, width = max(counts.values()), PLOT_WIDTH / BARS
    ends = [format_score(most * n / BARS) for n in range(BARS + 1)]
    heights = [PLOT_HEIGHT * counts[n] / tallest for n in range(BARS)]
    return tuple(
        Bar(ends[n], ends[n + 1], counts[n], n * width, PLOT_HEIGHT - heights[n], width, heights[n])
        for n in range(BARS)
    )


def mistake(exercise: ExerciseResult) -> Diagnosis | None:
    """Return the mistake that an exercise's wrong answers look most like."""
    named = [d for c in exercise.checks if c.outcome is Outcome.FAILED for d in c.diagnoses[:1]]
    return max(named, key=lambda d: d.confidence, default=None)


def _failing_tallies(graded: Sequence[GradingResult]) -> tuple[Tally, ...]:
    """Rank the checks by how many submissions fail them, on whatever input."""
    checks: dict[tuple[str, str], CheckResult] = {}
    failed: defaultdict[tuple[str, str], list[GradingResult]] = defaultdict(list)
    for result in graded:
        found = {(e, c.id.partition("[")[0]): c for e, c in _named_checks(result) if c.outcome is Outcome.FAILED}
        checks |= found
        for key in found:
            failed[key].append(result)
    return tuple(
        Tally(checks[key].title, ", ".join(key), who, len(graded), checks[key].visibility is Visibility.HIDDEN)
        for key, who in _most(failed)
    )


def _diagnosis_tallies(graded: Sequence[GradingResult]) -> tuple[Tally, ...]:
    titles: dict[str, str] = {}
    found: defaultdict[str, list[GradingResult]] = defaultdict(list)
    for result in graded:
        likeliest = {
            d.id: d.title for _, c in _named_checks(result) if c.outcome is Outcome.FAILED for d in c.diagnoses[:1]
        }
        titles |= likeliest
        for id_ in likeliest:  # a submission counts once, however many checks it fails by one mistake
            found[id_].append(result)
    return tuple(Tally(titles[key], key, who, len(graded)) for key, who in _most(found))


def _most(found: Mapping[_Key, list[GradingResult]]) -> list[tuple[_Key, tuple[GradingResult, ...]]]:
    ranked = sorted(found.items(), key=lambda item: -len(item[1]))
    return [(key, tuple(who)) for key, who in ranked[:MOST_LISTED]]
