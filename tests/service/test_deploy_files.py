"""What docs and deploy/ tell administrators to write is understood."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from grader.cli.command_line import COMMANDS
from grader.service.config import FILE_VARIABLE, PREFIX, ServiceConfig

ROOT = Path(__file__).resolve().parents[2]
SYSTEMD = shutil.which("systemd-analyze")
UNITS = sorted((ROOT / "deploy").glob("*.service"))
PAGES = [ROOT / "docs" / "deploy.md", ROOT / "docs" / "service.md"]
FILES = [*PAGES, *sorted(path for path in (ROOT / "deploy").rglob("*") if path.is_file())]


def _settings() -> list[str]:
    blocks = re.findall(r"^```toml\n(.*?)^```", "\n".join(p.read_text() for p in PAGES), re.MULTILINE | re.DOTALL)
    file = (ROOT / "deploy" / "grader.toml").read_text()
    return [file, re.sub(r"^# (\w+ = )", r"\1", file, flags=re.MULTILINE), *blocks]


@pytest.mark.parametrize("text", _settings())
def test_examples_of_settings_are_read(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is one that the service starts with, also with what is commented out."""
    monkeypatch.delenv("GRADER_SERVICE_DATA", raising=False)
    given = tomllib.loads(text)

    assert given
    assert set(given) <= ServiceConfig(**given).model_fields_set


def test_every_setting_is_told_of() -> None:
    """The table on the page has all of them, and no other."""
    table = PAGES[0].read_text().partition("## Settings")[2].partition("## TLS")[0]
    first = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]

    assert set(re.findall(r"`(\w+)`", " ".join(first))) == set(ServiceConfig.model_fields)


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_variables_and_commands_are_there(file: Path) -> None:
    """A variable or a command that is named is one that the grader knows."""
    text = file.read_text()
    variables = {f"{PREFIX}{name}".upper() for name in ServiceConfig.model_fields} | {FILE_VARIABLE}
    named = {name for name in re.findall(rf"{PREFIX}[A-Z_]+", text) if not name.endswith("_")}
    commands = set(re.findall(r"(?:^|`|bin/)grader ([a-z]+)\b", text, re.MULTILINE))

    assert named <= variables
    assert commands <= {command.name for command in COMMANDS}


def test_pages_name_files_that_are_there() -> None:
    """Whoever looks for something in deploy/ finds it."""
    named = {name for page in PAGES for name in re.findall(r"`?(deploy/[\w.@-]+[\w])", page.read_text())}

    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_leave_the_sandbox_its_means(unit: Path) -> None:
    """Options that take namespaces, Landlock, seccomp or torch's memory are in neither."""
    options = set(re.findall(r"^(\w+)=", unit.read_text(), re.MULTILINE))

    assert {"NoNewPrivileges", "ProtectSystem", "Delegate"} <= options
    assert options & {
        "RestrictNamespaces", "SystemCallFilter", "MemoryDenyWriteExecute", "ProtectKernelTunables", "ProtectProc",
        "ProcSubset", "ProtectKernelLogs",
    } == set()  # fmt: skip


@pytest.mark.skipif(not SYSTEMD, reason="there is no systemd here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_understands_the_units(unit: Path, tmp_path: Path) -> None:
    """No option of them is misspelt."""
    copy = tmp_path / unit.name.replace("@", "@one")
    copy.write_text(re.sub(r"/opt/grader/bin/grader", "/bin/true", unit.read_text()))
    done = subprocess.run(  # noqa: S603 - systemd's own
        [str(SYSTEMD), "verify", "--man=no", str(copy)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
