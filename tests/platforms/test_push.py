"""Grades are written once, only where something changed, and never over somebody's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.errors import PlatformError, UsageError
from grader.export.request import Options, Request
from grader.output_folder import read_batch
from grader.person import Person
from grader.platforms import open_platform
from grader.platforms.push import PushedGrade, PushOptions, PushStatus, plan_push, preview_push, write_push
from grader.platforms.push_journal import PushJournal
from grader.result import SubmissionStatus
from tests.platforms import states
from tests.platforms.conftest import Batch, RunningStandIn, Start

State = dict[str, Any]
Push = Callable[..., dict[str, PushedGrade]]
ADA, EVE = states.graded(1, "Ada", 11.0), states.graded(5, "Eve", 8.5)
MOODLE_CID = states.graded(3, "Cid", 7.0)


@pytest.fixture
def push() -> Push:
    """Push a folder to a platform; nothing waits. What became of each, by the person's number."""

    def pushed(
        platform: RunningStandIn,
        out: Path,
        name: str = "canvas",
        *,
        write: bool = True,
        replaced: Sequence[str] = (),
        comments: bool = True,
        files: bool = True,
        **options: Any,
    ) -> dict[str, PushedGrade]:
        grades, _ = read_batch(out)
        request = Request(grades, "lens", "Lens", Options(**options))
        with open_platform(name, platform.page, wait=lambda seconds: None) as opened:
            plan = plan_push(opened, request, PushOptions(comments, files, replaced))
            if not write:
                return {one.member.id: one for one in preview_push(opened, plan, out)}
            with PushJournal(out, opened.address) as journal:
                return {one.member.id: one for one in write_push(opened, plan, journal)}

    return pushed


def writes(platform: RunningStandIn, number: int) -> list[Any]:
    """Return what was written for one person, in order."""
    state = platform.state
    of_one = state["submissions"][str(number)] if "users" in state else state["grades"].get(str(number), {})
    return list(of_one.get("writes", []))


def test_a_grade_arrives_with_its_comment_and_page(start: Start, canvas_state: State, batch: Batch, push: Push) -> None:
    """At once, so that nobody reads a grade without the reason."""
    platform = start("canvas", canvas_state)
    pushed = push(platform, batch(ADA, EVE))
    ada = platform.state["submissions"]["1"]

    assert [p.status for p in pushed.values()] == [PushStatus.WRITTEN, PushStatus.WRITTEN]
    assert ada["score"] == 11.0
    [comment] = ada["submission_comments"]
    assert comment["comment"].startswith("11 of 20 points.")
    assert comment["attachments"][0]["display_name"].startswith("feedback-")
    assert len(writes(platform, 1)) == 1


def test_what_is_there_already_is_not_written_again(
    start: Start, canvas_state: State, batch: Batch, push: Push
) -> None:
    """Of the same batch nothing, of a changed one what changed."""
    platform, out = start("canvas", canvas_state), batch(ADA, EVE)
    push(platform, out)
    assert {p.status for p in push(platform, out).values()} == {PushStatus.SAME}

    pushed = push(platform, batch(ADA, replace(EVE, score=9.0)))

    assert [p.status for p in pushed.values()] == [PushStatus.SAME, PushStatus.WRITTEN]
    assert [w["grade"] for w in writes(platform, 5)] == ["8.5", "9"]


def test_a_preview_writes_nothing(start: Start, canvas_state: State, batch: Batch, push: Push) -> None:
    """Neither there nor here, and it says what would be written."""
    platform, out = start("canvas", canvas_state), batch(ADA)
    [ada] = push(platform, out, write=False).values()

    assert (ada.status, ada.before, ada.change and ada.change.grade) == (PushStatus.PLANNED, None, 11.0)
    assert {r["method"] for r in platform.log} == {"GET"}
    assert not (out / "pushed.jsonl").exists()


