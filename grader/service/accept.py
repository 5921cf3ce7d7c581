"""Take an upload: its bytes and its row are on disk when this returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from grader.digests import digest_of_chunks
from grader.service.admission import require_accepted
from grader.service.blob_store import Blob, store_blob
from grader.service.idempotency import RequestKey, request_digest
from grader.service.models import Account, CourseAssignment, Member, State, Upload, UploadFile

_MOST_BEHIND = 9
"""The largest penalty in the queue.

Each upload of a member that still waits moves the member's next one back by one, so that nobody fills the queue. What
comes in a batch has a later priority still.
"""


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
    key: RequestKey | None = None,
    note: Callable[[Upload], None] = lambda _: None,
) -> Upload:
    """Store a notebook and the files beside it, and return its row.

    The row alone is enough to have it graded: workers look for it. Where the same request came before with this
    ``key``, its row is returned. ``note`` is called with a new row in its transaction. Raises KeyReusedError where the
    key came with another request, and NotAcceptedError where the course's terms do not let the member hand in now.
    """
    own = source in ("page", "api")
    if key and key.known:
        parts = [(name, digest_of_chunks(content)[0]) for name, content in ((file_name, chunks), *files)]
        return key.repeated_by(request_digest(assignment.pk, member.pk, parts))
    if own:
        require_accepted(assignment, member, by, timezone.now())  # before anything is kept of it
    blob = store_blob(chunks)
    beside = [(name, store_blob(content)) for name, content in files]
    digests = [(file_name, blob.sha256), *((name, b.sha256) for name, b in beside)]
    digest = request_digest(assignment.pk, member.pk, digests)
    try:
        with transaction.atomic():
            Member.objects.select_for_update().get(pk=member.pk)  # one person's uploads come one after the other
            if key and (before := key.answered(digest)):
                return before
            if own and by:
                Account.objects.select_for_update(no_key=True).get(pk=by.pk)
                require_accepted(assignment, member, by, timezone.now())
                priority += member.uploads.filter(state__in=State.open())[:_MOST_BEHIND].count()
            upload = insert_upload(assignment, member, file_name, blob, beside, by=by, source=source,
                                   platform=dict(platform or {}), priority=priority)  # fmt: skip
            if key:
                key.remember(digest, upload)
            note(upload)
            return upload
    except IntegrityError:  # the key came at the same time with a request for somebody else
        if key and (before := key.answered(digest)):
            return before
        raise


def insert_upload(
    assignment: CourseAssignment,
    member: Member,
    file_name: str,
    blob: Blob,
    beside: Sequence[tuple[str, Blob]],
    **fields: Any,
) -> Upload:
    """Make the row of what is stored, in a transaction that holds the member's row."""
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
