"""What is pulled from a platform is what intake knows of it, whatever fails on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.errors import MachineError, PlatformError, RequestRefusedError, UsageError
from grader.intake import find, join, read_roster
from grader.intake.pull_manifest import read_manifest
from grader.platforms import open_platform
from grader.platforms.pull import Pulled, pull
from grader.submission import Submission
from tests.platforms import states
from tests.platforms.conftest import RunningStandIn, Start

State = dict[str, Any]
Fetch = Callable[..., Pulled]


@pytest.fixture
def waits() -> list[float]:
    """The seconds that were waited for."""
    return []


@pytest.fixture
def fetch(tmp_path: Path, waits: list[float]) -> Fetch:
    """Pull into a folder; nothing waits."""

    def fetched(platform: RunningStandIn, name: str = "canvas", **options: Any) -> Pulled:
        with open_platform(name, platform.page, wait=waits.append) as opened:
            return pull(opened, tmp_path / "pulled", **options)

    return fetched


@pytest.fixture
def read(tmp_path: Path) -> Callable[[], dict[str, Submission]]:
    """Read what was pulled as a batch, by the first name."""

    def submissions() -> dict[str, Submission]:
        found = find([tmp_path / "pulled"])
        return {s.student.split(" ")[0]: s for s in found.submissions}

    return submissions


Read = Callable[[], dict[str, Submission]]


def test_a_canvas_assignment_is_read_with_all_that_is_known(
    start: Start, canvas_state: State, fetch: Fetch, read: Read
) -> None:
    """Attempts, lateness, groups, sections and due dates; lists come in several pages."""
    pulled = fetch(start("canvas", canvas_state))
    found = read()

    assert pulled.members == 5
    assert pulled.manifest.points == 20.0
    assert set(found) == {"Ada", "Team", "Eve"}
    ada, team = found["Ada"], found["Team"]
    assert (ada.attempt, ada.late, ada.section, ada.group) == (2, True, "Monday", "")
    assert (ada.submitted, ada.due) == ("2026-11-22T10:00:00+00:00", "2026-11-21T12:00:00+00:00")
    assert len(ada.earlier) == 1
    assert (ada.claims[0].id, ada.claims[0].sis, ada.claims[0].email) == ("1", "S1", "ada@uni.example")
    assert (team.group, [p.id for p in team.claims]) == ("Team 9", ["3", "4"])
    assert (found["Eve"].due, found["Eve"].section) == ("2026-12-24T12:00:00+00:00", "Tuesday")
    assert ada.path.read_text() == states.NOTEBOOK


def test_a_person_is_who_canvas_own_download_names(
    start: Start, canvas_state: State, fetch: Fetch, read: Read, tmp_path: Path
) -> None:
    """So that a batch that was graded from a zip goes on with what is pulled."""
    fetch(start("canvas", canvas_state))
    for name in ("testada_1_101_hw1.ipynb", "testeve_5_104_hw1.ipynb"):
        (tmp_path / "zip").mkdir(exist_ok=True)
        (tmp_path / "zip" / name).write_text(states.NOTEBOOK)
    zipped = {s.student: s.person for s in find([tmp_path / "zip"]).submissions}

    assert {"testada": read()["Ada"].person, "testeve": read()["Eve"].person} == zipped


def test_the_roster_names_who_handed_in_nothing(
    start: Start, canvas_state: State, fetch: Fetch, tmp_path: Path
) -> None:
    """It is written beside the submissions, in a form that `--roster` reads."""
    fetch(start("canvas", canvas_state))
    found, roster = find([tmp_path / "pulled"]), read_roster(tmp_path / "pulled" / "roster.csv")
    submissions, absences, strangers = join(found, roster)

    assert [a.name for a in absences] == ["Ben Test"]
    assert strangers == []
    assert not any(s.conflicts for s in submissions)
    assert [s.student_id for s in submissions if s.student == "Ada Test"] == ["1"]


def test_a_moodle_assignment_is_read_with_all_that_is_known(
    start: Start, moodle_state: State, fetch: Fetch, read: Read
) -> None:
    """Lateness is by one's own deadline, and a draft was not handed in."""
    pulled = fetch(start("moodle", moodle_state), "moodle")
    found = read()

    assert set(found) == {"Ada", "Cid"}
    assert pulled.drafts == ("Ben Test",)
    assert (found["Ada"].attempt, found["Ada"].late, found["Ada"].section) == (2, True, "Monday")
    assert (found["Cid"].attempt, found["Cid"].late, found["Cid"].section) == (2, False, "Tuesday")
    assert found["Cid"].due == "2027-01-15T08:00:00+00:00"
    assert [f.name for f in found["Cid"].files] == ["data/d.csv"]
    assert found["Ada"].claims[0].login == "ada"


