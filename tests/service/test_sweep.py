"""Rows whose work the queue has lost, and the work of dead workers."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import People


@pytest.fixture
def upload(people: People, queue: Any) -> Any:
    """An upload that was put in the queue."""
    from grader.service.accept import accept
    from grader.service.work.dispatcher import dispatch

    made = accept(people.assignment, people.member("student"), "mine.ipynb", [b"{}"], by=None)
    dispatch()
    return made


def state(upload: Any) -> str:
    """Return an upload's state as its row has it."""
    upload.refresh_from_db()
    return str(upload.state)


def begin(upload: Any, worker: str) -> None:
    """Have the queue say that a worker has begun to grade an upload."""
    import sqlalchemy as sa
    from django.conf import settings

    engine = sa.create_engine(settings.CONFIG.queue_url)
    with engine.begin() as connection:
        set_ = "UPDATE workflow_status SET status='PENDING', executor_id=:worker WHERE workflow_uuid=:id"
        connection.execute(sa.text(set_), {"worker": worker, "id": f"grade-{upload.pk}-1"})
    engine.dispose()


def test_what_is_in_the_queue_is_left_there(upload: Any) -> None:
    """A row whose work waits in the queue, or is being done, stays as it is."""
    from grader.service.work.sweep import Sweep

    assert Sweep().look() == 0
    assert state(upload) == "queued"


def test_what_the_queue_has_lost_is_put_there_again(upload: Any, queue: Any) -> None:
    """A row without work in the queue is accepted anew, and has work then."""
    from grader.service.work.dispatcher import dispatch
    from grader.service.work.sweep import Sweep

    queue.delete_workflows([f"grade-{upload.pk}-1"])

    assert Sweep().look() == 1
    assert dispatch() == 1
    assert state(upload) == "queued"
    assert [w.status for w in queue.list_workflows()] == ["ENQUEUED"]


def test_what_ended_without_a_result_is_done_again(upload: Any, queue: Any) -> None:
    """An open row whose work is over in the queue has work again."""
    from grader.service.work.dispatcher import dispatch
    from grader.service.work.sweep import Sweep

    queue.cancel_workflow(f"grade-{upload.pk}-1")

    assert Sweep().look() == 1
    dispatch()
    assert [w.status for w in queue.list_workflows()] == ["ENQUEUED"]


def test_a_sweep_comes_to_every_row(people: People, queue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few rows one look takes, lost ones are found in the end."""
    from grader.service.accept import accept
    from grader.service.models import Upload
    from grader.service.work import sweep

    monkeypatch.setattr(sweep, "_AT_ONCE", 2)
    for _ in range(5):
        accept(people.assignment, people.member("student"), "mine.ipynb", [b"{}"], by=None)
    Upload.objects.update(state="queued")
    looks = sweep.Sweep()

    assert sum(looks.look() for _ in range(3)) == 5


def test_the_work_of_a_worker_that_does_not_answer_is_taken_over(upload: Any, queue: Any) -> None:
    """It is put back once the worker's row has not changed for some looks, not before."""
    from grader.service.work import heartbeats

    heartbeats.begin_heartbeat("dead", "elsewhere")
    begin(upload, "dead")
    others = heartbeats.OtherWorkers()

    taken = [others.take_over(heartbeats.pending_workflows()) for _ in range(heartbeats.LOOKS_UNTIL_DEAD + 2)]

    assert sum(taken[:-2]) == 0
    assert sum(taken) == 1
    assert [(w.status, w.queue_name) for w in queue.list_workflows()] == [("ENQUEUED", "grading")]


def test_a_clock_that_is_set_back_declares_nobody_dead(upload: Any) -> None:
    """A worker lives as long as its row changes, whatever time stands there."""
    from datetime import timedelta

    from grader.service.models import WorkerHeartbeat
    from grader.service.work import heartbeats

    heartbeats.begin_heartbeat("behind", "elsewhere")
    begin(upload, "behind")
    others = heartbeats.OtherWorkers()
    row = WorkerHeartbeat.objects.get(name="behind")

    for beat in range(3 * heartbeats.LOOKS_UNTIL_DEAD):
        row.seen -= timedelta(days=beat)
        row.save()
        assert others.take_over(heartbeats.pending_workflows()) == 0


def test_two_workers_take_work_over_once(upload: Any, queue: Any) -> None:
    """What one has put back and begun anew is not put back by one that saw it before."""
    from grader.service.work import heartbeats

    begin(upload, "dead")  # of whom there is no row
    seen = heartbeats.pending_workflows()
    heartbeats.begin_heartbeat("first", "here")
    first, second = heartbeats.OtherWorkers(), heartbeats.OtherWorkers()

    assert first.take_over(seen) == 1
    begin(upload, "first")

    assert second.take_over(seen) == 0
    assert [w.status for w in queue.list_workflows()] == ["PENDING"]


def test_a_worker_whose_name_another_one_took_ends(people: People) -> None:
    """Its next sign of life is refused in a sentence."""
    from grader.errors import UsageError
    from grader.service.models import WorkerHeartbeat
    from grader.service.work import heartbeats

    heartbeats.begin_heartbeat("one", "here")
    WorkerHeartbeat.objects.filter(name="one").update(machine="elsewhere", process=1)

    with pytest.raises(UsageError, match="another worker named one has started, on elsewhere"):
        heartbeats.beat("one", "here")


def test_work_that_ended_long_ago_leaves_the_queue(people: People, upload: Any, queue: Any) -> None:
    """What waits stays, however old it is, and so does what has just ended."""
    import sqlalchemy as sa
    from django.conf import settings

    from grader.service.accept import accept
    from grader.service.work.dispatcher import dispatch
    from grader.service.work.ended_workflows import forget_ended

    for name in ("old.ipynb", "new.ipynb"):
        accept(people.assignment, people.member("student"), name, [b"{}"], by=None)
    dispatch()
    old, new = (w.workflow_id for w in queue.list_workflows() if w.workflow_id != f"grade-{upload.pk}-1")
    queue.cancel_workflows([old, new])
    engine = sa.create_engine(settings.CONFIG.queue_url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE workflow_status SET created_at=1"))
        connection.execute(sa.text("UPDATE workflow_status SET completed_at=1 WHERE workflow_uuid=:id"), {"id": old})
    engine.dispose()

    assert forget_ended() == 1
    assert {w.workflow_id for w in queue.list_workflows()} == {f"grade-{upload.pk}-1", new}
