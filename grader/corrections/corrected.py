"""Put points that staff set in the place of those that the checks gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from grader.corrections import messages
from grader.corrections.override import Override, Target
from grader.result import CheckResult, ExerciseResult, ExerciseStatus, GradingResult, Outcome, SubmissionStatus

_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Corrected:
    """A result with the points that staff set, and what of that could not be done.

    ``undecided`` are the exercises of which a fault of ours took points that nobody has set since.
    """

    result: GradingResult
    applied: tuple[Override, ...]
    problems: tuple[str, ...]
    undecided: frozenset[str]


def corrected(result: GradingResult, overrides: Iterable[Override]) -> Corrected:
    """Return a result with the corrections that fit it, of each target the last points.

    Points of an exercise go before those of its checks, points of the whole submission before all others.
    """
    points: dict[Target, float] = {}
    applied, problems = [], []
    for override in overrides:
        target, fault = located(result, override)
        if fault:
            problems.append(messages.not_applied(override, fault))
            continue
        applied.append(override)
        if override.points is not None:
            points[target] = override.points
    exercises = tuple(_corrected_exercise(e, points) for e in result.exercises)
    added = sum(new.score - old.score for new, old in zip(exercises, result.exercises, strict=True))
    score = min(max(result.score + added, 0.0), result.max_score)
    status, whole = result.status, points.get(Target())
    if whole is not None:
        score, status = whole, SubmissionStatus.GRADED
    undecided = frozenset(e.name for e in exercises if Target(e.name) not in points and _lost_points(e))
    final = replace(result, exercises=exercises, score=score, status=status)
    return Corrected(final, tuple(applied), tuple(problems), undecided)


def located(result: GradingResult, override: Override) -> tuple[Target, str]:
    """Return what of a result a correction is about, and why it cannot be done, if it cannot."""
    target, most = override.target, result.max_score
    if target.check:
        named = [(e, c) for e in result.exercises for c in e.checks if c.id == target.check]
        named = [(e, c) for e, c in named if target.exercise in ("", e.name)]
        if len(named) != 1:
            return target, messages.not_one_check(target.check, len(named), _ids(result, target.exercise))
        target, most = Target(named[0][0].name, target.check), named[0][1].max_points
    elif target.exercise:
        exercises = [e for e in result.exercises if e.name == target.exercise]
        if not exercises:
            return target, messages.no_exercise(target.exercise, [e.name for e in result.exercises])
        most = exercises[0].max_score
    if override.points is not None and override.points > most + _ROUNDING:
        return target, messages.too_many_points(override.points, most)
    return target, ""


def _ids(result: GradingResult, exercise: str) -> list[str]:
    return [c.id for e in result.exercises if exercise in ("", e.name) for c in e.checks]


def _corrected_exercise(exercise: ExerciseResult, points: Mapping[Target, float]) -> ExerciseResult:
    checks = tuple(_corrected_check(c, points.get(Target(exercise.name, c.id))) for c in exercise.checks)
    added = sum(new.points - old.points for new, old in zip(checks, exercise.checks, strict=True))
    score = min(max(exercise.score + added, 0.0), exercise.max_score)
    score = points.get(Target(exercise.name), score)
    decided = Target(exercise.name) in points or (checks != exercise.checks and not any(map(_failed_by_us, checks)))
    status = _status_by_points(score, exercise.max_score) if decided and _ours(exercise) else exercise.status
    return replace(exercise, checks=checks, score=score, status=status)


def _corrected_check(check: CheckResult, points: float | None) -> CheckResult:
    if points is None:
        return check
    full = points >= check.max_points - _ROUNDING
    decided = Outcome.PASSED if full else Outcome.FAILED
    return replace(check, points=points, outcome=decided if _failed_by_us(check) else check.outcome)


def _status_by_points(score: float, most: float) -> ExerciseStatus:
    if score >= most - _ROUNDING:
        return ExerciseStatus.PASSED
    return ExerciseStatus.PARTIAL if score > 0 else ExerciseStatus.FAILED


def _lost_points(exercise: ExerciseResult) -> bool:
    return _ours(exercise) or any(map(_failed_by_us, exercise.checks))


def _ours(exercise: ExerciseResult) -> bool:
    return exercise.status is ExerciseStatus.ERROR


def _failed_by_us(check: CheckResult) -> bool:
    return check.outcome is Outcome.ERROR
