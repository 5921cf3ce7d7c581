"""``grader grade`` writes a result for every submission, whatever happens meanwhile."""

from __future__ import annotations

import contextlib
import csv
import fcntl
import json
import os
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import GRADER, KEPT, RIGHT, TINY, WRONG, Run, environment_in, grader_in, hand_in, rows, write


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a batch wrote, ``out`` in it, to read only."""
    folder = tmp_path_factory.mktemp("batch")
    done = grader_in(folder, alone=True)("grade", hand_in(folder / "handed_in"), "-a", TINY, "-o", folder / "out")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def graded(batch: Path, handed_in: Path, tmp_path: Path) -> Path:
    """A copy of what the batch wrote for the submissions in ``handed_in``, to change at will."""
    shutil.copytree(batch / "handed_in", handed_in, dirs_exist_ok=True)
    return shutil.copytree(batch / "out", tmp_path / "out")


def test_every_file_gets_a_row_in_input_order(batch: Path) -> None:
    """A right notebook, a wrong one and a broken file are three rows with the right status."""
    found = [(r["submission"]["student"], r["status"], r["score"]) for r in rows(batch / "out")]

    assert found == [("anna", "graded", 6.0), ("bert", "graded", 2.0), ("cora", "unreadable", 0.0)]


def test_the_gradebook_has_the_columns_that_programs_read(batch: Path) -> None:
    """Five fixed columns come first, then one for each exercise."""
    with (batch / "out" / "grades.csv").open(newline="") as file:
        table = list(csv.reader(file))

    assert table[0] == ["student", "submission", "score", "max_score", "status", "scale", "pair", "final_score"]
    assert table[2] == ["bert", "bert", "2", "6", "graded", "0", "2", "2"]


def test_every_submission_has_both_pages_and_the_batch_has_one(batch: Path) -> None:
    """Pages are named by the submission's id."""
    assert {p.name for p in (batch / "out" / "feedback").iterdir()} == {"anna.html", "bert.html", "cora.html"}
    assert {p.name for p in (batch / "out" / "review").iterdir()} == {"anna.html", "bert.html", "cora.html"}
    assert "bert" in (batch / "out" / "index.html").read_text()


def test_the_summary_tells_the_figures_the_mistakes_and_last_where_the_report_is(grader: Run, graded: Path) -> None:
    """Whoever ran the batch knows how it went before opening anything."""
    done = grader("grade", graded.parent / "handed_in", "-a", TINY, "-o", graded)

    lines = done.stdout.splitlines()
    assert "3 submissions: 2 graded, 1 could not be read (3 unchanged and not graded again)" in lines
    assert "Mean of the graded submissions: 4 of 6 points" in lines
    assert "Most common mistakes: It adds (1)" in lines
    assert lines[-1] == str(graded / "index.html")


def test_a_hidden_input_stands_on_the_staff_page_alone(batch: Path) -> None:
    """The secret number of the hidden check never reaches the student's page."""
    assert "4713" in (batch / "out" / "review" / "bert.html").read_text()
    assert "471" not in (batch / "out" / "feedback" / "bert.html").read_text()


def test_the_same_command_again_grades_nothing_again(grader: Run, graded: Path, handed_in: Path) -> None:
    """Rows of unchanged submissions are kept as they are, durations included."""
    before = (graded / "results.jsonl").read_bytes()

    again = grader("grade", handed_in, "-a", TINY, "-o", graded)

    assert "3 unchanged and not graded again" in again.stdout
    assert (graded / "results.jsonl").read_bytes() == before


def test_a_changed_submission_is_graded_again(grader: Run, graded: Path, handed_in: Path) -> None:
    """Other bytes under the same name are another submission."""
    write(handed_in / "bert.ipynb", *RIGHT)

    grader("grade", handed_in, "-a", TINY, "-o", graded)

    assert [r["score"] for r in rows(graded)] == [6.0, 6.0, 0.0]


