"""Find submissions: one per student, or per file where nothing says whose it is."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

from grader.errors import GraderError, MachineError, UsageError
from grader.intake import messages
from grader.intake.attempts import Handed, in_order, unclear_times, unsure_order
from grader.intake.file_ids import unique
from grader.intake.layouts import METADATA_FILES, NOBODYS, OWNER, Identity, identify
from grader.intake.listing import File, Listing, files_at, is_zip
from grader.intake.named_files import named_beside
from grader.intake.roster_authors import ROSTER, by_roster, unsure_author
from grader.intake.supporting_files import FilesBeside, with_files
from grader.intake.zips import Unpacker
from grader.person import Person
from grader.submission import Submission


@dataclass(frozen=True, slots=True)
class Found:
    """What a batch holds.

    ``people`` says of each submission what its naming tells about who handed it in. ``extras`` are the labels of files
    that are no notebooks; ``passed_over`` holds the labels of what no person handed in, and what each is.
    """

    submissions: tuple[Submission, ...]
    people: tuple[tuple[Person, ...], ...] = ()
    extras: tuple[str, ...] = ()
    passed_over: Mapping[str, str] = field(default_factory=dict)


def discover(paths: Sequence[Path]) -> list[Submission]:
    """Return the submissions in files and folders, in that order; a zip is a file like others."""
    return list(find(paths).submissions)


def find(
    paths: Sequence[Path],
    *,
    scratch: Path | None = None,
    functions: Collection[str] = (),
    roster: Sequence[Person] = (),
    apart: Collection[Path] = (),
) -> Found:
    """Return the submissions among files, below folders and, with ``scratch``, in zips.

    Files below a folder count when they are named ``.ipynb``, or when a platform's naming says who handed them in and
    that person handed in no notebook. Of several files by one person the last counts; of those that may be as late, one
    that defines a function of these names. Where no platform's naming tells whose files are, names of people on the
    ``roster`` in their paths do. What else was handed in with a notebook is for its code to read. What is ``apart``,
    such as the roster's file, was not handed in and is passed over below a folder. Zips are unpacked into the folder
    ``scratch``, which must live as long as the submissions are read. A file that is met twice counts once. Raises
    UsageError when a path does not exist, or when all that was given are zips that are refused, MachineError when this
    machine reads none of them or has no space for what is in them.
    """
    unpacker = Unpacker(scratch) if scratch else None
    found = _find_submissions(paths, unpacker, functions, roster, frozenset(path.resolve() for path in apart))
    given = {p.resolve() for p in paths if not p.is_dir()}
    if scratch and found.submissions and all(s.path in given and is_zip(s.path) for s in found.submissions):
        first = found.submissions[0]
        if first.unavailable:
            raise GraderError(first.unavailable)
        if all(s.refused for s in found.submissions):
            raise UsageError(messages.none_gradable(first.label, first.refused))
    return found


def find_one(
    path: Path, *, scratch: Path, functions: Collection[str] = (), own: bool = False, apart: Collection[Path] = ()
) -> Submission:
    """Return what one student handed in as one file: a notebook, or a zip with one in it.

    A zip that holds none, or several, is refused. What lies beside a notebook may be anybody's, and is there for its
    code only if the notebook is the ``own`` one of whoever asks: then it is what :func:`named_beside` finds, but for
    what is ``apart``. See :func:`find`.
    """
    found = _find_submissions([path], Unpacker(scratch, of_one=True), functions).submissions
    if len(found) == 1:
        is_notebook = own and found[0].path == path.resolve() and not found[0].refused
        return with_files(found[0], named_beside(path, apart), {}) if is_notebook else found[0]
    [whole] = discover([path])
    return replace(whole, refused=messages.not_one_notebook(len(found)))


def _find_submissions(
    paths: Sequence[Path],
    unpacker: Unpacker | None,
    functions: Collection[str],
    roster: Sequence[Person] = (),
    apart: Collection[Path] = (),
) -> Found:
    listing = _all_files(paths, unpacker, apart)
    files = listing.files
    handed = [Handed(file, who) for file, who in zip(files, identify(files), strict=True)]
    handed = by_roster(handed, roster) if roster else handed
    given = {p.resolve() for p in paths if not p.is_dir()}
    rows = _rows(handed, given)
    beside = FilesBeside([h for h in handed if not _nobodys(h)], rows)
    groups = _groups(_unpack_rows(rows, unpacker), functions)
    sizes = unpacker.sizes if unpacker else {}
    chosen = [beside.choose(group[-1], sizes) for group in groups]
    read = {file.path: file for one in chosen for file in one.files.values()}
    read |= unpacker.unpack(f for f in read.values() if f.packed) if unpacker else {}
    extras = _extras(handed, {*(h.file.path for h in rows), *read})
    ids = unique(group[-1].who.id for group in groups)
    submissions = (_submission(group, id_, extras) for group, id_ in zip(groups, ids, strict=True))
    return Found(
        tuple(with_files(s, one, read) for s, one in zip(submissions, chosen, strict=True)),
        tuple(group[-1].who.people for group in groups),
        tuple(label for labels in extras.values() for label in labels),
        listing.passed_over,
    )


def _all_files(paths: Sequence[Path], unpacker: Unpacker | None, apart: Collection[Path]) -> Listing:
    found: dict[Path, File] = {}
    all_ = Listing()
    for path in paths:
        if not path.exists():
            raise UsageError(messages.no_such_path(path))
        below = files_at(path, apart)
        all_.passed_over |= below.passed_over
        for file in below.files:
            found.setdefault(file.path, file)
    for file in found.values():
        if unpacker and file.zipped and file.readable:
            inside = unpacker.open(file)
            all_.files += inside.files
            all_.passed_over |= inside.passed_over
        else:
            all_.files.append(file)
    return all_


def _rows(handed: Sequence[Handed], given: Collection[Path]) -> list[Handed]:
    """Return the files to be graded, one at least of everybody who handed something in."""
    served = {h.who.key for h in handed if h.file.notebook and not h.who.own}
    return [
        h
        for h in handed
        if (h.file.notebook and not h.who.own)
        or h.file.path in given
        or h.file.unavailable
        or (h.file.zipped and h.file.refused)
        or (h.who.key and h.who.key not in served and not _nobodys(h))
    ]


def _nobodys(handed: Handed) -> bool:
    """Return whether nobody handed a file in: it was put beside what was."""
    return handed.file.label.name in METADATA_FILES or handed.who.key[:1] == (NOBODYS,)


def _unpack_rows(rows: Sequence[Handed], unpacker: Unpacker | None) -> list[Handed]:
    if unpacker is None:
        return list(rows)
    done = unpacker.unpack(h.file for h in rows if h.file.packed and not h.file.refused)
    return [replace(h, file=done.get(h.file.path, h.file)) for h in rows]


def _extras(handed: Sequence[Handed], counted: Collection[Path]) -> dict[tuple[str, ...], list[str]]:
    """Return the labels of files that are neither counted nor a platform's, by author."""
    extras: dict[tuple[str, ...], list[str]] = {}
    for h in handed:
        if h.file.path not in counted and not _nobodys(h) and not h.who.own:
            extras.setdefault(h.who.key, []).append(h.file.label.as_posix())
    return extras


