"""Files that a notebook writes by ``%%writefile``, on disk and as importable modules.

Their code is named after the cell that wrote it, so that tracebacks show the lines of that cell.
"""

from __future__ import annotations
import __future__

import ast
import contextlib
import functools
import linecache
import operator
import os
import re
import sys
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, NamedTuple

_LINE = re.compile(r"\s*(-a\s+|--append\s+)?(.*?)\s*", re.DOTALL)
_PACKAGE = "__init__.py"
_FUTURES = functools.reduce(operator.or_, (getattr(__future__, n).compiler_flag for n in __future__.all_feature_names))


class _Part(NamedTuple):
    """A text of a file, the name of its code, and the lines above it where it was written."""

    text: str
    code_name: str
    above: int = 0


class WrittenFiles:
    """The files that a notebook has written, each in parts, as it was written.

    A module in the folder where the notebook runs goes before an installed one of its
    name, unless that is loaded; one in another folder is found, whatever is on the path, if there is no other of its
    name.
    """

    def __init__(self) -> None:
        self.texts: dict[str, list[_Part]] = {}
        self.lines: dict[str, list[str]] = {}
        self.home = ""
        sys.meta_path.insert(0, self)
        sys.meta_path.append(_Elsewhere(self))

    def write(self, line: str, cell: str) -> None:
        """Write a cell's text into the file in the magic's line; ``-a`` adds it to the file."""
        self.home = self.home or os.getcwd()
        appended, name = _LINE.fullmatch(line).groups()  # type: ignore[union-attr] # matches any text
        path = os.path.abspath(os.path.expanduser(name.strip("'\"")))
        on_disk, path = path, _importable(path)
        if not appended:
            self.texts[path] = []
        elif path not in self.texts:
            self.texts[path] = [_Part(text, path)] if (text := _text_on_disk(path)) else []
        code_name, above = _running_line() or (path, 0)
        self.texts[path].append(_Part(cell, code_name, above))
        self.show(cell, code_name, above)
        with contextlib.suppress(
            OSError
        ):  # a folder that is not there where it is graded: importing works all the same
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(on_disk, "a" if appended else "w", encoding="utf-8") as file:
                file.write(cell)

    def show(self, text: str, code_name: str, above: int) -> None:
        """Let tracebacks find a text below the lines that stand above it."""
        lines, new = self.lines.setdefault(code_name, []), text.splitlines(True)
        lines += ["\n"] * (above - len(lines))
        lines[above : above + len(new)] = new
        linecache.cache[code_name] = 1, None, lines, code_name

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
        if (now := _text_on_disk(path)) is not None and now != "".join(part.text for part in texts):
            texts = [_Part(now, path)]
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


def _compiled(parts: Sequence[_Part], path: str) -> list[CodeType]:
    codes: list[CodeType] = []
    futures = 0
    try:
        for part in parts:
            codes.append(_compile_part(part, futures))
            futures |= codes[-1].co_flags & _FUTURES  # they hold for all of a file
    except SyntaxError:
        if len(parts) == 1:
            raise
        return [_compile_part(_Part("".join(part.text for part in parts), path))]  # a class that was continued
    return codes


def _compile_part(part: _Part, futures: int = 0) -> CodeType:
    """Compile a text so that its code has the lines of the cell."""
    try:
        tree: ast.Module = compile(part.text, part.code_name, "exec", futures | ast.PyCF_ONLY_AST, True)
    except SyntaxError as error:
        error.lineno, error.end_lineno = ((line or 1) + part.above for line in (error.lineno, error.end_lineno))
        raise
    code: CodeType = compile(ast.increment_lineno(tree, part.above), part.code_name, "exec", futures, True)
    return code


def _importable(path: str) -> str:
    """Return a path as ``import`` has it: ``my_helper.py`` for ``my-helper.py``."""
    folder, name = os.path.split(path)
    return os.path.join(folder, re.sub(r"\W", "_", name[:-3]) + ".py") if name.endswith(".py") else path


def _text_on_disk(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None


def _running_line() -> tuple[str, int] | None:
    """Return the name of the code that runs and the line of it, if it is a cell's."""
    frame = sys._getframe()
    while frame.f_back and not frame.f_code.co_filename.startswith("<cell "):
        frame = frame.f_back
    name = frame.f_code.co_filename
    return (name, frame.f_lineno) if name.startswith("<cell ") else None
