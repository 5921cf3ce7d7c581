"""A writer outlives the process that writes it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.export import ResultsWriter, read_results, write_results
from grader.result import CheckResult, ExerciseResult, ExerciseStatus, Figure, FigureCells, GradingResult, Outcome

Build = Callable[..., GradingResult]


def test_what_was_appended_is_read_back(tmp_path: Path, build: Build) -> None:
    """Results come back equal and in the order in which they were finished."""
    odd = build("zoë \udc80 \x1b[31m")
    results = [build("ada"), replace(odd, submission=replace(odd.submission, id="zoë_1"))]
    with ResultsWriter(tmp_path / "results.jsonl") as writer:
        for result in results:
            writer.append(result)

    assert read_results(tmp_path / "results.jsonl") == results


def test_no_file_means_no_results(tmp_path: Path) -> None:
    """A batch that starts afresh has nothing to go on from."""
    assert read_results(tmp_path / "results.jsonl") == []


def test_a_torn_last_line_is_dropped(tmp_path: Path, build: Build) -> None:
    """A kill in the middle of a line costs that line alone."""
    path = tmp_path / "results.jsonl"
    write_results(path, [build("ada"), build("bob")])
    path.write_bytes(path.read_bytes()[:-20])

    assert read_results(path) == [build("ada")]


def test_a_journal_goes_on_after_a_torn_line(tmp_path: Path, build: Build) -> None:
    """The next result starts on a line of its own."""
    path = tmp_path / "results.jsonl"
    write_results(path, [build("ada"), build("bob")])
    path.write_bytes(path.read_bytes()[:-20])
    with ResultsWriter(path) as writer:
        writer.append(build("cleo"))

    assert read_results(path) == [build("ada"), build("cleo")]


def test_a_result_survives_a_kill_right_after_append(tmp_path: Path, build: Build) -> None:
    """Once append has returned, SIGKILL takes nothing back."""
    path = tmp_path / "results.jsonl"
    program = (
        "import json, os, signal, sys; from pathlib import Path\n"
        "from grader.export import ResultsWriter; from grader.result import GradingResult\n"
        "ResultsWriter(Path(sys.argv[1])).append(GradingResult.from_json(json.loads(sys.argv[2])))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    run = [sys.executable, "-c", program, str(path), json.dumps(build("ada").to_json())]
    ended = subprocess.run(run, check=False)  # noqa: S603 - our own interpreter and program

    assert ended.returncode == -signal.SIGKILL
    assert read_results(path) == [build("ada")]


@pytest.mark.parametrize("line", ["not json", "{}", "[]", '{"schema": 1}', '{"schema": 2}'])
def test_a_line_that_is_no_result_names_its_place(tmp_path: Path, build: Build, line: str) -> None:
    """A file of somebody else's is not silently written over.

    The message names the file and the line.
    """
    path = tmp_path / "results.jsonl"
    write_results(path, [build("ada")])
    with path.open("a") as file:
        file.write(f"{line}\n")

    with pytest.raises(UsageError, match=r"results\.jsonl, line 2, cannot be read"):
        read_results(path)


def test_the_final_file_is_in_the_order_given(tmp_path: Path, build: Build) -> None:
    """Rewriting puts the rows in the caller's order and drops what the writer held before."""
    path = tmp_path / "results.jsonl"
    write_results(path, [build("bob"), build("ada")])
    write_results(path, [build("ada"), build("bob")])

    assert [r.submission.student for r in read_results(path)] == ["ada", "bob"]
    assert os.listdir(tmp_path) == ["results.jsonl"]


def test_every_line_is_strict_json(tmp_path: Path, build: Build) -> None:
    """Numbers that JSON has no word for become strings, not the bare words that Python writes."""
    values = FigureCells([["a", "b"]], [[float("nan"), float("-inf")]])
    figure = Figure("grid", "KL", ["0"], ["a", "b"], student=values, reference=FigureCells())
    check = CheckResult("c", "C", Outcome.FAILED, 0.0, 1.0, figure=figure)
    result = replace(build("ada"), exercises=(ExerciseResult("e", ExerciseStatus.FAILED, 0.0, 1.0, checks=(check,)),))
    write_results(tmp_path / "results.jsonl", [result])

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    data = json.loads((tmp_path / "results.jsonl").read_bytes(), parse_constant=refuse)
    assert data["exercises"][0]["checks"][0]["figure"]["student"]["value"] == [["nan", "-inf"]]
