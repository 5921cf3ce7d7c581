"""Correct the grades of an output folder: what staff sets for one person, and takes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.corrections import (
    OVERRIDES,
    FinalGrade,
    Override,
    Target,
    add_overrides,
    fitting,
    messages,
    offered_again,
    read_corrections,
    read_overrides,
    remove_override,
)
from grader.corrections.corrected import located
from grader.corrections.final_grades import rows_of
from grader.corrections.row_names import RowNames
from grader.errors import UsageError
from grader.output_folder import assignment_of, only_writer, read_batch, read_rows, require_rows, write_grades
from grader.result import GradingResult

_WAIT_S = 20.0  # for another command that corrects in the same folder


@dataclass(frozen=True, slots=True)
class CorrectedGrade:
    """A person's grade before a correction and after it."""

    before: FinalGrade
    after: FinalGrade


@dataclass(frozen=True, slots=True)
class Entry:
    """A correction of a folder's, and whether it counts.

    ``grade`` is that of whom it is of, None where that is not one person. ``why_not`` says why it does not count.
    """

    override: Override
    grade: FinalGrade | None
    why_not: str = ""


def correct(out: Path, person: str, what: Override) -> CorrectedGrade:
    """Set something for one person, whom ``what`` need not name, nor the file.

    Raises UsageError where it does not fit what was handed in.
    """

    def change(grade: FinalGrade, names: RowNames) -> None:
        add_overrides(out / OVERRIDES, [fitting(grade.raw, names.lasting(grade.raw), what)])

    return _changed(out, person, change)


def correct_again(out: Path, person: str, who: str) -> CorrectedGrade:
    """Apply to what a person handed in what was set for an earlier submission."""

    def change(grade: FinalGrade, names: RowNames) -> None:
        add_overrides(out / OVERRIDES, offered_again(grade, names.lasting(grade.raw), who, now()))

    return _changed(out, person, change)


def take_back(out: Path, person: str, target: Target) -> CorrectedGrade:
    """Remove the last correction of a person's target; raises UsageError where there is none."""

    def change(grade: FinalGrade, names: RowNames) -> None:
        row, overrides = grade.raw, read_overrides(out / OVERRIDES)
        asked = Override("", "", "", now(), target.exercise, target.check)
        wanted = {target, located(row, asked)[0]}
        found = [n for n, o in enumerate(overrides) if {o.target, located(row, o)[0]} & wanted]
        found = [n for n in found if rows_of(names, overrides[n]) == [row]]
        if not found:
            of = target.check or target.exercise
            raise UsageError(messages.nothing_set(row.submission.id, of, out))
        remove_override(out / OVERRIDES, found[-1])

    return _changed(out, person, change)


def entries(out: Path) -> list[Entry]:
    """Return a folder's corrections in their order."""
    grades, _ = read_batch(out)
    names = RowNames([g.raw for g in grades.by_id.values()])
    return [_entry(o, names, grades.by_id) for o in read_overrides(out / OVERRIDES)]


def now() -> datetime:
    """Return the time, to a second."""
    return datetime.now(UTC).replace(microsecond=0)


def _entry(override: Override, names: RowNames, by_id: Mapping[str, FinalGrade]) -> Entry:
    rows = rows_of(names, override)
    if len(rows) != 1:
        return Entry(override, None, messages.SEVERAL_PEOPLE if rows else messages.NOBODY)
    grade = by_id[rows[0].submission.id]
    if not override.is_of(grade.raw.submission.sha256):
        return Entry(override, grade, messages.OFFERED if override in grade.offered else messages.EARLIER_SUBMISSION)
    return Entry(override, grade, located(grade.raw, override)[1])


def _changed(out: Path, person: str, change: Callable[[FinalGrade, RowNames], None]) -> CorrectedGrade:
    """Change a folder's corrections, then what follows from them."""
    require_rows(out)
    with only_writer(out, wait_s=_WAIT_S):
        results = read_rows(out)
        names, before = RowNames(results), read_corrections(out)
        id_ = _row(out, names, person).submission.id
        grade = before.grades(results).by_id[id_]
        change(grade, names)
        grades = write_grades(out, results, read_corrections(out), assignment_of(results), before=before)
        return CorrectedGrade(grade, grades.by_id[id_])


def _row(out: Path, names: RowNames, person: str) -> GradingResult:
    found = names.find(person)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(messages.several_named(person, [row.submission.id for row in found]))
    raise UsageError(messages.nobody_named(person, names.near(person), out))
