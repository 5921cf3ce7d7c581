"""What ``grader --help`` and ``grader COMMAND --help`` tell of each command."""

from __future__ import annotations

from typing import NamedTuple

DESCRIPTION = "Grade interpretability notebooks in a sandboxed warm kernel, against a reference."
EXIT_CODES = """\
start with:
  grader doctor                                    what this machine can do
  grader demo                                      a whole batch, graded offline
  grader COMMAND --help                            what a command does, with an example

exit codes: 0 done; 1 the submission (check), the grade (replay) or the assignment (assignment test) falls short;
            2 wrong usage; 3 grading could not be done, which is never the student's fault
"""


class About(NamedTuple):
    """A command in a few words, in sentences, and as somebody would type it."""

    short: str
    long: str
    example: str


COMMANDS = {
    "grade": About(
        "grade a batch of notebooks into a folder",
        "Writes into OUT: index.html (the batch), feedback/ (a page for each student), review/ (the same for "
        "staff, with what is hidden), grades.csv and results.jsonl. Every file gets a row, however broken. Stopped"
        " half-way, the same command goes on where it stopped; what has not changed is not graded again.",
        "grader grade submissions.zip -a transformer_interp -o out",
    ),
    "check": About(
        "check one notebook of your own",
        "Runs the visible checks and says what to look at first. Exit code 0 when all of them pass, 1 when not.",
        "grader check my_notebook.ipynb --html page.html",
    ),
    "hook": About(
        "grade one upload and print one JSON result",
        "For a learning platform that runs a command on every upload: stdout is one line of JSON and nothing else."
        " Exit code 0 when it was graded, well or badly; 3 when that was not possible.",
        "grader hook upload.ipynb -a transformer_interp --html page.html",
    ),
    "demo": About(
        "grade the sample batch and show where the report is",
        "Grades the samples that come with the course's assignment, offline: right ones in several styles, wrong "
        "ones in many ways, a template left unfilled, a broken file.",
        "grader demo",
    ),
    "render": About(
        "make all pages of a graded batch again",
        "Makes the pages, index.html and grades.csv again from OUT's results.jsonl; nothing is graded.",
        "grader render out",
    ),
    "replay": About(
        "grade one submission again and compare the grades",
        "Grades a notebook with the seed that its result names, so that it is asked the same, and says whether the"
        " grade is the same: exit code 0 when it is, 1 when not. What has changed since (assignment, model, "
        "versions) is listed.",
        "grader replay out doejane_4711_98765 submissions/doejane_4711_98765_hw1.ipynb",
    ),
    "kit": About(
        "fill a folder with what students get of an assignment",
        "Puts the notebook, its in-notebook tests with what they need, the grader's wheel and a README into DIR; "
        "never the solution, the checks or the samples.",
        "grader kit transformer_interp -o kit",
    ),
    "doctor": About(
        "show what this machine can do",
        "Tries the lock-down's layers, the versions and an assignment's models. Exit code 3 when grading would be "
        "refused.",
        "grader doctor",
    ),
    "assignment": About(
        "what the author of an assignment needs",
        "Commands about an assignment itself.",
        "grader assignment test transformer_interp",
    ),
}
