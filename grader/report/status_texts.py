"""How pages say each status and outcome: a label, a sentence, advice and a tone."""

from __future__ import annotations

from dataclasses import dataclass, replace

from grader import messages
from grader.report.left_checks import held_back
from grader.result import ExerciseResult, ExerciseStatus, Outcome, SubmissionStatus


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
    SubmissionStatus.NOT_SUBMITTED: StatusText("not submitted", messages.NOTHING_HANDED_IN, "", "idle"),
    SubmissionStatus.EXCUSED: StatusText(
        "excused", "Excused from this assignment: it counts neither for nor against.", "", "idle"
    ),
    SubmissionStatus.ERROR: StatusText("grader error", "Grading stopped before it was finished.", _OUR_FAULT, "ours"),
}


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


def counted_label(status: SubmissionStatus, count: int) -> str:
    """Return a status as it stands beside how many submissions have it."""
    label = SUBMISSIONS[status].label
    return f"{label}s" if status is SubmissionStatus.ERROR and count != 1 else label
