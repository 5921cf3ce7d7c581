"""What pytest prints of a failed check: sentences instead of a traceback."""

from __future__ import annotations

from types import SimpleNamespace

from _pytest._code.code import TerminalRepr
from _pytest._io import TerminalWriter

from grader.plugin.check_run import CheckRun
from grader.plugin.check_verdict import CheckVerdict


class FailureText(TerminalRepr):
    """A verdict as pytest prints it; ``reprcrash`` is where pytest looks for the short form."""

    def __init__(self, check_run: CheckRun, verdict: CheckVerdict) -> None:
        markers = check_run.markers
        self.reprcrash = SimpleNamespace(message=verdict.message)
        self.lines = [f"{markers.title}{' (hidden check)' if markers.hidden else ''}", verdict.message]
        self.lines += [f"    cell {f['cell']}, line {f['line']}: {f['text'].strip()}" for f in verdict.traceback]
        self.lines += [f"Looks like: {d.title}. {d.hint}" for d in check_run.diagnoses]
        self.lines += [check_run.note] if check_run.note else []
        hints = (verdict.mismatch.hint if verdict.mismatch else "", markers.hint)
        self.lines += [f"Hint: {hint}" for hint in hints if hint]

    def toterminal(self, tw: TerminalWriter) -> None:
        """Print the lines, the finding in red."""
        for i, line in enumerate(self.lines):
            tw.line(line, red=i == 1)
