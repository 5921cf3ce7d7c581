"""The command line as data: every command with its texts, its arguments and what runs it."""

from __future__ import annotations

from pathlib import Path

from grader.cli.argument_types import url
from grader.cli.arguments import (
    SLUG_FIRST,
    Command,
    jobs_option,
    option,
    out_option,
    slug_argument,
)
from grader.cli.batch_command_line import DEMO, EXPORT, GRADE, REGRADE, RENDER, REPLAY, SIMILAR
from grader.cli.lti_command_line import LTI
from grader.cli.notebook_command_line import CHECK, HOOK, TRUST, WARM
from grader.cli.platform_command_line import PULL, PUSH
from grader.cli.review_command_line import REVIEW
from grader.cli.service_command_line import SERVE, TOKEN, WORKER
from grader.cli.upkeep_command_line import ACCOUNT, BACKUP, FORGET, RESTORE

DESCRIPTION = "Grade interpretability notebooks: run them in a sandbox and compare them with a reference."
EPILOG = """\
start with:
  grader doctor                                    what this machine can do
  grader demo                                      a whole batch, graded offline
  grader COMMAND --help                            what a command does, with an example

exit codes: 0 done; 1 the submission (check), the grade (replay) or the assignment (assignment test) falls short;
            2 wrong usage; 3 grading could not be done, which is never the student's fault
"""


DOCTOR = Command(
    "doctor",
    "show what this machine can do",
    "Tries the sandbox's layers, the versions and an assignment's models. Exit code 3 when grading would be refused.",
    "grader doctor",
    (
        slug_argument("whose models to try (default: the only assignment that is known)"),
        option("--service", action="store_true", help="look at the service instead: settings, database, workers, disk"),
    ),
)
TEST = Command(
    "test",
    "validate an assignment: its checks pass what is right and fail what is wrong",
    "Runs the checks on the solution, its variants, the known mistakes and mutants of the solution. Exit code 1 when "
    "what is right fails a check, or what is wrong passes them all.",
    "grader assignment test my_assignment",
    (
        SLUG_FIRST,
        jobs_option("processes"),
        option("--json", type=Path, metavar="FILE", help="also write everything that was found here, as JSON"),
    ),
    function="validate_assignment",
)
RELEASE = Command(
    "release",
    "fill a folder with what students get of an assignment",
    "Puts the notebook, the visible checks, recorded answers of the reference on what they ask, the model, the "
    "grader's wheel and a README into FOLDER, and all of it into FOLDER/ASSIGNMENT.zip; never the solution, hidden "
    "checks or samples.",
    "grader assignment release my_assignment -o release",
    (
        SLUG_FIRST,
        out_option("an empty folder, or a new one", metavar="FOLDER", required=True),
        option(
            "--wheel",
            type=Path,
            metavar="FILE",
            exclusive=True,
            help="include this wheel (default: build the grader's)",
        ),
        option(
            "--no-wheel",
            action="store_true",
            exclusive=True,
            help="leave the wheel out: students get it another way",
        ),
        option(
            "--url",
            type=url,
            metavar="URL",
            help="where you publish ASSIGNMENT.zip, for notebooks on Colab (default: the assignment's release_url)",
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
)

COMMANDS = (
    GRADE,
    CHECK,
    TRUST,
    WARM,
    HOOK,
    DEMO,
    REGRADE,
    RENDER,
    REVIEW,
    SIMILAR,
    EXPORT,
    PULL,
    PUSH,
    REPLAY,
    SERVE,
    WORKER,
    TOKEN,
    LTI,
    ACCOUNT,
    BACKUP,
    RESTORE,
    FORGET,
    DOCTOR,
    ASSIGNMENT,
    COMPLETION,
)
