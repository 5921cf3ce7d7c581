"""Run one command, and turn its errors into a sentence and an exit code."""

from __future__ import annotations

import argparse
import errno
import importlib
import logging
import signal
import sys
import traceback
from collections.abc import Sequence

from grader.cli import messages
from grader.cli.batch_command_line import GRADE
from grader.cli.exit_codes import EXIT_UNDONE, EXIT_WRONG
from grader.cli.notebook_command_line import HOOK
from grader.cli.parser import WrongUsage, parse
from grader.errors import GraderError
from grader.sanitize import one_line
from grader.terminal import flush_output, log_to_stderr, prepare_streams


def run(argv: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name, and return its exit code."""
    prepare_streams()
    words = sys.argv[1:] if argv is None else [*argv]
    try:
        args = parse(argv)
    except WrongUsage as wrong:
        if words[:1] == [HOOK.name]:
            _print_failure(None, wrong.sentence)
        return _checked_exit_code(EXIT_WRONG)
    except SystemExit as end:  # help: argparse has printed what there is to say
        return _checked_exit_code(int(end.code or 0))
    args.words = words
    log_to_stderr(logging.DEBUG if args.debug else logging.WARNING)
    # A service manager's stop must unwind like Ctrl-C, so that kernels end and rows stay whole.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        module = importlib.import_module(args.module)  # costs more than all else here: only for a command to run
        code = getattr(module, args.function)(args)
        return _checked_exit_code(code, stdout_is_all=args.function == HOOK.runner)
    except KeyboardInterrupt:
        return _failed(args, _interrupted(args))
    except Exception as error:
        if args.debug and args.function != HOOK.runner:
            raise
        if args.debug:
            traceback.print_exc()
        return _failed(args, _sentence(error), error.exit_code if isinstance(error, GraderError) else EXIT_UNDONE)


def _failed(args: argparse.Namespace, sentence: str, code: int = EXIT_UNDONE) -> int:
    if args.function == HOOK.runner:
        _print_failure(args, sentence)
    print(f"grader: {one_line(sentence)}", file=sys.stderr)
    return _checked_exit_code(code)


def _print_failure(args: argparse.Namespace | None, sentence: str) -> None:
    from grader.cli.hook_output import print_failure  # costs more than what every command needs

    print_failure(args, sentence)


def _sentence(error: Exception) -> str:
    match error:
        case GraderError():
            return str(error)
        case OSError():
            return messages.system_error(error)
    return messages.internal_error(error)


def _checked_exit_code(code: int, *, stdout_is_all: bool = False) -> int:
    """Return the exit code, or another one when stdout could not be written.

    A reader that went away (``| head``), or a stdout that was closed, is no failure, unless ``stdout_is_all`` of the
    command's result.
    """
    lost = flush_output()
    unwanted = lost is not None and lost.errno in (errno.EPIPE, errno.EBADF)
    if lost is None or (unwanted and not stdout_is_all):
        return code
    if not unwanted:
        print(f"grader: {messages.lost_output(lost.strerror)}", file=sys.stderr)
    return EXIT_UNDONE


def _interrupted(args: argparse.Namespace) -> str:
    if args.function == GRADE.runner:
        return messages.interrupted_batch(fresh=args.fresh)
    return messages.INTERRUPTED  # the other commands begin anew
