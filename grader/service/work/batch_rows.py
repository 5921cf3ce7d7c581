"""Uploads of what a platform handed out, each once, however often it comes."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from django.db import transaction

from grader.intake import claimed
from grader.person import Person
from grader.service.accept import insert_upload
from grader.service.blob_store import Blob, store_blob
from grader.service.member_rows import person_of, platform_facts
from grader.service.models import Account, CourseAssignment, Member, Task, Upload
from grader.submission import Submission
from grader.typed_json import plain, record

SOURCE = "batch"
PRIORITY = 20
"""Uploads that students make themselves are graded before those of a batch."""
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredSubmission:
    """A submission whose bytes are stored, and what the platform told of it."""

    told: Mapping[str, Any]
    blob: Blob
    files: tuple[tuple[str, Blob], ...] = ()

    @property
    def label(self) -> str:
        """Where it lay in what was uploaded."""
        return str(self.told["path"])

    @property
    def key(self) -> tuple[str, int, str]:
        """What is the same where the same submission comes again, in whichever zip."""
        return _key(self.told)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON data."""
        files = [[name, asdict(blob)] for name, blob in self.files]
        return {"told": dict(self.told), "blob": asdict(self.blob), "files": files}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> StoredSubmission:
        """Read what :meth:`to_json` returned."""
        files = tuple((name, Blob(**blob)) for name, blob in data["files"])
        return cls(data["told"], Blob(**data["blob"]), files)


def store(submission: Submission) -> StoredSubmission | None:
    """Store the bytes of a submission; None where there are none that could be graded.

    One that is refused as it is may have none, and is taken all the same: the student is to read why.
    """
    if _is_file(submission.path):
        blob = store_blob(_pieces(submission.path))
    elif submission.refused:
        blob = store_blob([])
    else:
        return None
    files = tuple((file.name, store_blob(_pieces(file.path))) for file in submission.files)
    return StoredSubmission(platform_facts(submission), blob, files)


def take(
    task: Task, stored: StoredSubmission, member: Member, *, group: bool, by_hand: Account | None = None
) -> Upload | None:
    """Make a member's upload of a submission, unless there is one; None where there is.

    ``group`` says that it is others' too, ``by_hand`` who said whose it is.
    """
    claims = _own_claims(person_of(member), stored.told["claims"], group=group)
    platform = {**stored.told, "claims": [plain(c) for c in claims], "task": task.pk, "by_hand": by_hand is not None}
    with transaction.atomic():
        Member.objects.select_for_update().get(pk=member.pk)
        earlier = Upload.objects.filter(assignment=task.of_assignment, member=member, source=SOURCE)
        if any(_key(told) == stored.key for told in earlier.values_list("platform", flat=True)):
            return None
        return insert_upload(
            task.of_assignment, member, PurePosixPath(stored.label).name, stored.blob, stored.files,
            by=by_hand or task.by, source=SOURCE, platform=platform, priority=PRIORITY,
        )  # fmt: skip


def assigned_by_hand(assignment: CourseAssignment, stored: StoredSubmission) -> Member | None:
    """Return whom staff said a submission is by when it came before."""
    uploads = Upload.objects.filter(assignment=assignment, source=SOURCE, platform__by_hand=True)
    for upload in uploads.select_related("member"):
        if _key(upload.platform) == stored.key and _path_in_zip(upload.platform["path"]) == _path_in_zip(stored.label):
            return upload.member
    return None


def assign(task: Task, number: int, member: Member, by: Account) -> Upload | None:
    """Make a member's upload of what nobody on the roster handed in, by its number.

    That is its ``number`` in the task's ``found``. Returns None where that was done before, or there is none.
    """
    with transaction.atomic():
        held = Task.objects.select_for_update().get(pk=task.pk)
        entry = next((e for e in held.found.get("unmatched", []) if e["number"] == number), None)
        if entry is None or entry["member"]:
            return None
        stored = StoredSubmission.from_json(entry)
        upload = take(held, stored, member, group=False, by_hand=by)
        entry["member"] = member.pk
        held.save(update_fields=["found"])
    return upload


def _key(told: Mapping[str, Any]) -> tuple[str, int, str]:
    return told["digest"] or _path_in_zip(told["path"]), told["attempt"], told["submitted"]


def _path_in_zip(label: str) -> str:
    """Return where a file lay in a zip, which itself may have any name."""
    return "/".join(PurePosixPath(label).parts[1:])


def _own_claims(person: Person, told: Sequence[Any], *, group: bool) -> list[Person]:
    """Return what a platform tells of one member, with what the course knows beside that."""
    claims = [c for c in (record(Person, data) for data in told) if c != Person(handle=c.handle)]
    top = min((c.depth for c in claims), default=0)
    claims = [c for c in claims if c.depth == top]
    if group or len(claims) > 1:
        claims = [c for c in claims if _same_person(c, person)]
    known = {name: value for name, value in asdict(person).items() if value}
    return [replace(c, **{n: v for n, v in known.items() if not getattr(c, n)}) for c in claims] or [person]


def _same_person(claim: Person, person: Person) -> bool:
    return bool(claimed([[claim]], [person])[0])


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
