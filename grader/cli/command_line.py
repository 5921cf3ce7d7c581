"""The command line as data: every command with its texts, its arguments and what runs it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.cli.argument_types import page_file, percentage, positive_count, seconds
from grader.english import listed
from grader.export.formats import FORMATS

DESCRIPTION = "Grade interpretability notebooks: run them in a sandbox and compare them with a reference."
EPILOG = """\
start with:
  grader doctor                                    what this machine can do
  grader demo                                      a whole batch, graded offline
  grader COMMAND --help                            what a command does, with an example

exit codes: 0 done; 1 the submission (check), the grade (replay) or the assignment (assignment test) falls short;
            2 wrong usage; 3 grading could not be done, which is never the student's fault
"""


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

    ``function`` names what runs it in ``module``, which is imported once a command is known: help, completion and
    mistakes of usage need nothing of it. A command with ``subcommands`` has no function of its own.
    """

    name: str
    summary: str
    description: str
    example: str
    function: str = ""
    arguments: tuple[Argument, ...] = ()
    subcommands: tuple[Command, ...] = ()
    module: str = "grader.cli.commands"


def _option(*flags: str, exclusive: bool = False, **options: Any) -> Argument:
    return Argument(flags, options, exclusive)


def _slug_argument(text: str, *, required: bool = False) -> Argument:
    return _option("-a", "--assignment", metavar="ASSIGNMENT", required=required, help=text)


def _out(text: str, *, metavar: str = "OUT", **options: Any) -> Argument:
    return _option("-o", "--out", type=Path, metavar=metavar, help=text, **options)


def _jobs(what: str) -> Argument:
    text = f"{what} at once (default: as many as cores and memory are for)"
    return _option("--jobs", type=positive_count, metavar="N", help=text)


def _notebook_argument(text: str) -> Argument:
    return _option("notebook", type=Path, metavar="NOTEBOOK", help=text)


def _html(text: str) -> Argument:
    return _option("--html", type=page_file, metavar="FILE", help=text)


_ON_ONE_NOTEBOOK = "grader.cli.check_commands"
_SLUG_HELP = "the assignment's name or folder"
_DEFAULT_SLUG = f"{_SLUG_HELP} (default: the only one that is known)"
_SLUG_FIRST = _option("assignment", metavar="ASSIGNMENT", help=_SLUG_HELP)
_TIMEOUT = _option(
    "--timeout",
    type=seconds,
    metavar="S",
    help="raise the CPU time limit of one call to at least S seconds (default: the assignment's limit)",
)
DEBUG = _option("--debug", action="store_true", help="show tracebacks and what happens inside")

