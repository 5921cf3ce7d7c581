"""The table of formats is whole, and the documentation is made from it."""

from __future__ import annotations

import importlib
from pathlib import Path

import grader.export.formats
from grader.export.formats import FORMATS, markdown_table

DOCS = Path(__file__).resolve().parents[2] / "docs" / "exports.md"


def test_every_module_is_in_the_table() -> None:
    """A format is its module and its row: neither stands alone, and each module exports."""
    modules = {p.stem for p in Path(grader.export.formats.__file__).parent.glob("*.py")} - {"__init__"}

    assert modules == {f.module for f in FORMATS}
    for chosen in FORMATS:
        assert callable(importlib.import_module(f"grader.export.formats.{chosen.module}").export)


def test_the_documentation_has_the_table() -> None:
    """docs/exports.md says of every format what the command's help says.

    `markdown_table` makes the lines.
    """
    assert markdown_table() in DOCS.read_text(encoding="utf-8")


def test_options_are_known() -> None:
    """No format heeds an option that the command does not have."""
    from grader.cli.batch_command_line import EXPORT

    known = {a.flags[0].removeprefix("--") for a in EXPORT.arguments}
    assert {option for f in FORMATS for option in f.options} <= known
