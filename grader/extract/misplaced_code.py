"""Find an exercise's function where it is not run: in text cells, comments or cell magics."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from grader.extract import function_messages
from grader.extract.confusable_characters import skeleton

_MAX_SEARCHED = 200_000  # of one cell; what is longer is pasted output
_MAGIC = re.compile(r"\s*(%%\w+)")


def find_misplaced(name: str, notebook: Any, stub_cells: Collection[str] = (), *, also: bool = False) -> str:
    """Return a sentence on where a function stands that no code cell defines.

    It says what to do; "" if the function stands nowhere. ``stub_cells`` are the sources of the cells that students
    were given: those are no answer. With ``also``, a code cell holds an empty definition too, which is not what is
    looked for.
    """
    lines = {line.strip() for source in stub_cells for line in source.split("\n")}
    definition = re.compile(rf"^[ \t>]*(#[# \t]*)?(?:async[ \t]+)?def[ \t]+{re.escape(name)}\b.*", re.MULTILINE)
    for number, cell in reversed([*enumerate(notebook["cells"], start=1)]):
        kind, source = cell["cell_type"], skeleton(cell["source"][:_MAX_SEARCHED])
        if cell["source"] in stub_cells or (found := definition.search(source)) is None:
            continue
        if also and kind == "code" and not _MAGIC.match(source):
            marked = (m for m in definition.finditer(source) if m[1] and m[0].strip() not in lines)
            if (found := next(marked, None)) is None:
                continue
        first = cell["source"].lstrip().partition("\n")[0]
        return function_messages.misplaced(number, first, _remedy(kind, source, found), also=also)
    return ""


def _remedy(kind: str, source: str, found: re.Match[str]) -> str:
    if kind != "code":
        return function_messages.in_other_cell_type(kind)
    if magic := _MAGIC.match(source):
        return function_messages.below_cell_magic(magic[1])
    if found[1]:
        return function_messages.commented_out(source.count("\n", 0, found.start()) + 1)
    return function_messages.NOT_DEFINED_THERE
