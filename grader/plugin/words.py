"""What pytest prints of a check that was not passed: sentences for a person, not a traceback through the grader."""

from __future__ import annotations

from types import SimpleNamespace

from _pytest._code.code import TerminalRepr
from _pytest._io import TerminalWriter

from grader.plugin.sheet import Sheet
from grader.plugin.verdict import Verdict


class Said(TerminalRepr):
    """A verdict as pytest prints it; ``reprcrash`` is where pytest looks for the short form."""

    def __init__(self, sheet: Sheet, verdict: Verdict) -> None:
        marks = sheet.marks
        self.reprcrash = SimpleNamespace(message=verdict.message)
        self.lines = [f"{marks.title}{' (hidden check)' if marks.hidden else ''}", verdict.message]
        self.lines += [f"    cell {f['cell']}, line {f['line']}: {f['text'].strip()}" for f in verdict.traceback]
        self.lines += [f"Looks like: {d.title}. {d.hint}" for d in sheet.diagnoses]
        self.lines += [sheet.note] if sheet.note else []
        hints = (verdict.mismatch.hint if verdict.mismatch else "", marks.hint)
        self.lines += [f"Hint: {hint}" for hint in hints if hint]

    def toterminal(self, tw: TerminalWriter) -> None:
        """Print the lines, the finding in red."""
        for i, line in enumerate(self.lines):
            tw.line(line, red=i == 1)