GRADE = Command(
    "grade",
    "grade a batch of notebooks into a folder",
    "Writes into OUT: index.html (the batch), feedback/ (a page for each student), review/ (the same for staff, with "
    "hidden checks in full), grades.csv and results.jsonl. Every notebook gets a row, however broken; files that are "
    "no notebooks and cannot be tied to a person are listed in intake.txt. After an interruption the same command "
    "continues; what has not changed is not graded again.",
    "grader grade submissions.zip -a my_assignment -o out",
    "grade",
    (
        _option(
            "paths",
            nargs="+",
            type=Path,
            metavar="PATH",
            help="notebooks, folders or zips of them, a learning platform's download as it is",
        ),
        _slug_argument(_SLUG_HELP, required=True),
        _TIMEOUT,
        _out("folder for results, grades and feedback", required=True),
        _jobs("submissions"),
        _option(
            "--roster",
            type=Path,
            metavar="CSV",
            help="who should have handed in: names and ids are joined, who handed in nothing is 'not_submitted'",
        ),
        _option(
            "--strict-roster",
            action="store_true",
            help="grade nothing when a submission is by nobody on the roster, or evidence does not agree",
        ),
        _option(
            "--sandbox",
            choices=["on", "strict"],
            default="on",
            help="strict: only where the machine has every layer of the sandbox, namespaces and control groups too",
        ),
        _option("--fresh", action="store_true", help="grade everything again, also what OUT already holds"),
    ),
)
CHECK = Command(
    "check",
    "check one notebook of your own",
    "Runs the visible checks and says what to look at first. Exit code 0 when all of them pass, 1 when not.",
    "grader check my_notebook.ipynb --html page.html",
    "check",
    (
        _notebook_argument("your notebook"),
        _slug_argument(
            f"{_SLUG_HELP} (default: the one whose checks lie beside the notebook, or the only one that is known)"
        ),
        _TIMEOUT,
        _option(
            "--sandbox",
            choices=["on", "off", "strict"],
            default="on",
            help="off: run your own code without the sandbox; strict: only where the machine has every layer of it",
        ),
        _html("also write the feedback page here"),
        _option("--json", action="store_true", help="print the result as one line of JSON"),
        _option("--watch", action="store_true", help="check again whenever the notebook is saved, until Ctrl-C"),
        _option("--cold", action="store_true", help="load the models anew, and leave nothing loaded behind"),
    ),
    module=_ON_ONE_NOTEBOOK,
)
TRUST = Command(
    "trust",
    "let the checks of a release run on this computer",
    "The checks that came with your notebook are programs: `grader check` runs them once you have said that you trust "
    "them. It asks on a terminal; this says so beforehand. Changed files have to be trusted anew.",
    "grader trust my_course_folder",
    "trust",
    (_option("folder", type=Path, metavar="FOLDER", help="the folder that your course gave you"),),
    module=_ON_ONE_NOTEBOOK,
)
WARM = Command(
    "warm",
    "load the models for the checks that come",
    "`grader check` and `grader hook` leave the models loaded for a quarter of an hour, so that the next one starts at "
    "once. This loads them beforehand, tells what is loaded, or lets it end. GRADER_IDLE_S sets other seconds; with 0 "
    "nothing stays loaded.",
    "grader warm my_assignment",
    "warm",
    (
        _option("assignment", nargs="?", metavar="ASSIGNMENT", help=_DEFAULT_SLUG),
        _option("--status", action="store_true", help="tell what is loaded"),
        _option("--stop", action="store_true", help="let it end"),
    ),
    module=_ON_ONE_NOTEBOOK,
)
HOOK = Command(
    "hook",
    "grade one upload and print one JSON result",
    "For a learning platform that runs a command on every upload: stdout is one line of JSON and nothing else. Exit "
    "code 0 when it was graded, well or badly; 3 when that was not possible.",
    "grader hook upload.ipynb -a my_assignment --html page.html",
    "hook",
    (
        _notebook_argument("the uploaded file"),
        _slug_argument(_SLUG_HELP, required=True),
        _TIMEOUT,
        _option(
            "--view",
            choices=["student", "staff"],
            default="student",
            help="whose view the JSON is (default: student, hidden checks redacted)",
        ),
        _html("also write the page of that view here"),
    ),
    module=_ON_ONE_NOTEBOOK,
)
DEMO = Command(
    "demo",
    "grade the sample batch and show where the report is",
    "Grades the samples that come with an assignment, offline: right ones in several styles, wrong ones in many ways, "
    "a template left unfilled, a broken file.",
    "grader demo",
    "demo",
    (
        _slug_argument(_DEFAULT_SLUG),
        _out("folder to write (default: out/demo)", default=Path("out/demo")),
        _jobs("submissions"),
    ),
)
RENDER = Command(
    "render",
    "make all pages of a graded batch again",
    "Makes the pages, index.html and grades.csv again from OUT's results.jsonl; nothing is graded.",
    "grader render out",
    "render",
    (
        _option("out", type=Path, metavar="OUT", help="the folder that `grader grade -o` wrote"),
        _slug_argument("whose title to print (default: the one named in the results)"),
    ),
)
SIMILAR = Command(
    "similar",
    "find answers that are alike beyond what the course handed out",
    "Compares the graded code of everybody in OUT, apart from names, comments, constants and the order of statements, "
    "and writes similar.html, for staff: both sources side by side. It is never an accusation.",
    "grader similar out",
    "similar",
    (
        _option("out", type=Path, metavar="OUT", help="the folder that `grader grade -o` wrote"),
        _slug_argument("the assignment (default: the one named in the results)"),
        _option(
            "--at-least",
            type=percentage,
            default=0.8,
            metavar="PERCENT",
            help="how much of two answers must be the same for them to be shown (default: 80)",
        ),
        _option("--json", action="store_true", help="print all of them as JSON instead, without the code"),
    ),
    module="grader.cli.similar",
)


def _of_formats(name: str, text: str, **options: Any) -> Argument:
    """Return an option of ``grader export``, whose help says which formats heed it."""
    takers = listed([f.name for f in FORMATS if name in f.options])
    return _option(f"--{name}", help=f"{text} ({takers})", **options)


