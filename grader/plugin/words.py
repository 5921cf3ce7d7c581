"""What pytest prints of a check that was not passed: sentences for a person, not a traceback through the grader."""

from __future__ import annotations

from types import SimpleNamespace

from _pytest._code.code import TerminalRepr
from _pytest._io import TerminalWriter

from grader.plugin.marks import Marks
from grader.plugin.verdict import Verdict
from grader.result import Diagnosis


class Said(TerminalRepr):
    """A verdict as pytest prints it; ``reprcrash`` is where pytest looks for the short form."""

    def __init__(self, marks: Marks, verdict: Verdict, diagnoses: tuple[Diagnosis, ...]) -> None:
        self.reprcrash = SimpleNamespace(message=verdict.message)
        self.lines = [f"{marks.title}{' (hidden check)' if marks.hidden else ''}", verdict.message]
        self.lines += [f"    cell {f['cell']}, line {f['line']}: {f['text'].strip()}" for f in verdict.traceback]
        self.lines += [f"Looks like: {d.title}. {d.hint}" for d in diagnoses]
        hints = (verdict.mismatch.hint if verdict.mismatch else "", marks.hint)
        self.lines += [f"Hint: {hint}" for hint in hints if hint]

    def toterminal(self, tw: TerminalWriter) -> None:
        """Print the lines, the finding in red."""
        for i, line in enumerate(self.lines):
            tw.line(line, red=i == 1)
