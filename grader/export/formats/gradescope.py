"""Gradescope's ``results.json`` of one submission.

Source: Gradescope's autograder specifications.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from grader import strict_json
from grader.errors import UsageError
from grader.export import messages
from grader.export.request import Exported, Request
from grader.export.spreadsheet import precise_score
from grader.export.student_view import ShownCheck, only_result, shown_checks, summary_lines
from grader.result import Outcome


@dataclass(frozen=True, slots=True)
class _Metadata:
    """What ``submission_metadata.json`` says: how late an upload was, and the points there."""

    late: timedelta = timedelta()
    points: float | None = None


def export(request: Request) -> Exported:
    """Write what the student may see.

    All of it is visible, for a hidden check is told by its title alone. Points are the assignment's own: Gradescope's
    total may include points that are given by hand. With ``scale`` they are converted to that total.
    """
    result = only_result(request)
    known = _read_metadata(request.options.metadata) if request.options.metadata else _Metadata()
    factor, remarks = 1.0, []
    if known.points and result.max_score and known.points != result.max_score:
        factor = known.points / result.max_score if request.options.scale else 1.0
        theirs, ours = precise_score(known.points), precise_score(result.max_score)
        remarks = [messages.points_in_gradescope(theirs, ours, converted=request.options.scale)]
    lines = [*summary_lines(request, result), *([messages.handed_in_late(known.late)] if known.late else [])]
    data = {
        "score": round((request.grade_of(result) or 0.0) * factor, 4),
        "output": "\n".join(lines),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [_test(shown, factor) for shown in shown_checks(result)],
        "extra_data": {"submission": result.submission.id, "sha256": result.submission.sha256}
        | ({"late_s": known.late.total_seconds()} if known.late else {}),
    }
    return Exported(strict_json.dumps(data, indent=1).encode(), tuple(remarks))


def _test(shown: ShownCheck, factor: float) -> dict[str, Any]:
    return {
        "name": shown.title,
        "number": shown.number,
        "score": round(shown.check.points * factor, 4),
        "max_score": round(shown.check.max_points * factor, 4),
        "status": "passed" if shown.check.outcome is Outcome.PASSED else "failed",
        "output": shown.text,
        "tags": [shown.exercise.name],
        "visibility": "visible",
    }


def _read_metadata(path: Path) -> _Metadata:
    """Read Gradescope's file; times are compared with each other, so that re-runs agree."""
    try:
        data = json.loads(path.read_bytes())
        assignment = data["assignment"]
        due, created = assignment.get("due_date"), data["created_at"]
        late = datetime.fromisoformat(created) - datetime.fromisoformat(due) if due else timedelta()
        points = float(assignment["total_points"]) if assignment.get("total_points") else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UsageError(messages.no_metadata(path, f"{type(error).__name__}: {error}")) from error
    return _Metadata(max(late, timedelta()), points)
