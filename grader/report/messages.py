"""The sentences of the pages: every status and outcome in plain English."""

from __future__ import annotations

from dataclasses import dataclass

from grader.english import plural
from grader.result import CheckResult, ExerciseStatus, GradingResult, Outcome, SubmissionStatus


@dataclass(frozen=True, slots=True)
class StatusText:
    """How a page says a status: a short ``label``, a ``sentence``, ``advice`` and a ``tone``.

    The tone names an icon and a colour: ``good``, ``bad``, ``part``, ``idle`` or ``ours``.
    """

    label: str
    sentence: str
    advice: str
    tone: str


_OURS = "This is a fault on our side and costs you no points; your instructor can see it and will have it graded again."

OUTCOMES: dict[Outcome, StatusText] = {
    Outcome.PASSED: StatusText("passed", "", "", "good"),
    Outcome.FAILED: StatusText("failed", "", "", "bad"),
    Outcome.NOT_ATTEMPTED: StatusText("not attempted", "", "", "idle"),
    Outcome.SKIPPED: StatusText("skipped", "", "", "idle"),
    Outcome.ERROR: StatusText("could not be run", _OURS, "", "ours"),
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
        "not fully checked",
        "Nothing that was checked is wrong, and not all of the checks were run.",
        "The others are run when it is graded.",
        "idle",
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
    ExerciseStatus.ERROR: StatusText("could not be graded", "This exercise could not be graded.", _OURS, "ours"),
}

SUBMISSIONS: dict[SubmissionStatus, StatusText] = {
    SubmissionStatus.GRADED: StatusText("graded", "", "", "good"),
    SubmissionStatus.UNREADABLE: StatusText(
        "could not be read",
        "This file could not be read as a Jupyter notebook, so nothing in it was graded.",
        "Open the notebook in Jupyter, save it, and hand in the .ipynb file itself: not a PDF, an HTML page or a link.",
        "bad",
    ),
    SubmissionStatus.NOT_SUBMITTED: StatusText("not submitted", "Nothing was handed in.", "", "idle"),
    SubmissionStatus.ERROR: StatusText("not graded", "Grading stopped before it was finished.", _OURS, "ours"),
}

STAFF_ADVICE = "Grade this file again. If it ends the same way, the message above says what to look at."

SAME_REASON = "For the same reason as above."

HIDDEN_NOTE = "A hidden check calls your function on an input that is not shown, to see that it works in general."


def score_headline(result: GradingResult, score: str, most: str) -> str:
    """Return the page's heading: the score, or that there is none."""
    if result.status is SubmissionStatus.ERROR:
        return "Not graded yet"
    if result.status is SubmissionStatus.UNREADABLE:
        return "Nothing could be graded"
    if result.status is SubmissionStatus.NOT_SUBMITTED:
        return "Nothing was handed in"
    return f"{score} of {most} points"


def summary(result: GradingResult, start_with: str) -> str:
    """Return one sentence about the whole submission.

    ``start_with`` names what the student should look at first, or is empty."""
    if result.status is not SubmissionStatus.GRADED:
        unreadable = result.status is SubmissionStatus.UNREADABLE
        return result.message if unreadable and result.message else SUBMISSIONS[result.status].sentence
    done = sum(e.status is ExerciseStatus.PASSED for e in result.exercises)
    total = len(result.exercises)
    if total and done == total:
        checks = sum(len(e.checks) for e in result.exercises)
        return f"Everything passes, {plural(checks, 'check')} in all. Well done."
    if total and all(e.status in (ExerciseStatus.PASSED, ExerciseStatus.INCOMPLETE) for e in result.exercises):
        return "Nothing that was checked is wrong; other checks are run when it is graded."
    if total and all(e.status is ExerciseStatus.NOT_ATTEMPTED for e in result.exercises):
        return "None of the exercises has been attempted yet."
    passes = f"{done} of {total} exercises {'pass' if done > 1 else 'passes'} in full"
    if not done:
        passes = "The exercise does not pass in full yet" if total == 1 else "No exercise passes in full yet"
    return f"{passes}; start with {start_with}." if start_with else f"{passes}."


def tally(checks: tuple[CheckResult, ...]) -> str:
    """Return how many checks pass: "3 of 4 checks passed"."""
    passed = sum(c.outcome is Outcome.PASSED for c in checks)
    return f"{passed} of {plural(len(checks), 'check')} passed"


def lines(first: int, last: int) -> str:
    """Return a range of lines, such as "line 3"; an en dash joins the ends of a longer one."""
    return f"line {first}" if first == last else f"lines {first}–{last}"  # noqa: RUF001 - an en dash joins a range
