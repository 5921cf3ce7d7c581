"""The command line's grammar."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from grader import __version__
from grader.cli import commands
from grader.cli.help_texts import COMMANDS, DESCRIPTION, EXIT_CODES
from grader.sanitize import visible

DEFAULT_ASSIGNMENT = "transformer_interp"


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line; ``run`` of the result is the command to call with it. Exits with 2 on wrong words."""
    parser = _Parser(
        prog="grader", description=DESCRIPTION, epilog=EXIT_CODES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"grader {__version__}")
    verbs = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, fill in _COMMANDS.items():
        about = COMMANDS[name]
        command = verbs.add_parser(name, help=about.short, description=about.long, epilog=f"example: {about.example}")
        fill(command)
        if name != "assignment":
            _debug(command)
    words = sys.argv[1:] if argv is None else argv
    if not words:
        parser.print_help(sys.stderr)
        parser.exit(2)
    return parser.parse_args(words)


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence, and where more is to be read."""

    def error(self, message: str) -> NoReturn:
        wrong = re.search(r"invalid choice: '([^']*)'", message)
        near = difflib.get_close_matches(wrong[1], COMMANDS, n=1) if wrong else []
        if near:
            message = f"there is no command {wrong[1]!r}; did you mean {near[0]!r}?"  # type: ignore[index] # near came of it
        end = "" if message.endswith("?") else "."
        self.exit(2, f"{self.prog}: {visible(message)}{end} `{self.prog} --help` says more.\n")


def _debug(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--debug", action="store_true", help="show tracebacks and what happens inside")


def _assignment(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument(
        "-a", "--assignment", metavar="SLUG", required=required, default=DEFAULT_ASSIGNMENT,
        help="the assignment's name or folder" + ("" if required else f" (default: {DEFAULT_ASSIGNMENT})"),
    )  # fmt: skip
    parser.add_argument(
        "--timeout",
        type=_seconds,
        metavar="S",
        help="seconds of processor time that any call may use at least (default: the assignment's)",
    )


def _grade(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="notebooks, folders or zips of them, a learning platform's download as it is",
    )
    _assignment(parser, required=True)
    parser.add_argument(
        "-o", "--out", type=Path, required=True, metavar="OUT", help="folder for results, grades and feedback"
    )
    parser.add_argument(
        "--jobs", type=_count, metavar="N", help="submissions at once (default: as many as cores and memory are for)"
    )
    parser.add_argument(
        "--roster", type=Path, metavar="CSV",
        help="who should have handed in: names and ids are joined, and who handed in nothing gets a row with 0",
    )  # fmt: skip
    parser.add_argument(
        "--sandbox", choices=["on", "strict"], default="on",
        help="strict: only where the machine has every layer of the lock-down, namespaces and control groups too",
    )  # fmt: skip
    parser.add_argument("--fresh", action="store_true", help="grade everything again, also what OUT already holds")
    parser.set_defaults(run=commands.grade)


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("notebook", type=Path, metavar="NOTEBOOK", help="your notebook")
    _assignment(parser, required=False)
    parser.add_argument(
        "--sandbox",
        choices=["on", "off", "strict"],
        default="on",
        help="off: run your own code without the lock-down; strict: only where the machine has every layer of it",
    )
    parser.add_argument("--html", type=_page, metavar="FILE", help="also write the feedback page here")
    parser.set_defaults(run=commands.check)


def _hook(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("notebook", type=Path, metavar="NOTEBOOK", help="the uploaded file")
    _assignment(parser, required=True)
    parser.add_argument(
        "--view",
        choices=["student", "staff"],
        default="student",
        help="what the JSON may tell (default: student, hidden checks redacted)",
    )
    parser.add_argument("--html", type=_page, metavar="FILE", help="also write the page of that view here")
    parser.set_defaults(run=commands.hook)


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o", "--out", type=Path, default=Path("out/demo"), metavar="OUT", help="folder to write (default: out/demo)"
    )
    parser.add_argument(
        "--jobs", type=_count, metavar="N", help="submissions at once (default: as many as cores and memory are for)"
    )
    parser.set_defaults(run=commands.demo)


def _render(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder that `grader grade -o` wrote")
    parser.add_argument(
        "-a", "--assignment", metavar="SLUG", help="whose title to print (default: the one named in the results)"
    )
    parser.set_defaults(run=commands.render_again)


def _replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("results", type=Path, metavar="OUT", help="the folder of the batch, or its results.jsonl")
    parser.add_argument("id", metavar="ID", help="the submission's id: the name of its page without .html")
    parser.add_argument("notebook", type=Path, metavar="NOTEBOOK", help="the file that was handed in")
    parser.add_argument(
        "-a", "--assignment", metavar="SLUG", help="the assignment (default: the one named in the result)"
    )
    parser.set_defaults(run=commands.replay_one)


def _kit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("assignment", metavar="SLUG", help="the assignment's name or folder")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="DIR", help="an empty folder, or a new one")
    wheel = parser.add_mutually_exclusive_group()
    wheel.add_argument("--wheel", type=Path, metavar="FILE", help="put this wheel in (default: build the grader's)")
    wheel.add_argument("--no-wheel", action="store_true", help="leave the wheel out: students get it another way")
    parser.set_defaults(run=commands.kit)


def _doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-a", "--assignment", metavar="SLUG", default=DEFAULT_ASSIGNMENT, help="whose models to try")
    parser.set_defaults(run=commands.doctor)


def _author(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    text = "prove that the checks pass what is right and catch what is wrong; 1 when they do not"
    test = verbs.add_parser("test", help=text, description=text)
    _debug(test)
    test.add_argument("slug", metavar="SLUG", help="the assignment's name or folder")
    test.add_argument(
        "--jobs", type=_count, metavar="N", help="processes at once (default: as many as cores and memory are for)"
    )
    test.add_argument("--json", type=Path, metavar="FILE", help="also write everything that was found here, as JSON")
    test.set_defaults(run=commands.test_assignment)


def _page(text: str) -> Path:
    path = Path(text)
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {path.parent}; make it first")
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{path} is a folder; give the name of a file in it")
    return path


def _count(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError("must be a whole number, 1 or more")
    return number


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= 1e6:
        raise argparse.ArgumentTypeError("must be a number of seconds above 0, up to 1e6")
    return number


_COMMANDS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "grade": _grade,
    "check": _check,
    "hook": _hook,
    "demo": _demo,
    "render": _render,
    "replay": _replay,
    "kit": _kit,
    "doctor": _doctor,
    "assignment": _author,
}
