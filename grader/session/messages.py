"""Sentences to students about calls that were not answered, and to staff on the reference."""

from __future__ import annotations

from pathlib import Path

TOO_LARGE_ANSWER = "Your function returned more than can be compared: return what the exercise asks for, and no more."

CALL_AFTER_LOST_ONE = "a call after one that did not finish"
"""What has a reduced limit, in a sentence that says so."""

MEMORY_PASSED = "used more memory than it may"
PROCESS_ENDED = "ended the process that runs your code"
SENT_TOO_MUCH = "sent back more than can be read"


def time_used_up(cpu_s: float) -> str:
    """Say of an earlier call that it reached its limit of processor time."""
    return f"used up its {cpu_s:.3g} s of processor time"


def waited(idle_s: float) -> str:
    """Say of an earlier call that it reached its limit of waiting."""
    return f"waited for its {idle_s:.3g} s"


def not_called_again(did: str, others: int) -> str:
    """Say what an earlier call ``did``, and that ``others`` were lost as well."""
    more = f" and {others} more gave no answer either" if others else ""
    return f"Your function was not called here, because an earlier call {did}{more}."


def all_time_used_up(cpu_s: float) -> str:
    """For a call after others of the function that used up their common processor time."""
    return _not_called(f"used up the {cpu_s:.3g} s of processor time that they have")


def all_waited(idle_s: float) -> str:
    """For a call after others of the function that used up their common time to wait."""
    return _not_called(f"waited for the {idle_s:.3g} s that they may wait")


def _not_called(did: str) -> str:
    return f"Your function was not called here, because the calls before it {did} together."


def reference_needs(sentence: str, used: str) -> str:
    """Add to a sentence on a limit what the reference used."""
    return f"{sentence.rstrip('.')}. The reference needs {used} for the same call."


def reference_failed(name: str, sentence: str) -> str:
    """For a call that the reference raised an error at, or did not finish."""
    return f"the reference's {name} did not answer: {sentence}"


def reference_not_run(file: Path, reason: str) -> str:
    """For a solution whose file raises when a reference kernel runs it."""
    return f"{file} did not run: {reason}"


def mistake_failed(id: str, sentence: str) -> str:
    """For a call that a wrong variant raised an error at, or did not finish."""
    return f"the mistake {id} did not answer: {sentence}"


def no_exercise(name: str, near: str) -> str:
    """For an attribute of `student` that is no exercise; ``near`` is the nearest."""
    return f"{name!r} is no exercise of this assignment; did you mean {near!r}?"


def not_recorded(name: str, model: str) -> str:
    """For a call of a release's check whose answer was not recorded."""
    return f"no answer of {name} to these arguments was recorded for the model {model!r} with these weights."


def unreadable_record(reason: object) -> str:
    """For a release's recorded answers that are damaged."""
    return f"cannot be read: {reason}; get the course's files again."
