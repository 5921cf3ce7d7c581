"""Stand-ins for platforms in processes of their own, and batches to be pushed to them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.export import write_results
from grader.result import GradingResult
from tests.platforms import states

ROOT = Path(__file__).parents[2]


class RunningStandIn:
    """A platform that runs, as a test controls it."""

    def __init__(self, site: str, page: str) -> None:
        self.site, self.page = site, f"{site}{page}"

    def ask(self, **asked: Any) -> Any:
        """Ask the stand-in for something, beside what it stands in for."""
        data = urllib.parse.urlencode({"json": json.dumps(asked)}).encode()
        with urllib.request.urlopen(f"{self.site}/control", data) as answer:  # noqa: S310 - our own process
            return json.load(answer)

    def fault(self, path: str, kind: str, **more: Any) -> None:
        """Let something go wrong at the requests with this in their path."""
        self.ask(do="fault", fault={"path": path, "kind": kind, **more})

    def set(self, **state: Any) -> None:
        """Change what the platform holds."""
        self.ask(do="set", state=state)

    @property
    def log(self) -> list[dict[str, Any]]:
        """The requests so far."""
        return list(self.ask(do="log"))

    @property
    def state(self) -> dict[str, Any]:
        """What the platform holds."""
        return dict(self.ask(do="state"))


Start = Callable[[str, dict[str, Any]], RunningStandIn]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Start a platform with a state; its token is in the environment."""
    running: list[subprocess.Popen[str]] = []
    pages = {"canvas": "/courses/12/assignments/34", "moodle": "/moodle/mod/assign/view.php?id=34"}

    def started(name: str, state: dict[str, Any]) -> RunningStandIn:
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(state))
        program = [sys.executable, "-m", f"tests.platforms.{name}_stand_in", str(file)]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=environment)  # noqa: S603 - our own
        running.append(process)
        monkeypatch.setenv(f"GRADER_{name.upper()}_TOKEN", states.TOKENS[name])
        assert process.stdout
        return RunningStandIn(process.stdout.readline().strip(), pages[name])

    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    yield started
    for process in running:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


@pytest.fixture
def canvas_state() -> dict[str, Any]:
    """A course on Canvas, see :func:`states.canvas_state`."""
    return states.canvas_state()


@pytest.fixture
def platform(start: Start, canvas_state: dict[str, Any]) -> RunningStandIn:
    """That course, where it runs."""
    return start("canvas", canvas_state)


@pytest.fixture
def moodle_state() -> dict[str, Any]:
    """A course on Moodle, see :func:`states.moodle_state`."""
    return states.moodle_state()


Batch = Callable[..., Path]


@pytest.fixture
def batch(tmp_path: Path) -> Batch:
    """Write results into a folder as a graded batch."""

    def written(*results: GradingResult, name: str = "out") -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        write_results(folder / "results.jsonl", results)
        return folder

    return written


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked on this machine goes through no proxy."""
    for name in [n for n in os.environ if n.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
