"""What the batches in a folder were given, so that it can be graded again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader import messages, strict_json
from grader.atomic_write import write_atomically
from grader.errors import UsageError
from grader.typed_json import Sparse, record

INPUTS = "inputs.json"


@dataclass(frozen=True, slots=True)
class BatchInputs(Sparse):
    """What commands were given: absolute paths of what was handed in, and of the roster.

    ``timeout_s`` is the limit of one call that was asked for.
    """

    paths: tuple[str, ...] = ()
    roster: str = ""
    timeout_s: float | None = None

    @classmethod
    def of(cls, paths: Iterable[Path], roster: Path | None, timeout_s: float | None) -> BatchInputs:
        """Return the record of what a command is given."""
        found = tuple(str(path.resolve()) for path in paths)
        return cls(found, str(roster.resolve()) if roster else "", timeout_s)


def read_inputs(out: Path) -> BatchInputs:
    """Return what a folder's batches were given, nothing where it does not tell.

    Raises UsageError for a file that is none.
    """
    try:
        return record(BatchInputs, json.loads((out / INPUTS).read_bytes()), tolerant=True)
    except FileNotFoundError:
        return BatchInputs()
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(messages.inputs_unreadable(out / INPUTS, str(error)[:200])) from error


def write_inputs(out: Path, inputs: BatchInputs, *, fresh: bool) -> None:
    """Write what a batch is given, beside what earlier ones were unless it is ``fresh``."""
    before = BatchInputs() if fresh else read_inputs(out)
    paths = tuple(dict.fromkeys((*before.paths, *inputs.paths)))
    merged = BatchInputs(paths, inputs.roster or before.roster, inputs.timeout_s)
    write_atomically(out / INPUTS, strict_json.dumps(merged.to_json()).encode() + b"\n")
