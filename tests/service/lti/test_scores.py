"""Scores in a platform's gradebook: each arrives, none over a newer one, none twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from ..conftest import People
from ..results import graded, publish, result
from .conftest import Browser, LearningPlatform


@dataclass
class Gradebook:
    """One student's grades: what is handed in here, and what the platform is told of it."""

    platform: LearningPlatform
    people: People

    def __post_init__(self) -> None:
        """Have the student come from the platform."""
        from grader.service.lti.score_rows import ScoreRows

        Browser(self.platform).launch("student-1")
        member = self.people.assignment.course.members.get(email="student-1@example.org")
        self.people.accounts["student-1"] = member.account
        self.rows = ScoreRows()

    def hand_in(self, scale: float, **fields: Any) -> Any:
        """Hand in what is worth so many points of the first exercise, and grade it."""
        return graded(self.people, "student-1", scale, **fields)

    def work(self) -> None:
        """Do what a worker does each few seconds."""
        from grader.service.lti.score_delivery import send_due

        self.rows.look()
        send_due()

    def later(self) -> None:
        """Let so much time pass that whatever failed is tried again, and work."""
        from django.utils import timezone

        from grader.service.lti.models import ScorePassback

        ScorePassback.objects.filter(state="waiting").update(due=timezone.now() - timedelta(seconds=1))
        self.work()

    @property
    def posted(self) -> list[dict[str, Any]]:
        """What the platform was sent."""
        return list(self.platform.state["posted"])

    @property
    def stands(self) -> Any:
        """The score in the gradebook."""
        return self.platform.state["results"].get("link-1/student-1", {}).get("scoreGiven")

    @property
    def states(self) -> list[str]:
        """What became of each row, oldest first."""
        from grader.service.lti.models import ScorePassback

        return [row.state for row in ScorePassback.objects.order_by("number")]


@pytest.fixture
def gradebook(connected: LearningPlatform, people: People) -> Gradebook:
    """The grades of a student who came from the platform."""
    return Gradebook(connected, people)


def test_a_score_arrives_with_the_reports_address_and_the_results_time(gradebook: Gradebook) -> None:
    """Once, however often is looked."""
    upload = gradebook.hand_in(3.0)
    gradebook.work()
    gradebook.later()

    assert len(gradebook.posted) == 1
    score = gradebook.posted[0]
    assert (score["userId"], score["scoreGiven"], score["scoreMaximum"]) == ("student-1", 5.0, 6.0)
    assert (score["activityProgress"], score["gradingProgress"]) == ("Completed", "FullyGraded")
    assert f"/uploads/{upload.pk}/report" in score["comment"]
    assert score["timestamp"][:23] == upload.results.get().graded.isoformat()[:23]


def test_another_attempt_a_correction_and_taking_it_back_replace_it(gradebook: Gradebook) -> None:
    """Each is newer than the one before."""
    from django.utils import timezone

    from grader.service.models import Correction

    gradebook.hand_in(3.0)
    gradebook.work()
    upload = gradebook.hand_in(1.0)
    gradebook.work()
    assert gradebook.stands == 3.0
    about = {"assignment": upload.assignment, "member": upload.member, "sha256": upload.sha256}
    correction = Correction.objects.create(points=6.0, **about)
    gradebook.work()
    assert gradebook.stands == 6.0
    correction.taken_back = timezone.now()
    correction.save()
    gradebook.work()

    assert gradebook.stands == 3.0
    times = [score["timestamp"] for score in gradebook.posted]
    assert times == sorted(set(times))


def test_terms_that_change_change_the_score(gradebook: Gradebook) -> None:
    """Nobody has to tell of it."""
    upload = gradebook.hand_in(4.0)
    gradebook.work()
    assignment = upload.assignment
    assignment.due, assignment.late_per_day = upload.received - timedelta(hours=3), 50
    assignment.save()
    gradebook.work()

    assert gradebook.stands == 3.0


def test_what_failed_through_a_fault_of_ours_sends_nothing(gradebook: Gradebook) -> None:
    """The score before it stays."""
    from grader.result import SubmissionStatus

    gradebook.hand_in(3.0)
    gradebook.work()
    gradebook.hand_in(0.0, changes={"status": SubmissionStatus.ERROR, "score": 0.0, "exercises": ()})
    gradebook.work()

    assert (len(gradebook.posted), gradebook.stands) == (1, 5.0)


def test_what_staff_has_to_look_at_is_pending(gradebook: Gradebook) -> None:
    """The platform's teacher reads that somebody must look."""
    upload = gradebook.hand_in(3.0)
    upload.version += 1
    upload.save()
    made = result(upload, 3.0)
    doubt = replace(made.submission, conflicts=("Two people handed this in.",))
    upload.platform = {"conflicts": ["Two people handed this in."]}
    upload.save()
    publish(upload, replace(made, submission=doubt))
    gradebook.work()

    assert gradebook.posted[-1]["gradingProgress"] == "PendingManual"


