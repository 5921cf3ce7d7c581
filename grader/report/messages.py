"""The sentences of the pages: every status and outcome in plain English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.corrections import FinalGrade
from grader.english import plural
from grader.report.display_text import format_score
from grader.report.staff_site import FOLDER, StaffSite
from grader.result import (
    CheckResult,
    ExerciseResult,
    ExerciseStatus,
    GradingResult,
    Outcome,
    SubmissionStatus,
    Visibility,
)


@dataclass(frozen=True, slots=True)
class StatusText:
    """How a page says a status: a short ``label``, a ``sentence``, ``advice`` and a ``tone``.

    The tone names an icon and a colour: ``good``, ``bad``, ``part``, ``idle`` or ``ours``.
    """

    label: str
    sentence: str
    advice: str
    tone: str


_OUR_FAULT = (
    "This is a fault on our side and costs you no points; your instructor can see it and will have it graded again."
)

OUTCOMES: dict[Outcome, StatusText] = {
    Outcome.PASSED: StatusText("passed", "", "", "good"),
    Outcome.FAILED: StatusText("failed", "", "", "bad"),
    Outcome.NOT_ATTEMPTED: StatusText("not attempted", "", "", "idle"),
    Outcome.SKIPPED: StatusText("skipped", "", "", "idle"),
    Outcome.ERROR: StatusText("could not be run", _OUR_FAULT, "", "ours"),
}

EXERCISES: dict[ExerciseStatus, StatusText] = {
    ExerciseStatus.PASSED: StatusText("passed", "", "", "good"),
    ExerciseStatus.FAILED: StatusText(
        "not right yet",
        "Your function runs, but its answers are not the ones asked for.",
        "",
        "bad",
    ),
    ExerciseStatus.PARTIAL: StatusText(
        "partly right",
        "Your function gets part of the answer right.",
        "",
        "part",
    ),
    ExerciseStatus.INCOMPLETE: StatusText(
        "visible checks pass",
        "Every visible check passes.",
        "The hidden checks run when your notebook is graded.",
        "good",
    ),
    ExerciseStatus.MISSING: StatusText(
        "not found",
        "Your notebook has no function of this name.",
        "Look at the spelling in the line that begins with def: the name must be exactly the one asked for.",
        "bad",
    ),
    ExerciseStatus.NOT_ATTEMPTED: StatusText(
        "not attempted",
        "The function is still as it was handed out.",
        "Write its body, run the cell, save the notebook and hand it in again.",
        "idle",
    ),
    ExerciseStatus.SYNTAX_ERROR: StatusText(
        "not valid Python",
        "Python cannot read the code of this function, so it was never called.",
        "Run its cell in Jupyter: the error names the line to mend.",
        "bad",
    ),
    ExerciseStatus.CRASHED: StatusText(
        "stopped with an error",
        "Your code raised an error before it could answer.",
        "Restart the kernel, run all cells from the top, and try other inputs; the error is shown below.",
        "bad",
    ),
    ExerciseStatus.TIMED_OUT: StatusText(
        "ran out of time",
        "Your code did not answer within the time limit.",
        "Look for a loop that never ends, and for work repeated in a loop that one call could do at once.",
        "bad",
    ),
    ExerciseStatus.OUT_OF_MEMORY: StatusText(
        "ran out of memory",
        "Your code asked for more memory than it may use.",
        "Look for a tensor with an axis too many, or for a list that grows with every call.",
        "bad",
    ),
    ExerciseStatus.ERROR: StatusText("could not be graded", "This exercise could not be graded.", _OUR_FAULT, "ours"),
}

_ONLY_HIDDEN = StatusText(
    "not checked here, all of its checks are hidden", "", "They run when your notebook is graded.", "idle"
)

_ONLY_HIDDEN_YET = StatusText("all of its checks are hidden", "", "", "idle")

_LEFT_OUT = StatusText("not all checked here", "Some of its visible checks could not be run here.", "", "idle")

SUBMISSIONS: dict[SubmissionStatus, StatusText] = {
    SubmissionStatus.GRADED: StatusText("graded", "", "", "good"),
    SubmissionStatus.UNREADABLE: StatusText(
        "could not be read",
        "This file could not be read as a Jupyter notebook, so nothing in it was graded.",
        "Open the notebook in Jupyter, save it, and hand in the .ipynb file itself: not a PDF, an HTML page or a link.",
        "bad",
    ),
    SubmissionStatus.NOT_SUBMITTED: StatusText("not submitted", "Nothing was handed in.", "", "idle"),
    SubmissionStatus.EXCUSED: StatusText(
        "excused", "Excused from this assignment: it counts neither for nor against.", "", "idle"
    ),
    SubmissionStatus.ERROR: StatusText("grader error", "Grading stopped before it was finished.", _OUR_FAULT, "ours"),
}

STAFF_ADVICE = "Grade this file again. If it ends the same way, the message above says what to look at."

STUDENTS_WORDS = "What checks found stands here in the words that the student reads."

SAME_REASON = "For the same reason as above."

HIDDEN_NOTE = "A hidden check calls your function on an input that is not shown, to see that it works in general."


def for_staff(sentence: str) -> str:
    """Return a sentence of this module that is written to a student as one about the student.

    It is for whole sentences of ours: in one with a file's name or a student's words these would be changed too.
    """
    if sentence == _OUR_FAULT:
        return "This is a fault on our side and costs the student no points; grade this file again."
    return sentence.replace("Your", "The").replace("your", "the")


def exercise_text(exercise: ExerciseResult) -> StatusText:
    """Return how a page says what became of an exercise."""
    if exercise.status is ExerciseStatus.INCOMPLETE and (note := held_back([exercise])):
        text = EXERCISES[exercise.status]
        return replace(text, advice=note) if exercise.visible_checks else replace(_ONLY_HIDDEN_YET, advice=note)
    if exercise.status is ExerciseStatus.INCOMPLETE:
        if any(c.outcome is Outcome.SKIPPED for c in exercise.visible_checks):
            return _LEFT_OUT
        if exercise.checks and not exercise.visible_checks:
            return _ONLY_HIDDEN
    return EXERCISES[exercise.status]


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


def counted_label(status: SubmissionStatus, count: int) -> str:
    """Return a status as it stands beside how many submissions have it."""
    label = SUBMISSIONS[status].label
    return f"{label}s" if status is SubmissionStatus.ERROR and count != 1 else label


def attention(grade: FinalGrade, site: StaffSite = FOLDER) -> str:
    """Return why staff should look at a submission, or an empty string."""
    offered = [_not_taken_over(grade, site)] if grade.offered else []
    corrections = [*grade.problems, *offered, _without_grade(grade, site)]
    decided = grade.score is not None and any(o.points is not None for o in grade.applied)
    fault = "" if decided else _grading_fault(grade.result)
    return " ".join(filter(None, (*grade.raw.submission.conflicts, *corrections, fault)))


def _not_taken_over(grade: FinalGrade, site: StaffSite) -> str:
    """Say that corrections are of another file, and how they are taken over."""
    count = len(grade.offered)
    one = count == 1
    what = "A correction" if one else f"{count} corrections"
    verb, them = ("is", "it") if one else ("are", "them")
    return f"{what} of what was handed in before {verb} not applied: {site.take_over.format(them)}."


def _without_grade(grade: FinalGrade, site: StaffSite) -> str:
    """Say why somebody whose submission was graded has no grade, where staff can decide it."""
    if grade.days_wanted:
        return f"No grade: {grade.why_none}; {site.tell_days}."
    if grade.score is not None or grade.result.status is not SubmissionStatus.GRADED or _grading_fault(grade.result):
        return ""
    return f"No grade: {grade.why_none}."


def _grading_fault(result: GradingResult) -> str:
    """Return why a submission was not graded as it should be, or an empty string."""
    text = SUBMISSIONS[result.status]
    if result.status is SubmissionStatus.UNREADABLE:
        return result.message or text.label
    if result.status is SubmissionStatus.ERROR:
        return f"{text.label}: {result.message or text.sentence}"
    checks = (c for e in result.exercises for c in e.checks)
    if any(e.status is ExerciseStatus.ERROR for e in result.exercises) or any(
        c.outcome is Outcome.ERROR for c in checks
    ):
        return "some checks could not be run"
    if result.exercises and all(e.status is ExerciseStatus.MISSING for e in result.exercises):
        return "none of the assignment's functions was found in this notebook"
    return ""


def is_left(check: CheckResult) -> bool:
    """Return whether a check was left for the grading."""
    return check.outcome is Outcome.SKIPPED and check.visibility is Visibility.HIDDEN


def held_back(exercises: Sequence[ExerciseResult]) -> str:
    """Return the note on hidden checks that were run and are not told, or an empty string."""
    return next((c.note for e in exercises for c in e.checks if is_left(c) and c.note), "")


def reachable(exercise: ExerciseResult) -> float:
    """Return the most points that the checks of an exercise that were run can give."""
    return exercise.max_score - sum(c.max_points for c in exercise.checks if is_left(c))


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
