"""``grader replay`` grades the same notebook again with the same inputs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.replay import recall, replay

from .conftest import RIGHT, TINY, WRONG, Run, copied, grader_in, write


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an assignment that draws a number, notebooks, and a batch's ``out``."""
    folder = tmp_path_factory.mktemp("appeal")
    course = copied(folder / TINY.name)
    checks = (TINY / "checks" / "visible" / "test_checks.py").read_text()
    drawn = (
        '    """It makes a pair."""\n'
        "    number = rng.randrange(10**6)\n"
        "    assert student.pair(number)[0] == number, f'wrong for {number}'\n"
    )
    checks = checks.replace("def test_pair(student):", "def test_pair(student, rng):")
    (course / "checks" / "visible" / "test_checks.py").write_text(checks.replace('    """It makes a pair."""\n', drawn))
    write(folder / "in" / "anna.ipynb", *RIGHT)
    write(folder / "in" / "bert.ipynb", WRONG[0], "def pair(number):\n    return -number, number\n")
    done = grader_in(folder)("grade", "in", "-a", course, "-o", "out")
    assert done.returncode == 0, done.stderr
    return folder


def test_the_same_notebook_is_asked_the_same_and_gets_the_same_grade(batch: Path) -> None:
    """Its seed is named, nothing differs, and the exit code is 0."""
    done = grader_in(batch)("replay", "out", "bert", "in/bert.ipynb", "-a", batch / TINY.name)

    [_, bert] = [json.loads(line) for line in (batch / "out" / "results.jsonl").read_text().splitlines()]
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == f"bert: the same grade, 0/6, with the seed {bert['provenance']['seed']}\n"


def test_a_call_has_as_much_time_as_it_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch's ``--timeout`` holds for its replays, whatever the assignment says."""
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    anna = write(tmp_path / "in" / "anna.ipynb", *RIGHT)
    grader_in(tmp_path)("grade", "in", "-a", TINY, "-o", "out", "--timeout", "77")

    again = replay(recall(tmp_path / "out", "anna"), anna, load_assignment(str(TINY)))

    assert again.after.provenance.call_s == 77
    assert not again.differences


def test_a_grade_that_is_another_now_says_what_differs_and_what_changed(batch: Path) -> None:
    """Checks with another verdict now and what has changed are named; exit code 1."""
    file = batch / TINY.name / "solution.py"
    solution = file.read_text()
    file.write_text(solution.replace("* factor", "* factor + 1"))

    done = grader_in(batch)("replay", "out/results.jsonl", "anna", "in/anna.ipynb", "-a", file.parent)

    file.write_text(solution)

    assert done.returncode == 1, done.stderr
    assert "anna: another grade" in done.stdout
    assert "differs: scale test_scale[short]: passed (1 of 1) then, failed (0 of 1) now" in done.stdout
    assert "changed since: assignment: " in done.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("out", "nobody", "in/bert.ipynb"),
            "there is no submission 'nobody' in out/results.jsonl; there are: anna, bert.",
        ),
        (
            ("out", "bert", "in/anna.ipynb"),
            "in/anna.ipynb is not the file that was graded: its contents differ; give the file that was handed in.",
        ),
        (("out", "bert", "in/none.ipynb"), "there is no file in/none.ipynb"),
        (("out", "ber", "in/bert.ipynb"), "there is no submission 'ber' in out/results.jsonl; there are: bert."),
        (("nowhere", "bert", "in/bert.ipynb"), "there is no nowhere in .; give the folder that"),
    ],
)
def test_what_cannot_be_replayed_is_one_sentence(batch: Path, words: tuple[str, ...], sentence: str) -> None:
    """Wrong names and another file are wrong usage."""
    done = grader_in(batch)("replay", *words, "-a", batch / TINY.name)

    assert done.returncode == 2
    assert sentence in done.stderr


def test_what_was_never_graded_has_no_grade_to_give_again(grader: Run, tmp_path: Path) -> None:
    """A file that could not be read has no seed."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "cora.ipynb").write_text("no notebook")
    grader("grade", "in", "-a", TINY, "-o", "out")

    done = grader("replay", "out", "cora", "in/cora.ipynb", "-a", TINY)

    assert done.returncode == 2
    assert "cora was not graded" in done.stderr
