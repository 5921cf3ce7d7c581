"""The commands on one notebook, which are called again and again.

They import only what they need: ``check`` is to answer at once.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path

from grader import fork_server, strict_json
from grader.assignment import FILE, Assignment, load_assignment, load_only_assignment
from grader.atomic_write import write_page
from grader.cli import check_messages, check_report, messages
from grader.cli.exit_codes import EXIT_DONE, EXIT_SHORT, EXIT_UNDONE
from grader.cli.hand_over import hand_over
from grader.cli.hook_output import print_result
from grader.cli.hook_to_service import check_options, grade_on_service
from grader.cli.trust import require_trust
from grader.cli.waiting import show_waiting
from grader.cli.warm import lasting_idle_s, print_status, stop, warm_up
from grader.errors import UsageError
from grader.intake import find_one
from grader.release_lookup import find_assignment, parts_of_releases, releases_in
from grader.report import staff_page, student_page
from grader.result import GradingResult, SubmissionStatus, redact
from grader.sandbox.probe import system_name
from grader.trusted_releases import trust as trust_release
from grader.worker import Examiners

_LOOK_S = 0.1
_FileState = tuple[int, int, int]


def check(args: argparse.Namespace) -> int:
    """Check one notebook with the visible checks, and count the hidden ones."""
    if not args.sandbox and _sandbox(args) == "off":
        print(check_messages.no_sandbox(system_name()), file=sys.stderr)
    if not args.watch:
        return _check_once(args)
    code, words = EXIT_DONE, [word for word in args.words if not word.startswith("--w")]
    with suppress(KeyboardInterrupt):
        while True:
            before = _file_state(args.notebook)
            ended = hand_over(words)
            if ended and ended.interrupted:
                break
            code = ended.code if ended else _check_once(args)
            sys.stdout.flush()
            print(check_messages.WATCHING, file=sys.stderr, flush=True)
            _wait_until_saved(args.notebook, before, pause=lambda: time.sleep(_LOOK_S))
            print(check_messages.saved(time.strftime("%H:%M:%S")), file=sys.stderr, flush=True)
    return code


def _check_once(args: argparse.Namespace) -> int:
    require_file(args.notebook)
    found = find_assignment(args.notebook, args.assignment)
    assignment = found.assignment
    if found.beside:
        require_trust(assignment)
    result = _grade_one(
        args,
        assignment,
        hidden=False,
        sandbox=_sandbox(args),
        own=True,
        cold=args.cold,
        watched=args.watch,
        shown=show_waiting,
    )
    if args.html:
        write_page(args.html, student_page(result, assignment_title=assignment.title))
    if args.json:
        print(strict_json.dumps(redact(result).to_json()))
    else:
        check_report.print_check(result, assignment, args.notebook, sandboxed=args.sandbox != "off", page=args.html)
    if result.status is SubmissionStatus.ERROR:
        return EXIT_UNDONE
    return EXIT_DONE if check_report.all_passed(result) else EXIT_SHORT


def _sandbox(args: argparse.Namespace) -> str:
    """Return how one's own code is locked down: as asked for, else as the system can."""
    return args.sandbox or ("on" if sys.platform == "linux" else "off")


def _wait_until_saved(file: Path, before: _FileState | None, *, pause: Callable[[], None]) -> None:
    """Return when a file is no longer what it was before, and keeps still for a pause.

    An editor may take it away to save it, and may write it in parts.
    """
    last = before
    while (now := _file_state(file)) in (None, before) or now != last:
        last = now
        pause()


def _file_state(file: Path) -> _FileState | None:
    """Return what tells a file from what it was before it was saved; None where there is none."""
    with suppress(OSError):
        found = file.stat()
        return found.st_mtime_ns, found.st_size, found.st_ino
    return None


def trust(args: argparse.Namespace) -> int:
    """Let the checks of a release run on this computer."""
    releases = releases_in(args.folder.parent) if args.folder.joinpath(FILE).is_file() else releases_in(args.folder)
    inside = {f for f in releases.values() if f == args.folder.resolve()} or set(releases.values())
    if len(inside) != 1:
        raise UsageError(check_messages.not_one_release(args.folder, len(inside)))
    assignment = load_assignment(str(*inside))
    trust_release(assignment)
    print(check_messages.trusted(assignment.title, assignment.digest))
    return EXIT_DONE


def hook(args: argparse.Namespace) -> int:
    """Grade one upload and print its result as one line of JSON on stdout, and nothing else."""
    check_options(args)
    if args.to:
        require_file(args.notebook)
        if result := grade_on_service(args):
            return _answered(args, result)
        print(check_messages.GRADED_HERE, file=sys.stderr)
    assignment = load_whole(args.assignment)
    require_file(args.notebook)
    result = _grade_one(args, assignment, hidden=True, sandbox="on")
    page = student_page if args.view == "student" else staff_page
    if args.html:
        write_page(args.html, page(result, assignment_title=assignment.title))
    return _answered(args, redact(result) if args.view == "student" else result)


def _answered(args: argparse.Namespace, result: GradingResult) -> int:
    print_result(args, result)
    return EXIT_UNDONE if result.status is SubmissionStatus.ERROR else EXIT_DONE


def _grade_one(
    args: argparse.Namespace,
    assignment: Assignment,
    *,
    hidden: bool,
    sandbox: str,
    own: bool = False,
    cold: bool = False,
    watched: bool = False,
    shown: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> GradingResult:
    """Grade the notebook that the arguments name.

    ``own`` says that it is the caller's, with what lies beside it; ``shown`` is what is shown while models are loaded.
    """
    raised = limited(assignment, args)
    idle = 0.0 if cold else lasting_idle_s()
    with fork_server.scratch() as scratch:
        apart = parts_of_releases(args.notebook.parent) if own else ()
        submission = find_one(args.notebook, scratch=scratch, functions=assignment.names, own=own, apart=apart)
        with (
            Examiners(raised, hidden=hidden, sandbox=sandbox, idle_s=idle, may_fork=not watched) as examiners,
            # What shows something is a thread, which a process that forks must not have.
            nullcontext() if examiners.tried else shown(),
        ):
            [result] = examiners.grade([submission])
    return result


def warm(args: argparse.Namespace) -> int:
    """Load models for the commands that come, tell what is loaded, or let it end."""
    if args.status:
        return print_status()
    if args.stop:
        return stop()
    assignment = named_or_only(args)
    if assignment.recorded:
        require_trust(assignment)
    with show_waiting():
        return warm_up(assignment)


def load_whole(name: str) -> Assignment:
    """Return an assignment with its solution; raises UsageError for a release."""
    assignment = load_assignment(name)
    if assignment.recorded:
        raise UsageError(check_messages.only_a_release(assignment.root))
    return assignment


def named_or_only(args: argparse.Namespace) -> Assignment:
    """Return the assignment that a command names, or the only one; raises UsageError."""
    return load_assignment(args.assignment) if args.assignment else load_only_assignment()


def limited(assignment: Assignment, args: argparse.Namespace) -> Assignment:
    """Return an assignment with the command's limit for each call."""
    return assignment.with_call_limit(args.timeout)


def require_file(path: Path) -> None:
    """Raise UsageError for a path that is no file."""
    if not path.is_file():
        raise UsageError(messages.folder_for_notebook(path) if path.is_dir() else messages.no_file(path))
