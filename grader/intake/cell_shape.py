"""Give every cell of a notebook the fields that the grader relies on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

_CELL_TYPES = frozenset({"code", "markdown", "raw"})


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Return a valid nbformat 4.5 notebook with the same cells in the same places.

    Sources are one string with plain newlines, ids are made from the place (``cell-1``), outputs are empty, and what
    is not a cell at all stands as an empty raw cell, so that counting still agrees with the student's editor.
    """
    cells = [_normal_cell(cell, number) for number, cell in enumerate(notebook.get("cells", []), start=1)]
    return NotebookNode(cells=cells, metadata=_metadata_node(notebook.get("metadata")), nbformat=4, nbformat_minor=5)


def _normal_cell(cell: Any, number: int) -> NotebookNode:
    given: Mapping[str, Any] = cell if isinstance(cell, Mapping) else {}
    kind = given.get("cell_type")
    kind = kind if isinstance(kind, str) and kind in _CELL_TYPES else "raw"
    common = NotebookNode(
        cell_type=kind,
        id=f"cell-{number}",
        metadata=_metadata_node(given.get("metadata")),
        source=_source(given.get("source")),
    )
    if kind == "code":
        common.update(execution_count=None, outputs=[])
    return common


def _source(value: Any) -> str:
    """Join lines as nbformat stores them, with plain line ends and "?" for lone surrogates."""
    parts = value if isinstance(value, list) else [value]
    text = "".join(part for part in parts if isinstance(part, str))
    return text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", errors="replace").decode("utf-8")


def _metadata_node(value: Any) -> NotebookNode:
    return NotebookNode(value) if isinstance(value, Mapping) else NotebookNode()
