"""The page that shows answers that are alike side by side, for staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.report import FOLDER, StaffSite
from grader.report.template_environment import fill_template
from grader.similarity import messages
from grader.similarity.similar_answers import Alike, AlikeAnswers

MOST = 60
"""Entries on a page."""
MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class _Line:
    cell: int
    number: int
    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class _Side:
    alike: Alike
    lines: tuple[_Line, ...]
    left_out: int


def similar_page(found: Sequence[AlikeAnswers], *, assignment_title: str = "", site: StaffSite = FOLDER) -> str:
    """Return the page: each entry with two of its answers, what is in common marked.

    It links to the pages of submissions as ``site`` says.
    """
    shown = [(entry, [_side(a) for a in entry.answers[:2]]) for entry in found[:MOST]]
    return fill_template(
        "similar.html",
        title=assignment_title,
        shown=shown,
        left_out=len(found) - len(shown),
        texts=messages,
        site=site,
        count=len(found),
    )


def _side(alike: Alike) -> _Side:
    lines = [
        _Line(span.cell, span.first_line + n, text, (number, n + 1) in alike.marked)
        for number, span in enumerate(alike.source)
        for n, text in enumerate(span.text.splitlines())
    ]
    return _Side(alike, tuple(lines[:MOST_LINES]), max(0, len(lines) - MOST_LINES))
