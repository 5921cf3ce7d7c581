"""What ``grader lti`` does."""

from __future__ import annotations

import argparse

from grader.cli.exit_codes import EXIT_DONE, EXIT_WRONG
from grader.cli.service_extra import setup_django
from grader.errors import UsageError


def register(args: argparse.Namespace) -> int:
    """Print what a platform is to be given, or keep a registration and check it."""
    setup_django()
    from grader.service.atomic_writes import atomic
    from grader.service.audit import record
    from grader.service.lti import messages, registration
    from grader.service.lti.platform_kinds import PlatformAddresses, what_to_paste

    if not args.client_id:
        for line in what_to_paste(args.kind):
            print(line)
        return EXIT_DONE
    given = PlatformAddresses(args.issuer, args.auth_url, args.token_url, args.keys_url, args.audience)
    with atomic():
        made = registration.register(args.kind, args.url, args.client_id, args.deployment, given, args.name)
        record(None, "registered a platform", made.pk, kind=args.kind)
    print(messages.registered(made.pk, made.name))
    return EXIT_DONE if registration.check([made], print) else EXIT_WRONG


def check_platforms(args: argparse.Namespace) -> int:
    """Check registrations and say which step fails."""
    setup_django()
    from grader.service.lti import messages, registration

    found = registration.registrations(args.number)
    if not found:
        raise UsageError(messages.NO_REGISTRATION)
    return EXIT_DONE if registration.check(found, print) else EXIT_WRONG


def rotate(args: argparse.Namespace) -> int:
    """Sign with a new key."""
    setup_django()
    from grader.service.atomic_writes import atomic
    from grader.service.audit import record
    from grader.service.lti import messages
    from grader.service.lti.registration import rotate_keys

    with atomic():
        rotate_keys()
        record(None, "rotated keys for platforms")
    print(messages.KEYS_ROTATED)
    return EXIT_DONE
