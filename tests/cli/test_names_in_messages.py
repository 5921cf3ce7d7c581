"""What is said of a file stays in its line, whatever the file is called."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from grader.cli import main
from grader.terminal import log_to_stderr

NAME = "a\n::error::all"
"""A CI service takes a line that begins with two colons for a command."""


def test_an_errors_sentence_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing notebook's name is quoted in it."""
    assert main(["hook", str(tmp_path / NAME), "-a", str(Path(__file__).parents[1] / "plugin" / "tiny")]) == 2

    assert "a⟨U+000A⟩::error::all" in capsys.readouterr().err


def test_a_log_message_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The traceback below it has lines of its own."""
    monkeypatch.setattr(logging.root, "handlers", [])
    log_to_stderr(logging.WARNING)
    try:
        raise ValueError("it")
    except ValueError:
        logging.getLogger("grader").exception("%s could not be read", NAME)

    assert capsys.readouterr().err.splitlines()[0] == "a⟨U+000A⟩::error::all could not be read"
