"""Import an assignment's code from its source, whatever compiled code lies beside it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

import pytest
from _pytest.assertion import rewrite


@contextlib.contextmanager
def source_only(places: Iterable[Path]) -> Iterator[None]:
    """Neither read nor leave compiled code of modules in files and folders meanwhile.

    No digest covers what lies in ``__pycache__``. Libraries are loaded as ever. Nor has pytest compiled code of what it
    rewrites, which is an assignment's alone.
    """
    ours = tuple({str(form) for place in places for form in (place, place.resolve())})
    path_stats = SourceFileLoader.path_stats

    def stats(loader: SourceFileLoader, path: str) -> Mapping[str, Any]:
        if path in ours or path.startswith(tuple(place + os.sep for place in ours)):
            raise OSError  # then the import system compiles the source
        return path_stats(loader, path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SourceFileLoader, "path_stats", stats)
        patch.setattr(rewrite, "_read_pyc", lambda *_: None)
        patch.setattr(sys, "dont_write_bytecode", True)
        yield
