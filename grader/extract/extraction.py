"""What extraction gives to the rooms above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.result import ExerciseStatus, SourceSpan


@dataclass(frozen=True, slots=True)
class FunctionSource:
    """One exercise as a student wrote it.

    ``status`` is None when there is a function to call, else why there is none; ``message`` says it to the student.
    ``source`` holds the lines that are graded, the definition's own among them, in the order of the notebook.
    ``if_missing`` is the message for a function that only running code can bind, should it turn out not to be there.
    """

    name: str
    status: ExerciseStatus | None
    message: str = ""
    remarks: tuple[str, ...] = ()
    source: tuple[SourceSpan, ...] = ()
    if_missing: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """Whole statements of one cell to be run together; ``line`` is where the first of them stands in it.

    ``exercises`` are those for which it is run. Of these, ``optional`` are not known to need it: all that could not be
    followed is run for them, and what breaks the kernel may be left out.
    """

    cell: int
    text: str
    exercises: frozenset[str]
    line: int = 1
    optional: frozenset[str] = frozenset()

    @property
    def source(self) -> str:
        """The statements, behind blank lines that make line numbers the cell's own."""
        return "\n" * (self.line - 1) + self.text


@dataclass(frozen=True, slots=True)
class Extraction:
    """What is to be run, in order, and what became of each exercise; ``remarks`` are about the notebook as a whole.

    ``apart`` says that each exercise needs kernels of its own: one alters what is provided, and another does not.
    """

    functions: Mapping[str, FunctionSource]
    segments: tuple[Segment, ...]
    remarks: tuple[str, ...] = ()
    apart: bool = False

    def segments_for(self, name: str) -> tuple[Segment, ...]:
        """Return the segments that one exercise needs, in order."""
        return tuple(s for s in self.segments if name in s.exercises)
