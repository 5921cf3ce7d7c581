"""Fetch what was handed in into a folder that intake reads.

What is there is not fetched again. What was begun is marked as not complete until all is there, so that no half of it
is graded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from grader.atomic_write import write_atomically
from grader.errors import MachineError, RequestRefusedError, UsageError
from grader.export.feedback_files import file_name
from grader.export.spreadsheet import spreadsheet
from grader.intake import unique
from grader.intake.pull_manifest import (
    ROSTER,
    PulledAttempt,
    PulledFile,
    PulledSubmission,
    PullManifest,
    read_manifest,
    write_manifest,
)
from grader.platforms import messages
from grader.platforms.platform import Platform, PlatformMember, RemoteFile, RemoteSubmission

_LONGEST, _DEEPEST = 100, 8  # bytes of a name, and folders
_PART = ".part"
_ROSTER_FIELDS = ("name", "id", "sis", "login", "email", "participant")


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a folder holds now: of how many files ``fetched`` are new.

    ``drafts`` are names of people who have not handed in what they uploaded, ``missing`` names files that cannot be
    had and why; the submissions with one of these are left out.
    """

    manifest: PullManifest
    members: int
    fetched: int
    drafts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def pull(platform: Platform, folder: Path, *, partial: bool = False) -> Pulled:
    """Fetch an assignment's submissions into a folder.

    Raises UsageError for a folder with other things in it, and PlatformError where files cannot be had, unless the
    others' submissions will do (``partial``). The same again goes on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = _known_before(platform, folder)
    info, members = platform.assignment(), platform.members()
    remote = list(platform.submissions(members))
    plan = _planned([s for s in remote if s.attempts], platform)
    manifest = PullManifest(platform.name, platform.address, info.title, points=info.points, due=info.due)
    manifest = replace(manifest, submissions=tuple(p for p, _ in plan))
    try:
        _make_room(folder, before, manifest)
        fetched, missing = _fetch(platform, folder, plan)
        if missing and not partial:
            raise RequestRefusedError(messages.not_fetched([*missing.values()]))
        whole = [p for p, _ in plan if not any(f.path in missing for a in p.attempts for f in a.files)]
        absent = {p.id for s, _ in plan if s not in whole for p in s.people}
        write_atomically(folder / ROSTER, _roster([m for m in members if m.id not in absent]))
        manifest = replace(manifest, submissions=tuple(whole), complete=True)
        write_manifest(folder, manifest)
    except OSError as error:
        raise MachineError(messages.cannot_write(folder), error) from error
    drafts = tuple(m.person.name for s in remote if s.draft and not s.attempts for m in s.members)
    return Pulled(manifest, len(members), fetched, drafts, tuple(missing.values()))


def _known_before(platform: Platform, folder: Path) -> PullManifest | None:
    before = read_manifest(folder)
    if before is None and any(path.name != ".lock" for path in folder.iterdir()):
        raise UsageError(messages.other_files(folder))
    if before and before.address != platform.address:
        raise UsageError(messages.of_another(folder, before.address))
    return before


_Plan = Sequence[tuple[PulledSubmission, Mapping[str, RemoteFile]]]


def _planned(remote: Sequence[RemoteSubmission], platform: Platform) -> _Plan:
    """Return the submissions as the folder is to hold them, with their files by path."""
    names = [_name_and_number(s) for s in remote]
    folders = unique(f"{name}_{number}" for name, number in names)
    plan = []
    for submission, (name, number), folder in zip(remote, names, folders, strict=True):
        files: dict[str, RemoteFile] = {}
        attempts = []
        for attempt in submission.attempts:
            own = _safe_paths(f"{folder}/{attempt.number}", attempt.files)
            files |= own
            pulled = tuple(PulledFile(path, file.source) for path, file in own.items())
            attempts.append(PulledAttempt(attempt.number, attempt.submitted, attempt.late, pulled))
        sections = dict.fromkeys(m.section for m in submission.members if m.section)
        plan.append(
            (
                PulledSubmission(
                    _person_or_group_key(submission, number, platform),
                    name,
                    tuple(m.person for m in submission.members),
                    tuple(attempts),
                    submission.due,
                    submission.group,
                    "; ".join(sections),
                ),
                files,
            )
        )
    return plan


def _name_and_number(submission: RemoteSubmission) -> tuple[str, str]:
    if len(submission.members) == 1:
        return submission.members[0].person.name or "user", submission.members[0].id
    return submission.group or "group", f"group-{submission.group_id}"


def _person_or_group_key(submission: RemoteSubmission, number: str, platform: Platform) -> tuple[str, ...]:
    if len(submission.members) == 1:
        return platform.person_key(submission.members[0])
    return (platform.name, number, submission.group)


def _safe_paths(folder: str, files: Sequence[RemoteFile]) -> dict[str, RemoteFile]:
    """Return files by safe paths below a folder, which differ where case is ignored too."""
    found: dict[str, RemoteFile] = {}
    taken, folders = set[str](), set[str]()
    for file in files:
        parts = [_safe(part) for part in PurePosixPath(file.name).parts if part not in ("/", "..")][-_DEEPEST:] or ["_"]
        steps = _free(parts, taken, folders)
        taken.add(steps[-1].casefold())
        folders.update(step.casefold() for step in steps[:-1])
        found[f"{folder}/{steps[-1]}"] = file
    return found


def _free(parts: Sequence[str], taken: set[str], folders: set[str]) -> list[str]:
    """Return a path that is not taken, before it its folders, none of which is a file."""
    first, number, named = PurePosixPath(parts[0]), 1, [*parts]
    while True:
        steps = ["/".join(named[: n + 1]) for n in range(len(named))]
        folded = [step.casefold() for step in steps]
        if folded[-1] not in folders and not taken.intersection(folded):
            return steps
        number += 1
        named[0] = f"{first.stem}-{number}{first.suffix}"


def _safe(name: str) -> str:
    """Return a name of a student's choice as one that is a visible file's everywhere."""
    path = PurePosixPath(file_name(name))
    suffix = path.suffix.encode()[:20].decode(errors="ignore")
    stem = path.stem.encode()[:_LONGEST].decode(errors="ignore")
    safe = f"{stem}{suffix}".strip(" ") or "_"
    return f"{safe[:-1]}_" if safe.endswith((".", _PART)) else safe


def _make_room(folder: Path, before: PullManifest | None, manifest: PullManifest) -> None:
    """Remove what has other contents now, and note what is to be there and is not yet."""
    old, new = _sources(before), _sources(manifest)
    if stale := [path for path, source in old.items() if new.get(path) != source and (folder / path).exists()]:
        if before and before.complete:  # what is removed must not be missing in a folder that counts as complete
            write_manifest(folder, replace(before, complete=False))
        for path in stale:
            (folder / path).unlink()
    write_manifest(folder, manifest)


def _sources(manifest: PullManifest | None) -> dict[str, str]:
    submissions = manifest.submissions if manifest else ()
    return {f.path: f.source for s in submissions for a in s.attempts for f in a.files}


def _fetch(platform: Platform, folder: Path, plan: _Plan) -> tuple[int, dict[str, str]]:
    """Fetch what is not there; return how many files, and why some cannot be had."""
    fetched, missing = 0, dict[str, str]()
    for path, file in _files_of(plan):
        place = folder / path
        if place.exists():
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        if file.text is not None:
            write_atomically(place, file.text.encode("utf-8", "backslashreplace"))
            continue
        part = place.with_name(f"{place.name}{_PART}")
        try:
            platform.fetch(file, part)
            part.replace(place)
            fetched += 1
        except RequestRefusedError as error:
            missing[path] = f"{path}: {error}".rstrip(".")
        finally:
            part.unlink(missing_ok=True)
    return fetched, missing


def _files_of(plan: _Plan) -> Iterator[tuple[str, RemoteFile]]:
    for _, files in plan:
        yield from files.items()


def _roster(members: Sequence[PlatformMember]) -> bytes:
    header = ("name", "user id", "sis id", "login", "email", "identifier")
    rows = [[getattr(m.person, field) for field in _ROSTER_FIELDS] for m in members]
    rows = [[*row[:-1], f"Participant {row[-1]}" if row[-1] else ""] for row in rows]
    used = [n for n in range(len(header)) if n < 2 or any(row[n] for row in rows)]
    return spreadsheet([[row[n] for n in used] for row in (header, *rows)])
