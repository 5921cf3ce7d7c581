"""Start one examiner process per submission, beside one zygote.

pytest keeps the check modules it imported, and a check that crashes must not take the batch down: so each submission is
examined in a process of its own, forked from a server that has pytest and numpy loaded already.
"""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from grader import fork_server, messages
from grader.assignment import FILE, Assignment
from grader.errors import AssignmentError, GraderError, KernelError, UsageError
from grader.examiner_process import PROCESSES, Examination, end, exit_code
from grader.extract import Stub, parse_stub
from grader.heartbeat import EXAMINER_TIMEOUT, ExaminerTimeout, Heartbeat
from grader.import_path import safe_path
from grader.intake import read_stub
from grader.kernel import KernelPool
from grader.kernel.processor_clock import Time
from grader.result import GradingResult, SubmissionStatus
from grader.sandbox import rlimits
from grader.secret import Secret, load_secret
from grader.submission import Submission
from grader.terminal import log_to_stderr
from grader.zygote_info import ZygoteInfo

log = logging.getLogger(__name__)

_LOOK_S = 1.0
MOST_MB = 4096
"""What an examiner may use.

Answers take far less; only what is compared with them may come to it.
"""

ATTEMPTS = 2  # an examiner that failed for a reason of ours is tried once more


@dataclass
class _Options:
    """What all examiners are given alike: options of :func:`grader.grade.grade_one`."""

    hidden: bool
    seed: int | None
    secret: Secret | None = None
    stub: Stub | None = None


class Examiners:
    """Grade submissions side by side, each in a fresh process.

    A context manager that owns the zygote. ``jobs`` is how many at once; ``hidden`` whether hidden checks run too;
    ``sandbox`` "on", "strict" or (own code) "off"; ``private`` are paths that students' code may not read, wherever
    they lie; ``examiner_timeout`` is what an examiner may use or wait without a sign of life; ``idle_s`` is what
    :class:`grader.kernel.KernelPool` takes. ``may_fork`` says that this process is a command that grades one
    submission and has no threads: where the assignment was tried before with a zygote that serves, its examiner is a
    fork of this process, which spares loading everything twice.
    """

    def __init__(
        self,
        assignment: Assignment,
        *,
        jobs: int = 1,
        hidden: bool = True,
        sandbox: str = "on",
        seed: int | None = None,
        private: Iterable[Path] = (),
        examiner_timeout: Time = EXAMINER_TIMEOUT,
        idle_s: float | None = None,
        may_fork: bool = False,
    ) -> None:
        self.assignment = assignment
        self._examiner_timeout = examiner_timeout
        self._jobs = max(1, jobs)
        self._options = _Options(hidden, seed)
        self._sandbox = sandbox
        self._private = tuple(private)
        self._idle_s = idle_s
        self._may_fork = may_fork
        self._context: fork_server.Context = fork_server.context()

    def __enter__(self) -> Examiners:
        if self._options.seed is None:  # read once: where it cannot be kept, all submissions share one
            self._options.secret = load_secret(required=self._sandbox == "strict")
        if sys.platform == "linux" and not self._may_fork:
            fork_server.start()  # first: it imports what examiners need while the zygote warms up
        self._pool = KernelPool(self.assignment, sandbox=self._sandbox, private=self._private, idle_s=self._idle_s)
        try:
            self.tried = self._pool.tried(self.assignment.digest)
            if self.tried and self._may_fork:
                self._context = fork_server.fork_context()
            elif self._may_fork and sys.platform == "linux":
                fork_server.start()
        except BaseException:
            self._pool.close()
            raise
        return self

    def __exit__(self, *exc_info: object) -> None:
        try:
            self._pool.close()
        except Exception:  # what the kernels leave behind must not cost the results that stand
            log.exception("%s", messages.KERNELS_FOLDER_LEFT)

    @property
    def address(self) -> str:
        """The address of the zygote that they share."""
        return self._pool.address

    def serves(self) -> bool:
        """Return whether the zygote serves, so that grading with it can be tried again."""
        return self._pool.serves()

    @cached_property
    def info(self) -> ZygoteInfo:
        """What the zygote says of itself, once it is known that the assignment can be graded here.

        That is found out once: the checks are collected while the zygote warms up, then a reference kernel is started
        on each model. Where a command before this one has found it out with the same zygote, it is known. Raises
        UsageError with what is wrong with the assignment, KernelError with what is wrong here.
        """
        try:
            return self._ready()
        except KernelError:
            if not self._pool.replaced():
                raise
            self.tried = False  # of another one nothing is known
            return self._ready()

    def _ready(self) -> ZygoteInfo:
        if not self.tried:
            self._collect()
        if not (self.tried and self._may_fork):  # else it is read where it is needed, once
            self._options.stub = parse_stub(read_stub(self.assignment))
        info = self._pool.info
        if not self.tried:
            self._try_kernels(info)
            self._pool.remember(self.assignment.digest)
        return info

    def _try_kernels(self, info: ZygoteInfo) -> None:
        for package, version in info.packages.items():
            if not version:
                raise AssignmentError(self.assignment.root / FILE, messages.package_not_installed(package))
        for model in self.assignment.models:
            if model not in info.models:
                raise AssignmentError(self.assignment.prelude, messages.model_not_loaded(model))
            if sys.platform == "linux":  # elsewhere the process that said so has tried it
                with self._pool.kernel(model, role="reference"):
                    pass

    def _collect(self) -> None:
        mine, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_collect_checks, args=(theirs, self.assignment), daemon=True)
        with safe_path(), PROCESSES:  # of no use to a fork, but not every system has them
            process.start()
        theirs.close()
        timeout = ExaminerTimeout(process.pid or 0, self._examiner_timeout)
        try:
            while not mine.poll(_LOOK_S):
                if timeout.exhausted():
                    raise UsageError(messages.checks_do_not_end(self.assignment.root))
            if sentence := json.loads(mine.recv_bytes()):
                raise UsageError(sentence)
        except (EOFError, OSError) as error:
            ended_with = exit_code(process, 5)
            raise UsageError(messages.checks_ended_process(self.assignment.root, ended_with)) from error
        finally:
            mine.close()
            end(process)

    def grade(self, submissions: Iterable[Submission]) -> Iterator[GradingResult]:
        """Yield a result for each submission as it is finished; never fewer than were given.

        Raises what :attr:`info` does before any of them is opened.
        """
        _ = self.info
        waiting = [(s, 1) for s in submissions]
        waiting.reverse()
        running: list[Examination] = []
        try:
            while waiting or running:
                while waiting and len(running) < self._jobs:
                    running.append(self._start_examiner(*waiting.pop()))
                for done in self._finished(running):
                    running.remove(done)
                    result = _examined_result(done, self.assignment)
                    if result.status is SubmissionStatus.ERROR and done.attempt < ATTEMPTS + self._pool.replaced():
                        log.warning("%s: %s. Trying once more.", done.submission.label, result.message.rstrip("."))
                        waiting.append((done.submission, done.attempt + 1))
                    else:
                        yield result
        finally:
            for left in running:
                left.answer.close()
                end(left.process)

    def _start_examiner(self, submission: Submission, attempt: int) -> Examination:
        mine, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(
            target=_examine,
            args=(theirs, logging.root.level, submission, self.assignment, self._pool.address, self._options),
            daemon=True,
        )
        with safe_path(), fork_server.no_interrupt(), PROCESSES:  # of no use to a fork, but not every system has them
            process.start()
        theirs.close()
        if process.pid is None:
            raise KernelError(messages.EXAMINER_NOT_STARTED)
        return Examination(submission, attempt, process, mine, ExaminerTimeout(process.pid, self._examiner_timeout))

    @staticmethod
    def _finished(running: list[Examination]) -> list[Examination]:
        wait([e.answer for e in running], timeout=_LOOK_S)
        return [e for e in running if e.over()]


