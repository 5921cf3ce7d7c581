"""The table for analysis as JSON: a list of objects, ``null`` where nothing is known."""

from __future__ import annotations

from dataclasses import asdict

from grader import strict_json
from grader.export.analysis_rows import analysis_rows
from grader.export.request import Exported, Request


def export(request: Request) -> Exported:
    """Write an object for each person and check, one a line."""
    lines = ",\n".join(strict_json.dumps(asdict(row)) for row in analysis_rows(request))
    return Exported(f"[\n{lines}\n]\n".encode())
