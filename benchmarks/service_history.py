"""Give a service a past: ``python -m benchmarks.service_history COUNT``.

Runs with the service's settings. Copies its one graded upload so many times, with result, entry of the audit log and
ended workflow, as if a thousand students had handed in before.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from grader.service.setup_django import setup_django

if TYPE_CHECKING:  # models are there once Django is set up
    from grader.service.models import Member, Upload

STUDENTS = 1000
_AT_ONCE = 5000


def add_history(count: int) -> None:
    """Write the rows of so many uploads, and what the queue keeps of them."""
    from django.db import connection

    from grader.service.models import Account, Member, Upload

    template = Upload.objects.select_related("assignment").get()
    course = template.assignment.course
    accounts = Account.objects.bulk_create(Account(username=f"past-{n}") for n in range(STUDENTS))
    members = Member.objects.bulk_create(
        Member(course=course, account=a, name=a.username, login=a.username) for a in accounts
    )
    _add_rows(template, members, count)
    _add_workflows(f"grade-{template.pk}-1", count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _add_rows(template: Upload, members: list[Member], count: int) -> None:
    from django.db.models import F

    from grader.service.models import AuditEntry, PublishedResult, State, Upload

    result = PublishedResult.objects.get()

    def uploads() -> Iterator[Upload]:
        for number in range(count):
            yield Upload(
                assignment=template.assignment,
                member=members[number % len(members)],
                attempt=1 + number // len(members),
                file_name=template.file_name,
                sha256=f"{number:064x}",
                size=template.size,
                state=State.GRADED,
                tries=1,
            )

    waiting = uploads()
    while made := Upload.objects.bulk_create(islice(waiting, _AT_ONCE)):
        PublishedResult.objects.bulk_create(
            PublishedResult(
                upload=upload, version=1, status=result.status, score=result.score, max_score=result.max_score,
                document=result.document, worker=result.worker,
            )
            for upload in made
        )  # fmt: skip
        AuditEntry.objects.bulk_create(
            AuditEntry(action="uploaded", course=template.assignment.course, target=str(upload.pk)) for upload in made
        )
    past = Upload.objects.exclude(pk=template.pk)
    past.update(received=F("received") - timedelta(days=7))


def _add_workflows(template: str, count: int) -> None:
    """Copy a workflow in every table that has a column with its id."""
    import sqlalchemy
    from django.conf import settings

    engine = sqlalchemy.create_engine(settings.CONFIG.queue_url)
    schema = None if settings.CONFIG.sqlite else "dbos"
    tables = sqlalchemy.MetaData()
    tables.reflect(engine, schema=schema)
    with engine.begin() as connection:
        for table in tables.sorted_tables:
            if "workflow_uuid" not in table.columns:
                continue
            rows = connection.execute(sqlalchemy.select(table).where(table.c.workflow_uuid == template)).mappings()
            for row in list(rows):
                copies = [{**row, "workflow_uuid": f"grade-{uuid.uuid4()}-1"} for _ in range(count)]
                connection.execute(sqlalchemy.insert(table), copies)


if __name__ == "__main__":
    setup_django()
    add_history(int(sys.argv[1]))
