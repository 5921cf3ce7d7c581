"""List and unpack untrusted zip archives within size limits."""

from __future__ import annotations

import contextlib
import errno
import io
import lzma
import re
import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from grader.errors import MachineError
from grader.intake import messages
from grader.intake.file_ids import encodable
from grader.intake.layouts import METADATA_FILES
from grader.intake.listing import File, Listing
from grader.intake.notebook_file import MAX_MB

MB = 2**20

MAX_ENTRIES = 20_000
"""An archive of more entries than this is not opened."""

MAX_NESTING = 3
"""A class in a zip, a student's zip in it, a zip in that; what lies deeper is not opened."""

MAX_RATIO = 200
"""How many times its size a zip may grow beyond what one notebook may measure."""

MAX_UNPACKED_MB = 8192
"""What all zips of a batch may take on the disk together."""

MAX_UNPACKED_ONE_MB = 1024
"""What a zip that one person handed in alone may take."""

_BLOCK = 4096  # an empty file costs this much too
_LONGEST_NAME = 200
_LONGEST_PART = 255  # no system has longer names, and what platforms name files like is not searched for in them
_DIRECTORY_MB = 16  # the list of an archive's entries is read at once
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, IndexError, OverflowError, UnicodeError,
)  # fmt: skip


class RefusedError(Exception):
    """A reason, beginning with "it", why a zip or something in it is not opened."""

    def of(self, file: File) -> File:
        """Return the file that is refused for this reason."""
        return replace(file, refused=str(self))


class UnavailableError(Exception):
    """What this machine said instead of letting us read a zip, which is not at fault."""

    def of(self, file: File) -> File:
        """Return the file that cannot be read for this reason."""
        return replace(file, unavailable=f"{messages.could_not_be_read(file.label.name)}: {self}.")


@dataclass(slots=True)
class Allowance:
    """Bytes that may still be unpacked: from one archive, and from all that this is a part of."""

    left: int
    outer: Allowance | None = None
    spent: int = 0

    def spend(self, count: int) -> None:
        """Take bytes off; raises RefusedError when there are not as many."""
        chain = [self, *self._around()]
        if any(allowance.left < count for allowance in chain):
            raise RefusedError(messages.ZIP_TOO_LARGE)
        for allowance in chain:
            allowance.left -= count
            allowance.spent += count

    def refund(self) -> None:
        """Give back what was spent on an archive that is refused after all."""
        for allowance in self._around():
            allowance.left += self.spent
            allowance.spent -= self.spent

    def _around(self) -> Iterator[Allowance]:
        outer = self.outer
        while outer:
            yield outer
            outer = outer.outer


@dataclass(frozen=True, slots=True)
class _Packed:
    archive: Path
    number: int
    size: int
    allowance: Allowance


