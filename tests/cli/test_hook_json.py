"""``grader hook`` answers with one line of JSON, however it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from grader.cli import check_commands, hook_output, main
from grader.result import GradingResult, SubmissionStatus
from grader.submission import SubmissionRecord

from .conftest import RIGHT, TINY, write


def answer(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any]]:
    """Return the exit code of ``grader hook`` and the line that it printed."""
    code = main(["hook", *map(str, words)])
    [line] = capsys.readouterr().out.splitlines()
    said = json.loads(line)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", said["timestamp"])
    return code, dict(said)


def result_with(status: SubmissionStatus, message: str = "") -> GradingResult:
    """Return a result of a status."""
    return GradingResult(SubmissionRecord("a", "a", "a.ipynb", ""), "tiny", status, 4.0, 6.0, message=message)


@pytest.mark.parametrize(
    ("status", "code", "summary"),
    [
        (SubmissionStatus.GRADED, 0, "It got 4 of 6 points."),
        (SubmissionStatus.UNREADABLE, 0, "a.ipynb could not be read: it is a picture."),
        (SubmissionStatus.ERROR, 3, "It could not be graded through a fault that is not the student's; try again."),
    ],
)
def test_a_result_has_a_summary(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, status: SubmissionStatus,
    code: int, summary: str,
) -> None:  # fmt: skip
    """Beside the fields of the result."""
    made = result_with(status, summary if status is SubmissionStatus.UNREADABLE else "")
    monkeypatch.setattr(check_commands, "_grade_one", lambda *_, **__: made)

    ended, said = answer(capsys, write(tmp_path / "a.ipynb", *RIGHT), "-a", TINY)

    assert (ended, said["summary"], said["status"]) == (code, summary, status)
    assert GradingResult.from_json(said).score == (4.0 if code == 0 else 0.0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "required: NOTEBOOK, -a/--assignment"),
        (("a.ipynb",), "required: -a/--assignment"),
        (("none.ipynb", "-a", TINY), "there is no file none.ipynb"),
        (("a.ipynb", "-a", "transformer_inter"), "did you mean 'transformer_interp'?"),
        (("a.ipynb", "-a", TINY, "--nothing"), "unrecognized arguments"),
        (("a.ipynb", "-a", TINY, "--to", "ftp://x"), "must be an address"),
        (("a.ipynb", "-a", TINY, "--course", "x"), "--course is for --to alone"),
        (("a.ipynb", "-a", TINY, "--for", "x"), "--for is for --to alone"),
        (("a.ipynb", "-a", TINY, "--or-here"), "--or-here is for --to alone"),
        (("a.ipynb", "-a", TINY, "--to", "https://x.example", "--timeout", "3"), "--timeout is for --or-here alone"),
        (("a.ipynb", "-a", TINY, "--to", "https://x.example"), "there is no token for https://x.example"),
        (("a.ipynb", "-a", TINY, "--to", "http://x.example"), "is not encrypted"),
    ],
)
def test_wrong_usage_is_json_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: tuple[object, ...],
    said: str,
) -> None:  # fmt: skip
    """With exit code 2, and what is wrong in the summary."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.ipynb", *RIGHT)
    monkeypatch.delenv("GRADER_TOKEN", raising=False)
    if "http://x.example" in words:
        monkeypatch.setenv("GRADER_TOKEN", "grader_x")

    code, line = answer(capsys, *words)

    assert (code, line["status"]) == (2, "error")
    assert said in line["summary"]
    assert "\n" not in line["summary"]


@pytest.mark.parametrize("words", [(), ("--debug",)])
@pytest.mark.parametrize(
    "error", [RuntimeError("odd"), MemoryError(), OSError(28, "No space left"), KeyboardInterrupt()]
)
def test_a_crash_is_json_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: BaseException,
    words: tuple[str, ...],
) -> None:  # fmt: skip
    """With exit code 3, also when a traceback is asked for, and when it is interrupted."""

    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(check_commands, "_grade_one", fails)

    code, said = answer(capsys, write(tmp_path / "a.ipynb", *RIGHT), "-a", TINY, *words)

    assert (code, said["status"]) == (3, "error")
    assert said["summary"]


def test_nothing_is_said_twice(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An interrupt after the result was printed adds no second line."""
    printed = hook_output._print

    def interrupted(*said: Any) -> None:
        printed(*said)
        raise KeyboardInterrupt

    monkeypatch.setattr(check_commands, "_grade_one", lambda *_, **__: result_with(SubmissionStatus.GRADED))
    monkeypatch.setattr(hook_output, "_print", interrupted)

    code, said = answer(capsys, write(tmp_path / "a.ipynb", *RIGHT), "-a", TINY)

    assert (code, said["status"]) == (3, "graded")
