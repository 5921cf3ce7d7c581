"""One run of the console script, from its words to its exit code."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Sequence

from grader.cli import commands
from grader.cli.parser import parse
from grader.errors import GraderError
from grader.sanitize import visible
from grader.terminal import log_to_stderr, lost_output, prepare_streams

EXIT_UNDONE = 3


def run(argv: Sequence[str] | None = None) -> int:
    """Do what the words say, and return the exit code."""
    prepare_streams()
    try:
        args = parse(argv)
    except SystemExit as end:  # help was asked for, or the words are wrong: argparse has said so
        return _told(int(end.code or 0))
    log_to_stderr(logging.DEBUG if args.debug else logging.WARNING)
    # A service manager's stop must unwind like Ctrl-C, so that kernels end and rows stay whole.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _told(args.run(args), stdout_is_all=args.run is commands.hook)
    except KeyboardInterrupt:
        return _failed(_interrupted(args))
    except Exception as error:
        if args.debug:
            raise
        return _failed(_sentence(error), error.exit_code if isinstance(error, GraderError) else EXIT_UNDONE)


def _failed(sentence: str, code: int = EXIT_UNDONE) -> int:
    print(f"grader: {visible(sentence)}", file=sys.stderr)
    return _told(code)


def _sentence(error: Exception) -> str:
    match error:
        case GraderError():
            return str(error)
        case OSError():  # a disk that is full, a folder that may not be written
            what = f"{error.filename}: " if error.filename else ""
            return f"{what}{error.strerror or error}; set it right and give the same command again."
    return (
        f"the grader itself failed ({type(error).__name__}: {error}); give the same command with --debug to see where, "
        "and report it."
    )


def _told(code: int, *, stdout_is_all: bool = False) -> int:
    """Return the exit code, or another one when what was to be said on stdout could not be.

    A reader that went away (``| head``) wanted no more; with ``stdout_is_all`` the result is lost with it.
    """
    lost = lost_output()
    if lost is None or (isinstance(lost, BrokenPipeError) and not stdout_is_all):
        return code
    if not isinstance(lost, BrokenPipeError):
        print(f"grader: stdout could not be written: {lost.strerror}; give it another place.", file=sys.stderr)
    return EXIT_UNDONE


def _interrupted(args: argparse.Namespace) -> str:
    if args.run is not commands.grade:  # the others begin anew
        return "interrupted."
    again = "the same command without --fresh" if args.fresh else "the same command"
    return f"interrupted; {again} goes on where this one stopped."
