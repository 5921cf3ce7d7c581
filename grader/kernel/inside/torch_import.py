"""Set torch up when it is first imported.

That takes a second of CPU, and not every prelude needs it.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_NAME = "torch"
_torch: Any = None
_watched = False
_to_do: list[Callable[[], object]] = []


def loaded_torch() -> Any:
    """Return torch, or None while nobody has imported it.

    In a kernel it is the real one, whatever code put in its place.
    """
    return _torch if _watched else sys.modules.get(_NAME)


def once_imported(set_up: Callable[[], object]) -> None:
    """Call a function as soon as torch is imported, or now if it is."""
    if _torch is None:
        _to_do.append(set_up)
    else:
        set_up()


def watch_for_torch() -> None:
    """Have torch set up when it is imported, and found where it lies now.

    What bears its name later, such as a file in a student's folder, is not taken for it.
    """
    global _watched
    _watched = True
    if (spec := importlib.util.find_spec(_NAME)) and spec.loader:
        spec.loader = _SettingUp(spec.loader)
        sys.meta_path.insert(0, _Finder(spec))


class _Finder:
    def __init__(self, spec: ModuleSpec) -> None:
        self._spec = spec

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:
        """Return where torch lies."""
        return self._spec if name == _NAME else None


class _SettingUp(Loader):
    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Leave it to the loader."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Import it, then do once what waits for that."""
        global _torch
        self._loader.exec_module(module)
        _torch = module
        while _to_do:
            _to_do.pop(0)()
