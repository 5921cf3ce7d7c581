"""What pytest prints of a failed check: sentences instead of a traceback."""

from __future__ import annotations

from types import SimpleNamespace

from _pytest._code.code import TerminalRepr
from _pytest._io import TerminalWriter

from grader.report.check_text import heading, sentences
from grader.result import CheckResult


class FailureText(TerminalRepr):
    """A check's result as pytest prints it, with the short form in ``reprcrash``."""

    def __init__(self, check: CheckResult) -> None:
        self.reprcrash = SimpleNamespace(message=check.message)
        self._check = check

    def toterminal(self, tw: TerminalWriter) -> None:
        """Print the title and the sentences, what differs in red."""
        tw.line(heading(self._check))
        for sentence in sentences(self._check, hinted=set()):
            tw.line(sentence, red=sentence == self._check.message)