def test_a_grade_that_was_changed_there_is_left(start: Start, canvas_state: State, batch: Batch, push: Push) -> None:
    """Somebody knew why; it is told, and stays until it is asked for."""
    platform, out = start("canvas", canvas_state), batch(ADA, EVE)
    push(platform, out)
    platform.set(
        submissions={k: s | {"score": 15.0, "entered_score": 15.0} for k, s in platform.state["submissions"].items()}
    )
    out = batch(replace(ADA, score=12.0), EVE)
    pushed = push(platform, out)

    assert [p.status for p in pushed.values()] == [PushStatus.LEFT, PushStatus.LEFT]
    assert pushed["1"].why == "changed there from 11 to 15 since it was written"
    assert platform.state["submissions"]["1"]["score"] == 15.0
    assert push(platform, out, replaced=["Ada_1"])["1"].status is PushStatus.WRITTEN
    assert platform.state["submissions"]["1"]["score"] == 12.0


def test_a_grade_that_was_removed_there_is_left(start: Start, canvas_state: State, batch: Batch, push: Push) -> None:
    """No grade is somebody's decision as well."""
    platform, out = start("canvas", canvas_state), batch(ADA)
    push(platform, out)
    platform.set(
        submissions={k: s | {"score": None, "entered_score": None} for k, s in platform.state["submissions"].items()}
    )

    assert "removed" in push(platform, out)["1"].why


def test_a_grade_of_unknown_origin_is_left(start: Start, canvas_state: State, batch: Batch, push: Push) -> None:
    """A tutor graded by hand before the batch was."""
    canvas_state["submissions"]["1"] |= {"score": 3.0, "entered_score": 3.0}

    assert push(start("canvas", canvas_state), batch(ADA))["1"].why == "has 3 there, which was not written from here"


def test_points_off_for_lateness_are_not_a_change(start: Start, canvas_state: State, batch: Batch, push: Push) -> None:
    """Canvas shows the grade after its own deduction, and what was entered beside it."""
    platform, out = start("canvas", canvas_state), batch(ADA)
    push(platform, out)
    platform.set(submissions={k: s | {"score": 5.0} for k, s in platform.state["submissions"].items()})

    assert push(platform, out)["1"].status is PushStatus.SAME


def test_who_has_handed_in_again_is_left(start: Start, canvas_state: State, batch: Batch, push: Push) -> None:
    """The grade would be taken for the new attempt's."""
    out = batch(replace(ADA, submission=replace(ADA.submission, submitted="2026-11-21T10:00:00+00:00")))

    assert "handed in again" in push(start("canvas", canvas_state), out)["1"].why


def test_who_has_no_graded_result_gets_nothing(start: Start, canvas_state: State, batch: Batch, push: Push) -> None:
    """Not handed in, or failed through our fault; excused there."""
    absent = states.graded(2, "Ben", 0.0, path="", sha256="")
    absent = replace(absent, status=SubmissionStatus.NOT_SUBMITTED, exercises=())
    failed = replace(states.graded(3, "Cid", 4.0), status=SubmissionStatus.ERROR)
    canvas_state["submissions"]["5"]["excused"] = True
    platform, out = start("canvas", canvas_state), batch(absent, failed, EVE)
    pushed = push(platform, out)

    assert set(pushed) == {"5"}
    assert pushed["5"].why == "excused in Canvas"
    assert not [r for r in platform.log if r["method"] != "GET"]

    assert push(platform, out, zero=True)["2"].status is PushStatus.WRITTEN
    assert platform.state["submissions"]["2"]["score"] == 0.0


def test_a_groups_grade_goes_to_every_member(start: Start, canvas_state: State, batch: Batch, push: Push) -> None:
    """Also where Canvas gives it to all at once; a newer one follows."""
    platform = start("canvas", canvas_state)
    team = states.graded(0, "Team", 12.0, claims=(Person(id="3"), Person(id="4")))
    push(platform, batch(team))
    pushed = push(platform, batch(replace(team, score=13.0)))

    assert {p.status for p in pushed.values()} == {PushStatus.WRITTEN}
    assert [platform.state["submissions"][n]["score"] for n in "34"] == [13.0, 13.0]
    assert [len(platform.state["submissions"][n]["submission_comments"]) for n in "34"] == [2, 2]


