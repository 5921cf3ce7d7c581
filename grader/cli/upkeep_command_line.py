"""The commands that keep up a service, as data."""

from __future__ import annotations

from pathlib import Path

from grader.cli.arguments import Command, option

_UPKEEP = "grader.cli.upkeep_commands"

ACCOUNT = Command(
    "account",
    "make an account of the service, or a new link for one",
    "Prints a link that signs the account in once and ends after two weeks. An account that is there keeps everything; "
    "its earlier links end, and if it was deactivated it works again. The first administrator of a service is made so.",
    "grader account ada --administrator",
    (
        option("account", metavar="ACCOUNT", help="the name for signing in"),
        option("--name", metavar="NAME", help="the person's name"),
        option("--administrator", action="store_true", help="let it administer the service"),
    ),
    module=_UPKEEP,
)
FORGET = Command(
    "forget",
    "delete what the service knows of one person",
    "Deletes an account, its memberships, everything that was handed in for them, results and corrections. The audit "
    "log keeps what was done, without the name. ACCOUNT may also be the login of a member who has no account.",
    "grader forget ada --yes",
    (
        option("account", metavar="ACCOUNT", help="the name for signing in"),
        option("--yes", action="store_true", help="do it: nothing of it comes back but from a back-up"),
    ),
    module=_UPKEEP,
)
BACKUP = Command(
    "backup",
    "write a back-up of the service, while it runs",
    "Writes database, uploads and keys into one file. It holds secrets and personal data: keep it so.",
    "grader backup /backups/grader-monday.tar.gz",
    (option("file", type=Path, metavar="FILE", help="a file that is not there yet"),),
    module=_UPKEEP,
)
RESTORE = Command(
    "restore",
    "put a back-up of the service back",
    "Restores into an empty data folder, and with PostgreSQL an empty database. What was waiting is graded once the "
    "service is started.",
    "grader restore /backups/grader-monday.tar.gz",
    (option("file", type=Path, metavar="FILE", help="what `grader backup` wrote"),),
    module=_UPKEEP,
)
