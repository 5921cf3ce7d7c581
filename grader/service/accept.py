"""Take an upload: its bytes and its row are on disk when this returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from grader.service.blob_store import Blob, store_blob
from grader.service.models import Account, CourseAssignment, Member, Upload, UploadFile


def accept(
    assignment: CourseAssignment,
    member: Member,
    file_name: str,
    chunks: Iterable[bytes],
    *,
    by: Account | None,
    source: str = "page",
    files: Sequence[tuple[str, Iterable[bytes]]] = (),
    platform: Mapping[str, Any] | None = None,
    priority: int = 10,
) -> Upload:
    """Store a notebook and the files beside it, and return its row.

    Nothing else tells the queue of it: a row that is there is graded, whatever dies meanwhile.
    """
    blob = store_blob(chunks)
    beside = [(name, store_blob(content)) for name, content in files]
    with transaction.atomic():
        return _insert(assignment, member, file_name, blob, beside, by=by, source=source,
                       platform=dict(platform or {}), priority=priority)  # fmt: skip


def _insert(
    assignment: CourseAssignment,
    member: Member,
    file_name: str,
    blob: Blob,
    beside: Sequence[tuple[str, Blob]],
    **fields: Any,
) -> Upload:
    Member.objects.select_for_update().get(pk=member.pk)  # attempts of one person are numbered one after the other
    before = Upload.objects.filter(assignment=assignment, member=member).aggregate(last=Max("attempt"))["last"] or 0
    upload = Upload.objects.create(
        assignment=assignment,
        member=member,
        attempt=before + 1,
        file_name=file_name[:255],
        sha256=blob.sha256,
        size=blob.size,
        **fields,
    )
    UploadFile.objects.bulk_create(
        UploadFile(upload=upload, name=name, sha256=b.sha256, size=b.size) for name, b in beside
    )
    return upload
