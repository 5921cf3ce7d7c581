"""The report of a validation: sections with a verdict each, and tables of figures."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from grader.typed_json import record
from grader.validation import messages

TableCell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Rows under columns, all of one length."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[TableCell, ...], ...]

    @classmethod
    def from_json(cls, data: Any, place: str = "") -> ReportTable:
        """Read what :meth:`ValidationReport.to_json` made of it."""
        return cls(data["title"], tuple(data["columns"]), tuple(map(tuple, data["rows"])))

    def shown(self) -> ShownTable:
        """Return its cells as texts without empty columns; a legend names those of marks."""
        filled = [i for i in range(len(self.columns)) if any(row[i] is not None for row in self.rows)]
        marks = [i for i in range(len(self.columns)) if all(isinstance(row[i], bool) for row in self.rows)]
        return ShownTable(
            self.title,
            tuple(str(marks.index(i) + 1) if i in marks else self.columns[i] for i in filled),
            tuple(tuple(_cell_text(row[i]) for i in filled) for row in self.rows),
            tuple(self.columns[i] for i in marks),
        )


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table as people see it; ``legend`` names the columns of marks, numbered from 1."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    legend: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportSection:
    """One requirement: whether it holds, a sentence about it, failings, remarks and figures."""

    title: str
    holds: bool
    verdict: str
    failings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    tables: tuple[ReportTable, ...] = ()


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """The report on one assignment."""

    assignment: str
    digest: str
    sections: tuple[ReportSection, ...]

    @property
    def holds(self) -> bool:
        """Whether every section holds."""
        return all(s.holds for s in self.sections)

    @property
    def result(self) -> str:
        """One sentence: whether validation passed, and else which sections did not."""
        return messages.validation_result(self.assignment, [s.title.lower() for s in self.sections if not s.holds])

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {"holds": self.holds} | dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> ValidationReport:
        """Read what :meth:`to_json` wrote; raises ValueError for a wrong field."""
        return record(cls, data, tolerant=True)


def _cell_text(cell: TableCell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "✗" if cell else "·"
        case float():
            return f"{cell:.0f}" if abs(cell) >= 100 else f"{cell:.2g}"
    return str(cell)