def test_who_is_not_in_this_run_keeps_the_row_and_the_pages(grader: Run, graded: Path, handed_in: Path) -> None:
    """One more notebook is graded into the folder; everything of everybody else is as it was."""
    before = rows(graded)
    write(handed_in.parent / "late" / "dora.ipynb", *RIGHT)

    grader("grade", handed_in.parent / "late", "-a", TINY, "-o", graded)

    assert [r["submission"]["id"] for r in rows(graded)] == ["anna", "bert", "cora", "dora"]
    assert rows(graded)[:3] == before
    for kind in ("feedback", "review"):
        assert {p.stem for p in (graded / kind).iterdir()} == {"anna", "bert", "cora", "dora"}
    with (graded / "grades.csv").open(newline="") as file:
        assert [row["submission"] for row in csv.DictReader(file)] == ["anna", "bert", "cora", "dora"]


def test_a_row_that_another_notebook_replaces_is_kept_aside(grader: Run, graded: Path, handed_in: Path) -> None:
    """Two people's notebooks may bear one name.

    That is said, and the earlier result can still be rendered.
    """
    before = rows(graded)
    write(handed_in.parent / "late" / "anna.ipynb", *WRONG)

    done = grader("grade", handed_in.parent / "late", "-a", TINY, "-o", graded)

    [aside] = (graded / "earlier").iterdir()
    assert rows(aside) == [r for r in before if r["submission"]["id"] == "anna"]
    assert "1 row was replaced by another notebook under the same name: anna" in done.stdout
    assert str(aside) in done.stdout.replace("\n", "")
    assert grader("render", aside, "-a", TINY).returncode == 0


def test_starting_over_keeps_the_old_results_aside(grader: Run, graded: Path, handed_in: Path) -> None:
    """With --fresh the folder holds this run alone, and an older one can still be rendered."""
    before = rows(graded)
    (handed_in / "cora.ipynb").unlink()

    grader("grade", handed_in, "-a", TINY, "-o", graded, "--fresh")

    [aside] = (graded / "earlier").iterdir()
    assert [r["submission"]["id"] for r in rows(graded)] == ["anna", "bert"]
    assert rows(aside) == before
    assert {p.stem for p in (aside / "feedback").iterdir()} == {"anna", "bert", "cora"}
    assert grader("render", aside, "-a", TINY).returncode == 0


@pytest.mark.parametrize("option", [(), ("--fresh",)], ids=["", "fresh"])
def test_another_assignment_s_folder_is_refused(
    grader: Run, graded: Path, handed_in: Path, tmp_path: Path, option: tuple[str, ...]
) -> None:
    """Its results are not touched; exit code 2 and one sentence."""
    other = shutil.copytree(TINY, tmp_path / "other", ignore=shutil.ignore_patterns("__pycache__"))
    before = {p: p.read_bytes() for p in graded.rglob("*") if p.is_file()}

    done = grader("grade", handed_in, "-a", other, "-o", graded, *option)

    assert done.returncode == 2
    assert done.stderr == f"grader: {graded} holds results of tiny, not of other; choose another folder with -o.\n"
    assert {p: p.read_bytes() for p in graded.rglob("*") if p.is_file()} == before


def test_what_was_made_under_other_versions_is_graded_again_or_marked(
    grader: Run, graded: Path, handed_in: Path
) -> None:
    """Anna's notebook is graded again; Bert's is not in this run, and his row says so."""
    old = [r | {"provenance": r["provenance"] | {"grader": "0.0.9", "torch": "1.0"}} for r in rows(graded)]
    (graded / "results.jsonl").write_text("".join(json.dumps(r) + "\n" for r in old))
    (handed_in / "bert.ipynb").unlink()

    done = grader("grade", handed_in, "-a", TINY, "-o", graded)

    anna, bert, cora = rows(graded)
    assert "unchanged" not in done.stdout
    assert "1 row was made under other versions and is not in this run: bert" in done.stdout
    assert anna["provenance"]["grader"] == cora["provenance"]["grader"] != "0.0.9"
    assert [c.split(" now")[0].split(",")[0] for c in bert["provenance"]["outdated"]] == [
        "grader: 0.0.9 then", "torch: 1.0 then",
    ]  # fmt: skip
    assert bert["score"] == 2.0
    assert "made under other versions" in (graded / "index.html").read_text()


