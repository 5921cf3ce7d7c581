"""Parse the command line with argparse, from the table of commands."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Sequence
from typing import NoReturn

from grader import __version__
from grader.cli import messages
from grader.cli.arguments import DEBUG, Argument, Command
from grader.cli.command_line import COMMANDS, DESCRIPTION, EPILOG
from grader.cli.exit_codes import EXIT_WRONG
from grader.sanitize import visible


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line; ``function`` of the result names what runs it.

    Exits with 2 on wrong usage, and with 0 after help.
    """
    parser = _Parser(
        prog="grader", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"grader {__version__}")
    _add_commands(parser, COMMANDS)
    arguments = sys.argv[1:] if argv is None else argv
    if not arguments:
        parser.print_help(sys.stderr)
        parser.exit(2)
    return parser.parse_args(arguments)


class WrongUsage(SystemExit):
    """The command line is wrong, which was said."""

    def __init__(self, sentence: str) -> None:
        super().__init__(EXIT_WRONG)
        self.sentence = sentence


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence, and where more is to be read."""

    def error(self, message: str) -> NoReturn:
        """Print a usage error as one sentence; raises WrongUsage, which ends the command."""
        wrong = re.search(r"invalid choice: '([^']*)'", message)
        near = difflib.get_close_matches(wrong[1], [c.name for c in COMMANDS], n=1) if wrong else []
        if wrong and near:
            message = messages.unknown_command(wrong[1], near[0])
        sentence = messages.usage_error(self.prog, visible(message))
        self._print_message(sentence, sys.stderr)
        raise WrongUsage(sentence.strip())


def _add_commands(parser: argparse.ArgumentParser, commands: Sequence[Command]) -> None:
    group = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in commands:
        own = group.add_parser(
            command.name, help=command.summary, description=command.description, epilog=f"example: {command.example}"
        )
        if command.subcommands:
            _add_commands(own, command.subcommands)
        else:
            _add_arguments(own, (*command.arguments, DEBUG))
            own.set_defaults(function=command.runner, module=command.module)


def _add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[Argument]) -> None:
    exclusive = parser.add_mutually_exclusive_group() if any(a.exclusive for a in arguments) else parser
    for argument in arguments:
        (exclusive if argument.exclusive else parser).add_argument(*argument.flags, **argument.options)
