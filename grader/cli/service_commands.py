"""The commands of the service, which alone import Django."""

from __future__ import annotations

import argparse
import os

from grader.cli.exit_codes import EXIT_DONE
from grader.cli.service_extra import load_config, setup_django


def serve(args: argparse.Namespace) -> int:
    """Run the service on this machine."""
    config = load_config()
    setup_django()
    from grader.service import messages, process_supervisor
    from grader.service.blob_store import remove_left
    from grader.service.demo_course import make_demo

    with (
        process_supervisor.hold_lock(config.data / "serve.lock", messages.already_served(config.data)),
        process_supervisor.listening(config) as web,
    ):
        remove_left()
        process_supervisor.prepare_database()
        if args.demo:
            for line in make_demo():
                print(line)
        print(messages.runs_at(config.url), flush=True)
        names = [f"{os.uname().nodename}-{n}" for n in range(1, config.workers + 1)]
        return process_supervisor.supervise([web, *map(process_supervisor.worker_child, names)])


def worker(args: argparse.Namespace) -> int:
    """Run one worker, started again when it ends."""
    config = load_config()
    from grader.service import messages, process_supervisor
    from grader.service.log_records import set_up_logging
    from grader.service.work.worker_process import check_name

    check_name(args.name)
    set_up_logging(config.log)
    with process_supervisor.hold_lock(config.data / f"worker-{args.name}.lock", messages.already_works(args.name)):
        return process_supervisor.supervise([process_supervisor.worker_child(args.name)])


def token(args: argparse.Namespace) -> int:
    """Make a token and print it, list tokens, or revoke some."""
    setup_django()
    from grader.cli import token_actions

    if args.revoke:
        token_actions.revoke(args.revoke)
    elif args.list:
        token_actions.print_list(args.account)
    else:
        print(token_actions.make(args.account, args.name, args.scope, args.course, args.days))
    return EXIT_DONE
