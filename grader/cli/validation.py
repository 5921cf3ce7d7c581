"""``grader assignment test``: validate an assignment and print the report."""

from __future__ import annotations

import sys
from pathlib import Path

import rich.table
from rich.console import Console
from rich.text import Text

from grader import strict_json
from grader.assignment import Assignment
from grader.cli import messages
from grader.terminal import as_shown
from grader.validation import ValidationReport, validate
from grader.validation.validation_report import ShownTable

_WIDTH = 160  # columns of a report that goes into a file, so that cells of its tables are not folded


def run_validation(assignment: Assignment, *, jobs: int | None, json_file: Path | None) -> bool:
    """Validate an assignment, print and save the report, and return whether it is valid."""
    report = validate(assignment, jobs=jobs, progress=_print_progress)
    if json_file:
        json_file.write_text(strict_json.dumps(report.to_json(), indent=1) + "\n", encoding="utf-8")
    _print_report(report)
    return report.holds


def _print_progress(done: int, total: int) -> None:
    print(messages.validated(done, total), file=sys.stderr, flush=True)


def _print_report(report: ValidationReport) -> None:
    """Print each section with failings and figures, then whether the assignment is valid."""
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = _WIDTH
    for section in report.sections:
        mark, style = ("✓", "green") if section.holds else ("✗", "red")
        console.print(Text(f"{mark} {section.title}: {section.verdict}", style=f"bold {style}"))
        for failing in section.failings:
            console.print(Text(f"  ✗ {failing}", style="red"))
        for remark in section.remarks:
            console.print(Text(f"  {remark}"))
        for table in section.tables:
            if table.rows:
                _print_table(console, table.shown())
    console.print(Text(report.result, style="bold"))


def _print_table(console: Console, table: ShownTable) -> None:
    """Print a table; a legend explains numbered columns of marks."""
    drawn = rich.table.Table(title=table.title, title_justify="left", box=None, padding=(0, 1, 0, 0))
    for column in table.columns:
        drawn.add_column(column, overflow="fold")
    for row in table.rows:
        drawn.add_row(*(Text(as_shown(text)) for text in row))
    console.print(drawn)
    for number, column in enumerate(table.legend, 1):
        console.print(Text(f"{number:3} {column}", style="dim"))
