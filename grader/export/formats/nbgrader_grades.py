"""nbgrader's ``grades.csv``, as its own export writes it, but quoted where needed.

Source: nbgrader/plugins/export.py.
"""

from __future__ import annotations

from grader.export.grades import grade_remarks
from grader.export.matching import members
from grader.export.request import Exported, Request
from grader.export.spreadsheet import precise_score, spreadsheet

_COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)


def export(request: Request) -> Exported:
    """Write a row for each person, with empty cells for no submission (nbgrader has 0.0)."""
    rows = [list(_COLUMNS)]
    for result in request.results:
        grade = request.grade_of(result)
        score = "" if grade is None else precise_score(grade)
        cost = request.final(result).deduction
        penalty = 0.0 if cost is None else cost.points
        raw = "" if grade is None else precise_score(grade + penalty)
        time = result.submission.submitted.partition("+")[0].replace("T", " ")
        for person in members(result):
            last, _, first = person.name.partition(",")
            key = person.handle or person.login or person.number or person.name
            known = [request.slug, "", time, key, last, first.strip(), person.email]
            rows.append([*known, raw, precise_score(penalty) if score else "", score, precise_score(result.max_score)])
    return Exported(spreadsheet(rows), tuple(grade_remarks(request)))
