"""``grader review``: list the corrections of a batch, set one, take one back."""

from __future__ import annotations

import argparse
import getpass
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader import review, strict_json
from grader.cli import review_messages as messages
from grader.cli.batch_report import final_text
from grader.corrections import FinalGrade, Override, Target
from grader.errors import UsageError
from grader.report.grade_sentences import correction_fact
from grader.sanitize import visible
from grader.terminal import as_shown

_SETS = ("points", "comment", "excuse", "waive_late", "days_late")
_OF_ONE = ("exercise", "check", *_SETS, "undo", "again")
_WHOLE = ("excuse", "waive_late", "days_late", "again")


def run_review(args: argparse.Namespace) -> int:
    """List corrections, or change those of one person."""
    given = [name for name in _OF_ONE if (value := getattr(args, name)) not in (None, "") and value is not False]
    if args.action == "list":
        if args.person or given:
            raise UsageError(messages.LIST_ALONE)
        _print_entries(review.entries(args.out), as_json=args.json)
        return 0
    if not args.person:
        raise UsageError(messages.NOBODY_TO_SET)
    _print_changed(_set(args, given))
    return 0


def _set(args: argparse.Namespace, given: list[str]) -> review.CorrectedGrade:
    target, who = Target(args.exercise or "", args.check or ""), visible(args.by or _user())
    sets = [name for name in given if name in (*_SETS, "undo", "again")]
    if not sets:
        raise UsageError(messages.NOTHING_TO_SET)
    if len(sets) > 1 and ("undo" in sets or "again" in sets):
        raise UsageError(messages.ALONE)
    if target != Target() and (whole := [name for name in sets if name in _WHOLE]):
        raise UsageError(messages.of_the_whole(f"--{whole[0].replace('_', '-')}"))
    if args.undo:
        return review.take_back(args.out, args.person, target)
    if args.again:
        return review.correct_again(args.out, args.person, who)
    what = Override(
        "", "", who, review.now(), target.exercise, target.check, args.points, visible(args.comment or ""),
        args.excuse, args.waive_late, args.days_late,
    )  # fmt: skip
    return review.correct(args.out, args.person, what)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user may have no name
        return "unknown"


def _print_changed(changed: review.CorrectedGrade) -> None:
    id_ = visible(changed.after.raw.submission.id)
    print(messages.corrected(id_, _grade_text(changed.before), _grade_text(changed.after)))


def _grade_text(grade: FinalGrade) -> str:
    return f"none ({grade.why_none})" if grade.score is None else final_text(grade)


def _print_entries(found: list[review.Entry], *, as_json: bool) -> None:
    if as_json:
        print(strict_json.dumps([_as_data(entry) for entry in found]))
        return
    if not found:
        print(messages.NOTHING_SET)
        return
    table = Table(box=None, pad_edge=False)
    for column in ("whose", "of", "sets", "by", "counts", "final grade"):
        table.add_column(column, overflow="fold")
    for entry in found:
        table.add_row(*(Text(as_shown(visible(text))) for text in _cells(entry)))
    Console().print(table)


def _cells(entry: review.Entry) -> list[str]:
    fact, grade = correction_fact(entry.grade, entry.override), entry.grade
    sets = f"{fact.sets} (checks: {fact.before})" if fact.before else fact.sets
    sets = f"{sets}: {fact.comment}" if fact.comment else sets
    whose = grade.raw.submission.id if grade else entry.override.person
    by = f"{fact.who}, {entry.override.when:%Y-%m-%d}"
    counts = f"no: {entry.why_not}" if entry.why_not else "yes"
    return [whose, fact.what, sets, by, counts, _grade_text(grade) if grade else ""]


def _as_data(entry: review.Entry) -> dict[str, object]:
    override = {k: v for k, v in asdict(entry.override).items() if k != "when"}
    id_ = entry.grade.raw.submission.id if entry.grade else None
    score = entry.grade.score if entry.grade else None
    state = {"submission": id_, "counts": not entry.why_not, "why_not": entry.why_not, "final_score": score}
    return {**override, "when": entry.override.when.isoformat(), **state}