def _groups(rows: Sequence[Handed], functions: Collection[str]) -> list[list[Handed]]:
    """Put each person's files together, the one that counts last, in the order of the first."""
    groups: dict[object, list[Handed]] = {}
    for h in rows:
        groups.setdefault(h.who.key or h.file.path, []).append(h)
    return [in_order(group, functions) if len(group) > 1 else group for group in groups.values()]


def _submission(group: Sequence[Handed], id_: str, extras: dict[tuple[str, ...], list[str]]) -> Submission:
    file, who = group[-1].file, group[-1].who
    sha256, unavailable = _file_digest(file)
    return Submission(
        id=id_,
        student=who.student,
        path=file.path,
        label=file.label.as_posix(),
        sha256=sha256,
        late=who.late,
        submitted=who.time.iso(),
        attempt=who.attempt or len(group),
        earlier=tuple(h.file.label.as_posix() for h in group[:-1]),
        extras=tuple(extras.get(who.key, ())) if who.key else (),
        refused=file.refused,
        unavailable=unavailable,
        person=_person_key(who),
        claims=tuple(who.people),
        conflicts=(*unsure_order(group), *unsure_author(group)),
        remarks=unclear_times(group),
        due=who.due,
        group=who.group,
        section=who.section,
    )


def _person_key(who: Identity) -> str:
    """Return what tells a person in any download: a platform's numbers and names."""
    if not who.key or who.key[0] in (OWNER, ROSTER):
        return f"named {who.student}".casefold()
    return " ".join(PurePath(part).name if part else "-" for part in who.key[:-1]).casefold()


def _file_digest(file: File) -> tuple[str, str]:
    """Return a file's digest, and a sentence where this machine cannot read it.

    It takes bounded memory. A file that is not to be opened may have none, and reading it will say why.
    """
    if file.unavailable:
        return "", file.unavailable
    try:
        if not stat.S_ISREG(file.path.lstat().st_mode):
            return "", ""
        with file.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest(), ""
    except OSError as error:
        return "", "" if file.refused else str(MachineError(messages.could_not_be_read(file.path.name), error))
