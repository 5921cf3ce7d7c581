"""The commands on a batch, as data: grade it, render it, hand it on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.cli.argument_types import percentage
from grader.cli.arguments import (
    COURSE,
    DEFAULT_SLUG,
    SLUG_HELP,
    TIMEOUT,
    Argument,
    Command,
    jobs_option,
    notebook_argument,
    option,
    out_option,
    slug_argument,
)
from grader.english import listed
from grader.export.formats import FORMATS

GRADE = Command(
    "grade",
    "grade a batch of notebooks into a folder",
    "Writes into OUT: index.html (the batch), feedback/ (a page for each student), review/ (the same for staff, with "
    "hidden checks in full), grades.csv and results.jsonl. Every notebook gets a row, however broken; files that are "
    "no notebooks and cannot be tied to a person are listed in intake.txt. After an interruption the same command "
    "continues; what has not changed is not graded again.",
    "grader grade submissions.zip -a my_assignment -o out",
    (
        option(
            "paths",
            nargs="+",
            type=Path,
            metavar="PATH",
            help="notebooks, folders or zips of them, a learning platform's download as it is",
        ),
        slug_argument(SLUG_HELP, required=True),
        TIMEOUT,
        out_option("folder for results, grades and feedback", required=True),
        jobs_option("submissions"),
        option(
            "--roster",
            type=Path,
            metavar="CSV",
            help="who should have handed in: names and ids are joined, who handed in nothing is 'not_submitted'",
        ),
        option(
            "--strict-roster",
            action="store_true",
            help="grade nothing when a submission is by nobody on the roster, or evidence does not agree",
        ),
        option(
            "--sandbox",
            choices=["on", "strict"],
            default="on",
            help="strict: only where the machine has every layer of the sandbox, namespaces and control groups too",
        ),
        option("--fresh", action="store_true", help="grade everything again, also what OUT already holds"),
        COURSE,
    ),
)
DEMO = Command(
    "demo",
    "grade the sample batch and show where the report is",
    "Grades the samples that come with an assignment, offline: right ones in several styles, wrong ones in many ways, "
    "a template left unfilled, a broken file.",
    "grader demo",
    (
        slug_argument(DEFAULT_SLUG),
        out_option("folder to write (default: out/demo)", default=Path("out/demo")),
        jobs_option("submissions"),
    ),
)
REGRADE = Command(
    "regrade",
    "grade a batch again after checks, tolerances, models or the grader have changed",
    "Grades again those submissions of OUT whose grades were made under another assignment, model, grader or library, "
    "and says whose grade that changes and why. With --preview it says so before anything is written. Corrections "
    "stay, and so do the rows of people whose files are gone; rows that are replaced are kept in earlier/.",
    "grader regrade out --preview",
    (
        option("out", type=Path, metavar="OUT", help="the folder that `grader grade -o` wrote"),
        option(
            "paths",
            nargs="*",
            type=Path,
            metavar="PATH",
            help="where the submissions are (default: where they were when they were graded)",
        ),
        option("--preview", action="store_true", help="say what would change, and write nothing"),
        slug_argument("the assignment (default: the one named in the results)"),
        jobs_option("submissions"),
        option("--json", action="store_true", help="print what changes as one line of JSON"),
    ),
    module="grader.cli.regrade_command",
)
RENDER = Command(
    "render",
    "make all pages of a graded batch again",
    "Makes the pages, index.html and grades.csv again from OUT's results.jsonl, overrides.toml and the course's file; "
    "nothing is graded.",
    "grader render out",
    (
        option("out", type=Path, metavar="OUT", help="the folder that `grader grade -o` wrote"),
        slug_argument("whose title to print (default: the one named in the results)"),
        COURSE,
    ),
)
SIMILAR = Command(
    "similar",
    "find answers that are alike beyond what the course handed out",
    "Compares the graded code of everybody in OUT, apart from names, comments, constants and the order of statements, "
    "and writes similar.html, for staff: both sources side by side. It is never an accusation.",
    "grader similar out",
    (
        option("out", type=Path, metavar="OUT", help="the folder that `grader grade -o` wrote"),
        slug_argument("the assignment (default: the one named in the results)"),
        option(
            "--at-least",
            type=percentage,
            metavar="PERCENT",
            help="how much of two answers must be the same for them to be shown (default: 80)",
        ),
        option("--json", action="store_true", help="print all of them as JSON instead, without the code"),
    ),
    module="grader.cli.similar",
)


def _of_formats(name: str, text: str, **options: Any) -> Argument:
    """Return an option of ``grader export``, whose help says which formats heed it."""
    takers = listed([f.name for f in FORMATS if name in f.options])
    return option(f"--{name}", help=f"{text} ({takers})", **options)


EXPORT = Command(
    "export",
    "write the grades of a batch in the form that another system reads",
    "Writes the grades or the feedback of OUT in another system's format. Who has no graded result gets an empty cell "
    "and never 0; a group's grade goes to every member. What students are to receive holds nothing hidden.",
    "grader export out --to canvas --into gradebook.csv",
    (
        option("out", type=Path, metavar="OUT", help="the folder that `grader grade -o` wrote"),
        option(
            "--to",
            required=True,
            metavar="FORMAT",
            choices=[f.name for f in FORMATS],
            help="; ".join(f"{f.name}: {f.what}" for f in FORMATS),
        ),
        option(
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
        slug_argument("the assignment (default: the one named in the results)"),
    ),
)
REPLAY = Command(
    "replay",
    "grade one submission again and compare the grades",
    "Grades a notebook with the seed that its result names, so that the checks use the same inputs, and says whether "
    "the grade is the same: exit code 0 when it is, 1 when not. What has changed since (assignment, model, versions) "
    "is listed.",
    "grader replay out doejane_4711_98765 submissions/doejane_4711_98765_hw1.ipynb",
    (
        option("results", type=Path, metavar="OUT", help="the folder of the batch, or its results.jsonl"),
        option("id", metavar="ID", help="the submission's id: the name of its page without .html"),
        notebook_argument("the file that was handed in"),
        slug_argument("the assignment (default: the one named in the result)"),
    ),
)
