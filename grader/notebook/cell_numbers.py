"""Cells of the running notebook, by the number in brackets before them."""

from __future__ import annotations

import re
import sys
from typing import Any


def running_shell() -> Any | None:
    """Return the IPython shell that this process is, None where it is none."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def execution_count(filename: str) -> int | None:
    """Return the number of the cell of this file name, None for what is no cell."""
    shell = running_shell()
    named = shell.compile.format_code_name(filename) if shell else None
    number = re.search(r"\d+", named[1]) if named else None
    return int(number[0]) if number else None
