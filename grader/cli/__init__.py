"""The console script: words in, one call, words out."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Sequence

from grader.cli import commands
from grader.cli.parser import parse
from grader.errors import GraderError
from grader.terminal import log_to_stderr, printable

EXIT_UNDONE = 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``grader`` and return its exit code.

    0: done, and for ``check`` all visible checks pass; 1: the submission falls short (``check`` alone);
    2: usage or configuration error; 3: grading could not be done.
    """
    args = parse(argv)
    log_to_stderr(logging.DEBUG if args.debug else logging.WARNING)
    # A service manager's stop must unwind like Ctrl-C, so that kernels end and rows stay whole.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code: int = args.run(args)
    except GraderError as error:
        if args.debug:
            raise
        print(f"grader: {printable(str(error))}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(f"grader: {_interrupted(args)}", file=sys.stderr)
        return EXIT_UNDONE
    except BrokenPipeError:  # the reader of our output went away: nobody is left to tell
        sys.stderr.close()
        return EXIT_UNDONE
    except OSError as error:  # a disk that is full, a folder that may not be written
        if args.debug:
            raise
        what = printable(f"{error.filename}: " if error.filename else "")
        print(
            f"grader: {what}{error.strerror or error}; set it right and give the same command again.", file=sys.stderr
        )
        return EXIT_UNDONE
    return code


def _interrupted(args: argparse.Namespace) -> str:
    if args.run is not commands.grade:  # the others begin anew
        return "interrupted."
    again = "the same command without --fresh" if args.fresh else "the same command"
    return f"interrupted; {again} goes on where this one stopped."
