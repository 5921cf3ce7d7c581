"""The two families of things that go wrong.

``GraderError`` is ours or the caller's: it never costs a student points. ``StudentFault`` is something a
student's code did: it came as data from another process, is shown, and is never raised as a bug of ours.

    GraderError
    ├── UsageError                 an invalid command line or configuration (exit code 2)
    │   └── AssignmentError        an assignment's files break a rule
    ├── UnreadableError            a submission that is not a notebook
    ├── MachineError               this machine refused something: a permission, a path's length, space (exit code 3)
    ├── CheckError                 a check gives a comparator what cannot be compared with (exit code 3)
    ├── SandboxUnavailableError    this machine cannot lock a kernel down (exit code 3)
    ├── SecretUnavailableError     this machine cannot keep the secret that inputs are drawn from (exit code 3)
    ├── PlatformError              a learning platform cannot be asked, or answers what is not understood (exit code 3)
    │   ├── RequestRefusedError    it refuses one request; others may be granted
    │   └── LostAnswerError        its answer was lost: it may have done what was asked
    └── KernelError                a kernel or the zygote failed for a reason of ours (exit code 3)
        └── MachineMemoryError     the machine ran out of memory, not the student's code

    StudentFault
    ├── CallRaised                 the student's code raised
    ├── CallTimedOut               it used up the time that it may use
    │   └── CallWaited             it did nothing but wait
    ├── CallOutOfMemory            it asked for more memory than the limits allow
    ├── KernelDied                 it ended its own process
    ├── BadAnswer                  what came back could not be read as a value
    └── FunctionUnavailable        there is no such function to call (missing, not attempted, syntax error)
"""

from __future__ import annotations

import json
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from grader.typed_json import Sparse


class GraderError(Exception):
    """Anything that went wrong but a student's answer; the text is one sentence for a person."""

    exit_code: ClassVar[int] = 3


class UsageError(GraderError):
    """The caller asked for something that cannot be: a wrong option, name or path."""

    exit_code = 2


class AssignmentError(UsageError):
    """An assignment's files break a rule; ``path`` is the file at fault."""

    def __init__(self, path: Path, rule: str) -> None:
        super().__init__(f"{path}: {rule}")
        self.path = path
        self.rule = rule

    @classmethod
    def of(cls, error: BaseException, path: Path) -> AssignmentError:
        """Return the error that says what a file's own Python raised, and in which line.

        The line may be in another file below the file's folder.
        """
        place, line = path, 0
        if isinstance(error, SyntaxError) and error.filename:
            place, line = Path(error.filename), error.lineno or 0
        for frame in traceback.extract_tb(error.__traceback__):
            if Path(frame.filename).is_relative_to(path if path.is_dir() else path.parent):
                place, line = Path(frame.filename), frame.lineno or 0
        text = " ".join(str(error.msg if isinstance(error, SyntaxError) else error).split())[:500]
        where = f"line {line}: " if line else ""
        return cls(place, f"{where}{type(error).__name__}{f': {text}' if text else ''}; mend it.")

    def to_bytes(self) -> bytes:
        """Return the error as a message to another process."""
        return json.dumps({"path": str(self.path), "rule": self.rule}).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> AssignmentError | None:
        """Read what :meth:`to_bytes` wrote; None when it is another message."""
        try:
            match json.loads(data):
                case {"path": str(path), "rule": str(rule)}:
                    return cls(Path(path), rule)
        except ValueError:
            pass
        return None


class UnreadableError(GraderError):
    """A submission that cannot be read as a notebook.

    ``reason`` completes "cannot be graded because ...".
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name} could not be read: {reason}")
        self.path = path
        self.reason = reason


class MachineError(GraderError):
    """This machine refused what had to be done.

    No submission is at fault, and grading can be repeated.
    """

    def __init__(self, what: str, error: OSError) -> None:
        super().__init__(f"{what}: {error.strerror or error}.")


class CheckError(GraderError):
    """A check gives a comparator what no answer can be compared with."""


class SandboxUnavailableError(GraderError):
    """This machine lacks a layer without which student code must not run."""


class SecretUnavailableError(GraderError):
    """The secret that fresh inputs are drawn from cannot be kept, where it has to be."""


class PlatformError(GraderError):
    """A learning platform cannot be reached, or answers what is not understood."""


class RequestRefusedError(PlatformError):
    """A platform refuses one request, and has done nothing."""


class LostAnswerError(PlatformError):
    """A platform's answer was lost or is a failure: it may have done what was asked."""


class KernelError(GraderError):
    """A kernel or the zygote failed for a reason that is not the student's."""


class MachineMemoryError(KernelError):
    """A kernel did not get memory that its limits allow, because the machine has no more."""


@dataclass(frozen=True, slots=True)
class Frame(Sparse):
    """One line of a traceback in the student's notebook, or in a file of theirs.

    ``cell`` counts all cells of the notebook from 1, 0 in a file; ``line`` counts the lines of that cell or file from
    1; ``text`` is the line of source, ``function`` the name of the function it stands in (or ``<module>``). ``file`` is
    the file's path from the notebook, empty in a cell.
    """

    cell: int
    line: int
    function: str
    text: str
    file: str = ""

    @property
    def place(self) -> str:
        """Where the line stands, as a reader finds it."""
        return f"{self.file or f'cell {self.cell}'}, line {self.line}"


class StudentFault(Exception):  # noqa: N818 - a fault of the student's code is not an error of ours
    """Something the student's code did instead of answering.

    ``sentence`` says it to the student.
    """

    status: ClassVar[str] = "crashed"

    def __init__(self, sentence: str, frames: tuple[Frame, ...] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.frames = frames


class CallRaised(StudentFault):
    """The student's code raised ``ename: evalue``; both are text of the student's making."""

    def __init__(self, ename: str, evalue: str, frames: tuple[Frame, ...] = (), sentence: str | None = None) -> None:
        where = f" in {frames[-1].place}" if frames else ""
        super().__init__(sentence or f"Your code raised {ename}{where}: {evalue}", frames)
        self.ename = ename
        self.evalue = evalue


class CallTimedOut(StudentFault):
    """The call used up the time that it may use."""

    status = "timed_out"


class CallWaited(CallTimedOut):
    """The call waited for longer than it may, and did not compute."""


class CallOutOfMemory(StudentFault):
    """The call used more memory than the limits allow."""

    status = "out_of_memory"


class KernelDied(StudentFault):
    """The student's code ended its own process."""


class BadAnswer(StudentFault):
    """What came back could not be read as a value: too large, malformed or forged."""


class FunctionUnavailable(StudentFault):
    """There is no function to call.

    ``status`` says whether it is missing, not attempted or not Python.
    """

    def __init__(self, sentence: str, status: str) -> None:
        super().__init__(sentence)
        self.status = status  # type: ignore[misc] # the one fault whose status is known only at run time
