"""Settings are absolute folders, and nothing from the folder of the command is used."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest

from grader import settings
from grader.errors import GraderError, UsageError
from grader.secret import load_secret

KEPT = "a secret of sixty-four characters, made by somebody, some years ago.".replace(" ", "-")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person without any setting, who calls from a folder of uploads."""
    for name in [n for n in os.environ if n.startswith(("GRADER_", "XDG_"))]:
        monkeypatch.delenv(name)
    (tmp_path / "home").mkdir()
    (tmp_path / "uploads").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "uploads")
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("GRADER_ASSIGNMENTS", settings.assignment_roots),
        ("GRADER_CACHE", settings.cache_dir),
        ("GRADER_RUNTIME", settings.runtime_dir),
        ("GRADER_STATE", settings.state_dir),
        ("GRADER_SECRET_FILE", settings.secret_file),
    ],
)
@pytest.mark.parametrize("value", ["there", "./there", "../uploads/there"])
def test_a_setting_is_an_absolute_path(monkeypatch: pytest.MonkeyPatch, name: str, ask: object, value: str) -> None:
    """A relative setting, which would be found among uploads, is refused with its name."""
    monkeypatch.setenv(name, value)

    with pytest.raises(UsageError, match=rf"{name} .*{re.escape(value)}.* absolute"):
        ask()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("XDG_CACHE_HOME", settings.cache_dir),
        ("XDG_STATE_HOME", settings.state_dir),
    ],
)
def test_a_relative_base_directory_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, home: Path, name: str, ask: object
) -> None:
    """As the specification of these variables asks for."""
    monkeypatch.setenv(name, "there")

    found = ask()  # type: ignore[operator]

    assert found is None or home in found.parents


def test_what_a_logout_removes_is_no_runtime_folder(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """A batch may go on when whoever started it is gone."""
    monkeypatch.delenv("GRADER_RUNTIME", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home))

    assert settings.runtime_dir() is None


def test_assignments_are_not_looked_up_where_the_command_is_called() -> None:
    """Neither the working folder nor one below it is among the roots."""
    here = Path.cwd()

    assert not [r for r in settings.assignment_roots() if here in (r, *r.parents)]


def test_the_secret_is_made_once_for_its_owner_alone(home: Path) -> None:
    """It stands in the state folder, where nobody clears a cache."""
    made, again = load_secret(), load_secret()

    file = home / ".local" / "state" / "grader" / "secret"
    assert made == again
    assert made.kept
    assert file.read_text().strip() == made.text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(made.text) >= 32


@pytest.mark.parametrize(
    ("name", "place"), [("GRADER_STATE", "secret"), ("XDG_STATE_HOME", "grader/secret"), ("GRADER_SECRET_FILE", "")]
)
def test_a_setting_names_where_the_secret_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, place: str
) -> None:
    """So that several machines can share it."""
    file = tmp_path / "shared" / place if place else tmp_path / "shared"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{KEPT}\n")
    file.chmod(0o600)
    monkeypatch.setenv(name, str(tmp_path / "shared"))

    assert load_secret().text == KEPT


def test_a_secret_in_the_cache_folder_moves(home: Path) -> None:
    """What an earlier version kept goes on being the secret, in its new place alone."""
    old = home / ".cache" / "grader" / "secret"
    old.parent.mkdir(parents=True)
    old.write_text(KEPT)
    old.chmod(0o600)

    assert load_secret().text == KEPT
    assert not old.exists()
    assert load_secret().text == KEPT


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (KEPT, 0o644, "can be read by others"),
        (KEPT, 0o620, "can be read by others"),
        ("", 0o600, "is empty or damaged"),
        ("\n", 0o600, "is empty or damaged"),
        ("short", 0o600, "is empty or damaged"),
        (f"{KEPT}\n{KEPT}", 0o600, "is empty or damaged"),
        (f"{KEPT}\0", 0o600, "is empty or damaged"),
        (f"{KEPT}ü", 0o600, "is empty or damaged"),
    ],
)
@pytest.mark.parametrize("place", [".local/state/grader/secret", ".cache/grader/secret"])
def test_a_secret_that_is_none_is_refused(home: Path, content: str, mode: int, said: str, place: str) -> None:
    """One sentence names the file; no grade is given that others could foretell."""
    file = home / place
    file.parent.mkdir(parents=True)
    file.write_text(content)
    file.chmod(mode)

    with pytest.raises(UsageError, match=rf"{re.escape(str(file))} {said}"):
        load_secret()
    assert file.read_text() == content


def test_a_secret_that_is_a_pipe_is_refused(home: Path) -> None:
    """Reading it would wait for ever."""
    place = home / ".local" / "state" / "grader" / "secret"
    place.parent.mkdir(parents=True)
    os.mkfifo(place, 0o600)

    with pytest.raises(UsageError, match="is no file"):
        load_secret()


def test_where_it_cannot_be_kept_another_one_is_drawn_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is never empty, and whoever runs the command is told."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("GRADER_STATE", str(tmp_path / "file" / "state"))

    first, second = load_secret(), load_secret()

    assert not first.kept
    assert min(len(first.text), len(second.text)) >= 32
    assert first != second
    assert "GRADER_STATE" in caplog.text


def test_who_must_be_able_to_foretell_nothing_refuses_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service and ``--sandbox=strict`` go on only with a secret that is kept.

    To have none is no fault of the command line's.
    """
    (tmp_path / "file").touch()
    monkeypatch.setenv("GRADER_STATE", str(tmp_path / "file" / "state"))

    with pytest.raises(GraderError, match="cannot be kept") as caught:
        load_secret(required=True)
    assert caught.value.exit_code == 3


def test_the_seconds_that_a_zygote_waits_are_a_number_or_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no number is refused by a sentence that names the setting."""
    monkeypatch.delenv("GRADER_IDLE_S", raising=False)
    assert settings.idle_s() is None
    monkeypatch.setenv("GRADER_IDLE_S", "600")
    assert settings.idle_s() == 600
    monkeypatch.setenv("GRADER_IDLE_S", "ten")
    with pytest.raises(UsageError, match="GRADER_IDLE_S is a number of seconds, not 'ten'"):
        settings.idle_s()
