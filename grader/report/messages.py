"""The sentences of pages on a batch, a submission, and the checks of an exercise."""

from __future__ import annotations

from collections.abc import Sequence

from grader.english import plural
from grader.report.display_text import format_score
from grader.report.left_checks import held_back, is_left, reachable
from grader.report.status_texts import SUBMISSIONS
from grader.result import CheckResult, ExerciseResult, ExerciseStatus, GradingResult, Outcome, SubmissionStatus

STAFF_ADVICE = "Grade this file again. If it ends the same way, the message above says what to look at."


CHECKS_NOT_RUN = "some checks could not be run"

NO_FUNCTION_FOUND = "none of the assignment's functions was found in this notebook"

STUDENTS_WORDS = "What checks found stands here in the words that the student reads."


DIFFERENCE = "Your answer minus the reference, where it is wrong"
"""Heads the grid of differences."""

SAME_REASON = "For the same reason as above."


HIDDEN_NOTE = "A hidden check calls your function on an input that is not shown, to see that it works in general."


def batch_summary(total: int, graded: int, mean: float | None, most: float) -> str:
    """Return how many submissions were graded and their mean, out of ``most`` points, or None."""
    if not total:
        return "There are no submissions."
    if mean is None:
        return "The submission was not graded." if total == 1 else f"None of {total} submissions was graded."
    counted = plural(total, "submission") if graded == total else f"{graded} of {total} submissions"
    points = f"{format_score(mean)} of {format_score(most)} points"
    return (
        f"{counted} was graded; it has {points}." if graded == 1 else f"{counted} were graded; their mean is {points}."
    )


def score_headline(result: GradingResult) -> str:
    """Return the page's heading: the score, or how many checks pass of those that were run.

    Where there is no score it says so.
    """
    if result.status is SubmissionStatus.ERROR:
        return "Not graded yet"
    if result.status is SubmissionStatus.UNREADABLE:
        return "Nothing could be graded"
    if result.status is SubmissionStatus.NOT_SUBMITTED:
        return "Nothing was handed in"
    if result.status is SubmissionStatus.EXCUSED:
        return "Excused"
    checks = [c for e in result.exercises for c in e.checks]
    run = [c for c in checks if not is_left(c)]
    if len(run) == len(checks):
        return f"{format_score(result.score)} of {format_score(result.max_score)} points"
    if held_back(result.exercises):
        most = plural(float(format_score(_visible_points(result))), "visible point")
        return f"{format_score(result.score)} of {most}" if run else "All checks are hidden"
    passed = sum(c.outcome is Outcome.PASSED for c in run)
    if not run:
        return "No check can be run before the grading"
    if passed == len(run) > 1:
        return f"All {passed} visible checks pass"
    return f"{passed} of {plural(len(run), 'visible check')} {'passes' if len(run) == 1 else 'pass'}"


def summary(result: GradingResult, start_with: str, *, staff: bool = False) -> str:
    """Return one sentence about the whole submission.

    ``start_with`` names what the student should look at first, or is empty.
    """
    if result.status is not SubmissionStatus.GRADED:
        unreadable = result.status is SubmissionStatus.UNREADABLE
        return result.message if unreadable and result.message else SUBMISSIONS[result.status].sentence
    done = sum(e.status is ExerciseStatus.PASSED for e in result.exercises)
    total = len(result.exercises)
    if total and done == total:
        checks = sum(len(e.checks) for e in result.exercises)
        return f"Everything passes, {plural(checks, 'check')} in all.{'' if staff else ' Well done.'}"
    if total and all(e.status is ExerciseStatus.NOT_ATTEMPTED for e in result.exercises):
        return "None of the exercises has been attempted yet."
    if any(is_left(c) for e in result.exercises for c in e.checks):
        return _points_so_far(result) + (f" Start with {start_with}." if start_with else "")
    passes = f"{done} of {total} exercises {'pass' if done > 1 else 'passes'} in full"
    if not done:
        passes = "The exercise does not pass in full yet" if total == 1 else "No exercise passes in full yet"
    return f"{passes}; start with {start_with}." if start_with else f"{passes}."


def _visible_points(result: GradingResult) -> float:
    return sum(map(reachable, result.exercises))


def _points_so_far(result: GradingResult) -> str:
    most = _visible_points(result)
    rest = result.max_score - most
    if note := held_back(result.exercises):
        return note
    points = plural(float(format_score(most)), "point")
    decide = f"hidden checks decide the other {format_score(rest)}" if rest > 0 else "hidden checks run"
    return (
        f"{format_score(result.score)} of the {points} that can be checked here; {decide} when the notebook is graded."
    )


def tally(checks: tuple[CheckResult, ...]) -> str:
    """Return how many of the checks that were run pass: "3 of 4 checks passed"."""
    run = [c for c in checks if not is_left(c)]
    passed = sum(c.outcome is Outcome.PASSED for c in run)
    return f"{passed} of {plural(len(run), 'check')} passed"


def lines(first: int, last: int) -> str:
    """Return a range of lines, such as "line 3"; an en dash joins the ends of a longer one."""
    return f"line {first}" if first == last else f"lines {first}–{last}"  # noqa: RUF001 - an en dash joins a range


def passed_checks(exercises: Sequence[ExerciseResult], further: str) -> str:
    """Count the visible checks that pass, and the hidden ones that are still to be run.

    ``further`` says what hidden checks try.
    """
    visible = [c for e in exercises for c in e.visible_checks]
    hidden = sum(len(e.checks) for e in exercises) - len(visible)
    passed = sum(c.outcome is Outcome.PASSED for c in visible)
    verb = "passes" if len(visible) == 1 else "pass"
    kinds = f" ({further})" if further else ""
    more = f"; {plural(hidden, 'further check')}{kinds} {'runs' if hidden == 1 else 'run'} at grading" if hidden else ""
    return f"{passed} of {plural(len(visible), 'visible check')} {verb}{more}."


def more_in_intake(count: int) -> str:
    """Say how many files of a batch are not named on its page."""
    return f" and {count} more, listed in intake.txt"


def only_place(place: str) -> str:
    """Say where the only wrong element of a figure is."""
    return f"only at {place}"


def wrong_from_layer(place: str, other_axes: Sequence[str], first: int | None) -> str:
    """Say where an element of a figure is wrong and, with its layers, from which one on."""
    over = f"Over all {other_axes[0]}s" if len(other_axes) == 1 else "Over the whole answer"
    return f"for example at {place}" + ("" if first is None else f". {over}, values are wrong from layer {first} on.")


def not_taken_over(corrections: int, advice: str) -> str:
    """Tell staff of corrections of another file; ``advice`` says how they are applied."""
    one = corrections == 1
    what = "A correction" if one else f"{corrections} corrections"
    return f"{what} of what was handed in before {'is' if one else 'are'} not applied: {advice}."