def test_a_stranger_stops_it(start: Start, canvas_state: State, batch: Batch, push: Push) -> None:
    """A grade of somebody whom the platform does not know is not lost in silence."""
    platform, out = start("canvas", canvas_state), batch(ADA, states.graded(77, "Zoe", 3.0))
    with pytest.raises(UsageError, match="Zoe"):
        push(platform, out)
    assert not writes(platform, 1)

    assert set(push(platform, out, partial=True)) == {"1"}


def test_other_points_stop_it(start: Start, canvas_state: State, batch: Batch, push: Push) -> None:
    """Unless they are to be converted."""
    canvas_state["assignment"]["points_possible"] = 10.0
    platform, out = start("canvas", canvas_state), batch(ADA)
    with pytest.raises(UsageError, match="--scale"):
        push(platform, out)

    push(platform, out, scale=True)
    assert platform.state["submissions"]["1"]["score"] == 5.5


def test_a_comment_by_hand_is_not_taken_for_ours(start: Start, canvas_state: State, batch: Batch, push: Push) -> None:
    """The token's owner writes others in Canvas; ours is not repeated for that."""
    platform, out = start("canvas", canvas_state), batch(ADA)
    push(platform, out)
    submissions = platform.state["submissions"]
    hand = {"id": 9, "author_id": 99, "comment": "Well done!", "created_at": "2026-12-24T00:00:00Z"}
    submissions["1"]["submission_comments"].append(hand)
    platform.set(submissions=submissions)

    assert push(platform, out)["1"].status is PushStatus.SAME


def test_comments_and_files_can_be_left_out(start: Start, canvas_state: State, batch: Batch, push: Push) -> None:
    """Grades alone."""
    platform = start("canvas", canvas_state)
    push(platform, batch(ADA), comments=False, files=False)

    assert writes(platform, 1) == [{"grade": "11", "comment": "", "files": 0}]


@pytest.mark.parametrize("kind", ["lost", "cut", "reset", "status"])
@pytest.mark.parametrize("name", ["canvas", "moodle"])
def test_an_answer_that_is_lost_is_asked_after(
    start: Start, canvas_state: State, moodle_state: State, batch: Batch, push: Push, kind: str, name: str
) -> None:
    """Whether it was done or not, in the end it was done once."""
    platform = start(name, canvas_state if name == "canvas" else moodle_state)
    method, path = ("PUT", "/submissions/1") if name == "canvas" else ("POST", "mod_assign_save_grade")
    platform.fault(path, kind, method=method)
    pushed = push(platform, batch(ADA), name)

    assert pushed["1"].status is PushStatus.WRITTEN
    assert len(writes(platform, 1)) == 1
    assert {p.status for p in push(platform, batch(ADA), name).values()} == {PushStatus.SAME}


@pytest.mark.parametrize("name", ["canvas", "moodle"])
def test_signs_in_a_comment_arrive_and_are_known_again(
    start: Start, canvas_state: State, moodle_state: State, batch: Batch, push: Push, name: str
) -> None:
    """Titles of exercises may name tokens; Moodle takes HTML, Canvas a text."""
    exercise = replace(ADA.exercises[0], title="Where <pad> & <bos> go")
    platform, out = (
        start(name, canvas_state if name == "canvas" else moodle_state),
        batch(replace(ADA, exercises=(exercise,))),
    )
    method, path = ("PUT", "/submissions/1") if name == "canvas" else ("POST", "mod_assign_save_grade")
    platform.fault(path, "lost", method=method)
    push(platform, out, name)
    state = platform.state

    assert len(writes(platform, 1)) == 1
    if name == "canvas":
        assert "Where <pad> & <bos> go" in state["submissions"]["1"]["submission_comments"][0]["comment"]
    else:
        assert "Where &lt;pad&gt; &amp; &lt;bos&gt; go" in state["grades"]["1"]["comment"]
    (out / "pushed.jsonl").unlink()
    assert push(platform, out, name)["1"].status is PushStatus.SAME


def test_a_limit_is_waited_for_and_nothing_is_written_twice(
    start: Start, canvas_state: State, batch: Batch, push: Push
) -> None:
    """Canvas throttles with 403."""
    platform = start("canvas", canvas_state)
    platform.fault(
        "/submissions/1", "status", status=403, body="403 Forbidden (Rate Limit Exceeded)", method="PUT", times=2
    )
    push(platform, batch(ADA))

    assert len(writes(platform, 1)) == 1


