"""Small notebooks as files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Write = Callable[..., Path]


def document(*sources: str, **changes: Any) -> dict[str, Any]:
    """Return a notebook of code cells as a JSON document, with some of its keys changed."""
    cells = [
        {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": s} for s in sources
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 2, **changes}


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """Write bytes, text or a JSON document below the test's folder, and return its path."""

    def _written(content: bytes | str | dict[str, Any], name: str = "hw1.ipynb") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, dict):
            content = json.dumps(content, ensure_ascii=False)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return _written


@pytest.fixture
def notebook_document() -> Callable[..., dict[str, Any]]:
    """The function that makes a notebook's JSON document."""
    return document
