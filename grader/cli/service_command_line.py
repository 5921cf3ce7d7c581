"""The commands of the service, as data."""

from __future__ import annotations

from grader.cli.arguments import Command, option

_OF_THE_SERVICE = "grader.cli.service_commands"

SERVE = Command(
    "serve",
    "run the service: web pages, API and workers",
    "Brings the database up to date, then runs the web server and the workers of this machine until Ctrl-C. Settings "
    "are environment variables GRADER_SERVICE_..., or the TOML file that GRADER_SERVICE_CONFIG names.",
    "grader serve",
    "serve",
    (option("--demo", action="store_true", help="make a course to try, with a link to sign in"),),
    module=_OF_THE_SERVICE,
)
WORKER = Command(
    "worker",
    "grade what the service of another machine has taken",
    "Runs one worker until Ctrl-C, with the settings of `grader serve`; NAME tells it from others and stays the same "
    "when it is started again.",
    "grader worker second-machine",
    "worker",
    (option("name", metavar="NAME", help="a name that no other worker has"),),
    module=_OF_THE_SERVICE,
)
TOKEN = Command(
    "token",
    "make a token for the service's API",
    "Prints a new bearer token, which is shown this once.",
    "grader token ada --scope submit --scope read",
    "token",
    (
        option("account", metavar="ACCOUNT", help="whose rights the token has at most"),
        option("--name", default="command line", help="what the token is for, to tell it from others"),
        option("--scope", action="append", default=[], metavar="SCOPE", help="what it is good for (repeat)"),
    ),
    module=_OF_THE_SERVICE,
)