def examiner_folder(address: str) -> Path:
    """Return a folder for processes that grade, the zygote's own if any, free of uploads."""
    return Path(address).parent if os.path.isabs(address) else Path(os.sep)


def _examine(
    answer: Connection,
    level: int,
    submission: Submission,
    assignment: Assignment,
    address: str,
    options: _Options,
) -> None:
    """Run in the examiner process: grade and send the result as JSON data."""
    fork_server.end_with_command()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a command's own way to end is not its fork's
    log_to_stderr(level)
    rlimits.backstop(MOST_MB)
    os.chdir(examiner_folder(address))
    # Whatever a check or a library prints must not mix with what the caller prints.
    os.dup2(2, 1)
    from grader.grade import grade_one  # loaded by the forkserver already; the caller's process has no need of pytest

    gc.freeze()  # what is there by now is no concern of the collections that pytest asks for
    result = grade_one(submission, assignment, address=address, beat=Heartbeat(answer), **vars(options))
    _send(answer, result.to_json())


def _collect_checks(answer: Connection, assignment: Assignment) -> None:
    """Send, from a process of its own, the sentence on what is wrong with the checks, or ""."""
    fork_server.end_with_command()
    os.dup2(2, 1)
    from grader.grade import collect_checks

    found = ""
    try:
        collect_checks(assignment)
    except GraderError as error:
        found = str(error)
    _send(answer, found)


def _send(answer: Connection, data: Any) -> None:
    with contextlib.suppress(BrokenPipeError):  # the command has ended, and nobody waits for it
        answer.send_bytes(json.dumps(data).encode())
    answer.close()


def _examined_result(done: Examination, assignment: Assignment) -> GradingResult:
    done.answer.close()
    try:
        if done.said:
            return GradingResult.from_json(json.loads(done.said))
        if done.said is None:
            reason = messages.EXAMINER_STOOD_STILL
        else:
            reason = messages.examiner_ended(exit_code(done.process, 5))
    finally:
        end(done.process)
    return failed(done.submission, assignment, reason)


def failed(submission: Submission, assignment: Assignment, reason: str) -> GradingResult:
    """Return the result of a submission that could not be graded through a fault of ours."""
    return GradingResult(
        submission.record(), assignment.slug, SubmissionStatus.ERROR, 0.0, assignment.max_score, message=reason
    )
