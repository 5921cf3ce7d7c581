"""Read the lines of a results file in any encoding and with any line ends."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.export import messages

LINE_END = re.compile(r"\r\n|\n|\r")
_OPENING = '{"schema": '
# What of a word, a number or an escape may stand where JSON breaks off.
_CUT_VALUE = re.compile(r"t(ru?)?|f(al?|als)?|nu?l?|[-+.eE]*|\\u[0-9a-f]{0,3}|u?[0-9a-f]{0,3}")


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines that are not empty, by their numbers from 1.

    ``torn`` says that after them one was begun and not ended.
    """

    lines: dict[int, str]
    torn: bool


def read_lines(path: Path) -> Lines:
    """Return the lines of a file in UTF-8, UTF-16 or UTF-32, with any line ends.

    The last line's end may be missing. Raises FileNotFoundError, and UsageError for a file that is not text or holds
    nothing but empty lines.
    """
    data = path.read_bytes()
    encoding = json.detect_encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        number = len(LINE_END.split(data[: error.start].decode(encoding, "replace")))
        raise unreadable(path, number, messages.no_text(encoding)) from error
    lines = {number: line for number, line in enumerate(LINE_END.split(text), 1) if line.strip()}
    if data and not lines:
        raise unreadable(path, 1, messages.NO_ROW)
    torn = bool(lines) and text.endswith(last := next(reversed(lines.values()))) and _is_torn(last)
    if torn:
        lines.popitem()
    return Lines(lines, torn)


def unreadable(path: Path, number: int, reason: str) -> UsageError:
    """Return the error of a file of results with a line that is none of ours."""
    return UsageError(messages.unreadable_line(path, number, reason))


def _is_torn(line: str) -> bool:
    """Return whether a line is the beginning of a row, as a kill leaves it, and nothing else."""
    if len(line) <= len(_OPENING):
        return _OPENING.startswith(line)
    if not line.startswith(_OPENING):
        return False
    try:
        json.loads(line)
    except json.JSONDecodeError as error:
        at_the_end = error.msg != "Extra data" and _CUT_VALUE.fullmatch(line, error.pos) is not None
        return at_the_end or error.msg.startswith("Unterminated string")
    except (RecursionError, ValueError):  # nested too deeply, or with a number of too many digits
        return False
    return False