def test_a_killed_batch_has_lost_nobody_s_older_grade(grader: Run, graded: Path, handed_in: Path) -> None:
    """The older row stands until the newer notebook is graded, which then replaces it."""
    newer = rows(graded)[1] | {"score": 3.0}
    newer["submission"] = newer["submission"] | {"id": "bert-2", "instead_of": "bert"}
    with (graded / "results.jsonl").open("a") as file:
        file.write(json.dumps(newer) + "\n")

    assert grader("render", graded, "-a", TINY).returncode == 0

    assert [(r["submission"]["id"], r["score"]) for r in rows(graded)] == [
        ("anna", 6.0), ("cora", 0.0), ("bert-2", 3.0),
    ]  # fmt: skip


def test_rendering_makes_everything_again_from_the_rows_alone(grader: Run, graded: Path) -> None:
    """Pages, overview and gradebook come back byte for byte when only the results are left."""
    before = {p.relative_to(graded): p.read_bytes() for p in graded.rglob("*") if p.is_file()}
    for path in before:
        if path.name not in ("results.jsonl", "inputs.json", ".lock"):
            (graded / path).unlink()

    done = grader("render", graded, "-a", TINY)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(graded / "index.html")
    assert {p.relative_to(graded): p.read_bytes() for p in graded.rglob("*") if p.is_file()} == before


def test_results_of_an_unknown_assignment_are_rendered_under_its_name(grader: Run, graded: Path) -> None:
    """Whoever has the results alone needs no assignment to read them."""
    assert grader("render", graded).returncode == 0
    assert "<h1>tiny</h1>" in (graded / "index.html").read_text()


def test_a_row_of_our_own_fault_is_graded_again(grader: Run, graded: Path, handed_in: Path) -> None:
    """An error of the grader is not a verdict and does not stay."""
    broken = [r | {"status": "error", "score": 0.0} for r in rows(graded)]
    (graded / "results.jsonl").write_text("".join(json.dumps(r) + "\n" for r in broken))

    grader("grade", handed_in, "-a", TINY, "-o", graded)

    assert [r["status"] for r in rows(graded)] == ["graded", "graded", "unreadable"]


@pytest.mark.parametrize(
    "option",
    [(), pytest.param(("--timeout", "77"), marks=pytest.mark.exhaustive)],
    ids=["other time", "same time"],
)
def test_another_time_for_a_call_grades_again(
    grader: Run, handed_in: Path, tmp_path: Path, option: tuple[str, ...]
) -> None:
    """Another time limit makes earlier verdicts outdated; the same limit keeps them."""
    grader("grade", handed_in, "-a", TINY, "-o", tmp_path / "out", "--timeout", "77")

    again = grader("grade", handed_in, "-a", TINY, "-o", tmp_path / "out", *option)

    assert ("3 unchanged and not graded again" in again.stdout) == bool(option)


