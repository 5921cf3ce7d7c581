"""Canvas, "Download submissions": one flat zip, everything in the file's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from grader.intake.layouts.identity import Identity
from grader.intake.listing import File
from grader.person import Person

_RESUBMITTED = re.compile(r"-(\d{1,3})$")  # Canvas puts it to a name that was used before
_TEXT_ENTRY = re.compile(r"^(?:text|link)(?:-\d+)?\.html?$")  # what Canvas makes of a text entry and of a link


def canvas(files: Sequence[File]) -> list[list[Identity]]:
    """Read ``doejane_LATE_4711_98765_hw1.ipynb``.

    Its parts are a name, the user's number, the upload's number and the file's own name. An upload has one number and
    so one name: ``lab_2024_11_05`` and ``lab_2024_11_06`` beside it are dates.
    """
    claims = [_claims(file.label) for file in files]
    names: dict[tuple[Path, str], set[str]] = {}
    for file, levels in zip(files, claims, strict=True):
        for identity in levels:
            step = file.steps[identity.depth]
            names.setdefault((step.parent, identity.id), set()).add(step.name)
    return [
        [i for i in levels if len(names[file.steps[i.depth].parent, i.id]) == 1]
        for file, levels in zip(files, claims, strict=True)
    ]


def _claims(label: PurePath) -> list[Identity]:
    """Return what the names in a path say that are Canvas's, the outermost first."""
    parts = enumerate(label.parts, start=1)
    own = ((d, p) for d, p in parts if not PurePath(p).stem.endswith("_submissions"))  # the download's own name
    found = [replace(identity, depth=depth) for depth, part in own if (identity := parse(part))]
    return [i if i.depth == len(label.parts) else replace(i, names=()) for i in found]  # else a folder's


def parse(name: str) -> Identity | None:
    """Read one name by Canvas's own rule.

    The first two neighbouring parts that are all digits are the numbers. The student's name may hold ``_`` itself.
    Blind grading writes ``LATE_anon_<word>_<upload>_<file>``. A link and a text entry are no uploads and have no
    number: ``doejane_4711_link.html``.
    """
    parts = name.split("_")
    first = parts[:2] == ["LATE", "anon"]
    if parts[first] == "anon" and _is_upload(parts[first + 2 :]):
        return _canvas_identity("_".join(parts[first : first + 2]), "", parts[first + 2 :], late=first)
    for at in range(1, len(parts) - 1):
        if parts[at].isdecimal() and _is_upload(parts[at + 1 :]):
            late = at > 1 and parts[at - 1] == "LATE"
            return _canvas_identity("_".join(parts[: at - late]), parts[at], parts[at + 1 :], late=late)
    return None


def _is_upload(parts: Sequence[str]) -> bool:
    """Tell whether these are an upload's number and file, and no link or text entry."""
    return parts[0].isdecimal() if len(parts) > 1 else bool(parts and _TEXT_ENTRY.match(parts[0]))


def _canvas_identity(student: str, user: str, rest: Sequence[str], *, late: bool = False) -> Identity:
    """Return who handed in what, from the parts around the user's number."""
    upload, name = (rest[0], PurePath("_".join(rest[1:]))) if len(rest) > 1 else ("", PurePath(rest[0]))
    again = _RESUBMITTED.search(name.stem)
    bare = f"{_RESUBMITTED.sub('', name.stem)}{name.suffix}"
    return Identity(
        id="_".join(filter(None, (student, user, upload))),
        student=student,
        key=("canvas", user, student),
        people=(Person(id=user, name=student),) if user else (),
        late=late,
        serial=int(upload or 0) * 1000 + (int(again[1]) if again else 0),
        names=tuple(dict.fromkeys((name.name, bare))),
        sure=False,
    )
