"""What a zygote is started with, and the name that zygotes of one kind share."""

from __future__ import annotations

import hashlib
import json
import os
import site
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path

from grader.code_digest import code_digest
from grader.kernel.inside.readable_paths import places
from grader.kernel.zygote import Zygote
from grader.sandbox.environment import model_folders
from grader.settings import runtime_dir

_MOST_FILES = 1000  # of a folder of models: what may lie in it besides is not looked at


@dataclass(frozen=True, slots=True)
class ZygotePlan:
    """What a zygote is started with.

    Paths, how it is locked down, and the ``digest`` of what its prelude may use. ``interpreter`` is the Python that it
    is, ``packages`` are those whose versions it tells, ``also`` models beside those that the prelude names.
    """

    digest: str
    prelude: str
    hidden: tuple[str, ...]
    folders: tuple[str, ...]
    sandbox: str
    interpreter: str = sys.executable
    packages: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name of the assignment's folder, for people."""
        return Path(self.prelude).parent.name

    def kind(self) -> str:
        """Return a name that plans of like zygotes share.

        It changes with the grader's code, the installed packages, the models and all that the plan names. Of hidden
        paths only those matter that could be read.
        """
        ours = self.interpreter == sys.executable  # of another one it is not known what its kernels may read
        hidden = tuple(p for p in self.hidden if not ours or any(_overlap(Path(p), Path(q)) for q in places()))
        models = model_folders(os.environ)
        where = (str(runtime_dir()), tempfile.gettempdir(), models)
        state = (code_digest(), _installed(Path(self.interpreter)), [_files(Path(p)) for p in models.values()])
        decides = (state, where, asdict(replace(self, hidden=hidden)))
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:32]

    def start(self) -> Zygote:
        """Start a zygote; see there."""
        return Zygote(
            Path(self.prelude),
            map(Path, self.hidden),
            map(Path, self.folders),
            sandbox=self.sandbox,
            interpreter=self.interpreter,
            packages=self.packages,
            also=self.also,
        )


def _installed(interpreter: Path) -> list[tuple[str, int]]:
    """Return what is installed for our own Python and another one, and when that was."""
    folders = {*map(Path, site.getsitepackages()), *interpreter.parent.parent.glob("lib*/python*/site-packages")}
    said = [p for folder in sorted(folders) for p in folder.glob("*.*-info")]
    return _times([interpreter, interpreter.parent.parent / "pyvenv.cfg", *said])


def _files(folder: Path) -> list[tuple[str, int]]:
    return _times(islice(_walk(folder), _MOST_FILES))


def _walk(folder: Path) -> Iterator[Path]:
    for base, folders, files in os.walk(folder):
        folders.sort()
        yield from (Path(base, name) for name in sorted(files))


def _times(paths: Iterable[Path]) -> list[tuple[str, int]]:
    """Return files that are there with when they changed, in order."""
    found = []
    for path in paths:
        try:
            found.append((str(path), path.stat().st_mtime_ns))
        except OSError:  # it is not there, or a link to nothing
            continue
    return sorted(found)


def _overlap(path: Path, place: Path) -> bool:
    return path.is_relative_to(place) or place.is_relative_to(path)
