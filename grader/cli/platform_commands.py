"""``grader pull`` and ``grader push``: what learning platforms give and take by a token."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable

from grader import output_folder
from grader.assignment import load_assignment
from grader.cli import platform_messages as messages
from grader.cli.exit_codes import EXIT_DONE, EXIT_UNDONE
from grader.export.request import Options, Request
from grader.intake.pull_manifest import ROSTER
from grader.platforms import open_platform
from grader.platforms.platform import Platform
from grader.platforms.pull import pull as pull_into
from grader.platforms.push import (
    PushedGrade,
    PushOptions,
    PushPlan,
    PushStatus,
    plan_push,
    preview_push,
    write_push,
)
from grader.platforms.push_journal import PushJournal
from grader.sanitize import visible


def pull(args: argparse.Namespace) -> int:
    """Fetch an assignment's submissions into a folder."""
    with open_platform(args.platform, args.address) as platform, output_folder.only_writer(args.out):
        pulled = pull_into(platform, args.out, partial=args.partial)
    for remark in messages.pull_remarks(pulled.drafts, pulled.missing):
        print(visible(remark), file=sys.stderr)
    print(visible(messages.pulled(len(pulled.manifest.submissions), pulled.members, pulled.fetched)))
    print(visible(messages.grade_pulled(args.out, args.out / ROSTER)))
    return EXIT_DONE


def push(args: argparse.Namespace) -> int:
    """Show what grades and feedback would be written, or write them."""
    with open_platform(args.platform, args.address) as platform:
        return _pushed(args, platform)


def _pushed(args: argparse.Namespace, platform: Platform) -> int:
    options = PushOptions(comments=not args.no_comments, files=not args.no_files, replace=args.replace or ())
    if not args.write:
        plan = plan_push(platform, _request(args), options)
        counts = _print_decisions(plan, preview_push(platform, plan, args.out))
        print(messages.push_previewed(counts))
        return EXIT_DONE
    with output_folder.only_writer(args.out):
        plan = plan_push(platform, _request(args, held=True), options)
        with PushJournal(args.out, platform.address) as journal:
            counts = _print_decisions(plan, write_push(platform, plan, journal))
    print(messages.push_written(counts))
    return EXIT_UNDONE if counts[PushStatus.FAILED] else EXIT_DONE


def _request(args: argparse.Namespace, *, held: bool = False) -> Request:
    named = load_assignment(args.assignment) if args.assignment else None
    grades, assignment = output_folder.read_batch(args.out, named, held=held)
    options = Options(zero=args.zero, partial=args.partial, scale=args.scale)
    return Request.of(grades, assignment, options)


def _print_decisions(plan: PushPlan, pushed: Iterable[PushedGrade]) -> Counter[PushStatus]:
    """Print a line for each grade that is not as it should be already, and count all of them."""
    for remark in plan.remarks:
        print(visible(remark), file=sys.stderr)
    counts = Counter[PushStatus]()
    for one in pushed:
        counts[one.status] += 1
        if line := messages.pushed_line(one):
            stream = sys.stderr if one.status in (PushStatus.LEFT, PushStatus.FAILED) else sys.stdout
            print(visible(line), file=stream, flush=True)
    return counts