def test_hidden_verdicts_are_not_told_before_the_deadline(gradebook: Gradebook) -> None:
    """Until then only that something was handed in; the score after it."""
    from django.utils import timezone

    assignment = gradebook.people.assignment
    assignment.hidden_verdicts, assignment.due = "after the deadline", timezone.now() + timedelta(hours=1)
    assignment.save()
    gradebook.hand_in(3.0)
    gradebook.work()
    assert "scoreGiven" not in gradebook.posted[0]
    assert gradebook.posted[0]["gradingProgress"] == "Pending"

    assignment.uploads.update(received=timezone.now() - timedelta(hours=2))
    assignment.due = timezone.now() - timedelta(hours=1)
    assignment.save()
    gradebook.work()

    assert gradebook.stands == 5.0


@pytest.mark.parametrize("fault", ["503", pytest.param("500", marks=pytest.mark.exhaustive)])
def test_a_platform_that_is_away_is_waited_for(gradebook: Gradebook, fault: str) -> None:
    """However long; of the scores of that time the newest arrives."""
    gradebook.platform.set(score_fault=fault)
    gradebook.hand_in(1.0)
    gradebook.work()
    for _ in range(12):
        gradebook.later()
    gradebook.hand_in(3.0)
    gradebook.later()
    gradebook.platform.set(score_fault="")
    gradebook.later()
    gradebook.later()

    assert gradebook.states == ["superseded", "sent"]
    assert gradebook.stands == 5.0
    assert [s["scoreGiven"] for s in gradebook.posted if not s["fault"]] == [5.0]


def test_a_failed_score_is_not_tried_again_at_once(gradebook: Gradebook) -> None:
    """A platform that has trouble is left alone for a while."""
    gradebook.platform.set(score_fault="503")
    gradebook.hand_in(1.0)
    gradebook.work()
    gradebook.work()

    assert len(gradebook.posted) == 1


def test_a_score_whose_answer_was_lost_is_in_effect_once(gradebook: Gradebook) -> None:
    """The platform's own result tells that it arrived."""
    gradebook.platform.set(score_fault="lost")
    gradebook.hand_in(3.0)
    gradebook.work()
    gradebook.platform.set(score_fault="")
    gradebook.later()

    assert (gradebook.states, len(gradebook.posted)) == (["sent"], 1)


def test_a_grade_that_was_changed_in_the_platform_stays(gradebook: Gradebook) -> None:
    """Staff reads of it here; once it is cleared there, the score is sent."""
    gradebook.hand_in(1.0)
    gradebook.work()
    by_hand = {"scoreGiven": 60.0, "scoreMaximum": 100.0, "timestamp": "2026-01-01T00:00:00Z"}
    gradebook.platform.set(results={"link-1/student-1": by_hand})
    gradebook.hand_in(3.0)
    gradebook.work()
    gradebook.later()

    assert (gradebook.states, gradebook.stands) == (["sent", "held"], 60.0)
    client = gradebook.people.client("instructor")
    assert b"Somebody changed this grade in the platform" in client.get("/staff/first/tiny/gradebook").content
    gradebook.platform.set(results={})
    assert client.post("/staff/first/tiny/gradebook/again").status_code == 302
    gradebook.work()
    assert gradebook.stands == 5.0


def test_a_score_that_is_refused_again_and_again_is_shown_to_staff(gradebook: Gradebook) -> None:
    """It is not tried for ever."""
    gradebook.platform.set(score_fault="403")
    gradebook.hand_in(1.0)
    for _ in range(10):
        gradebook.later()

    assert (gradebook.states, len(gradebook.posted)) == (["failed"], 8)
    page = gradebook.people.client("grader").get("/staff/first/tiny/gradebook").content
    assert b"answered with status 403" in page


def test_a_score_waits_while_an_older_one_is_being_sent(gradebook: Gradebook) -> None:
    """Else the older one could arrive last, at a platform that looks at no times."""
    from django.utils import timezone

    from grader.service.lti.models import ScorePassback

    gradebook.hand_in(1.0)
    gradebook.rows.look()
    minute = timezone.now() + timedelta(minutes=1)
    ScorePassback.objects.update(sending=minute, due=minute, tries=1)
    gradebook.hand_in(3.0)
    gradebook.work()
    assert gradebook.posted == []
    ScorePassback.objects.update(sending=timezone.now())
    gradebook.work()

    assert gradebook.stands == 5.0


def test_two_workers_make_one_row_and_send_it_once(gradebook: Gradebook) -> None:
    """What another one has begun is left alone."""
    from grader.service.lti import score_delivery
    from grader.service.lti.models import ScorePassback
    from grader.service.lti.score_rows import ScoreRows

    gradebook.hand_in(1.0)
    assert (gradebook.rows.look(), ScoreRows().look()) == (1, 0)
    pk = ScorePassback.objects.get().pk

    assert score_delivery._claim(pk) is not None
    assert score_delivery._claim(pk) is None


def test_a_link_without_a_column_is_given_one(connected: LearningPlatform, people: People) -> None:
    """The one that the platform has for it, or else a new one."""
    from grader.service.lti.models import LtiLink

    gradebook = Gradebook(connected, people)
    LtiLink.objects.update(line_item="")
    gradebook.hand_in(3.0)
    gradebook.work()
    made = connected.state["columns"]
    assert [(c["label"], c["scoreMaximum"], c["resourceLinkId"]) for c in made] == [("Tiny", 6.0, "link-1")]
    LtiLink.objects.update(line_item="")
    gradebook.hand_in(1.0)
    gradebook.work()

    assert len(connected.state["columns"]) == 1
    assert [s["column"] for s in gradebook.posted] == ["made-0", "made-0"]
