"""What a proof found, as data: sections with a verdict each, and tables of text and numbers behind it."""

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
    """One thing that was to be shown: whether it holds, a sentence that says so, each failing, remarks, figures."""

    title: str
    holds: bool
    verdict: str
    failings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    tables: tuple[ReportTable, ...] = ()


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """All sections of an assignment's proof."""

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
