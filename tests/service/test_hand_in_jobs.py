"""Jobs of other platforms hand in to the service, and show the result there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from .api_client import with_token
from .conftest import RIGHT, People, notebook
from .results import publish, result
from .test_hook_to_service import address, worker  # noqa: F401 - a fixture

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def run(url: str, token: str, *words: object, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the script as a job does."""
    environment = {
        "PATH": os.environ["PATH"], "GRADER_URL": url, "GRADER_TOKEN": token, "GRADER_COURSE": "first",
        "GRADER_ASSIGNMENT": "tiny", **variables,
    }  # fmt: skip
    command = [sys.executable, str(DEPLOY / "hand_in.py"), *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 - our own script


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A notebook in a job's folder."""
    path = tmp_path / "mine.ipynb"
    path.write_bytes(notebook(*RIGHT))
    return path


def give(points: float) -> Any:
    """Return what grades each upload so as soon as it is there."""
    return worker(lambda upload: publish(upload, result(upload, points)))


def test_a_job_shows_the_points(people: People, address: str, mine: Path, tmp_path: Path) -> None:  # noqa: F811 - the fixture
    """In its output and in GitHub's summary; run again it hands in nothing new."""
    token, summary = with_token(people, "student").text, tmp_path / "summary"
    with give(1.0):
        first = run(address, token, mine, GITHUB_STEP_SUMMARY=str(summary))
        again = run(address, token, mine, GRADER_LEAST="0.9")

    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines()[:2] == ["3 of 6 points", "1 of 4: Scale"]
    assert "3 of 6 points" in summary.read_text()
    assert (again.returncode, again.stdout) == (1, first.stdout)
    assert people.member("student").uploads.count() == 1


def test_gradescope_shows_the_points(people: People, address: str, mine: Path, tmp_path: Path) -> None:  # noqa: F811 - the fixture
    """Of the member whom Gradescope names, by a token of staff's."""
    member = people.member("student")
    member.email = "ada@example.edu"
    member.save()
    (tmp_path / "metadata").write_text(json.dumps({"users": [{"email": "Ada@example.edu", "name": "Ada"}]}))
    token = with_token(people, "grader", "submit-for-others", "read").text
    with give(1.0):
        done = run(address, token, "--gradescope", tmp_path / "metadata", tmp_path / "results.json", mine)

    assert done.returncode == 0, done.stderr
    written = json.loads((tmp_path / "results.json").read_text())
    assert (written["score"], [t["score"] for t in written["tests"]]) == (3.0, [1.0, 2.0])
    assert member.uploads.count() == 1


def test_a_job_says_why_nothing_was_graded(people: People, address: str, mine: Path, tmp_path: Path) -> None:  # noqa: F811 - the fixture
    """In one sentence, without the token; there is no result for Gradescope."""
    token = with_token(people, "stranger").text
    (tmp_path / "metadata").write_text(json.dumps({"users": [{"email": "nobody@example.edu"}]}))
    results = tmp_path / "results.json"
    for done in (
        run(address, token, mine),
        run("http://grader.example.edu", token, mine),
        run(address, "grader_wrong", mine),
        run(address, token, "--gradescope", tmp_path / "metadata", results, mine),
        run(address, token, tmp_path / "nothing.ipynb"),
    ):
        assert done.returncode == 1
        assert done.stderr.startswith("Not graded: ")
        assert len(done.stderr.splitlines()) == 1
        assert token not in done.stderr
    assert not results.exists()


def test_the_examples_are_read_by_their_platforms() -> None:
    """Each is YAML, or a script that bash reads, and runs the file that lies beside it."""
    for name in ("github-workflow.yml", "gitlab-ci.yml"):
        assert "hand_in.py" in json.dumps(yaml.load((DEPLOY / name).read_text(), yaml.BaseLoader))  # noqa: S506 - texts alone
    for script in sorted((DEPLOY / "gradescope").iterdir()):
        subprocess.run(["/bin/bash", "-n", str(script)], check=True)  # noqa: S603 - our own script
