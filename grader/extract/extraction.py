"""The records that extraction returns: segments to run, and what became of each exercise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.result import ExerciseStatus, SourceSpan


@dataclass(frozen=True, slots=True)
class FunctionSource:
    """One exercise as a student wrote it.

    ``status`` is None when there is a function to call, else why there is none; ``message`` tells the student so.
    ``source`` are the lines that are graded, the definition's own among them, in the order of the notebook.
    ``if_missing`` is the message if running the segments does not bind the name to a function.
    """

    name: str
    status: ExerciseStatus | None
    message: str = ""
    remarks: tuple[str, ...] = ()
    source: tuple[SourceSpan, ...] = ()
    if_missing: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """Whole statements of one cell to be run together.

    ``line`` is that of the first, counted from 1 in the cell. ``exercises`` are those for which it is run. Of these,
    ``optional`` are not known to need it: their names could not be followed, so all code is run for them, and a segment
    that breaks the kernel may be left out.
    """

    cell: int
    text: str
    exercises: frozenset[str]
    line: int = 1
    optional: frozenset[str] = frozenset()

    @property
    def source(self) -> str:
        """The statements after blank lines, so that line numbers are those of the cell."""
        return "\n" * (self.line - 1) + self.text


@dataclass(frozen=True, slots=True)
class Extraction:
    """Segments to run, in order, and what became of each exercise.

    ``remarks`` are about the whole notebook. ``separate_kernels`` says that each exercise needs its own kernels,
    because one alters provided objects and another does not. ``second_reading`` holds the exercises
    that need other code where names are read as they were at the end of the function's own cell, and not as the
    notebook was left.
    """

    functions: Mapping[str, FunctionSource]
    segments: tuple[Segment, ...]
    remarks: tuple[str, ...] = ()
    separate_kernels: bool = False
    second_reading: Extraction | None = None
