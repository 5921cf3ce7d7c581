"""Recognise files that tools put there: version control, caches, editors' files."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePath

_IGNORED_FOLDERS = {
    "version control": {".git", ".github", ".svn", ".hg", ".bzr"},
    "Jupyter's checkpoints": {".ipynb_checkpoints"},
    "a system's own files": {
        "__MACOSX", ".AppleDouble", ".Spotlight-V100", ".TemporaryItems", ".Trashes", ".fseventsd",
    },
    "caches": {"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".cache"},
    "installed packages": {".venv", ".tox", ".nox", ".conda", ".eggs"},
    "editors' files": {".vscode", ".idea", ".vs"},
}  # fmt: skip
_IGNORED_FILES = {
    "version control": (".gitignore", ".gitattributes", ".gitmodules", ".gitkeep"),
    "a system's own files": (".DS_Store", "._*", "Thumbs.db", "desktop.ini", ".directory", ".nfs????????*"),
    "editors' files": ("*~", ".#*", "#*#", ".*.sw[a-p]", ".~*", "~$*"),
}


def leftover(path: PurePath) -> tuple[PurePath, str] | None:
    """Return the outermost part of a path that nobody put there and what it is, or None."""
    for depth, part in enumerate(path.parts, start=1):
        last = depth == len(path.parts)
        for kind, names in _IGNORED_FOLDERS.items():
            if part in names:
                return PurePath(*path.parts[:depth]), kind
        for kind, patterns in _IGNORED_FILES.items():
            if last and any(fnmatchcase(part, pattern) for pattern in patterns):
                return path, kind
    return None
