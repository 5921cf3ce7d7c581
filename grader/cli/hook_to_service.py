"""Have a running service grade what ``grader hook`` is given."""

from __future__ import annotations

import argparse
import os

from grader.atomic_write import write_page
from grader.cli import check_messages
from grader.errors import PlatformError, RequestRefusedError, UsageError
from grader.result import GradingResult

_WAIT_S = 600.0


def check_options(args: argparse.Namespace) -> None:
    """Raise UsageError for options of a service without one, and the other way round."""
    if args.to and args.timeout and not args.or_here:
        raise UsageError(check_messages.needs_other_option("--timeout", "--or-here"))
    with_service = {
        "--course": args.course, "--for": args.member, "--key": args.key, "--wait": args.wait, "--or-here": args.or_here
    }  # fmt: skip
    for option, given in with_service.items():
        if given and not args.to:
            raise UsageError(check_messages.needs_other_option(option, "--to"))


def grade_on_service(args: argparse.Namespace) -> GradingResult | None:
    """Return the result of the service, and write the page; None: grade here instead.

    Raises PlatformError where it cannot be had, and UsageError without a token.
    """
    try:
        from grader.platforms.grader_service import TOKEN, GraderService
    except ModuleNotFoundError as error:
        from grader.platforms import messages

        raise UsageError(messages.not_installed(str(error.name))) from error
    with GraderService(args.to) as service:
        os.environ.pop(TOKEN, None)  # nothing that is started for grading here is to hold it
        fields = {"assignment": args.assignment, "course": args.course, "member": args.member}
        try:
            pk = service.submit(args.notebook, fields, args.key)
        except PlatformError as error:
            if not args.or_here or isinstance(error, RequestRefusedError):
                raise
            return None
        result = service.wait_for(pk, args.wait or _WAIT_S, args.view)
        if args.html:
            write_page(args.html, service.report(pk, args.view))
    return result
