"""The commands on one notebook, as data: for its student, and for a platform."""

from __future__ import annotations

from pathlib import Path

from grader.cli.argument_types import seconds, site
from grader.cli.arguments import (
    DEFAULT_SLUG,
    SLUG_HELP,
    TIMEOUT,
    Command,
    html_option,
    notebook_argument,
    option,
    slug_argument,
)

_ON_ONE_NOTEBOOK = "grader.cli.check_commands"

CHECK = Command(
    "check",
    "check one notebook of your own",
    "Runs the visible checks and says what to look at first. Exit code 0 when all of them pass, 1 when not.",
    "grader check my_notebook.ipynb --html page.html",
    (
        notebook_argument("your notebook"),
        slug_argument(
            f"{SLUG_HELP} (default: the one whose checks lie beside the notebook, or the only one that is known)"
        ),
        TIMEOUT,
        option(
            "--sandbox",
            choices=["on", "off", "strict"],
            help="off: run your own code without the sandbox, as macOS and Windows do anyway; strict: only where the "
            "machine has every layer of it (default: on, where the system has one)",
        ),
        html_option("also write the feedback page here"),
        option("--json", action="store_true", help="print the result as one line of JSON"),
        option("--watch", action="store_true", help="check again whenever the notebook is saved, until Ctrl-C"),
        option("--cold", action="store_true", help="load the models anew, and leave nothing loaded behind"),
    ),
    module=_ON_ONE_NOTEBOOK,
)
TRUST = Command(
    "trust",
    "let the checks of a release run on this computer",
    "The checks that came with your notebook are programs: `grader check` runs them once you have said that you trust "
    "them. It asks on a terminal; this says so beforehand. Changed files have to be trusted anew.",
    "grader trust my_course_folder",
    (option("folder", type=Path, metavar="FOLDER", help="the folder that your course gave you"),),
    module=_ON_ONE_NOTEBOOK,
)
WARM = Command(
    "warm",
    "load the models for the checks that come",
    "`grader check` and `grader hook` leave the models loaded for a quarter of an hour, so that the next one starts at "
    "once. This loads them beforehand, tells what is loaded, or lets it end. GRADER_IDLE_S sets other seconds; with 0 "
    "nothing stays loaded.",
    "grader warm my_assignment",
    (
        option("assignment", nargs="?", metavar="ASSIGNMENT", help=DEFAULT_SLUG),
        option("--status", action="store_true", help="tell what is loaded"),
        option("--stop", action="store_true", help="let it end"),
    ),
    module=_ON_ONE_NOTEBOOK,
)
HOOK = Command(
    "hook",
    "grade one upload and print one JSON result",
    "For a learning platform that runs a command on every upload: stdout is one line of JSON and nothing else, however "
    "it ends. Exit code 0 when it was graded, well or badly; 2 for wrong usage; 3 when that was not possible. With "
    "--to, a running service grades it, by the token in GRADER_TOKEN.",
    "grader hook upload.ipynb -a my_assignment --html page.html",
    (
        notebook_argument("the uploaded file"),
        slug_argument(SLUG_HELP, required=True),
        TIMEOUT,
        option(
            "--view",
            choices=["student", "staff"],
            default="student",
            help="whose view the JSON is (default: student, hidden checks redacted)",
        ),
        html_option("also write the page of that view here"),
        option("--to", type=site, metavar="URL", help="hand it over to the service at this address"),
        option("--course", default="", metavar="COURSE", help="with --to: the course's name there"),
        option(
            "--for", dest="member", default="", metavar="WHO", help="with --to: its author's login, number or email"
        ),
        option("--key", default="", help="with --to: the platform's id of this upload, so that it is handed in once"),
        option("--wait", type=seconds, metavar="S", help="with --to: wait so long for the result (default: 600)"),
        option("--or-here", action="store_true", help="with --to: grade here where the service cannot be reached"),
    ),
    module=_ON_ONE_NOTEBOOK,
)
