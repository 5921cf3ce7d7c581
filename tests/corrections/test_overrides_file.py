"""``overrides.toml`` is read strictly and changed without touching what stands in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from grader.corrections import Override, add_overrides, read_overrides, remove_override
from grader.errors import UsageError

Correct = Callable[..., Override]

WRITTEN = """\
# Agreed with Cara.

[[override]]
person = "ada"   # Ada L.
sha256 = "11111111"
who = "cara"
when = 2026-11-30T14:00:00+01:00
points = 8
"""
BY_HAND = {"person": "ada", "sha256": "1" * 8, "points": 8.0, "when": datetime(2026, 11, 30, 13, tzinfo=UTC)}


def test_what_is_written_is_read(tmp_path: Path, correct: Correct) -> None:
    """Each field comes back, a 0 and any text too; a file that is not there holds nothing."""
    path = tmp_path / "overrides.toml"
    overrides = [
        correct(points=0.0, exercise="lens", check="test_kl[a b]", comment='say "no",\n\\ tab\t é'),
        correct(days_late=0),
        correct(excused=True, late_waived=True),
    ]
    assert read_overrides(path) == ()

    add_overrides(path, overrides[:1])
    add_overrides(path, overrides[1:])

    assert list(read_overrides(path)) == overrides


@pytest.mark.parametrize("end", ["\n", "", "\n# The end."], ids=["a line end", "none", "a comment"])
@pytest.mark.parametrize("before", ["", "\ufeff"], ids=["plain", "BOM"])
def test_what_people_wrote_stays(tmp_path: Path, correct: Correct, before: str, end: str) -> None:
    """Comments and the form of what stands there are kept when something is added and removed."""
    path = tmp_path / "overrides.toml"
    text = WRITTEN.rstrip("\n") + end
    path.write_text(before + text)
    by_hand = correct(**BY_HAND)

    add_overrides(path, [correct(excused=True)])
    assert list(read_overrides(path)) == [by_hand, correct(excused=True)]
    assert path.read_text().startswith(text)
    remove_override(path, 1)
    assert list(read_overrides(path)) == [by_hand]
    assert "# Agreed with Cara." in path.read_text()
    assert "# Ada L." in path.read_text()


def test_a_file_saved_on_windows_is_read_and_added_to(tmp_path: Path, correct: Correct) -> None:
    """With its line ends."""
    path = tmp_path / "overrides.toml"
    path.write_bytes(WRITTEN.replace("\n", "\r\n").encode("utf-8-sig"))

    add_overrides(path, [correct(points=1.0)])
    assert list(read_overrides(path)) == [correct(**BY_HAND), correct(points=1.0)]


def changed(old: str, new: str) -> str:
    assert old in WRITTEN
    return WRITTEN.replace(old, new)


FAULTS: dict[str, tuple[str, str]] = {
    "no TOML": (changed("= 8", "= eight"), "is not valid TOML: Invalid value (at line 8"),
    "a misspelt key": (changed("points", "point"), "[[override]] 1, has no 'point'; did you mean 'points'?"),
    "another table": (changed("[[override]]", "[[overrides]]"), "has no 'overrides'; did you mean 'override'?"),
    "one table": (changed("[[override]]", "[override]"), "has override = "),
    "nobody": (changed('"ada"', '" "'), "names nobody"),
    "no person": (changed('person = "ada"', ""), "has no person; add it."),
    "no digest": (changed('sha256 = "11111111"', ""), "has no sha256; add it."),
    "a short digest": (changed("11111111", "111"), "give 8 to 64 digits of the file's SHA-256"),
    "no time": (changed("when = 2026-11-30T14:00:00+01:00", ""), "has no when; add the day and time"),
    "a day alone": (changed("T14:00:00+01:00", ""), "has when = 2026-11-30, and that must be a day and a time."),
    "a text for points": (changed("= 8", '= "8"'), "has points = '8', and that must be a number from 0 to 1e+06."),
    "a flag for points": (changed("= 8", "= true"), "has points = True, and that must be a number"),
    "points below 0": (changed("= 8", "= -1"), "has points = -1, and that must be a number from 0"),
    "points that are none": (changed("= 8", "= nan"), "has points = nan, and that must be a number from 0"),
    "nothing": (changed("points = 8", ""), "sets nothing; give points, comment"),
    "a number for a flag": (changed("points = 8", "excused = 1"), "has excused = 1, and that must be true or false."),
    "half a day": (changed("points = 8", "days_late = 0.5"), "has days_late = 0.5, and that must be a whole number."),
    "an excuse of a part": (changed("points = 8", 'excused = true\nexercise = "lens"'), "only a whole submission"),
    "a long comment": (changed("points = 8", f'comment = "{"x" * 10_001}"'), "more than 10000 characters"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), FAULTS.values(), ids=FAULTS)
def test_each_fault_has_a_sentence(tmp_path: Path, correct: Correct, text: str, said: str) -> None:
    """It names the file and which correction it is; nothing is added to such a file."""
    path = tmp_path / "overrides.toml"
    path.write_text(text)

    for act in (read_overrides, lambda place: add_overrides(place, [correct(points=1.0)])):
        with pytest.raises(UsageError) as error:
            act(path)
        assert said in str(error.value)
        assert str(error.value).startswith(str(path))
        assert "\n" not in str(error.value)
    assert path.read_text() == text


@pytest.mark.parametrize("data", [b"\xff\xfe[\x00", b"person = '\xe9'"], ids=["UTF-16", "Latin-1"])
def test_another_encoding_is_refused(tmp_path: Path, data: bytes) -> None:
    """With what to do."""
    (tmp_path / "overrides.toml").write_bytes(data)

    with pytest.raises(UsageError, match="save it as UTF-8"):
        read_overrides(tmp_path / "overrides.toml")


def test_a_form_that_cannot_be_added_to_is_not_harmed(tmp_path: Path, correct: Correct) -> None:
    """A list in one line is read; a correction is added by hand there."""
    path = tmp_path / "overrides.toml"
    text = 'override = [{person = "ada", sha256 = "", who = "c", when = 2026-11-30T10:00:00, points = 1}]\n'
    path.write_text(text)

    assert len(read_overrides(path)) == 1
    with pytest.raises(UsageError, match=r"write each as \[\[override\]\]"):
        add_overrides(path, [correct(points=1.0)])
    assert path.read_text() == text


def test_a_link_is_not_written_through(tmp_path: Path, correct: Correct) -> None:
    """What it leads to stays as it is, and so does the link."""
    other = tmp_path / "other.toml"
    other.write_text(WRITTEN)
    (tmp_path / "overrides.toml").symlink_to(other)

    with pytest.raises(UsageError, match="is a link"):
        add_overrides(tmp_path / "overrides.toml", [correct(points=1.0)])
    assert other.read_text() == WRITTEN


def test_a_private_file_stays_private(tmp_path: Path, correct: Correct) -> None:
    """Others cannot read corrections that they could not read before."""
    path = tmp_path / "overrides.toml"
    path.write_text(WRITTEN)
    path.chmod(0o600)
    what: dict[str, Any] = {"points": 1.0}

    add_overrides(path, [correct(**what)])
    assert path.stat().st_mode & 0o777 == 0o600
