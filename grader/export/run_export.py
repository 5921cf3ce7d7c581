"""Export a batch to one of the formats of the table."""

from __future__ import annotations

import importlib
import stat
from dataclasses import fields
from pathlib import Path

from grader.atomic_write import write_atomically
from grader.errors import MachineError, UsageError
from grader.export import messages
from grader.export.formats import FORMATS, Format
from grader.export.request import Exported, Options, Request

_FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def run_export(chosen: Format, request: Request) -> Exported:
    """Return what a format makes of a batch.

    Raises UsageError for an option that is not this format's, and for what the format cannot export as it is.
    """
    for option in fields(Options):
        given = getattr(request.options, option.name) != option.default
        if given and option.name not in chosen.options:
            takers = [f.name for f in FORMATS if option.name in f.options]
            raise UsageError(messages.option_of_others(option.name, chosen.name, takers))
    exported: Exported = importlib.import_module(f"grader.export.formats.{chosen.module}").export(request)
    return exported


def write_exported(exported: Exported, place: Path) -> None:
    """Write what was exported, each file in one step, as private as it was.

    Raises MachineError where it cannot be written.
    """
    files = exported.content if not isinstance(exported.content, bytes) else {"": exported.content}
    try:
        for name, data in files.items():
            path = place / name if name else place
            private = exported.private or (path.is_file() and not path.stat().st_mode & _FOR_OTHERS)
            write_atomically(path, data, private=private)
    except OSError as error:
        raise MachineError(f"cannot write {place}", error) from error
