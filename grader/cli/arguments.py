"""What the table of commands is made of: commands, arguments, those that several have."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.cli.argument_types import page_file, positive_count, seconds


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a command, given as argparse's ``add_argument`` takes it.

    No two arguments that are ``exclusive`` may be given together.
    """

    flags: tuple[str, ...]
    options: dict[str, Any]
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """One command: the texts of its help, its arguments and what runs it.

    A function of ``module`` runs it: the one of the command's name, or ``function``. The module is imported once a
    command is known, so that help, completion and mistakes of usage need nothing of it. A command with ``subcommands``
    has no function.
    """

    name: str
    summary: str
    description: str
    example: str
    arguments: tuple[Argument, ...] = ()
    subcommands: tuple[Command, ...] = ()
    module: str = "grader.cli.commands"
    function: str = ""

    @property
    def runner(self) -> str:
        """The name of the function that runs it."""
        return self.function or self.name


def option(*flags: str, exclusive: bool = False, **options: Any) -> Argument:
    """Return an argument; ``options`` are those of argparse's ``add_argument``."""
    return Argument(flags, options, exclusive)


def slug_argument(text: str, *, required: bool = False) -> Argument:
    """Return the option that names an assignment by slug or path."""
    return option("-a", "--assignment", metavar="ASSIGNMENT", required=required, help=text)


def out_option(text: str, *, metavar: str = "OUT", **options: Any) -> Argument:
    """Return the option that names a place to write to."""
    return option("-o", "--out", type=Path, metavar=metavar, help=text, **options)


def jobs_option(what: str) -> Argument:
    """Return the option that says how many of something work at once."""
    text = f"{what} at once (default: as many as cores and memory are for)"
    return option("--jobs", type=positive_count, metavar="N", help=text)


def notebook_argument(text: str) -> Argument:
    """Return the argument that is one notebook."""
    return option("notebook", type=Path, metavar="NOTEBOOK", help=text)


def html_option(text: str) -> Argument:
    """Return the option that names a page to write."""
    return option("--html", type=page_file, metavar="FILE", help=text)


SLUG_HELP = "the assignment's name or folder"
DEFAULT_SLUG = f"{SLUG_HELP} (default: the only one that is known)"
SLUG_FIRST = option("assignment", metavar="ASSIGNMENT", help=SLUG_HELP)
TIMEOUT = option(
    "--timeout",
    type=seconds,
    metavar="S",
    help="raise the CPU time limit of one call to at least S seconds (default: the assignment's limit)",
)
COURSE = option(
    "--course",
    type=Path,
    metavar="FILE",
    help="the course's file with deadlines, late policy, extensions and attempts; OUT remembers it",
)
DEBUG = option("--debug", action="store_true", help="show tracebacks and what happens inside")
