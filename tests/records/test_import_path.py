"""The working folder is on no import path, however the environment puts it there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from grader.import_path import safe_path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = """
import json, os, subprocess, sys
from grader.import_path import leave_working_folder
leave_working_folder()
ask = "import json, sys; print(json.dumps(sys.path))"
child = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
print(json.dumps([sys.path, json.loads(child.stdout), os.environ["PATH"]]))
"""


@pytest.mark.parametrize("entries", [None, "", ":", "{named}:", ":{named}", ".:{named}", "{named}:../uploads"])
def test_only_what_is_named_in_full_stays(tmp_path: Path, entries: str | None) -> None:
    """Neither this process nor its children look where it is called, but in named folders."""
    (tmp_path / "uploads").mkdir()
    environment = os.environ | {"PATH": f":.:{os.environ['PATH']}:"}
    if entries is not None:
        environment["PYTHONPATH"] = entries.format(named=ROOT)

    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", SOURCE], cwd=tmp_path / "uploads", env=environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip

    mine, childs, programs = json.loads(done.stdout)
    for path in (mine, childs, programs.split(os.pathsep)):
        assert all(os.path.isabs(p) for p in path)
        assert str(tmp_path / "uploads") not in path
    if entries and "{named}" in entries:
        assert str(ROOT) in mine
        assert str(ROOT) in childs


LIBRARY = """
import json, os, subprocess, sys
before = [sys.path[:], {**os.environ}]
import grader, grader.cli, grader.cli.run, grader.batch
from grader.worker import Examiners
from grader.assignment import load_assignment
with Examiners(load_assignment(sys.argv[1]), sandbox="off"):
    during = [sys.path[:], {**os.environ}]
assert before == during == [sys.path[:], {**os.environ}], during
"""


def test_a_program_that_uses_the_package_keeps_its_own_paths(tmp_path: Path) -> None:
    """A program that imports the package, and its children, find what they found before."""
    tiny = Path(__file__).parents[1] / "plugin" / "tiny"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}

    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", LIBRARY, tiny], cwd=tmp_path, capture_output=True, text=True, check=False,
        env=environment | {"PATH": f"{environment['PATH']}:.", "GRADER_CACHE": str(tmp_path / "cache")},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr


def test_a_folder_that_is_named_in_full_may_be_the_working_folder(tmp_path: Path) -> None:
    """Whoever names it means it."""
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}:."}

    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", SOURCE], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )

    assert all(str(tmp_path) in path for path in json.loads(done.stdout)[:2])


OURS = {
    "a command": "from grader.cli import main\nmain(['doctor', '-a', 'nowhere'])\nimport nbformat",
    "an examiner": "from grader import fork_server\nfor name in fork_server.PRELOADED: __import__(name)",
    "what holds a zygote": "import grader.cli.zygote_holder",
}


@pytest.mark.parametrize("source", OURS.values(), ids=OURS)
def test_no_process_of_ours_imports_what_takes_long(tmp_path: Path, source: str) -> None:
    """With JupyterLab installed, what reads notebooks would compile a grammar of addresses."""
    (tmp_path / "rfc3987_syntax.py").write_text("print('imported')")

    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", source], env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert "imported" not in done.stdout


def test_threads_that_start_processes_leave_the_environment_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """However their contexts overlap, what one sets is not what another one restores."""
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    before, interval = dict(os.environ), sys.getswitchinterval()

    def start_many() -> None:
        for _ in range(300):
            with safe_path():
                assert os.environ["PYTHONSAFEPATH"] == "1"

    failed: list[object] = []
    threads = [threading.Thread(target=start_many) for _ in range(8)]
    hook, threading.excepthook = threading.excepthook, failed.append
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
        threading.excepthook = hook

    assert not failed
    assert dict(os.environ) == before
