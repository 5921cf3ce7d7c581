"""Servers that are told of results: signed, at least once, again after failures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from .conftest import RIGHT, People, Serve, notebook
from .hook_receiver import HOST, Receiver, receiving
from .results import graded, publish, result
from .staff_client import actions, correct, text
from .test_task_kills import rows, within

HOOKS = "/staff/first/hooks"
ALL = ["submission.graded", "submission.regraded", "submission.corrected"]


@pytest.fixture
def receiver(people: People, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A server that may be told although it is on loopback."""
    from django.conf import settings

    monkeypatch.setattr(settings.CONFIG, "allowed_private_hosts", [HOST])
    with receiving() as made:
        yield made


def register(people: People, receiver: Receiver, *events: str, path: str = "/told") -> str:
    """Register an address as the instructor, and return the secret that is shown."""
    answer = people.client("instructor").post(HOOKS, {"url": receiver.url + path, "events": events or ALL})
    assert answer.status_code == 200, text(answer)
    return text(answer).partition('<code class="secret">')[2].partition("<")[0]


def deliveries() -> list[Any]:
    """Return the rows, oldest first."""
    from grader.service.models import HookDelivery

    return list(HookDelivery.objects.order_by("pk").select_related("hook"))


def attempt(row: Any) -> Any:
    """Send a delivery as a worker does to which the queue gives it, and return its row."""
    from grader.service.models import HookDelivery
    from grader.service.work.hook_delivery import deliver

    HookDelivery.objects.filter(pk=row.pk).update(state="queued")
    row.refresh_from_db()
    deliver(row.pk, row.attempt)
    row.refresh_from_db()
    return row


def test_a_result_is_told_with_a_signature(people: People, receiver: Receiver) -> None:
    """The receiver verifies it with the secret, and finds ids, score and a link alone."""
    secret = register(people, receiver)
    upload = graded(people, "student", scale=2.0)

    attempt(deliveries()[0])

    [(path, headers, body)] = receiver.came
    said = Webhook(secret).verify(body, headers)
    assert path == "/told"
    assert said["type"] == "submission.graded"
    assert said["data"] | {"link": "", "api": ""} == {
        "submission": str(upload.pk), "course": "first", "assignment": "tiny", "attempt": 1, "version": 1,
        "state": "graded", "score": 4.0, "max_score": 6.0, "link": "", "api": "",
    }  # fmt: skip
    assert said["data"]["link"].endswith(f"/uploads/{upload.pk}/")
    assert b"student" not in body
    assert len(body) < 20_000


def test_each_change_of_a_grade_is_told_once(people: People, receiver: Receiver) -> None:
    """Also when a worker publishes the same result again."""
    register(people, receiver)
    upload = graded(people, "student")
    publish(upload, result(upload))
    correct(people, "student", points="1", comment="As agreed.")
    correction = people.assignment.corrections.get()
    people.client("grader").post(
        f"/staff/first/tiny/people/{people.member('student').pk}/corrections/{correction.pk}/take-back"
    )
    upload.version = 2
    publish(upload, result(upload, 1.0))

    said = [json.loads(row.body) for row in deliveries()]
    assert [s["type"].partition(".")[2] for s in said] == ["graded", "corrected", "corrected", "regraded"]
    assert [s["data"]["score"] for s in said[:3]] == [6.0, 1.0, 6.0]
    assert len({row.webhook_id for row in deliveries()}) == 4


def test_a_submission_that_failed_through_us_has_no_score(people: People, receiver: Receiver) -> None:
    """It is told as such."""
    from grader.result import SubmissionStatus

    register(people, receiver)
    graded(people, "student", changes={"status": SubmissionStatus.ERROR, "exercises": (), "score": 0.0})

    data = json.loads(deliveries()[0].body)["data"]
    assert (data["state"], data["score"]) == ("error", None)


def test_an_address_is_told_of_what_it_asked_for(people: People, receiver: Receiver) -> None:
    """Other events and other courses are none of its business."""
    register(people, receiver, "submission.corrected")
    graded(people, "student")

    assert deliveries() == []


def test_a_failure_is_tried_again_under_the_same_id(people: People, receiver: Receiver) -> None:
    """The same bytes, a signature of now, and later from time to time."""
    secret = register(people, receiver)
    graded(people, "student")
    receiver.will_answer(500)
    row = attempt(deliveries()[0])
    waits = row.due - datetime.now(UTC)

    assert (row.state, row.failures, row.answer) == ("accepted", 1, "answered 500")
    assert timedelta(seconds=3) < waits < timedelta(seconds=6)
    receiver.will_answer(204)
    assert attempt(row).state == "delivered"
    (_, first, body), (_, second, again) = receiver.came
    assert (first["webhook-id"], body) == (second["webhook-id"], again)
    Webhook(secret).verify(again, second)


def test_the_pauses_are_those_of_the_standard() -> None:
    """Ten attempts within four days, each pause up to a tenth longer, none at the same time."""
    from grader.service.work.hook_delivery import pause_after

    hours = [pause_after("msg_0000", n).total_seconds() / 3600 for n in range(9)]  # type: ignore[union-attr]
    longest = [pause_after("msg_ffff", n).total_seconds() / 3600 for n in range(9)]  # type: ignore[union-attr]

    assert hours[2:] == [0.5, 2, 5, 10, 14, 20, 24]
    assert longest == pytest.approx([1.1 * hour for hour in hours])
    assert pause_after("msg_0000", 9) is None


