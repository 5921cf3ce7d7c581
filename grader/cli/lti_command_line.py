"""The commands for learning platforms that show the service by LTI, as data."""

from __future__ import annotations

from grader.cli.argument_types import positive_count
from grader.cli.arguments import Command, option

_MODULE = "grader.cli.lti_commands"
_KINDS = ("canvas", "moodle", "brightspace", "blackboard", "sakai", "other")

REGISTER = Command(
    "register",
    "register a learning platform, or print what it is to be given",
    "Without --client-id prints what an administrator of the platform pastes there. With it keeps the registration and "
    "checks it: the exit code is 2 where a step fails. Addresses that the kind of platform decides need not be given.",
    "grader lti register moodle --url https://moodle.example.edu --client-id Xx1 --deployment 3",
    (
        option("kind", choices=_KINDS, help="the kind of platform"),
        option("--url", default="", metavar="URL", help="the address at which people see the platform"),
        option("--client-id", default="", metavar="ID", help="the id that the platform gave the tool"),
        option("--deployment", action="append", default=[], metavar="ID", help="a deployment id (repeat)"),
        option("--name", default="", help="what to call the platform"),
        option("--issuer", default="", metavar="URL", help="the platform's issuer"),
        option("--auth-url", default="", metavar="URL", help="its address of OIDC authentication"),
        option("--token-url", default="", metavar="URL", help="its address of access tokens"),
        option("--keys-url", default="", metavar="URL", help="its key set"),
        option("--audience", default="", metavar="TEXT", help="the audience of its token address, if another"),
    ),
    module=_MODULE,
)
CHECK_PLATFORM = Command(
    "check",
    "check registrations step by step",
    "Checks the registration of this number, or all of them, and says which step fails.",
    "grader lti check",
    (option("number", nargs="?", type=positive_count, metavar="NUMBER", help="of one registration"),),
    module=_MODULE,
    function="check_platforms",
)
ROTATE_KEYS = Command(
    "rotate-keys",
    "sign with a new key",
    "Makes a new key, which platforms fetch when they see it. The one before stays in the key set until the next time.",
    "grader lti rotate-keys",
    module=_MODULE,
    function="rotate",
)
LTI = Command(
    "lti",
    "connect the service to learning platforms (LTI 1.3)",
    "Registers platforms from which students and instructors come, and to whose gradebooks scores are sent.",
    "grader lti register canvas",
    subcommands=(REGISTER, CHECK_PLATFORM, ROTATE_KEYS),
)
