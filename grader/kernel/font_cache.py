"""Copy matplotlib's font cache to each zygote, and keep a newly built one."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path

from grader.settings import cache_dir

_FONT_LISTS = "fontlist-*.json"


def lend_fonts(folder: Path) -> None:
    """Put what is known of fonts into a folder, which is made."""
    folder.mkdir()
    _copy(_font_folder(), folder)


def keep_fonts(folder: Path) -> None:
    """Keep what was found out about fonts in a folder."""
    _copy(folder, _font_folder())


def _font_folder() -> Path:
    return cache_dir() / "matplotlib"


def _copy(source: Path, target: Path) -> None:
    with contextlib.suppress(OSError):  # it saves time, and is missed by nobody
        target.mkdir(parents=True, exist_ok=True)
        for file in source.glob(_FONT_LISTS):
            if not (target / file.name).exists():
                with tempfile.TemporaryDirectory(dir=target) as new:
                    shutil.copyfile(file, Path(new) / file.name).replace(target / file.name)