def test_a_team_of_moodle_is_one_submission(start: Start, moodle_state: State, fetch: Fetch, read: Read) -> None:
    """Every member is known."""
    moodle_state["assignment"]["teamsubmission"] = 1
    moodle_state["participants"] = [states.moodle_person(n, f"{c} Test", team=7) for n, c in ((1, "Ada"), (2, "Ben"))]
    moodle_state["submissions"] = [states.moodle_submission(0, 0, "a.ipynb", groupid=7)]
    fetch(start("moodle", moodle_state), "moodle")
    [team] = read().values()

    assert (team.group, [p.id for p in team.claims]) == ("Team 7", ["1", "2"])


def test_more_participants_than_one_page_holds_are_all_there(start: Start, moodle_state: State, fetch: Fetch) -> None:
    """Moodle is asked for the next ones until there are none."""
    moodle_state["participants"] = [states.moodle_person(n, f"A{n} Test") for n in range(1, 251)]

    assert fetch(start("moodle", moodle_state), "moodle").members == 250


FAULTS: dict[str, dict[str, Any]] = {
    "a failure of the server": {"kind": "status", "status": 500, "times": 2},
    "a connection that is reset": {"kind": "reset", "times": 2},
    "half an answer": {"kind": "cut", "times": 2},
    "too many requests": {"kind": "status", "status": 429, "headers": {"Retry-After": "3"}, "times": 2},
    "Canvas's limit": {"kind": "status", "status": 403, "body": "403 Forbidden (Rate Limit Exceeded)", "times": 2},
    "maintenance": {"kind": "status", "status": 503, "headers": {"Retry-After": "7"}},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("path", ["/submissions", "/storage/102", "/users"])
def test_what_fails_in_the_middle_is_asked_for_again(
    start: Start, canvas_state: State, fetch: Fetch, read: Read, fault: State, path: str
) -> None:
    """Reading twice does no harm."""
    platform = start("canvas", canvas_state)
    platform.fault(path, **fault)
    fetch(platform)

    assert set(read()) == {"Ada", "Team", "Eve"}
    assert read()["Ada"].path.read_text() == states.NOTEBOOK


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_moodle_is_asked_again_as_well(
    start: Start, moodle_state: State, fetch: Fetch, read: Read, fault: State
) -> None:
    """Its functions that read are safe, though each is a POST."""
    platform = start("moodle", moodle_state)
    platform.fault("mod_assign_get_submissions", **fault)
    platform.fault("pluginfile.php", **fault)
    fetch(platform, "moodle")

    assert set(read()) == {"Ada", "Cid"}


def test_a_server_that_asks_to_wait_is_waited_for(
    start: Start, canvas_state: State, fetch: Fetch, waits: list[float]
) -> None:
    """For as long as it says; where little of a limit is left, one waits unasked."""
    canvas_state["remaining"] = 10.0
    platform = start("canvas", canvas_state)
    platform.fault("/sections", "status", status=429, headers={"Retry-After": "42"})
    fetch(platform)

    assert 42.0 in waits
    assert 1.0 in waits


def test_a_wait_that_is_too_long_is_told(start: Start, canvas_state: State, fetch: Fetch) -> None:
    """The command ends, and can be given again."""
    platform = start("canvas", canvas_state)
    platform.fault("/sections", "status", status=429, headers={"Retry-After": "7200"})

    with pytest.raises(PlatformError, match="asks to wait for 120 minutes"):
        fetch(platform)


def test_an_interrupted_pull_goes_on(start: Start, canvas_state: State, fetch: Fetch, read: Read) -> None:
    """Until it is complete nothing of it is graded; what is there is not fetched again."""
    platform = start("canvas", canvas_state)
    platform.fault("/files/103", "status", status=500, times=99)
    with pytest.raises(PlatformError):
        fetch(platform)
    with pytest.raises(UsageError, match="not pulled to the end"):
        read()

    platform.ask(do="forget")
    platform.set(remaining=600.0)
    again = fetch(platform)

    assert set(read()) == {"Ada", "Team", "Eve"}
    assert again.fetched == 2


def test_pulling_again_fetches_what_is_new(start: Start, moodle_state: State, fetch: Fetch, read: Read) -> None:
    """A file that was replaced within an attempt is fetched, and nothing else is."""
    platform = start("moodle", moodle_state)
    fetch(platform, "moodle")
    moodle_state["submissions"][1]["uploads"] = [["/", "b.ipynb", 6]]
    platform.set(
        submissions=moodle_state["submissions"], files=moodle_state["files"] | {"b.ipynb": states.NOTEBOOK + " "}
    )

    assert fetch(platform, "moodle").fetched == 1
    assert read()["Ada"].path.read_text() == states.NOTEBOOK + " "
    assert fetch(platform, "moodle").fetched == 0


def test_what_is_being_replaced_is_not_complete(
    start: Start, moodle_state: State, fetch: Fetch, read: Read, tmp_path: Path
) -> None:
    """However little of it is done: a file that is to be removed cannot be."""
    platform = start("moodle", moodle_state)
    fetch(platform, "moodle")
    moodle_state["submissions"][1]["uploads"] = [["/", "b.ipynb", 6]]
    platform.set(submissions=moodle_state["submissions"])
    place = tmp_path / "pulled" / "Ada_Test_1" / "2" / "b.ipynb"
    place.unlink()
    place.mkdir()
    with pytest.raises(MachineError):
        fetch(platform, "moodle")

    with pytest.raises(UsageError, match="not pulled to the end"):
        read()


def test_a_file_that_cannot_be_had_is_nobodys_zero(
    start: Start, canvas_state: State, fetch: Fetch, read: Read, tmp_path: Path
) -> None:
    """The folder stays incomplete; with partial that person is left out, of the roster too."""
    del canvas_state["files"]["104"]
    platform = start("canvas", canvas_state)
    with pytest.raises(RequestRefusedError, match="1 file cannot be fetched: Eve"):
        fetch(platform)

    pulled = fetch(platform, partial=True)

    assert len(pulled.missing) == 1
    assert set(read()) == {"Ada", "Team"}
    assert "Eve Test" not in [p.name for p in read_roster(tmp_path / "pulled" / "roster.csv")]


def test_a_file_of_another_size_is_not_taken(start: Start, moodle_state: State, fetch: Fetch) -> None:
    """Moodle may answer with a page that says an error."""
    platform = start("moodle", moodle_state)
    platform.fault("pluginfile.php", "status", status=200, body='{"error": "x"}', times=9)

    with pytest.raises(RequestRefusedError, match="came with 14 bytes"):
        fetch(platform, "moodle")


def test_a_students_file_name_leads_nowhere(
    start: Start, canvas_state: State, fetch: Fetch, read: Read, tmp_path: Path
) -> None:
    """It is a visible file in that attempt's folder."""
    for number, name in enumerate(("x" * 300 + ".ipynb", "../../up.ipynb", "C:\\a.ipynb", "", "…/…"), 2):
        attempt = states.canvas_attempt(1, 104)
        attempt["attachments"][0]["display_name"] = name
        canvas_state["submissions"]["5"]["submission_history"] += [attempt | {"attempt": number}]
    fetch(start("canvas", canvas_state))
    manifest = read_manifest(tmp_path / "pulled")
    assert manifest is not None
    paths = [f.path for s in manifest.submissions for a in s.attempts for f in a.files]

    assert len(paths) == 9
    assert all((tmp_path / "pulled" / p).is_file() and p.count("/") >= 2 and ".." not in p.split("/") for p in paths)
    assert {p.name for p in tmp_path.iterdir()} == {"pulled"}


def test_what_a_student_wrote_breaks_nothing(start: Start, canvas_state: State, fetch: Fetch, read: Read) -> None:
    """A text that looks like the first day of all is no time."""
    attempt = states.canvas_attempt(1, 104) | {"body": "0001-01-01T00:00:00+01:00", "attachments": []}
    canvas_state["submissions"]["5"] |= attempt | {"submission_history": [attempt]}
    fetch(start("canvas", canvas_state))

    assert read()["Eve"].path.read_text() == "0001-01-01T00:00:00+01:00"


def test_another_assignments_folder_is_left_alone(
    start: Start, canvas_state: State, moodle_state: State, fetch: Fetch, read: Read
) -> None:
    """What was pulled there stays."""
    canvas = start("canvas", canvas_state)
    fetch(canvas)

    with pytest.raises(UsageError, match=f"holds what was pulled from {canvas.page}; choose another folder"):
        fetch(start("moodle", moodle_state), "moodle")
    assert set(read()) == {"Ada", "Team", "Eve"}


def test_a_folder_with_anything_else_is_left_alone(
    start: Start, canvas_state: State, fetch: Fetch, tmp_path: Path
) -> None:
    """Nothing is put among somebody's own files."""
    (tmp_path / "pulled").mkdir()
    (tmp_path / "pulled" / "mine.txt").write_text("mine")

    with pytest.raises(UsageError, match="holds other files"):
        fetch(start("canvas", canvas_state))
    assert [path.name for path in (tmp_path / "pulled").iterdir()] == ["mine.txt"]


def test_what_is_not_documented_is_one_sentence(start: Start, canvas_state: State, fetch: Fetch) -> None:
    """A portal's page instead of an answer."""
    platform = start("canvas", canvas_state)
    platform.fault("/sections", "status", status=200, body="<html>Welcome!</html>")

    with pytest.raises(PlatformError, match="not documented"):
        fetch(platform)
