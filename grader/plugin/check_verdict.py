"""Turn what a check raised into a verdict: whose fault it is, what to say."""

from __future__ import annotations

import dataclasses
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from grader.compare import MismatchError
from grader.errors import Frame, FunctionUnavailable, StudentFault
from grader.plugin import messages
from grader.result import ExerciseStatus, Mismatch, Outcome
from grader.sanitize import visible


@dataclass(frozen=True, slots=True)
class CheckVerdict:
    """How a check ended.

    ``status`` is what a fault of the student's code makes of the exercise; None without one.
    """

    outcome: Outcome
    message: str = ""
    status: ExerciseStatus | None = None
    mismatch: Mismatch | None = None
    traceback: tuple[Frame, ...] = ()


def verdict(error: BaseException | None, root: Path, *, in_check: bool = True) -> CheckVerdict:
    """Judge what a check of the assignment at ``root`` raised.

    A wrong answer and a fault of the student's code fail it. All else is our error: a check that was skipped, what a
    library asserts, and what a fixture does, where the check itself was not running (``in_check``).
    """
    match error:
        case None:
            return CheckVerdict(Outcome.PASSED)
        case pytest.skip.Exception() | pytest.xfail.Exception():
            return CheckVerdict(Outcome.ERROR, visible(messages.not_carried_out(error)))
        case StudentFault():
            status = ExerciseStatus(error.status)
            unattempted = isinstance(error, FunctionUnavailable) and status is ExerciseStatus.NOT_ATTEMPTED
            outcome = Outcome.NOT_ATTEMPTED if unattempted else Outcome.FAILED
            return CheckVerdict(outcome, visible(error.sentence), status, traceback=_visible_frames(error))
        case MismatchError():
            return CheckVerdict(Outcome.FAILED, visible(str(error)), mismatch=_plain_mismatch(error.mismatch))
        case AssertionError() | pytest.fail.Exception() if in_check and _is_said_by_check(error, root):
            # pytest appends the values of a rewritten assert to the author's own words; those are enough.
            words, _, values = str(error).partition("\nassert ")
            return CheckVerdict(Outcome.FAILED, visible(words or values) or messages.CONDITION_FAILED)
        case _:
            return CheckVerdict(Outcome.ERROR, visible(": ".join(filter(None, (type(error).__name__, str(error))))))


def _is_said_by_check(error: BaseException, root: Path) -> bool:
    """Return whether a file of the assignment failed the check, itself or through pytest."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    while isinstance(error, pytest.fail.Exception) and frames and _is_pytests(frames[-1]):
        frames.pop()
    return bool(frames) and Path(frames[-1].f_code.co_filename).resolve().is_relative_to(root)


def _is_pytests(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).startswith("_pytest.")


def _visible_frames(fault: StudentFault) -> tuple[Frame, ...]:
    return tuple(Frame(f.cell, f.line, visible(f.function), visible(f.text), visible(f.file)) for f in fault.frames)


def _plain_mismatch(mismatch: Mismatch) -> Mismatch:
    texts: dict[str, Any] = {k: visible(v) for k, v in dataclasses.asdict(mismatch).items() if isinstance(v, str)}
    return dataclasses.replace(mismatch, **texts)
