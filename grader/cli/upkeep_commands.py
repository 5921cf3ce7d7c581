"""Commands that keep up a service: accounts, back-ups, the data of one person."""

from __future__ import annotations

import argparse

from grader.cli import messages
from grader.cli.exit_codes import EXIT_DONE
from grader.cli.service_extra import load_config, setup_django
from grader.errors import UsageError


def account(args: argparse.Namespace) -> int:
    """Print a one-time link for an account, which is made where there is none."""
    setup_django()
    from grader.service.atomic_writes import atomic
    from grader.service.audit import record
    from grader.service.invitations import link_for, make_account, make_administrator
    from grader.service.models import Account
    from grader.service.process_supervisor import migrate

    migrate()
    with atomic():
        found = Account.objects.filter(username=args.account).first()
        if found is None:
            found = make_account(args.account, args.name or "", administrator=args.administrator)
        if args.administrator and not found.is_superuser:
            make_administrator(found)
        found.is_active = True
        found.save(update_fields=["is_active"])
        record(None, "made link", found.pk, administrator=found.is_superuser)
        link = link_for(found)
    print(link)
    return EXIT_DONE


def forget(args: argparse.Namespace) -> int:
    """Delete what is known of one person."""
    if not args.yes:
        raise UsageError(messages.forget_for_sure(args.account))
    setup_django()
    from grader.service.audit import record
    from grader.service.person_deletion import forget

    said = forget(args.account, lambda uploads: record(None, "forgot a person", uploads=uploads))
    print(said.sentence)
    return EXIT_DONE


def backup(args: argparse.Namespace) -> int:
    """Write a back-up of the service."""
    from grader.service.backup import back_up

    facts = back_up(load_config(), args.file.absolute())
    print(messages.backed_up(args.file, facts.files))
    return EXIT_DONE


def restore(args: argparse.Namespace) -> int:
    """Put a back-up back."""
    from grader.service.backup import restore

    facts = restore(load_config(), args.file.absolute())
    print(messages.restored(facts.made, facts.version, facts.files))
    return EXIT_DONE
