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
PAGES = {"canvas": "/courses/12/assignments/34", "moodle": "/moodle/mod/assign/view.php?id=34"}


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[[str], str]]:
    """Start a platform that holds nothing and return its address; it ends with the session."""
    running: list[subprocess.Popen[str]] = []

    def launch(name: str) -> str:
        program = [sys.executable, "-m", f"tests.platforms.{name}_stand_in"]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=environment)  # noqa: S603 - our own
        running.append(process)
        assert process.stdout
        return process.stdout.readline().strip()

    yield launch
    for process in running:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


@pytest.fixture(scope="session")
def idle() -> dict[str, list[str]]:
    """By name, addresses of platforms that no test uses: each takes a while to start."""
    return {name: [] for name in PAGES}


@pytest.fixture
def start(launch: Callable[[str], str], idle: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Have a platform that holds a state and nothing else; its token is in the environment."""
    used: list[tuple[str, str]] = []

    def started(name: str, state: dict[str, Any]) -> RunningStandIn:
        site = idle[name].pop() if idle[name] else launch(name)
        used.append((name, site))
        monkeypatch.setenv(f"GRADER_{name.upper()}_TOKEN", states.TOKENS[name])
        platform = RunningStandIn(site, PAGES[name])
        platform.ask(do="begin", state=state)
        return platform

    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    yield started
    for name, site in used:
        idle[name].append(site)


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
