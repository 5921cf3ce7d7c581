"""The report of a validation: sections with a verdict each, and tables of figures."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

TableCell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Rows under columns, all of one length."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[TableCell, ...], ...]


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

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {"holds": self.holds} | dataclasses.asdict(self)
