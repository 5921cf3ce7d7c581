"""``grader assignment test``: an assignment's proof, and its words on the terminal."""

from __future__ import annotations

import argparse
import sys

import rich.table
from rich.console import Console
from rich.text import Text

from grader import strict_json
from grader.assignment import load_assignment
from grader.validation import ValidationReport, validate
from grader.validation.validation_report import Table, TableCell

EXIT_VALID, EXIT_SHORT = 0, 1
WIDTH = 160


def run_validation(args: argparse.Namespace) -> int:
    """Prove an assignment and say what was found; 1 when something does not hold."""
    report = validate(load_assignment(args.slug), jobs=args.jobs, progress=_progress)
    if args.json:
        args.json.write_text(strict_json.dumps(report.to_json(), indent=1) + "\n", encoding="utf-8")
    _say(report)
    return EXIT_VALID if report.holds else EXIT_SHORT


def _progress(done: int, total: int) -> None:
    print(f"{done}/{total} tried", file=sys.stderr, flush=True)


def _say(report: ValidationReport) -> None:
    """Print each section: its verdict, what does not hold, the figures; at the end whether all of it holds."""
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:  # a file is read without folding what a table's cells hold
        console.width = WIDTH
    for section in report.sections:
        mark, style = ("✓", "green") if section.holds else ("✗", "red")
        console.print(Text(f"{mark} {section.title}: {section.verdict}", style=f"bold {style}"))
        for failing in section.failings:
            console.print(Text(f"  ✗ {failing}", style="red"))
        for remark in section.remarks:
            console.print(Text(f"  {remark}"))
        for table in section.tables:
            if table.rows:
                _print_table(console, table)
    short = [s.title.lower() for s in report.sections if not s.holds]
    found = f"falls short: {', '.join(short)}" if short else "is proven"
    console.print(Text(f"{report.assignment} {found}.", style="bold"))


def _print_table(console: Console, table: Table) -> None:
    """Print a table without empty columns; those of marks are numbered, and what numbers stand for comes after it."""
    filled = [i for i in range(len(table.columns)) if any(row[i] is not None for row in table.rows)]
    marks = [i for i in range(len(table.columns)) if all(isinstance(row[i], bool) for row in table.rows)]
    drawn = rich.table.Table(title=table.title, title_justify="left", box=None, padding=(0, 1, 0, 0))
    for i in filled:
        drawn.add_column(str(marks.index(i) + 1) if i in marks else table.columns[i], overflow="fold")
    for row in table.rows:
        drawn.add_row(*(Text(_cell(row[i])) for i in filled))
    console.print(drawn)
    for number, i in enumerate(marks, 1):
        console.print(Text(f"{number:3} {table.columns[i]}", style="dim"))


def _cell(cell: TableCell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "✗" if cell else "·"
        case float():
            return f"{cell:.0f}" if abs(cell) >= 100 else f"{cell:.2g}"
    return str(cell)
