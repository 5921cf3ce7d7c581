"""The command line's grammar."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from grader import __version__
from grader.cli import commands

DEFAULT_ASSIGNMENT = "transformer_interp"


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line; ``run`` of the result is the command to call with it. Exits with 2 on wrong words."""
    parser = argparse.ArgumentParser(
        prog="grader",
        description="Grade interpretability notebooks in a sandboxed warm kernel, against a reference.",
        epilog="Exit codes: 0 done, 1 the submission (check) or the assignment (assignment test) falls short, "
        "2 wrong usage, 3 grading could not be done.",
    )
    parser.add_argument("--version", action="version", version=f"grader {__version__}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", help="show tracebacks and what happens inside")
    verbs = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _grade(verbs.add_parser("grade", parents=[common], help="grade a batch of notebooks into a folder"))
    _check(verbs.add_parser("check", parents=[common], help="check one notebook of your own (visible checks)"))
    _hook(verbs.add_parser("hook", parents=[common], help="grade one upload, print one JSON result"))
    _demo(verbs.add_parser("demo", parents=[common], help="grade the sample batch and show where the report is"))
    _render(verbs.add_parser("render", parents=[common], help="make all pages of a graded batch again"))
    _kit(verbs.add_parser("kit", parents=[common], help="fill a folder with what students get of an assignment"))
    _doctor(verbs.add_parser("doctor", parents=[common], help="show what this machine can do"))
    _author(verbs.add_parser("assignment", help="what the author of an assignment needs"), common)
    return parser.parse_args(argv)


def _assignment(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument(
        "-a", "--assignment", metavar="SLUG", required=required, default=DEFAULT_ASSIGNMENT,
        help="the assignment's name or folder" + ("" if required else f" (default: {DEFAULT_ASSIGNMENT})"),
    )  # fmt: skip
    parser.add_argument(
        "--timeout", type=_seconds, metavar="S", help="seconds that one call may take (default: the assignment's)"
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
        "--jobs", type=_count, default=os.cpu_count() or 1, metavar="N", help="submissions at once (default: cores)"
    )
    parser.add_argument(
        "--roster", type=Path, metavar="CSV",
        help="who should have handed in: names and ids are joined, and who handed in nothing gets a row with 0",
    )  # fmt: skip
    parser.add_argument("--fresh", action="store_true", help="grade everything again, also what OUT already holds")
    parser.set_defaults(run=commands.grade)


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("notebook", type=Path, metavar="NOTEBOOK", help="your notebook")
    _assignment(parser, required=False)
    parser.add_argument(
        "--sandbox", choices=["on", "off"], default="on", help="off: run your own code without the lock-down"
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
        "--jobs", type=_count, default=os.cpu_count() or 1, metavar="N", help="submissions at once (default: cores)"
    )
    parser.set_defaults(run=commands.demo)


def _render(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder that `grader grade -o` wrote")
    parser.add_argument(
        "-a", "--assignment", metavar="SLUG", help="whose title to print (default: the one named in the results)"
    )
    parser.set_defaults(run=commands.render_again)


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


def _author(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    text = "prove that the checks pass what is right and catch what is wrong; 1 when they do not"
    test = verbs.add_parser("test", parents=[common], help=text, description=text)
    test.add_argument("slug", metavar="SLUG", help="the assignment's name or folder")
    test.add_argument(
        "--jobs", type=_count, default=os.cpu_count() or 1, metavar="N", help="processes at once (default: cores)"
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
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError("must be a number of seconds above 0")
    return number
