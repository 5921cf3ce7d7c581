"""The commands on learning platforms, as data."""

from __future__ import annotations

from pathlib import Path

from grader.cli.arguments import Command, option, out_option, slug_argument
from grader.platforms import PLATFORMS

_PLATFORM = option("platform", choices=[*PLATFORMS], metavar="PLATFORM", help=" or ".join(PLATFORMS))
_ADDRESS = option("address", metavar="ADDRESS", help="the assignment's page on the platform, as the browser shows it")
_ON_PLATFORMS = "grader.cli.platform_commands"
PULL = Command(
    "pull",
    "fetch an assignment's submissions from a learning platform",
    "Fetches all attempts into FOLDER, with who, when, how late, which group and section, and writes roster.csv. It "
    "needs your token for the platform, in GRADER_CANVAS_TOKEN or GRADER_MOODLE_TOKEN, or in the keyring. After an "
    "interruption the same command goes on.",
    "grader pull canvas https://canvas.example.edu/courses/12/assignments/34 -o pulled",
    (
        _PLATFORM,
        _ADDRESS,
        out_option("a new folder, or one that was pulled before", metavar="FOLDER", required=True),
        option("--partial", action="store_true", help="go on without people whose files cannot be fetched"),
    ),
    module=_ON_PLATFORMS,
)
PUSH = Command(
    "push",
    "write grades, comments and feedback pages to a learning platform",
    "Shows what would be written and writes nothing, unless --write is given. Only what changed is written, and never "
    "over a grade that was not written from OUT, or was changed on the platform since. Who has no graded result gets "
    "nothing. OUT/pushed.jsonl notes what was written; after an interruption the same command goes on.",
    "grader push canvas out https://canvas.example.edu/courses/12/assignments/34 --write",
    (
        _PLATFORM,
        option("out", type=Path, metavar="OUT", help="the folder that `grader grade -o` wrote"),
        _ADDRESS,
        option("--write", "--yes", action="store_true", help="write what a call without this shows"),
        option("--no-comments", action="store_true", help="write no comments"),
        option("--no-files", action="store_true", help="upload no feedback pages"),
        option("--replace", nargs="+", metavar="ID", help="replace the grades of these submissions, whoever gave them"),
        option("--zero", action="store_true", help="0 for who handed in nothing"),
        option("--scale", action="store_true", help="convert the grades to the points that the platform gives"),
        option("--partial", action="store_true", help="go on where not everybody's grade can be written"),
        slug_argument("the assignment (default: the one named in the results)"),
    ),
    module=_ON_PLATFORMS,
)
