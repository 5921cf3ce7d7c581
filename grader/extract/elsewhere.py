"""Find a function that is missing from the code in other places of the notebook, and say what to do about it."""

from __future__ import annotations

import re
from typing import Any

_MOST = 200_000  # characters of one cell; longer ones are outputs and tables that somebody pasted
_FIRST = 60
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_MAGIC = re.compile(r"\s*(%%\w+)")


def visible(text: str) -> str:
    """Return a text as it looks: without invisible characters, and with ordinary blanks."""
    return _BLANKS.sub(" ", _INVISIBLE.sub("", text))


def where(name: str, notebook: Any, stub: Any = None) -> str:
    """Return where a function stands that no code cell defines, and what to do, in one sentence; "" if nowhere.

    Cells that stand in the ``stub`` as they are were handed out, and are no answer of the student's.
    """
    handed_out = {cell["source"] for cell in stub["cells"]} if stub is not None else set()
    definition = re.compile(rf"^[ \t>]*(#[# \t]*)?(?:async[ \t]+)?def[ \t]+{re.escape(name)}\b", re.MULTILINE)
    for number, cell in reversed([*enumerate(notebook["cells"], start=1)]):
        source = visible(cell["source"][:_MOST])
        if cell["source"] not in handed_out and (found := definition.search(source)):
            first = source.lstrip().partition("\n")[0][:_FIRST]
            return f"It stands in cell {number} (`{first}`), {_remedy(cell['cell_type'], source, found)}."
    return ""


def _remedy(kind: str, source: str, found: re.Match[str]) -> str:
    if kind != "code":
        return f"which is a {'text' if kind == 'markdown' else 'raw'} cell and is not run; make it a code cell"
    if magic := _MAGIC.match(source):
        return f"which begins with `{magic[1]}` and so defines nothing in the notebook; remove that line"
    if found[1]:
        line = source.count("\n", 0, found.start()) + 1
        return f"where it is commented out; remove the `#` from line {line} on"
    return "where it does not come into being when the cell is run; move it to the top level of a code cell of its own"
