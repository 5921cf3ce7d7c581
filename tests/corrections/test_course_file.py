"""A course's file is read strictly; what it says of one assignment goes before the rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.corrections import Extension, LatePolicy, Share, Terms, read_course, remember_course
from grader.corrections.corrections_folder import read_corrections
from grader.errors import UsageError
from grader.result import GradingResult

COURSE = """\
zone = "Europe/Berlin"
attempts = 3

[late]
per_day = 10
cap = 50
grace_minutes = 15
cutoff_days = 7

[assignments.lenses]
due = 2026-11-20T23:00:00
late = { per_day = 20, of = "earned" }

[assignments.probes]
due = 2026-12-01T23:00:00+00:00
attempts = 5

[[extensions]]
person = "ada"
days = 2.5

[[extensions]]
person = "bob"
assignment = "lenses"
due = 2026-11-30T12:00:00
attempts = 4
"""


def written(tmp_path: Path, text: str = COURSE) -> Path:
    path = tmp_path / "course.toml"
    path.write_text(text)
    return path


def test_each_assignment_has_its_terms(tmp_path: Path) -> None:
    """What an assignment does not say is the course's, and others have no deadline."""
    course = read_course(written(tmp_path))
    late = LatePolicy(10.0, Share.POSSIBLE, 50.0, timedelta(minutes=15), timedelta(days=7))
    lenses, probes, others = (course.terms(name) for name in ("lenses", "probes", "more"))

    assert lenses.due == datetime(2026, 11, 20, 22, tzinfo=UTC)
    assert lenses.late == LatePolicy(20.0, Share.EARNED, 50.0, timedelta(minutes=15), timedelta(days=7))
    assert (lenses.attempts, probes.attempts, others.attempts) == (3, 5, 3)
    assert lenses.extensions[1] == Extension("bob", datetime(2026, 11, 30, 11, tzinfo=UTC), 0.0, 4)
    assert probes.extensions == others.extensions == (Extension("ada", None, 2.5),)
    assert (probes.late, others.late, others.due) == (late, late, None)


def test_an_empty_file_asks_for_nothing(tmp_path: Path) -> None:
    """It has no deadline and takes nothing off."""
    assert read_course(written(tmp_path, "")).terms("lenses") == Terms()


def changed(old: str, new: str) -> str:
    assert old in COURSE
    return COURSE.replace(old, new)


FAULTS: dict[str, tuple[str, str]] = {
    "no TOML": (changed("cap = 50", "cap 50"), "is not valid TOML"),
    "a misspelt key": (changed("per_day = 10", "perday = 10"), "[late], has no 'perday'; did you mean 'per_day'?"),
    "a misspelt key of one": (changed("due = 2026-11-20", "dew = 2026-11-20"), "[lenses], has no 'dew'"),
    "too much a day": (changed("per_day = 10", "per_day = 110"), "per_day = 110, and that must be a number from 0"),
    "a share of nothing": (changed('"earned"', '"all"'), "has of = 'all', and that must be 'possible' or 'earned'."),
    "no zone": (changed('zone = "Europe/Berlin"', ""), "without a zone; add one, as in +01:00, or set zone above."),
    "a zone that is none": (changed("Europe/Berlin", "Europe/Nowhere"), "which is no time zone; give one"),
    "a path for a zone": (changed("Europe/Berlin", "../../etc/passwd"), "which is no time zone"),
    "a day alone": (changed("2026-11-20T23:00:00", "2026-11-20"), "that must be a day and a time"),
    "no attempt": (changed("attempts = 3", "attempts = 0"), "attempts = 0, and that must be a whole number from 1"),
    "an extension of nothing": (changed("days = 2.5", ""), "[[extensions]] 1, extends nothing"),
    "an extension of nobody": (changed('person = "ada"', ""), "[[extensions]] 1, has no person"),
    "an unknown assignment": (changed('"lenses"', '"lens"'), "there is no [assignments.lens]"),
    "a number for a table": (COURSE.replace("[late]", "late = 1\n[x]").replace("[x]", "[assignments.x]"), "late"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), FAULTS.values(), ids=FAULTS)
def test_each_fault_has_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    """It names the file, and the table that is wrong."""
    with pytest.raises(UsageError) as error:
        read_course(written(tmp_path, text))

    assert said in str(error.value)
    assert str(error.value).startswith(str(tmp_path / "course.toml"))


def test_a_folder_remembers_its_course(tmp_path: Path) -> None:
    """By the file's place, so that what is changed there counts the next time."""
    out = tmp_path / "out"
    remember_course(out, written(tmp_path))
    before = read_corrections(out)
    written(tmp_path, changed("per_day = 10", "per_day = 11"))

    assert before.course.terms("probes").late.per_day == 10.0
    assert read_corrections(out).course.terms("probes").late.per_day == 11.0
    assert before.digest != read_corrections(out).digest


def test_a_course_s_file_that_is_gone_is_said(tmp_path: Path) -> None:
    """Nobody's late deduction is dropped in silence."""
    out = tmp_path / "out"
    remember_course(out, written(tmp_path))
    (tmp_path / "course.toml").unlink()

    with pytest.raises(UsageError, match=r"follow the course file .* which is not there; put it back"):
        read_corrections(out)


def test_a_file_with_a_fault_is_not_remembered(tmp_path: Path) -> None:
    """The one before stays."""
    out = tmp_path / "out"
    remember_course(out, written(tmp_path))
    other = tmp_path / "other.toml"
    other.write_text("[lates]")

    with pytest.raises(UsageError, match="has no 'lates'"):
        remember_course(out, other)
    assert read_corrections(out).course.terms("probes").attempts == 5


def test_a_course_without_this_assignment_is_said(tmp_path: Path, build: Callable[..., GradingResult]) -> None:
    """A misspelt name must not mean no deadline in silence."""
    out = tmp_path / "out"
    remember_course(out, written(tmp_path, changed("lenses", "lensses")))

    assert read_corrections(out).grades([build()]).problems[0] == (
        "the course file has no deadline for 'lenses': it has [assignments.lensses], [assignments.probes]."
    )
    assert "no deadline" not in "".join(read_corrections(out).grades([]).problems)
