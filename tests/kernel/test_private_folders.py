"""Private folders: where they lie, and what becomes of those that nobody holds any more."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.kernel import private_folders
from grader.kernel.inside.folder_lock import hold
from grader.kernel.private_folders import private_folder


@pytest.fixture
def place(short: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that private folders are made in."""
    monkeypatch.setenv("GRADER_RUNTIME", str(short))
    return short


def test_a_folder_that_nobody_holds_is_removed_by_the_next(place: Path) -> None:
    """Its processes may have been killed, all of them at once."""
    left, lock = private_folder()
    (left / "k-1").mkdir()
    (left / "k-1" / "log").touch()
    os.close(lock)

    new, lock = private_folder()

    assert list(place.iterdir()) == [new]
    os.close(lock)


def test_a_folder_that_another_process_still_holds_stays(place: Path) -> None:
    """Whoever made it may be gone."""
    kept, lock = private_folder()
    other = hold(kept)
    os.close(lock)

    new, lock = private_folder()

    assert {*place.iterdir()} == {kept, new}
    os.close(lock)
    os.close(other)


def test_what_only_has_such_a_name_stays(place: Path) -> None:
    """Folders of others, files and links are none of ours."""
    others = ("grader-mine", "grader-semester", "grader-a1b2c3d4")
    for name in others:
        (place / name).mkdir(mode=0o755)
        (place / name / "lock").touch()
    (place / "grader-file").touch()
    outside = place / "outside"
    outside.mkdir()
    (outside / "lock").touch()
    (place / "grader-link").symlink_to(outside)

    folder, lock = private_folder()
    os.close(lock)

    assert {*place.iterdir()} == {place / n for n in (*others, "grader-file", "outside", "grader-link")} | {folder}
    assert (outside / "lock").exists()


def test_a_temporary_folder_that_is_too_long_for_sockets_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is always ``/tmp``."""
    long = tmp_path / ("long" * 20)
    long.mkdir()
    monkeypatch.delenv("GRADER_RUNTIME", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(long))

    folder, lock = private_folder()
    os.close(lock)

    assert folder.parent == Path("/tmp")
    assert not list(long.iterdir())
    folder.joinpath("lock").unlink()
    folder.rmdir()


def test_no_folder_at_all_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names every place that was tried, what is wrong with it, and what to set."""
    monkeypatch.setenv("GRADER_RUNTIME", str(tmp_path / "gone"))
    monkeypatch.setattr(private_folders, "_LONGEST_PATH", 5)

    with pytest.raises(
        UsageError, match=r"GRADER_RUNTIME \(.*gone\): No such.*TMPDIR .* too long .*set GRADER_RUNTIME"
    ):
        private_folder()