def test_one_that_is_refused_stops_no_other(start: Start, canvas_state: State, batch: Batch, push: Push) -> None:
    """It is told, and tried again the next time."""
    platform, out = start("canvas", canvas_state), batch(ADA, EVE)
    platform.fault("/submissions/1", "status", status=422, body='{"errors": [{"message": "closed"}]}', method="PUT")
    pushed = push(platform, out)

    assert (pushed["1"].status, pushed["5"].status) == (PushStatus.FAILED, PushStatus.WRITTEN)
    assert "closed" in pushed["1"].why
    assert push(platform, out)["1"].status is PushStatus.WRITTEN


def test_a_token_that_expires_ends_it_and_the_next_goes_on(
    start: Start, canvas_state: State, batch: Batch, push: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written stays written once."""
    platform, out = start("canvas", canvas_state), batch(ADA, EVE)
    platform.fault(
        "/submissions/5", "status", status=401, body='{"errors": [{"message": "Invalid access token."}]}', times=9
    )
    with pytest.raises(PlatformError, match="does not take the token"):
        push(platform, out)
    platform.ask(do="forget")
    platform.set(token="another")  # noqa: S106
    monkeypatch.setenv("GRADER_CANVAS_TOKEN", "another")
    push(platform, out)

    assert [len(writes(platform, n)) for n in (1, 5)] == [1, 1]


def test_moodle_gets_grade_comment_and_page(start: Start, moodle_state: State, batch: Batch, push: Push) -> None:
    """And what it has in another form is not taken for a change."""
    platform, out = start("moodle", moodle_state), batch(ADA, MOODLE_CID)
    pushed = push(platform, out, "moodle")
    grade = platform.state["grades"]["1"]

    assert {p.status for p in pushed.values()} == {PushStatus.WRITTEN}
    assert (grade["grade"], grade["attempt"]) == (11.0, 1)
    assert grade["comment"].startswith("11 of 20 points.")
    assert grade["files"][0].startswith("feedback-")
    assert {p.status for p in push(platform, out, "moodle").values()} == {PushStatus.SAME}


def test_a_comment_of_somebodys_on_moodle_stays(start: Start, moodle_state: State, batch: Batch, push: Push) -> None:
    """Moodle has one comment: ours does not take its place, nor is it lost with the grade."""
    moodle_state["grades"]["1"] = {
        "grade": -1.0,
        "attempt": 1,
        "time": 1,
        "comment": "Come &amp; see me",
        "files": ["a.pdf"],
    }
    platform = start("moodle", moodle_state)
    [ada] = push(platform, batch(ADA), "moodle").values()
    grade = platform.state["grades"]["1"]

    assert (grade["grade"], grade["comment"], grade["files"]) == (11.0, "Come &amp; see me", ["a.pdf"])
    assert len(ada.kept) == 2


def test_a_grade_that_moodle_has_not_released_is_seen(
    start: Start, moodle_state: State, batch: Batch, push: Push
) -> None:
    """The status of a submission does not tell it."""
    moodle_state |= {"unreleased": True, "grades": {"1": {"grade": 3.0, "attempt": 1, "time": 1}}}

    assert push(start("moodle", moodle_state), batch(ADA), "moodle")["1"].why.startswith("has 3 there")


def test_a_new_attempt_on_moodle_has_no_grade_yet(start: Start, moodle_state: State, batch: Batch, push: Push) -> None:
    """That of the one before is not newer, and stays that one's."""
    moodle_state["grades"] = {"1": {"grade": 3.0, "attempt": 0, "time": 1}}

    assert push(start("moodle", moodle_state), batch(ADA), "moodle")["1"].status is PushStatus.WRITTEN


def test_what_moodle_does_not_take_is_told(start: Start, moodle_state: State, batch: Batch, push: Push) -> None:
    """It says nothing of a grade that is locked."""
    moodle_state["locked"] = ["1"]

    assert "locked?" in push(start("moodle", moodle_state), batch(ADA), "moodle")["1"].why
