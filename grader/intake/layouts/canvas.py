"""Canvas, "Download submissions": one flat zip, everything in the file's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from grader.intake.files import File
from grader.intake.layouts.identity import Identity
from grader.intake.person import Person

_RESUBMITTED = re.compile(r"-(\d{1,3})$")  # Canvas puts it to a name that was used before


def canvas(files: Sequence[File]) -> list[Identity | None]:
    """Read ``doejane_LATE_4711_98765_hw1.ipynb``: a name, the user's number, the upload's number, the file's own name.

    A zip that a student uploaded gives its name to all that is in it, whatever names stand there. But a zip or folder
    with several people in it is the whole download, whatever it is called, unless uploads lie beside it.
    """
    found = [_told(file.label) for file in files]
    people: dict[Identity, set[tuple[str, ...]]] = {}
    uploads = {(file.root, told[0][0]) for file, told in zip(files, found, strict=True) if len(told) == 1}
    for (_, outer), *_, (_, inner) in (told for told in found if len(told) > 1):
        people.setdefault(outer, set()).add(inner.key)
    chosen: list[Identity | None] = []
    for file, told in zip(files, found, strict=True):
        download = told and len(people.get(told[0][1], ())) > 1 and (file.root, told[0][0]) not in uploads
        chosen.append(told[-1 if download else 0][1] if told else None)
    return _without_doubles(files, chosen)


def _told(label: PurePath) -> list[tuple[PurePath, Identity]]:
    """Return what the names in a path say that are Canvas's, the outermost first, each with the folder it stands in."""
    paths = [p for p in (*reversed(label.parents), label) if not p.stem.endswith("_submissions")]  # the download's own
    return [(path.parent, identity) for path in paths if (identity := parse(path.name))]


def _without_doubles(files: Sequence[File], chosen: Sequence[Identity | None]) -> list[Identity | None]:
    """Take back what cannot be Canvas's: an upload has one number, so ``lab_2024_11_05`` and ``_06`` are dates."""
    names: dict[str, set[str]] = {}
    for file, identity in zip(files, chosen, strict=True):
        if identity:
            named = next(p for p in file.label.parts if parse(p) == identity)
            names.setdefault(identity.id, set()).add(named)
    return [i if i and len(names[i.id]) == 1 else None for i in chosen]


def parse(name: str) -> Identity | None:
    """Read one name; the first two neighbouring parts that are all digits are the numbers (Canvas's own rule).

    The student's name may hold ``_`` itself. Blind grading writes ``anon_<word>_<upload>_<file>``.
    """
    parts = name.split("_")
    if parts[0] == "anon" and len(parts) > 3 and parts[2].isdecimal():
        return _identity("_".join(parts[:2]), "", parts[2], name)
    for at in range(1, len(parts) - 2):
        if parts[at].isdecimal() and parts[at + 1].isdecimal():
            late = at > 1 and parts[at - 1] == "LATE"
            return _identity("_".join(parts[: at - late]), parts[at], parts[at + 1], name, late=late)
    return None


def _identity(student: str, user: str, upload: str, name: str, *, late: bool = False) -> Identity:
    again = _RESUBMITTED.search(PurePath(name).stem)
    return Identity(
        id="_".join(filter(None, (student, user, upload))),
        student=student,
        key=("canvas", user or student),
        people=(Person(id=user, name=student),) if user else (),
        late=late,
        serial=int(upload) * 1000 + (int(again[1]) if again else 0),
    )