EXPORT = Command(
    "export",
    "write the grades of a batch in the form that another system reads",
    "Writes the grades or the feedback of OUT in another system's format. Who has no graded result gets an empty cell "
    "and never 0; a group's grade goes to every member. What students are to receive holds nothing hidden.",
    "grader export out --to canvas --into gradebook.csv",
    "export",
    (
        _option("out", type=Path, metavar="OUT", help="the folder that `grader grade -o` wrote"),
        _option(
            "--to",
            required=True,
            metavar="FORMAT",
            choices=[f.name for f in FORMATS],
            help="; ".join(f"{f.name}: {f.what}" for f in FORMATS),
        ),
        _option(
            "-o",
            "--output",
            type=Path,
            metavar="PATH",
            help='what to write (default: FILE of --into itself, else a file in OUT); "-" is standard output',
        ),
        _of_formats("into", "the platform's file to fill in", type=Path, metavar="FILE"),
        _of_formats("column", "the assignment's title there (default: the assignment's own)", metavar="TITLE"),
        _of_formats("submission", "the one submission that is meant", metavar="ID"),
        _of_formats("metadata", "what Gradescope says of the upload", type=Path, metavar="FILE"),
        _of_formats("wheel", "include this wheel (default: build the grader's)", type=Path, metavar="WHEEL"),
        _of_formats("zero", "0 for who handed in nothing", action="store_true"),
        _of_formats("scale", "convert the grades to the points that the platform gives", action="store_true"),
        _of_formats("partial", "go on where not everybody's grade can be exported", action="store_true"),
        _slug_argument("the assignment (default: the one named in the results)"),
    ),
)
REPLAY = Command(
    "replay",
    "grade one submission again and compare the grades",
    "Grades a notebook with the seed that its result names, so that the checks use the same inputs, and says whether "
    "the grade is the same: exit code 0 when it is, 1 when not. What has changed since (assignment, model, versions) "
    "is listed.",
    "grader replay out doejane_4711_98765 submissions/doejane_4711_98765_hw1.ipynb",
    "replay",
    (
        _option("results", type=Path, metavar="OUT", help="the folder of the batch, or its results.jsonl"),
        _option("id", metavar="ID", help="the submission's id: the name of its page without .html"),
        _notebook_argument("the file that was handed in"),
        _slug_argument("the assignment (default: the one named in the result)"),
    ),
)
DOCTOR = Command(
    "doctor",
    "show what this machine can do",
    "Tries the sandbox's layers, the versions and an assignment's models. Exit code 3 when grading would be refused.",
    "grader doctor",
    "doctor",
    (_slug_argument("whose models to try (default: the only assignment that is known)"),),
)
TEST = Command(
    "test",
    "validate an assignment: its checks pass what is right and fail what is wrong",
    "Runs the checks on the solution, its variants, the known mistakes and mutants of the solution. Exit code 1 when "
    "what is right fails a check, or what is wrong passes them all.",
    "grader assignment test my_assignment",
    "validate_assignment",
    (
        _SLUG_FIRST,
        _jobs("processes"),
        _option("--json", type=Path, metavar="FILE", help="also write everything that was found here, as JSON"),
    ),
)
RELEASE = Command(
    "release",
    "fill a folder with what students get of an assignment",
    "Puts the notebook, the visible checks, recorded answers of the reference on what they ask, the model, the "
    "grader's wheel and a README into FOLDER; never the solution, hidden checks or samples.",
    "grader assignment release my_assignment -o release",
    "release",
    (
        _SLUG_FIRST,
        _out("an empty folder, or a new one", metavar="FOLDER", required=True),
        _option(
            "--wheel",
            type=Path,
            metavar="FILE",
            exclusive=True,
            help="include this wheel (default: build the grader's)",
        ),
        _option(
            "--no-wheel",
            action="store_true",
            exclusive=True,
            help="leave the wheel out: students get it another way",
        ),
    ),
)
ASSIGNMENT = Command(
    "assignment",
    "what the author of an assignment needs",
    "Commands about an assignment itself.",
    TEST.example,
    subcommands=(TEST, RELEASE),
)
COMPLETION = Command(
    "completion",
    "print a script that completes commands and options in your shell",
    "Prints a script for bash, which zsh can load too. Load it in the shell's start-up file.",
    'grader completion > ~/.grader-completion && echo ". ~/.grader-completion" >> ~/.bashrc',
    "completion",
)

COMMANDS = (GRADE, CHECK, TRUST, WARM, HOOK, DEMO, RENDER, SIMILAR, EXPORT, REPLAY, DOCTOR, ASSIGNMENT, COMPLETION)
