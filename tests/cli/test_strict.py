"""``--sandbox=strict`` without namespaces is refused with what is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.first_of_each import first_of_each

from .conftest import RIGHT, TINY, environment_in, write

CONTAINER = Path(__file__).resolve().parents[1] / "sandbox" / "container_profile.py"


@pytest.mark.parametrize("command", first_of_each(["grade", "check"], type, str))
def test_strict_is_refused_where_a_layer_is_missing(tmp_path: Path, command: str) -> None:
    """Nothing is run: exit code 3 and one sentence with the layer, the reason and the way out."""
    script = tmp_path / "script.py"
    script.write_text("import sys\nfrom grader.cli import main\nsys.exit(main())\n", encoding="utf-8")
    notebook = write(tmp_path / "mine.ipynb", *RIGHT)
    out = ("-o", tmp_path / "out") if command == "grade" else ()

    done = subprocess.run(  # noqa: S603 - our own program on our own arguments
        [sys.executable, CONTAINER, script, command, notebook, "-a", TINY, "--sandbox", "strict", *out],
        cwd=tmp_path, env=environment_in(tmp_path), capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip

    assert done.returncode == 3, done.stderr
    assert "namespaces: unshare: Operation not permitted" in done.stderr
    assert "--sandbox=on" in done.stderr
    assert "Traceback" not in done.stderr