@contextlib.contextmanager
def running(command: tuple[object, ...], folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run ``grader`` as a terminal does: in a process group of its own, which gets Ctrl-C."""
    with subprocess.Popen(  # noqa: S603 - our own program on our own arguments
        [*GRADER, *map(str, command)],
        cwd=folder,
        env=environment_in(folder) | KEPT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # it may be ignored where tests are started
    ) as batch:
        yield batch


def stopped_half_way(folder: Path, by: signal.Signals) -> tuple[object, ...]:
    """Grade six notebooks, signal the process group when two are done; return the command."""
    for number in range(6):
        write(folder / "many" / f"student{number}.ipynb", *RIGHT)
    command = ("grade", folder / "many", "-a", TINY, "-o", folder / "out", "--jobs", "1")
    with running(command, folder) as batch:
        assert batch.stderr is not None
        while "2/6" not in batch.stderr.readline():
            assert batch.poll() is None
        os.killpg(batch.pid, by)
        batch.communicate()
    return command


def test_a_batch_interrupted_half_way_shows_what_is_graded_and_that_it_is_not_all(grader: Run, tmp_path: Path) -> None:
    """After Ctrl-C overview and gradebook hold the rows, and the overview counts the missing."""
    command = stopped_half_way(tmp_path, signal.SIGINT)
    finished, index = rows(tmp_path / "out"), tmp_path / "out" / "index.html"
    with (tmp_path / "out" / "grades.csv").open(newline="") as file:
        gradebook = [row["submission"] for row in csv.DictReader(file)]
    interrupted = index.read_text()

    grader(*command)

    assert gradebook == [r["submission"]["id"] for r in finished]
    assert all(f"review/{id_}.html" in interrupted for id_ in gradebook)
    assert f"Not finished:</strong> {6 - len(finished)} more submissions" in interrupted
    assert "Not finished" not in index.read_text()


@pytest.mark.parametrize(
    ("option", "again"),
    [
        pytest.param((), "", marks=pytest.mark.exhaustive),
        (("--fresh",), " without --fresh"),
    ],
    ids=["", "fresh"],
)
def test_an_interruption_is_one_sentence(
    course: Path, handed_in: Path, tmp_path: Path, option: tuple[str, ...], again: str
) -> None:
    """A terminal's Ctrl-C reaches every process of the batch; only the first prints."""
    os.mkfifo(tmp_path / "examining")
    waits = f"import threading\nopen({str(tmp_path / 'examining')!r}, 'w').close()\nthreading.Event().wait()\n"
    (course / "conftest.py").write_text(waits)

    with running(("grade", handed_in, "-a", course, "-o", "out", "--jobs", "1", *option), tmp_path) as batch:
        (tmp_path / "examining").read_text()  # returns when the examiner gets there
        os.killpg(batch.pid, signal.SIGINT)
        _, said = batch.communicate()

    assert said == f"grader: interrupted; the same command{again} goes on where this one stopped.\n"


def test_a_batch_killed_half_way_says_so_and_goes_on_where_it_stopped(grader: Run, tmp_path: Path) -> None:
    """After a second start every row stands once.

    The overview, written before, counts what is missing.
    """
    command = stopped_half_way(tmp_path, signal.SIGKILL)
    finished, overview = rows(tmp_path / "out"), (tmp_path / "out" / "index.html").read_text()

    done = grader(*command)

    after = rows(tmp_path / "out")
    assert "Not finished:</strong> 6 more submissions" in overview
    assert done.returncode == 0
    assert 2 <= len(finished) < 6
    assert Counter(r["submission"]["id"] for r in after) == Counter(f"student{n}" for n in range(6))
    assert after[: len(finished)] == finished


def test_two_batches_do_not_write_to_one_folder(grader: Run, handed_in: Path, tmp_path: Path) -> None:
    """The second is told so in one sentence, with exit code 2."""
    (tmp_path / "out").mkdir()
    with (tmp_path / "out" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        second = grader("grade", handed_in, "-a", TINY, "-o", tmp_path / "out")

    assert second.returncode == 2
    assert "another batch is writing" in second.stderr


def test_a_check_that_breaks_does_not_take_the_batch_down(
    grader: Run, course: Path, handed_in: Path, tmp_path: Path
) -> None:
    """Every file still has a row, no one has a grade, and the exit code says so."""
    checks = (TINY / "checks" / "visible" / "test_checks.py").read_text()
    (course / "checks" / "visible" / "test_checks.py").write_text(
        checks.replace("    assert first == 5", "    nothing_of_that_name")
    )

    done = grader("grade", handed_in, "-a", course, "-o", tmp_path / "out")

    assert done.returncode == 3
    assert [r["status"] for r in rows(tmp_path / "out")] == ["error", "error", "unreadable"]
    assert "nothing_of_that_name" in rows(tmp_path / "out")[0]["message"]
