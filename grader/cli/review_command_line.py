"""The command that corrects grades, as data."""

from __future__ import annotations

from pathlib import Path

from grader.cli.argument_types import days, points
from grader.cli.arguments import Command, option

REVIEW = Command(
    "review",
    "correct grades: points, comments, excuses, late waivers",
    "Lists the corrections in OUT's overrides.toml, or sets one for a person: of a check, of an exercise, or of the "
    "whole submission. Pages, grades.csv and every export follow; results.jsonl keeps what the checks gave. A "
    "correction is of the file that was handed in: to a new attempt it is offered, not applied.",
    "grader review out set doejane --exercise logit_lens_analysis --points 8 --comment 'Right idea.'",
    (
        option("out", type=Path, metavar="OUT", help="the folder that `grader grade -o` wrote"),
        option("action", nargs="?", choices=["list", "set"], default="list", help="what to do (default: list)"),
        option("person", nargs="?", metavar="PERSON", help="whose grade: an id, name or number as in grades.csv"),
        option("--exercise", metavar="NAME", help="of this exercise (default: of the whole submission)"),
        option("--check", metavar="ID", help="of this check, by its id on the review page"),
        option("--points", type=points, metavar="N", help="the points that count"),
        option("--comment", metavar="TEXT", help="what the student is told"),
        option("--excuse", action="store_true", help="no grade, which is an empty cell and never 0"),
        option("--waive-late", action="store_true", help="take nothing off for lateness"),
        option("--days-late", type=days, metavar="N", help="by how many days it was late, 0 for on time"),
        option("--again", action="store_true", help="apply what was set for an earlier attempt to this one"),
        option("--undo", action="store_true", help="take back the last correction of the same"),
        option("--by", metavar="NAME", help="who corrects (default: the user of this computer)"),
        option("--json", action="store_true", help="list as one line of JSON"),
    ),
    module="grader.cli.review_commands",
    function="run_review",
)
