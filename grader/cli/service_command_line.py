"""The commands of the service, as data."""

from __future__ import annotations

from grader.cli.argument_types import positive_count
from grader.cli.arguments import Command, option

_OF_THE_SERVICE = "grader.cli.service_commands"

SERVE = Command(
    "serve",
    "run the service: web pages, API and workers",
    "Brings the database up to date, then runs the web server and the workers of this machine until Ctrl-C. Settings "
    "are environment variables GRADER_SERVICE_..., or the TOML file that GRADER_SERVICE_CONFIG names.",
    "grader serve",
    (option("--demo", action="store_true", help="make a course to try, with a link to sign in"),),
    module=_OF_THE_SERVICE,
)
WORKER = Command(
    "worker",
    "grade what the service of another machine has taken",
    "Runs one worker until Ctrl-C, with the settings of `grader serve`; NAME tells it from others and stays the same "
    "when it is started again.",
    "grader worker second-machine",
    (option("name", metavar="NAME", help="a name that no other worker has"),),
    module=_OF_THE_SERVICE,
)
TOKEN = Command(
    "token",
    "make, list and revoke tokens of the service's API",
    "Prints a new bearer token, which is shown this once. It is good for what its scopes say and its account may do, "
    "in one course or in all of them.",
    "grader token ada --scope submit --scope read --course ml --days 120",
    (
        option("account", nargs="?", metavar="ACCOUNT", help="whose rights the token has at most"),
        option("--name", default="command line", help="what the token is for, to tell it from others"),
        option(
            "--scope",
            action="append",
            default=[],
            metavar="SCOPE",
            help="submit, read, submit-for-others, grade, export or metrics (repeat; default: submit and read)",
        ),
        option("--course", default="", metavar="COURSE", help="make it good for this course alone"),
        option("--days", type=positive_count, metavar="N", help="make it expire after N days"),
        option("--list", action="store_true", help="list tokens, of ACCOUNT or all, with their numbers"),
        option("--revoke", action="append", type=positive_count, metavar="NUMBER", help="end a token (repeat)"),
    ),
    module=_OF_THE_SERVICE,
)