def test_what_fails_for_days_is_given_up_and_sent_again_by_staff(people: People, receiver: Receiver) -> None:
    """Staff sees it with the last answer, and one button sends it, under its old id."""
    register(people, receiver)
    graded(people, "student")
    receiver.will_answer(302, Location="http://127.0.0.1:1/")
    row = deliveries()[0]
    for _ in range(10):
        row = attempt(row)
    assert row.state == "dead"
    assert len(receiver.came) == 10
    page = text(people.client("grader").get(HOOKS))
    assert "given up" in page
    assert "answered 302, and is not followed elsewhere" in page
    assert "/told" not in page  # of the address, which may hold a secret, a grader sees the host

    replay = f"{HOOKS}/deliveries/{row.pk}/replay"
    assert people.client("grader").post(replay).status_code == 404
    assert people.client("other_instructor").post(replay).status_code == 404
    people.client("instructor").post(replay)
    receiver.will_answer(200)
    row.refresh_from_db()
    assert attempt(row).state == "delivered"
    assert len({headers["webhook-id"] for _, headers, _ in receiver.came}) == 1
    assert actions(people)[-2:] == ["made a hook", "replayed a delivery"]


def test_a_receiver_that_is_gone_is_told_no_more(people: People, receiver: Receiver) -> None:
    """410 switches the hook off with all that waits, until an instructor switches it on."""
    register(people, receiver)
    graded(people, "student")
    graded(people, "classmate")
    receiver.will_answer(410)
    attempt(deliveries()[0])

    assert {row.state for row in deliveries()} == {"dead"}
    graded(people, "student")
    assert len(deliveries()) == 2
    people.client("instructor").post(f"{HOOKS}/{deliveries()[0].hook.pk}/resume")
    graded(people, "student")
    assert len(deliveries()) == 3


def test_a_receiver_may_ask_to_wait(people: People, receiver: Receiver) -> None:
    """Nothing is sent to it before, neither this nor other events."""
    from grader.service.models import OutgoingHook

    register(people, receiver)
    graded(people, "student")
    receiver.will_answer(503, Retry_After="600")
    row = attempt(deliveries()[0])

    now, least = datetime.now(UTC), timedelta(seconds=598)
    assert row.due - now > least
    not_before = OutgoingHook.objects.get().not_before
    assert not_before is not None
    assert least < not_before - now < timedelta(seconds=601)


def test_a_date_in_retry_after_is_understood() -> None:
    """HTTP has two forms; what is neither asks for nothing, and nobody for more than a day."""
    from grader.service.work.hook_delivery import asked_wait

    now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert asked_wait("Mon, 30 Nov 2026 12:10:00 GMT", now) == timedelta(minutes=10)
    assert asked_wait("Mon, 30 Nov 2026 11:10:00 GMT", now) == timedelta()
    assert [asked_wait(text, now) for text in ("", "soon", "-5")] == [None] * 3
    assert asked_wait("9" * 30, now) == timedelta(days=1)


def test_what_can_never_be_told_is_not_registered(people: People) -> None:
    """The form says why."""
    for url in ("http://example.org/", "https://name:secret@example.org/", "file:///etc/passwd", "nowhere"):
        assert people.client("instructor").post(HOOKS, {"url": url, "events": ALL}).status_code == 422, url


def test_a_private_address_is_not_told(people: People, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name may have had another address when it was registered."""
    from django.conf import settings

    monkeypatch.setattr(settings.CONFIG, "allowed_private_hosts", [])
    people.client("instructor").post(HOOKS, {"url": receiver.url.replace("http:", "https:"), "events": ALL})
    graded(people, "student")

    assert "private address" in attempt(deliveries()[0]).answer
    assert receiver.came == []


def test_the_secret_is_shown_once_and_not_stored(people: People, receiver: Receiver) -> None:
    """Neither the page nor the row has it."""
    from grader.service.models import OutgoingHook

    secret = register(people, receiver)

    assert secret.startswith("whsec_")
    assert secret not in text(people.client("instructor").get(HOOKS))
    assert secret not in str(OutgoingHook.objects.values_list())


def test_what_is_due_is_put_in_the_queue_once(people: People, receiver: Receiver, queue: Any) -> None:
    """What waits for its time or its receiver stays a row; what was lost is put there anew."""
    from django.utils import timezone

    from grader.service.models import HookDelivery, OutgoingHook, Upload
    from grader.service.work.dispatcher import dispatch
    from grader.service.work.sweep import Sweep

    register(people, receiver)
    graded(people, "student"), graded(people, "classmate")
    Upload.objects.update(state="graded")
    later = timezone.now() + timedelta(hours=1)
    first, second = deliveries()
    HookDelivery.objects.filter(pk=second.pk).update(due=later)

    assert [dispatch(), dispatch()] == [1, 0]
    name = f"hook-{first.pk}-1"
    assert [(w.workflow_id, w.queue_name) for w in queue.list_workflows()] == [(name, "hooks")]
    queue.delete_workflows([name])
    assert [Sweep().look(), dispatch()] == [1, 1]
    HookDelivery.objects.filter(pk=second.pk).update(due=timezone.now())
    OutgoingHook.objects.update(not_before=later)
    assert dispatch() == 0


@pytest.mark.exhaustive
def test_a_worker_tells_an_address(serve: Serve) -> None:
    """From the upload to the receiver, in processes of their own, with a failure in between."""
    with receiving() as receiver:
        receiver.answers = [(500, {}, b""), (200, {}, b"")]
        service = serve(allowed_private_hosts=HOST)
        within(
            service,
            "from grader.service.models import OutgoingHook\n"
            f"OutgoingHook.objects.create(course=course, url='{receiver.url}/told', salt='s', events={ALL!r})",
        )
        said = service.graded(notebook(*RIGHT))

        service.wait(lambda: rows(service, "select state from service_hookdelivery") == [("delivered",)])
        assert [json.loads(body)["data"]["score"] for _, _, body in receiver.came] == [said["score"]] * 2
