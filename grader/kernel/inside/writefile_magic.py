"""Files that a notebook writes by ``%%writefile``.

On disk, and modules wherever they are imported from. Their code is named after the cell that wrote it, so that
tracebacks show the lines of that cell.
"""

from __future__ import annotations

import contextlib
import linecache
import os
import re
import sys
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

_LINE = re.compile(r"\s*(-a\s+|--append\s+)?(.*?)\s*", re.DOTALL)
_PACKAGE = "__init__.py"


class WrittenFiles:
    """The files that a notebook has written, by path.

    Each a list of texts with the names of their code. A module in the folder where the notebook runs goes before an
    installed one of its name; one in another folder is found, whatever is on the path, if there is no other of its
    name.
    """

    def __init__(self) -> None:
        self.texts: dict[str, list[tuple[str, str]]] = {}
        self.home = ""
        sys.meta_path.insert(0, self)
        sys.meta_path.append(_Elsewhere(self))

    def write(self, line: str, cell: str) -> None:
        """Write a cell's text into the file that the magic's line names.

        With ``-a`` it goes below what the file holds.
        """
        self.home = self.home or os.getcwd()
        appended, name = _LINE.fullmatch(line).groups()  # type: ignore[union-attr] # matches any text
        path = os.path.abspath(os.path.expanduser(name.strip("'\"")))
        on_disk, path = path, _importable(path)
        if not appended:
            self.texts[path] = []
        elif path not in self.texts:
            self.texts[path] = [(text, path)] if (text := _read(path)) else []
        code_name = _cell_name() or path
        self.texts[path].append((cell, code_name))
        linecache.cache[code_name] = len(cell), None, cell.splitlines(True), code_name
        with contextlib.suppress(
            OSError
        ):  # a folder that is not there where it is graded: importing works all the same
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(on_disk, "a" if appended else "w", encoding="utf-8") as file:
                file.write(cell)
        module = Path(path).stem
        if os.path.dirname(path) == self.home and getattr(sys.modules.get(module), "__loader__", None) is not self:
            sys.modules.pop(module, None)

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:
        """Find a module in the folder where the notebook runs, or in that of its package."""
        return self.find_in([self.home, os.getcwd()] if path is None else path, name, folders=False)

    def find_in(self, places: Iterable[str], name: str, *, folders: bool) -> ModuleSpec | None:
        """Find a module in places, with ``folders`` also as a folder that holds written files."""
        for place in places:
            base = os.path.join(place, name.rpartition(".")[2])
            for path in (os.path.join(base, _PACKAGE), f"{base}.py"):
                if path in self.texts:
                    spec = ModuleSpec(name, self, origin=path, is_package=path.endswith(_PACKAGE))  # type: ignore[arg-type]
                    spec.has_location = True
                    if spec.submodule_search_locations is not None:
                        spec.submodule_search_locations.append(base)
                    return spec
            if folders and any(path.startswith(f"{base}{os.sep}") for path in self.texts):
                spec = ModuleSpec(name, None, is_package=True)
                spec.submodule_search_locations = [base]
                return spec
        return None

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python to make the module."""

    def exec_module(self, module: ModuleType) -> None:
        """Run what was written, or what is in the file now if other code has written it since."""
        path = str(module.__file__)
        texts = self.texts[path]
        if (now := _read(path)) is not None and now != "".join(text for text, _ in texts):
            texts = [(now, path)]
        for code in _compiled(texts, path):
            exec(code, vars(module))  # noqa: S102 - the student's own, in the student's kernel


class _Elsewhere:
    """Finds modules that are nowhere else: in any folder above a written file."""

    def __init__(self, files: WrittenFiles) -> None:
        self.files = files

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:
        """Find a module in any of the folders, or in that of its package."""
        above = (str(folder) for file in reversed(self.files.texts) for folder in Path(file).parents)
        return self.files.find_in(above if path is None else path, name, folders=True)


def add_written_files(shell: Any) -> None:
    """Give an IPython shell ``%%writefile`` and ``%%file`` in place of its own."""
    files = WrittenFiles()
    for name in ("writefile", "file"):
        shell.register_magic_function(files.write, "cell", name)


def _compiled(texts: Sequence[tuple[str, str]], path: str) -> list[CodeType]:
    try:
        return [compile(text, name, "exec", 0, True) for text, name in texts]
    except SyntaxError:
        if len(texts) == 1:
            raise
        return [compile("".join(text for text, _ in texts), path, "exec", 0, True)]  # a class that was continued


def _importable(path: str) -> str:
    """Return a path with the file's name as ``import`` would have it.

    ``my_helper.py`` for ``my-helper.py``.
    """
    folder, name = os.path.split(path)
    return os.path.join(folder, re.sub(r"\W", "_", name[:-3]) + ".py") if name.endswith(".py") else path


def _read(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None


def _cell_name() -> str | None:
    """Return the name of the code that runs, if it is a cell's."""
    frame = sys._getframe()
    while frame.f_back and not frame.f_code.co_filename.startswith("<cell "):
        frame = frame.f_back
    name = frame.f_code.co_filename
    return name if name.startswith("<cell ") else None
