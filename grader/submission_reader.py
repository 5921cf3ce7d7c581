"""Read and extract a submission in a process with limits of memory and time.

Python's own parser may take a thousand times the length of what it reads, and nothing interrupts it. A system that
cannot fork reads the submission, one's own notebook, in this process.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import logging
import os
import select
import signal
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from grader import messages
from grader.assignment import Assignment
from grader.errors import GraderError, UnreadableError
from grader.extract import Extraction, Stub, extract, parse_stub
from grader.extract.recursion import STACK_MB
from grader.intake import read_notebook, read_stub
from grader.kernel.exclusive_run import no_beat
from grader.kernel.processor_clock import Clock, clock_of
from grader.sandbox import privileges, rlimits
from grader.submission import SupportingFile
from grader.typed_json import record

log = logging.getLogger(__name__)

CPU_S = 15
"""Processor seconds for one submission; an ordinary one takes a twentieth of a second."""

MEMORY_MB = 512
"""Memory for one submission, beside three times its size.

A notebook's outputs are read before they are left out.
"""

IDLE_S = 60.0
"""Seconds in which reading one submission may neither run nor wait for a processor.

A disk may be slow.
"""

_ANSWER_MB = 64
_MAX_MODULE = 1_000_000  # bytes of a file beside a notebook that are read to follow names in it
_LOOK_S = 0.1
_CRASHES = frozenset({signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGILL, signal.SIGFPE})

# Where memory ends inside CPython itself, it may say "returned NULL without setting an exception".
_WANT_OF_MEMORY = (MemoryError, RecursionError, SystemError)


def read_submission(
    path: Path,
    assignment: Assignment,
    stub: Stub | None = None,
    beat: Callable[[], None] = no_beat,
    files: Sequence[SupportingFile] = (),
) -> Extraction:
    """Return what the notebook at a path holds of an assignment's exercises.

    ``files`` lie beside it. ``beat`` is called again and again. ``stub`` is what students were given; it is read here
    where it is not.

    Raises UnreadableError when the file is no notebook or takes too much to be read, another GraderError when that is
    not the file's fault.
    """
    if sys.platform != "linux":
        return _read_and_extract(path, assignment, stub, files)
    text, cpu_s, signalled = _in_process(path, assignment, stub, beat, files)
    match _parsed_answer(text):
        case {"extraction": dict(data)}:
            return record(Extraction, data)
        case {"unreadable": str(reason)}:
            raise UnreadableError(path, reason)
        case {"failed": str(reason)}:
            raise GraderError(reason)
    if signalled == signal.SIGXCPU or cpu_s >= CPU_S:
        raise UnreadableError(path, messages.too_slow_to_read(CPU_S))
    if signalled in _CRASHES:
        raise UnreadableError(path, messages.BREAKS_PYTHON)
    if not signalled:  # it ended by itself: there was no memory to say anything
        raise UnreadableError(path, messages.TOO_LARGE_TO_READ)
    raise GraderError(messages.reader_ended(path.name, signalled))


def _in_process(
    path: Path,
    assignment: Assignment,
    stub: Stub | None,
    beat: Callable[[], None],
    files: Sequence[SupportingFile],
) -> tuple[bytes, float, int]:
    """Return what a forked process says of a submission, and what it used.

    That is its processor seconds and the signal that ended it, or 0.
    """
    source, target = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # libraries' threads, which the fork has no need of
        pid = os.fork()
    if not pid:
        _read_in_fork(target, path, assignment, stub, files)
    os.close(target)
    try:
        text = _received(source, path, clock_of(pid), beat)  # to its end: ending it now would hide what ended it
    except BaseException:
        os.kill(pid, signal.SIGKILL)
        raise
    finally:
        os.close(source)
        _, status, used = os.wait4(pid, 0)
    return text, used.ru_utime + used.ru_stime, status & 0x7F


def _parsed_answer(text: bytes) -> Any:
    """Return what an answer says, or None when it is not there to its end."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def _received(source: int, path: Path, clock: Clock, beat: Callable[[], None]) -> bytes:
    """Return all that comes from a process.

    Raises UnreadableError when that is more than an answer may be, GraderError when the process does nothing for long.
    """
    text = bytearray()
    while len(text) <= _ANSWER_MB << 20:
        beat()
        if select.select([source], [], [], _LOOK_S)[0]:
            if not (chunk := os.read(source, 1 << 20)):
                return bytes(text)
            text += chunk
        if clock.look().idle_s > IDLE_S:
            raise GraderError(messages.disk_gave_nothing(path.name, IDLE_S))
    raise UnreadableError(path, messages.TOO_LARGE_TO_READ)


def _read_in_fork(
    target: int, path: Path, assignment: Assignment, stub: Stub | None, files: Sequence[SupportingFile]
) -> NoReturn:
    """In the forked process: read the submission, say what came of it as JSON, and end."""
    try:
        privileges.die_with_parent()
        os.closerange(3, target)
        os.closerange(target + 1, 1 << 16)
        gc.disable()
        answer: dict[str, Any]
        try:
            memory_mb = MEMORY_MB + STACK_MB + 3 * (_size(path) >> 20)
            rlimits.limit(memory_mb=memory_mb, cpu_s=CPU_S - 1, file_mb=0)
            answer = {"extraction": dataclasses.asdict(_read_and_extract(path, assignment, stub, files))}
        except UnreadableError as error:
            answer = {"unreadable": error.reason}
        except GraderError as error:
            answer = {"failed": str(error)}
        except _WANT_OF_MEMORY:
            answer = {"unreadable": messages.TOO_LARGE_TO_READ}
        except Exception as error:  # a bug: staff wants to know where
            log.exception("%s could not be read", path.name)
            answer = {"failed": messages.reader_failed(path.name, f"{type(error).__name__}: {error}")}
        with open(target, "wb") as pipe:
            pipe.write(json.dumps(answer, default=sorted).encode())  # sets are lists there
    finally:
        os._exit(0)


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:  # reading it says why
        return 0


def _read_and_extract(
    path: Path, assignment: Assignment, stub: Stub | None, files: Sequence[SupportingFile] = ()
) -> Extraction:
    stub = stub or parse_stub(read_stub(assignment))  # its thread leaves a large stack
    try:
        notebook = read_notebook(path)
        return extract(
            notebook,
            assignment.names,
            assignment.provided,
            stub,
            near_miss=assignment.near_miss,
            packages=assignment.packages,
            files={file.name: _python_source(file) for file in files},
        )
    except _WANT_OF_MEMORY as error:
        raise UnreadableError(path, messages.TOO_LARGE_TO_READ) from error


def _python_source(file: SupportingFile) -> str:
    """Return the code of a Python file that is not too long, "" of any other file."""
    if not file.name.endswith(".py") or file.size > _MAX_MODULE:
        return ""
    try:
        return file.path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # it is said where it is needed
        return ""
