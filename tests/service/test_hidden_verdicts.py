"""When students learn of hidden checks: at once, after their deadline, or never."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from grader.provenance import Provenance
from grader.result import CheckResult, ExerciseResult, ExerciseStatus, GradingResult, Outcome, Visibility
from grader.result import SubmissionStatus as Status
from grader.submission import SubmissionRecord

from .conftest import People

SEEN = CheckResult("test_a", "It is a", Outcome.PASSED, 4.0, 4.0)
NOT_SEEN = CheckResult("test_b", "It works in general", Outcome.FAILED, 1.5, 2.0, Visibility.HIDDEN)
PASSED = replace(NOT_SEEN, outcome=Outcome.PASSED, points=2.0)


def published(people: People, *checks: CheckResult) -> Any:
    """Return an upload of the student's with a result of these checks, of 6 points."""
    from django.utils import timezone

    from grader.service.accept import accept
    from grader.service.models import PublishedResult, State

    upload = accept(people.assignment, people.member("student"), "mine.ipynb", [b"{}"], by=None)
    points = sum(c.points for c in checks)
    status = ExerciseStatus.PASSED if points == 6 else ExerciseStatus.PARTIAL
    message = "" if points == 6 else "The visible checks pass, but 1 on other inputs does not."
    made = ExerciseResult("scale", status, points, 6.0, message=message, checks=checks)
    record = SubmissionRecord(path="mine.ipynb", sha256=upload.sha256, id="x", student="student")
    result = GradingResult(record, "tiny", Status.GRADED, points, 6.0, (made,), provenance=Provenance())
    PublishedResult.objects.create(
        upload=upload, version=1, status="graded", score=points, max_score=6.0, document=result.to_json(), worker="w"
    )
    upload.state = State.GRADED
    upload.received = timezone.now() - timedelta(hours=1)
    upload.save()
    return upload


def set_to(people: People, verdicts: str, *, due_in: timedelta | None = None) -> None:
    """Say when hidden verdicts are shown, and when the deadline is."""
    from django.utils import timezone

    people.assignment.hidden_verdicts = verdicts
    people.assignment.due = None if due_in is None else timezone.now() + due_in
    people.assignment.save()


def seen_by_student(people: People, upload: Any) -> str:
    """Return the text of everything that the student can load of an upload."""
    from grader.service.credentials import Scope, make_token

    client = people.client("student")
    token = make_token(people.accounts["student"], "x", [Scope.READ])
    pages = ["/", "/courses/first/tiny/", *(f"/uploads/{upload.pk}/{part}" for part in ("", "progress", "report"))]
    parts = [f"/api/v1/submissions/{upload.pk}{part}" for part in ("", "/result", "/report")]
    answers = [client.get(path) for path in pages]
    answers += [client.get(path, headers={"Authorization": f"Bearer {token}"}) for path in parts]
    assert {answer.status_code for answer in answers} == {200}
    return "\n".join(answer.content.decode() for answer in answers)


def varied(text: str) -> str:
    """Return a text without what differs between two uploads that are alike."""
    import re

    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|csrf\S+\s+value=\S+|<time.*?</time>|\d{4}-\d\d-\d\dT[\d:.+Z]+", "", text)


@pytest.mark.parametrize("verdicts", ["after the deadline", "never"])
def test_nothing_that_a_student_loads_depends_on_hidden_checks(people: People, verdicts: str) -> None:
    """Before the deadline, or ever, all of it is the same whether they pass."""
    set_to(people, verdicts, due_in=timedelta(days=1))
    seen = []
    for not_seen in (NOT_SEEN, PASSED):
        upload = published(people, SEEN, not_seen)
        seen.append(varied(seen_by_student(people, upload)))
        upload.results.all().delete()
        upload.delete()

    assert seen[0] == seen[1]
    assert "4 of 4 visible points" in seen[0]


@pytest.mark.parametrize(("verdicts", "due_in"), [("at once", 1), ("after the deadline", -1)])
def test_what_may_be_known_is_told(people: People, verdicts: str, due_in: int) -> None:
    """The whole score stands on the pages, and in the API's answer."""
    set_to(people, verdicts, due_in=timedelta(days=due_in))

    seen = seen_by_student(people, published(people, SEEN, NOT_SEEN))

    assert "5.5 of 6 points" in seen
    assert '"score": 5.5' in seen


def test_an_extension_holds_verdicts_back_for_who_has_it(people: People) -> None:
    """Who may still hand in on time learns no more than before."""
    from grader.service.models import DueExtension

    set_to(people, "after the deadline", due_in=-timedelta(days=1))
    DueExtension.objects.create(assignment=people.assignment, member=people.member("student"), days=3)

    assert "5.5 of 6" not in seen_by_student(people, published(people, SEEN, NOT_SEEN))


def test_staff_sees_everything_before_the_deadline(people: People) -> None:
    """What is held back is held back from students alone."""
    set_to(people, "never")
    upload = published(people, SEEN, NOT_SEEN)

    assert b"5.5 of 6 points" in people.client("grader").get(f"/uploads/{upload.pk}/review").content
