"""Find what was handed in: one submission for every file, however broken."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath

from grader.errors import UsageError
from grader.intake.layouts import Identity, identify
from grader.submission import Submission

_SKIPPED_FOLDERS = frozenset({"__MACOSX", "__pycache__"})
_LONGEST_ID = 120


def discover(paths: Sequence[Path]) -> list[Submission]:
    """Return a submission for each file given and for each file handed in below a folder given, in that order.

    Below a folder, files count in sorted order when they are named ``.ipynb``, or when a learning platform's naming
    says who handed them in and that person handed in no notebook. Hidden files and folders, checkpoints and
    ``__MACOSX`` do not count. A file that is met twice counts once. Raises UsageError when a path does not exist.
    """
    found: dict[Path, PurePath] = {}
    for path in paths:
        if not path.exists():
            raise UsageError(f"there is no file or folder {str(path)!r}; check the spelling, or the folder you are in.")
        entries = _handed_in(path) if path.is_dir() else [(path.resolve(), PurePath(path.name))]
        for file, label in entries:
            found.setdefault(file, label)
    identities = _identities(found.values())
    ids = _unique(identity.id for identity in identities)
    return [
        Submission(id=id_, student=who.student, path=file, label=label.as_posix(), sha256=_sha256(file), late=who.late)
        for (file, label), who, id_ in zip(found.items(), identities, ids, strict=True)
    ]


def _handed_in(folder: Path) -> Iterator[tuple[Path, PurePath]]:
    root = folder.resolve()
    files = sorted(_walk(root))
    notebooks = [p for p in files if ".ipynb" in p.name.lower()]
    served = {who.id for p in notebooks if (who := identify(p))}
    for relative in files:
        who = identify(relative)
        if ".ipynb" in relative.name.lower() or (who and who.id not in served):
            yield root / relative, relative


def _walk(root: Path) -> Iterator[PurePath]:
    for here, folders, names in os.walk(root):  # follows no links: they could lead out of what was handed in
        folders[:] = [f for f in folders if not f.startswith(".") and f not in _SKIPPED_FOLDERS]
        yield from (PurePath(here, n).relative_to(root) for n in names if not n.startswith("."))


def _identities(labels: Iterable[PurePath]) -> list[Identity]:
    """Ask the layouts; else a file's stem is its student, with its folders when the stem alone is not unique."""
    known = [(label, identify(label)) for label in labels]
    stems = Counter(label.stem.casefold() for label, who in known if who is None)
    return [who or _by_path(label, alone=stems[label.stem.casefold()] == 1) for label, who in known]


def _by_path(label: PurePath, *, alone: bool) -> Identity:
    path = "_".join((*label.parts[:-1], label.stem))
    return Identity(path, label.stem if alone else path)


def _unique(names: Iterable[str]) -> Iterator[str]:
    """Make ids safe as file names, and unique even where a file system ignores case."""
    taken: set[str] = set()
    for name in names:
        safe = re.sub(r"[^\w.+-]+", "_", unicodedata.normalize("NFC", name)).strip("._-") or "submission"
        if len(safe.encode()) > _LONGEST_ID:
            safe = f"{safe[: _LONGEST_ID // 4]}_{hashlib.sha256(name.encode(errors='replace')).hexdigest()[:12]}"
        candidate, number = safe, 1
        while candidate.casefold() in taken:
            number += 1
            candidate = f"{safe}-{number}"
        taken.add(candidate.casefold())
        yield candidate


def _sha256(file: Path) -> str:
    """Digest a file in bounded memory; one not to be opened has an empty digest, and reading it will say why."""
    if file.is_symlink() or not file.is_file():
        return ""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""
