"""Find a function that is missing from the code in other places of the notebook, and say what to do about it."""

from __future__ import annotations

import re
from typing import Any

from grader.extract.confusable_characters import looks

_MOST = 200_000  # characters of one cell; longer ones are outputs and tables that somebody pasted
_FIRST = 60
_MAGIC = re.compile(r"\s*(%%\w+)")


def where(name: str, notebook: Any, stub: Any = None, *, beside: bool = False) -> str:
    """Return where a function stands that no code cell defines, and what to do, in one sentence; "" if nowhere.

    Cells that stand in the ``stub`` as they are were handed out, and are no answer of the student's. With ``beside``
    there is a definition, but an empty one: only what cannot be that is looked for.
    """
    given = [cell["source"] for cell in stub["cells"]] if stub is not None else []
    lines = {line.strip() for source in given for line in source.split("\n")}
    definition = re.compile(rf"^[ \t>]*(#[# \t]*)?(?:async[ \t]+)?def[ \t]+{re.escape(name)}\b.*", re.MULTILINE)
    for number, cell in reversed([*enumerate(notebook["cells"], start=1)]):
        kind, source = cell["cell_type"], looks(cell["source"][:_MOST])
        if cell["source"] in given or (found := definition.search(source)) is None:
            continue
        if beside and kind == "code" and not _MAGIC.match(source):
            marked = (m for m in definition.finditer(source) if m[1] and m[0].strip() not in lines)
            if (found := next(marked, None)) is None:
                continue
        first = cell["source"].lstrip().partition("\n")[0][:_FIRST]
        return f"It {'also ' * beside}stands in cell {number} (`{first}`), {_remedy(kind, source, found)}."
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
