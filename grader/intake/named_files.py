"""Find the files beside one's own notebook that the notebook names.

The folder around it is its author's, and may hold anything: only what the notebook, or a module of theirs that it
names, mentions is taken. Nothing is parsed for that: names are searched for in the text.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path, PurePath

from grader.ignored_files import leftover
from grader.intake.listing import File
from grader.intake.notebook_file import MAX_MB
from grader.intake.supporting_files import MAX_FILES, Beside, size_of

MAX_ENTRIES = 10_000
"""The most entries of a folder that are looked at."""

_MOST_OF_FOLDER = 4 * MAX_FILES
_WORD = re.compile(r"\w+")
_JSON_ESCAPE = re.compile(r"(\\\\)|\\[nrt]")
_IMPORT = re.compile(r"\b(?:import|from)\b([^\\\n]*)")


def named_beside(notebook: Path, apart: Collection[Path] = ()) -> Beside:
    """Return the files beside a notebook, and in folders there, that its text names.

    A folder that is named counts as a whole; what is ``apart`` does not.
    """
    chosen, folder = Beside(), notebook.resolve().parent
    passed_over = {notebook.resolve(), *apart}
    waiting = {e.name: e for e in _entries(folder) if folder / e.name not in passed_over}
    texts = [_JSON_ESCAPE.sub(lambda found: found[1] or "\n", _text_to_search(notebook))]
    for text in texts:  # grows while it is walked
        words = frozenset(_WORD.findall(text))
        imported = frozenset(word for rest in _IMPORT.findall(text) for word in _WORD.findall(rest))
        for name in [name for name in waiting if _mentions(text, words, imported, waiting[name])]:
            for path in itertools.islice(_files_below(Path(waiting.pop(name).path)), _MOST_OF_FOLDER):
                inside = path.relative_to(folder).as_posix()
                chosen.add(File(path, PurePath(inside), folder), size_of(path), [inside], "")
                if path.suffix == ".py" and inside in chosen.files:
                    texts.append(_text_to_search(path))
    return chosen


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            found = sorted((e for e, _ in zip(entries, range(MAX_ENTRIES), strict=False)), key=lambda e: e.name)
    except OSError:
        return []
    return [
        e for e in found if not e.name.startswith(".") and ".ipynb" not in e.name and not leftover(PurePath(e.name))
    ]


def _mentions(text: str, words: frozenset[str], imported: frozenset[str], entry: os.DirEntry[str]) -> bool:
    """Tell whether a text, of these words, imports a module or folder, or has its path in it."""
    name = entry.name.removesuffix(".py")
    if not words.issuperset(_WORD.findall(name)):
        return False
    is_folder = entry.is_dir(follow_symlinks=False)
    if name in imported and (is_folder or name != entry.name):
        return True
    quoted = re.escape(name)
    return re.search(rf"\b{quoted}[/\\]|[\"'/]{quoted}\\?[\"']", text) is not None if is_folder else entry.name in text


def _files_below(path: Path) -> Iterator[Path]:
    """Yield a file, or the files below a folder in order, without what lies there by a link."""
    if path.is_symlink() or not path.is_dir():
        yield path
        return
    for entry in _entries(path):
        yield from _files_below(Path(entry.path))


def _text_to_search(path: Path) -> str:
    """Return the text of a file that is not larger than any notebook, "" of others."""
    if not 0 <= size_of(path) <= MAX_MB << 20:
        return ""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