class Unpacker:
    """Opens zips into a private folder, which must outlive the files that it gives.

    What is ``of_one`` person may take less of the disk than a batch.
    """

    def __init__(self, scratch: Path, *, of_one: bool = False) -> None:
        self._scratch = scratch
        self._total = Allowance((MAX_UNPACKED_ONE_MB if of_one else MAX_UNPACKED_MB) * MB)
        self._packed: dict[Path, _Packed] = {}
        self._folders = 0

    def open(self, archive: File, *, depth: int = 0, allowance: Allowance | None = None) -> Listing:
        """List the files in an archive, and in the archives in it.

        Notebooks are unpacked at once, others when asked for. What is refused or unavailable, the whole archive even,
        stays in the list with the reason. Raises MachineError when there is no space to unpack.
        """
        home, own = self._new_folder(), Allowance(0)
        try:
            if depth >= MAX_NESTING:
                raise RefusedError(messages.ZIP_TOO_DEEP)
            with _opened(archive.path) as zipped:
                size = archive.path.stat().st_size
                own = Allowance((MAX_MB + MAX_RATIO * size // MB) * MB, allowance or self._total)
                listing = self._members(archive, zipped, home, own)
        except (RefusedError, UnavailableError) as error:
            own.refund()
            shutil.rmtree(home, ignore_errors=True)
            return Listing([error.of(archive)])
        # A class's zip is only a wrapper: no student's zip in it may use up what the others need.
        inner = own if depth else None
        found = Listing(passed_over=listing.passed_over)
        for member in listing.files:
            if member.zipped and not member.refused and not member.unavailable:
                inside = self.open(member, depth=depth + 1, allowance=inner)
                found.files += inside.files
                found.passed_over |= inside.passed_over
            else:
                found.files.append(member)
        return found

    @property
    def sizes(self) -> dict[Path, int]:
        """The sizes of the files that :meth:`open` left packed, by their paths."""
        return {path: packed.size for path, packed in self._packed.items()}

    def unpack(self, files: Iterable[File]) -> dict[Path, File]:
        """Unpack files that :meth:`open` left packed.

        Returns each by its path, with the reason if it is refused. Raises MachineError when there is no space.
        """
        by_archive: dict[Path, list[File]] = {}
        for file in files:
            by_archive.setdefault(self._packed[file.path].archive, []).append(file)
        done: dict[Path, File] = {}
        for archive, members in by_archive.items():
            try:
                with _opened(archive) as zipped:
                    entries = zipped.infolist()
                    for file in members:
                        packed = self._packed[file.path]
                        done[file.path] = _one(zipped, entries[packed.number], file, packed.allowance)
            except (RefusedError, UnavailableError) as error:  # it is no longer as it was
                done |= {file.path: error.of(file) for file in members if file.path not in done}
        return done

    def _members(self, archive: File, zipped: zipfile.ZipFile, home: Path, allowance: Allowance) -> Listing:
        listing = Listing()
        entries = zipped.infolist()
        if len(entries) > MAX_ENTRIES:
            raise RefusedError(messages.zip_of_too_many_files(MAX_ENTRIES))
        if not any(not e.is_dir() for e in entries):
            raise RefusedError(messages.EMPTY_ZIP)
        if all(e.flag_bits & 1 for e in entries if not e.is_dir()):
            raise RefusedError(messages.ZIP_LOCKED)
        for number, entry in enumerate(entries):
            name = PurePath(_entry_name(entry))
            if entry.is_dir() or listing.passes(PurePath(*_safe_parts(name)), archive.label):
                continue
            path = home / str(number) / _disk_name(name.name)
            file = File(
                path,
                archive.label.joinpath(*_safe_parts(name)),
                archive.root,
                _entry_objection(entry, name),
                packed=True,
            )
            if not file.refused and (file.notebook or file.zipped or name.name in METADATA_FILES):
                file = _unpack_entry(zipped, entry, file, allowance)
            elif not file.refused:
                self._packed[path] = _Packed(archive.path, number, entry.file_size, allowance)
            listing.files.append(file)
        return listing

    def _new_folder(self) -> Path:
        self._folders += 1
        home = self._scratch / str(self._folders)
        home.mkdir()
        return home


class _Careful(io.FileIO):
    """A file that is not read in huge pieces: :mod:`zipfile` reads the list of entries in one."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read bytes; raises RefusedError where the list of entries is too long."""
        if size is not None and size > _DIRECTORY_MB * MB:
            raise RefusedError(messages.zip_of_too_many_files(MAX_ENTRIES))
        return super().read(-1 if size is None else size)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive; raises RefusedError if it is damaged or no archive.

    Raises UnavailableError when this machine cannot read it.
    """
    try:
        with _Careful(path) as raw, zipfile.ZipFile(raw) as zipped:
            yield zipped
    except _DAMAGED as error:
        raise RefusedError(messages.ZIP_DAMAGED) from error
    except OSError as error:
        raise _judged(error, messages.ZIP_DAMAGED) from error


def _judged(error: OSError, damaged: str) -> RefusedError | UnavailableError:
    """Return whose fault an error is; damaged data are reported as OSErrors without number."""
    return RefusedError(damaged) if error.errno in (None, errno.EINVAL) else UnavailableError(error.strerror)


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """Return an entry's name, also where UTF-8 or Windows' backslashes are not declared."""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _safe_parts(name: PurePath) -> tuple[str, ...]:
    """Return the parts of a name, cut, without what would lead out of a folder."""
    return tuple(p[-_LONGEST_PART:] for p in name.parts if p not in {"/", "//", ".."}) or ("unnamed",)


def _disk_name(name: str) -> str:
    """Return a name for the disk that tells a reader which file it is."""
    kept = re.sub(r"[^\w.+ ()-]+", "_", encodable(name))
    while len(kept.encode(errors="replace")) > _LONGEST_NAME:
        kept = kept[len(kept) // 10 + 1 :]
    return kept if kept.strip(". ") else "unnamed"


def _entry_objection(entry: zipfile.ZipInfo, name: PurePath) -> str:
    if ".." in name.parts or name.is_absolute() or re.match(r"[a-zA-Z]:", str(name)):
        return messages.ENTRY_OUTSIDE
    if stat.S_IFMT(kind := entry.external_attr >> 16) and not stat.S_ISREG(kind):
        return messages.LINK
    if entry.flag_bits & 1:
        return messages.ZIP_LOCKED
    if entry.file_size > MAX_MB * MB:
        return messages.too_large(entry.file_size / MB, MAX_MB)
    return ""


def _one(zipped: zipfile.ZipFile, entry: zipfile.ZipInfo, file: File, allowance: Allowance) -> File:
    """Unpack one entry, which alone is refused when the whole archive is at fault."""
    try:
        return _unpack_entry(zipped, entry, file, allowance)
    except RefusedError as error:
        return error.of(file)


def _unpack_entry(zipped: zipfile.ZipFile, entry: zipfile.ZipInfo, file: File, allowance: Allowance) -> File:
    """Unpack one entry; raises RefusedError for the archive, MachineError without space."""
    allowance.spend(_BLOCK)
    with _room(file.path):
        file.path.parent.mkdir()
        target = file.path.open("xb")
    with target:
        try:
            with zipped.open(entry) as source:
                while chunk := source.read(MB):
                    allowance.spend(len(chunk))
                    with _room(file.path):
                        target.write(chunk)
        except _DAMAGED:
            return replace(file, refused=messages.ENTRY_DAMAGED)
        except OSError as error:
            return _judged(error, messages.ENTRY_DAMAGED).of(file)
        except (NotImplementedError, RuntimeError):
            return replace(file, refused=messages.ENTRY_UNREADABLE)
        with _room(file.path):
            target.flush()
    return replace(file, packed=False)


@contextlib.contextmanager
def _room(path: Path) -> Iterator[None]:
    """Raise what goes wrong with files of ours, such as a full disk, as MachineError."""
    try:
        yield
    except OSError as error:
        raise MachineError(messages.cannot_unpack(path.parent), error) from error
