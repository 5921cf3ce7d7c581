"""Workers that are killed in the midst of a batch or a regrade do nothing twice."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
from typing import Any

import pytest

from .conftest import RIGHT, Serve, Service, notebook
from .test_task_batch import zipped

PEOPLE = 8
NAMES = [f"Pia Person{chr(97 + n)}" for n in range(PEOPLE)]
ZIP = {f"{name}_{n}_assignsubmission_file/mine.ipynb": notebook(*RIGHT, str(n)) for n, name in enumerate(NAMES)}


def rows(service: Service, query: str) -> list[Any]:
    """Return what the service's database says."""
    with contextlib.closing(sqlite3.connect(service.folder / "data" / "grader.sqlite3", timeout=30)) as database:
        return database.execute(query).fetchall()


def within(service: Service, code: str) -> str:
    """Return what code with the service's tables prints."""
    start = "from grader.service.setup_django import setup_django\nsetup_django()\n"
    imports = (
        "import json\nfrom grader.service.models import *\nfrom grader.service.work.task_progress import ask_for\n"
    )
    names = "course = Course.objects.get()\nassignment = course.assignments.get()\nby = Account.objects.first()\n"
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", start + imports + names + code],
        env=service.environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip()


def done_with_a_kill(service: Service, task: str, begun: str) -> None:
    """Wait for a task whose worker is killed once, as soon as ``begun`` is more than 1."""
    state = f"select state from service_task where id = {task}"  # noqa: S608 - a number
    service.wait(lambda: rows(service, begun)[0][0] > 1, every_s=0.002)
    [worker] = service.processes("worker_process")
    assert rows(service, state) == [("running",)], "it was over before the worker was killed"
    worker.kill()
    service.wait(lambda: rows(service, state)[0][0] in ("done", "failed"))
    assert rows(service, state) == [("done",)]


@pytest.mark.exhaustive
def test_a_killed_worker_takes_publishes_and_grades_nothing_twice(serve: Serve) -> None:
    """One upload a person after the batch, and one more result each after the regrade."""
    service = serve(workers=1)
    (service.folder / "zip").write_bytes(zipped(ZIP))
    add = f"for name in {NAMES}:\n    Member.objects.create(course=course, name=name)\n"
    ask = "blob = store_blob([open('zip', 'rb').read()])\nprint(ask_for('batch', assignment, by, sha256=blob.sha256, name='a.zip').pk)"  # noqa: E501
    batch = within(
        service,
        f"import os\nos.chdir({str(service.folder)!r})\nfrom grader.service.blob_store import store_blob\n{add}{ask}",
    )
    done_with_a_kill(service, batch, "select count(*) from service_upload")
    assert rows(service, "select count(*), count(distinct member_id) from service_upload") == [(PEOPLE, PEOPLE)]

    service.wait(lambda: rows(service, "select count(*) from service_upload where state != 'graded'") == [(0,)])
    change = (
        "for r in PublishedResult.objects.all():\n    r.document['provenance']['assignment'] = '0' * 64\n    r.save()\n"
    )
    preview = within(service, f"{change}print(ask_for('regrade', assignment, by, choice='all').pk)")
    done_with_a_kill(service, preview, "select count(*) from service_previewedresult")
    apply = within(service, f"print(ask_for('apply-regrade', assignment, by, preview={preview}).pk)")
    done_with_a_kill(service, apply, "select count(*) from service_publishedresult where version = 2")

    versions = rows(service, "select count(*) from service_publishedresult group by upload_id")
    assert versions == [(2,)] * PEOPLE
    [(found,)] = rows(service, f"select found from service_task where id = {batch}")  # noqa: S608 - a number
    assert json.loads(found)["taken"] == PEOPLE
