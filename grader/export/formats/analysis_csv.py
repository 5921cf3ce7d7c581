"""The table for analysis as CSV; an empty cell is nothing known, and no cell is a formula."""

from __future__ import annotations

from dataclasses import astuple, fields

from grader.export.analysis_rows import AnalysisRow, analysis_rows
from grader.export.request import Exported, Request
from grader.export.spreadsheet import spreadsheet


def export(request: Request) -> Exported:
    """Write a row for each person and check."""
    rows = ([_csv_cell(value) for value in astuple(row)] for row in analysis_rows(request))
    return Exported(spreadsheet([[f.name for f in fields(AnalysisRow)], *rows]))


def _csv_cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.10g}"
    return str(value)
