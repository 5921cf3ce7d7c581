"""A push that is killed at any moment and started again writes every grade once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.platforms.push_journal import JOURNAL
from tests.first_of_each import first_of_each
from tests.platforms import states
from tests.platforms.conftest import ROOT, Batch, RunningStandIn, Start

ADA, EVE = states.graded(1, "Ada", 11.0), states.graded(5, "Eve", 8.5)
Killed = Callable[..., int]


@pytest.fixture(scope="module")
def run() -> Iterator[Killed]:
    """Push in a process of its own, and return its exit code; -9 when it was killed."""
    tokens = {f"GRADER_{name.upper()}_TOKEN": token for name, token in states.TOKENS.items()}
    tokens["PYTHONPATH"] = str(ROOT)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.platforms.killed_push"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")} | tokens,
    )
    assert process.stdin
    assert process.stdout
    asked, answers = process.stdin, process.stdout

    def pushed(
        platform: RunningStandIn, out: Path, entry: int = -1, where: str = "", *, pull: bool = False, **fault: Any
    ) -> int:
        name = "moodle" if "moodle" in platform.page else "canvas"
        command = ["push", name, str(out), platform.page, "--write"]
        if pull:
            command = ["pull", name, platform.page, "-o", str(out)]
        line = {"command": command, "entry": entry, "where": where}
        print(json.dumps(line), file=asked, flush=True)
        pid = int(answers.readline())
        if fault:
            platform.fault(pid=pid, **fault)
        print("begin", file=asked, flush=True)
        return int(answers.readline())

    yield pushed
    process.communicate()


def assert_each_once(platform: RunningStandIn, *grades: float) -> None:
    """Each grade stands there as the last one written, and no comment was written twice."""
    for number, grade in zip((1, 5), grades, strict=True):
        submission = platform.state["submissions"][str(number)]
        assert submission["score"] == grade
        assert [w["grade"] for w in submission["writes"]][-1:] == [f"{grade:g}"]
        comments = [c["comment"] for c in submission["submission_comments"]]
        assert len(comments) == len(set(comments)) == len(submission["writes"])


@pytest.mark.parametrize("where", ["before", "within", "after"])
@pytest.mark.parametrize("entry", first_of_each(range(4), lambda entry: entry % 2, str))
def test_killed_at_any_entry_of_the_journal(
    platform: RunningStandIn, batch: Batch, run: Killed, entry: int, where: str
) -> None:
    """Two people have two entries each: what is about to be written, and that it was."""
    out = batch(ADA, EVE)

    assert run(platform, out, entry, where) == -9
    assert (out / JOURNAL).read_text().count("\n") == entry + (where == "after")
    assert [run(platform, out), run(platform, out)] == [0, 0]  # the second reads what the first has noted
    assert_each_once(platform, 11.0, 8.5)
    assert [len(platform.state["submissions"][n]["writes"]) for n in "15"] == [1, 1]


REQUESTS = {
    "before it is read what is there": ("GET", "/submissions/1", "kill_before"),
    "before the page is uploaded": ("POST", "/storage/", "kill_before"),
    "when the page is uploaded": ("GET", "/create_success", "kill_after"),
    "before the grade arrives": ("PUT", "/submissions/1", "kill_before"),
    "when the grade has arrived": ("PUT", "/submissions/1", "kill_after"),
    "when the second grade has arrived": ("PUT", "/submissions/5", "kill_after"),
}


@pytest.mark.parametrize(("method", "path", "kind"), REQUESTS.values(), ids=REQUESTS)
def test_killed_at_any_request(
    platform: RunningStandIn, batch: Batch, run: Killed, method: str, path: str, kind: str
) -> None:
    """The platform is asked what it holds, before anything is written again."""
    out = batch(ADA, EVE)

    assert run(platform, out, path=path, kind=kind, method=method) == -9
    assert run(platform, out) == 0
    assert_each_once(platform, 11.0, 8.5)
    assert run(platform, out) == 0
    assert [len(platform.state["submissions"][n]["writes"]) for n in "15"] == [1, 1]


def test_killed_and_graded_again_before_it_goes_on(platform: RunningStandIn, batch: Batch, run: Killed) -> None:
    """The grade that had arrived, unknown to the journal, is still known as ours."""
    assert run(platform, batch(ADA, EVE), path="/submissions/1", kind="kill_after", method="PUT") == -9
    assert run(platform, batch(replace(ADA, score=12.0), EVE)) == 0

    assert_each_once(platform, 12.0, 8.5)


def test_killed_again_and_again(platform: RunningStandIn, batch: Batch, run: Killed) -> None:
    """Each time where the work then is."""
    out = batch(ADA, EVE)
    for where in ("within", "after", "before"):
        assert run(platform, out, 0, where) == -9
    assert run(platform, out, path="/submissions/1", kind="kill_after", method="PUT") == -9
    assert run(platform, out) == 0

    assert_each_once(platform, 11.0, 8.5)


def test_moodle_killed_when_the_grade_has_arrived(
    start: Start, moodle_state: dict[str, Any], batch: Batch, run: Killed
) -> None:
    """Its answer tells nothing, so that it is asked in any case."""
    platform, out = start("moodle", moodle_state), batch(ADA)

    assert run(platform, out, path="mod_assign_save_grade", kind="kill_after") == -9
    assert run(platform, out) == 0
    assert platform.state["grades"]["1"]["writes"] == [11.0]
    assert (out / JOURNAL).read_text().count('"written"') == 1
