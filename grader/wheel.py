"""The grader's wheel: build it, and make sure that it holds nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from grader import messages
from grader.errors import UsageError
from grader.import_path import safe_path
from grader.settings import PACKAGE


def build_wheel(into: Path) -> Path:
    """Build the grader's wheel into an empty folder; raises UsageError with the reason."""
    root = PACKAGE.parent
    if not (root / "pyproject.toml").is_file():
        raise UsageError(messages.NO_SOURCES)
    command = [sys.executable, "-P", "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(into.resolve()), str(root)]
    with safe_path():
        built = subprocess.run(command, cwd=into, capture_output=True, text=True, check=False)  # noqa: S603 - a fixed command
    wheels = [*into.glob("*.whl")]
    if built.returncode or not wheels:
        reason = (built.stderr.strip().splitlines() or [messages.PIP_GAVE_NO_REASON])[-1]
        raise UsageError(messages.wheel_not_built(reason))
    return wheels[0]


def require_grader_wheel(wheel: Path) -> None:
    """Raise UsageError unless a file is a wheel that holds the grader alone."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            top_level = {name.partition("/")[0] for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile) as error:
        raise UsageError(messages.no_wheel(wheel)) from error
    foreign = sorted(top for top in top_level if top != "grader" and not top.startswith("interp_grader-"))
    if foreign or "grader" not in top_level:
        raise UsageError(messages.other_wheel(wheel, foreign))
