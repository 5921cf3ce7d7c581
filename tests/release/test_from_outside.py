"""Where there is nothing but the wheel and a release, it says what grading says."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from grader.assignment import load_assignment
from grader.intake import discover
from grader.release import make_release
from grader.result import GradingResult, Outcome, Visibility, redact
from grader.worker import Examiners
from tests.cli.conftest import write
from tests.first_of_each import first_of_each

from .conftest import TINY
from .leaks import leaks
from .outside import CHECKOUT, Outside
from .test_check import CASES
from .test_release import LEAST, texts

COURSE = CHECKOUT / "assignments" / "transformer_interp"
SAMPLES = [COURSE / "solution.ipynb", *sorted((COURSE / "samples").glob("*.ipynb"))]
LOOK = f"""
import importlib.util, os, socket
from grader.settings import assignment_roots
seen = [n for n in ("reference", "assignments", "tests") if importlib.util.find_spec(n)]
print(seen, assignment_roots(), os.listdir({str(CHECKOUT / "reference")!r}), len(socket.if_nameindex()))
"""


def told(result: GradingResult) -> Any:
    """Return what visible checks tell a student.

    What the reference's calls were measured to take is left out.
    """
    shown = redact(result)
    exercises = [
        (e.name, e.message, e.remarks, e.source, [c for c in e.checks if c.visibility is Visibility.VISIBLE])
        for e in shown.exercises
    ]
    return re.sub(r"The reference needs [\d.]+ (s|MB)", "The reference needs some", repr((shown.message, exercises)))


@dataclass(frozen=True, slots=True)
class ReleaseUser:
    """A folder with a trusted release, beside those who grade with the whole assignment."""

    folder: Path
    outside: Outside
    examiners: Examiners

    def check(self, notebook: Path) -> GradingResult:
        """Return what ``grader check`` says of a notebook outside."""
        shutil.copyfile(notebook, self.folder / notebook.name)
        done = self.outside.run("grader", "check", notebook.name, "--json", cwd=self.folder)
        assert done.stderr == ""
        return GradingResult.from_json(json.loads(done.stdout))

    def grade(self, notebook: Path) -> GradingResult:
        """Return the grade of a notebook."""
        [result] = self.examiners.grade(discover([notebook]))
        return result


@contextlib.contextmanager
def release_user(outside: Outside, released: Path, folder: Path, assignment: Path) -> Iterator[ReleaseUser]:
    """Give a student a copy of a release that was made from an assignment."""
    shutil.copytree(released, folder)
    assert outside.run("grader", "trust", ".", cwd=folder).returncode == 0
    with Examiners(load_assignment(str(assignment))) as examiners:
        yield ReleaseUser(folder, outside, examiners)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A notebook of the tiny assignment for each case."""
    folder = tmp_path_factory.mktemp("cases")
    return {case: write(folder / f"{case}.ipynb", *cells) for case, cells in CASES.items()}


@pytest.fixture(scope="module")
def tiny(
    kept: None, outside: Outside, released: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ReleaseUser]:
    """A student with the tiny release."""
    with release_user(outside, released, tmp_path_factory.mktemp("student") / "tiny", TINY) as user:
        yield user


@pytest.fixture(scope="module")
def course(
    kept: None, outside: Outside, built_wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ReleaseUser]:
    """A student with the course's release."""
    folder = tmp_path_factory.mktemp("course")
    make_release(load_assignment(str(COURSE)), folder / "released", built_wheel)
    with release_user(outside, folder / "released", folder / "student", COURSE) as user:
        yield user


def test_there_is_nothing_of_the_course_and_no_network(outside: Outside, tmp_path: Path) -> None:
    """Neither reference nor assignments can be found; there is a loopback alone."""
    if not outside.isolated:
        pytest.skip("this machine gives no namespaces")

    done = outside.run("python", "-P", "-c", LOOK, cwd=tmp_path)

    assert (done.stdout, done.stderr) == ("[] [] [] 1\n", "")


@pytest.mark.parametrize("case", first_of_each(CASES, lambda case: case == "right", str))
def test_visible_checks_say_outside_what_they_say_when_grading(
    tiny: ReleaseUser, cases: dict[str, Path], case: str
) -> None:
    """Verdicts, words, diagnoses and lines, check by check."""
    assert told(tiny.check(cases[case])) == told(tiny.grade(cases[case]))


def test_the_page_is_written_outside(tiny: ReleaseUser, cases: dict[str, Path]) -> None:
    """Its templates and style come with the wheel."""
    shutil.copy(cases["a known mistake"], tiny.folder / "mine.ipynb")

    tiny.outside.run("grader", "check", "mine.ipynb", "--html", "page.html", cwd=tiny.folder)

    assert "Multiply." in (tiny.folder / "page.html").read_text(encoding="utf-8")


@pytest.mark.exhaustive
@pytest.mark.parametrize("notebook", SAMPLES, ids=lambda path: path.stem)
def test_each_sample_is_told_outside_what_it_is_told_when_graded(course: ReleaseUser, notebook: Path) -> None:
    """As above, on the course's models, with its solution among the samples."""
    assert told(course.check(notebook)) == told(course.grade(notebook))


@pytest.mark.exhaustive
def test_the_solution_passes_outside(course: ReleaseUser) -> None:
    """All that can be run there."""
    solution = course.check(COURSE / "solution.ipynb")

    outcomes = {c.outcome for e in solution.exercises for c in e.checks if c.visibility is Visibility.VISIBLE}
    assert outcomes == {Outcome.PASSED}


@pytest.mark.exhaustive
def test_no_answer_to_a_hidden_prompt_is_recorded(course: ReleaseUser) -> None:
    """Answers hold the tokens of visible prompts, and of no hidden one."""
    tokenizer = Tokenizer.from_file(str(course.folder / COURSE.name / "data" / "embedded" / "tokenizer.json"))

    def tokens(prompt: str) -> bytes:
        return np.array(tokenizer.encode(prompt).ids, np.int64).tobytes()

    visible = tokens("James Potter went to school. James")
    hidden = {t for file in (COURSE / "checks" / "hidden").glob("*.py") for t in texts(file) if len(t) >= LEAST}

    assert leaks(course.folder, [visible, *map(tokens, hidden)]).keys() == {visible}
