"""A release holds what students need, and nothing of the solution or hidden checks."""

from __future__ import annotations

import ast
import base64
import gzip
import io
import json
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.diagnosis import load_misconceptions
from grader.errors import AssignmentError, UsageError
from grader.release import make_release
from grader.release.contents import fill_assignment
from grader.release.readme import readme
from grader.release.recording import Recording

from .conftest import TINY
from .leaks import leaks

COURSE = load_assignment("transformer_interp")
LEAST = 16
"""Shorter pieces of text may stand anywhere."""
_NAMING = r"mark\.(exercise|model|points)"


def zipped(data: bytes) -> bytes:
    """Return a zip with one file in it."""
    with zipfile.ZipFile(made := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0", data)
    return made.getvalue()


WAYS: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "UTF-16": lambda text: text.encode("utf-16"),
    "JSON": lambda text: json.dumps(text).encode(),
    "Python": lambda text: ascii(text).encode(),
    "hex": lambda text: text.encode().hex().encode(),
    "zip in a zip": lambda text: zipped(zipped(text.encode())),
    "gzip": lambda text: gzip.compress(text.encode()),
    "base64": lambda text: b"answers = '%s'" % base64.b64encode(text.encode()),
    "compressed, in base64": lambda text: b"answers = '%s'" % base64.urlsafe_b64encode(zlib.compress(text.encode())),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the checks of the course's release, without the answers."""
    folder = tmp_path_factory.mktemp("release") / COURSE.slug
    fill_assignment(COURSE, Recording({}, {"logit_lens_analysis": 9}), folder)
    return folder


@pytest.fixture
def careless(tmp_path: Path) -> Path:
    """A copy of the tiny assignment to change at will."""
    return shutil.copytree(TINY, tmp_path / "careless", ignore=shutil.ignore_patterns("__pycache__"))


def functions(*files: Path) -> Iterator[str]:
    """Yield the lines of functions, and their statements as Python writes them."""
    for file in files:
        text = file.read_text(encoding="utf-8")
        for function in ast.walk(ast.parse(text)):
            for statement in function.body[1:] if isinstance(function, ast.FunctionDef) else ():
                yield ast.unparse(statement)
                yield from map(str.strip, (ast.get_source_segment(text, statement) or "").splitlines())


def texts(file: Path) -> Iterator[str]:
    """Yield the texts in a file of checks, hints included, but nothing markers refer to."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    marks = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and re.search(_NAMING, ast.unparse(n.func))]
    marked = {id(n) for mark in marks for n in ast.walk(mark)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in marked:
            yield node.value
        if isinstance(node, ast.FunctionDef):
            yield node.name
            yield (ast.get_docstring(node) or "").partition("\n")[0]


def test_a_release_holds_notebook_checks_answers_and_a_page_that_says_how(released: Path) -> None:
    """All that checking takes lies in one folder, and everything in an archive too."""
    files = {p.relative_to(released).as_posix() for p in released.rglob("*") if p.is_file()}
    with zipfile.ZipFile(released / "tiny.zip") as archive:
        assert {*archive.namelist(), "tiny.zip"} == files
    assert files == {
        *("tiny.zip", "interp_grader-0.1.0-py3-none-any.whl"),
        *("README.md", "exercise.ipynb", "tests.py", "tiny/assignment.toml", "tiny/exercise.ipynb", "tiny/prelude.py"),
        *("tiny/checks/visible/test_checks.py", "tiny/misconceptions.py", "tiny/answers.zip"),
    }


def test_nothing_of_the_solution_or_hidden_checks_is_released(released: Path) -> None:
    """Neither hidden checks and their answers, nor code of solution and variants."""
    code = functions(TINY / "solution.py", TINY / "misconceptions.py")
    hidden = ["4711", "scale_secret", "scale_by_three", "secret numbers", "another factor", "def scale_adds"]
    answers = [struct.pack(kind, 4711.0 * factor) for kind in ("<f", "<d") for factor in (1, 2, 3)]
    visible = {"It scales.", struct.pack("<ff", 2.0, 4.0)}

    assert leaks(released, visible).keys() == visible
    assert leaks(released, [*code, *hidden, *answers]) == {}


@pytest.mark.parametrize("way", WAYS)
def test_a_secret_is_found_however_it_is_packed(tmp_path: Path, way: str) -> None:
    """The search that finds nothing in a release finds something where there is something."""
    (tmp_path / "answers").write_bytes(WAYS[way]("Die Straße war groß"))

    assert leaks(tmp_path, ["Die Straße war groß", "another text"]) == {"Die Straße war groß": "answers "}


def test_the_mistakes_keep_their_names_and_lose_their_code(course: Path) -> None:
    """What a student's answer is compared with is data; what is said of a mistake is the same."""
    released, whole = load_misconceptions(load_assignment(str(course))), load_misconceptions(COURSE)

    assert released == whole
    assert not [
        n
        for n in ast.walk(ast.parse((course / "misconceptions.py").read_text()))
        if isinstance(n, ast.Call | ast.FunctionDef)
    ]


def test_no_line_of_the_reference_is_in_the_courses_release(course: Path) -> None:
    """The models' loader alone is given away, which holds no answer."""
    reference = [p for p in COURSE.solution_reads[0].glob("*.py") if p.name != "models.py"]
    handed_out = COURSE.notebook.read_text(encoding="utf-8")

    bodies = [*functions(*reference, COURSE.root / "misconceptions.py", COURSE.root / "variants.py")]
    assert len(bodies) > 50
    assert leaks(course, {t for t in bodies if len(t) >= LEAST and t not in handed_out}) == {}


def test_no_hidden_check_is_in_the_courses_release(course: Path) -> None:
    """Neither its prompts, nor what they are drawn from, nor its name, title or hint."""
    hidden = {t for file in COURSE.checks("hidden").glob("*.py") for t in texts(file) if len(t) >= LEAST}

    assert len(hidden) > 20
    assert leaks(course, hidden) == {}


def test_the_models_lie_beside_the_prelude_of_the_courses_release(course: Path) -> None:
    """What the prelude reads lies beside it, under the names by which it looks for it."""
    assert (course / "models.py").is_file()
    assert (course / "data" / "embedded" / "model.safetensors").is_file()


def test_a_check_that_draws_its_inputs_cannot_be_visible_in_a_release(careless: Path, tmp_path: Path) -> None:
    """No recorded answer fits what is drawn anew; the author is told which check it is."""
    with (careless / "checks" / "visible" / "test_checks.py").open("a", encoding="utf-8") as checks:
        checks.write(
            "\n\n@pytest.mark.exercise('pair')\ndef test_drawn(student, rng):\n    student.pair(rng.random())\n"
        )

    with pytest.raises(UsageError, match="test_drawn draws its inputs"):
        make_release(load_assignment(str(careless)), tmp_path / "release", None)

    assert not (tmp_path / "release").exists()


@pytest.mark.parametrize(
    "secret",
    ["solution.py", "checks/visible/test_checks.py", "misconceptions.py", "assignment.toml", "samples/one.ipynb"],
)
def test_what_gives_the_answers_away_is_not_handed_out(careless: Path, tmp_path: Path, secret: str) -> None:
    """An assignment that lists a solution, check or sample gets one sentence and no release."""
    (careless / "samples").mkdir()
    (careless / "samples" / "one.ipynb").write_text("{}")
    toml = (careless / "assignment.toml").read_text()
    (careless / "assignment.toml").write_text(f'handout = ["{secret}"]\n{toml}')

    with pytest.raises(AssignmentError, match=f"hands out '{secret}': solutions, checks and samples are not for"):
        make_release(load_assignment(str(careless)), tmp_path / "release", None)

    assert not (tmp_path / "release").exists()


def test_a_release_names_nothing_outside_its_folder(released: Path, tmp_path: Path) -> None:
    """What is trusted by its digest is all that runs."""
    moved = shutil.copytree(released / "tiny", tmp_path / "tiny")
    (tmp_path / "elsewhere.py").write_text("")
    toml = moved / "assignment.toml"
    toml.write_text(toml.read_text().replace('"prelude.py"', '"../elsewhere.py"'))

    with pytest.raises(AssignmentError, match="outside the release's folder"):
        load_assignment(str(moved))


def test_a_release_is_not_released_again(released: Path, tmp_path: Path) -> None:
    """It lacks the solution that its answers come from."""
    with pytest.raises(AssignmentError, match="is a release already"):
        make_release(load_assignment(str(released / "tiny")), tmp_path / "again", None)


def test_a_wheel_that_holds_the_reference_is_refused(wheel: Path, tmp_path: Path) -> None:
    """The reference is the solution, whatever it comes in."""
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("reference/lens.py", "")

    with pytest.raises(UsageError, match="is not the grader's wheel: it holds reference"):
        make_release(load_assignment(str(TINY)), tmp_path / "release", wheel)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    """Nobody's work is written over."""
    (tmp_path / "exercise.ipynb").write_text("my work")

    with pytest.raises(UsageError, match="holds something already"):
        make_release(load_assignment(str(TINY)), tmp_path, None)

    assert (tmp_path / "exercise.ipynb").read_text() == "my work"


def test_the_wheel_that_is_built_holds_the_grader_alone(built_wheel: Path) -> None:
    """Neither reference nor assignments."""
    with zipfile.ZipFile(built_wheel) as archive:
        assert {n.partition("/")[0].partition("-")[0] for n in archive.namelist()} == {"grader", "interp_grader"}


def test_the_page_says_how_to_set_up_check_and_hand_in(wheel: Path) -> None:
    """In a virtual environment, the largest part first, and how large it is."""
    page = readme(COURSE, wheel)

    assert page.index("python3 -m venv") < page.index("pip install torch") < page.index(f"./{wheel.name}")
    assert "grader check exercise.ipynb" in page
    assert "more than 5 GB" in page
    assert "Further ones (other prompts, a second model) run at grading" in " ".join(page.split())
    assert "\nThe last line of each exercise's cell, such as `test_logit_lens_analysis(logit_lens_analysis" in page


def test_the_page_speaks_of_no_checks_in_a_notebook_that_has_none(careless: Path) -> None:
    """What it says about checking follows from the notebook; one point is a point."""
    toml = careless / "assignment.toml"
    toml.write_text(toml.read_text().replace("points = 2", "points = 1"))

    page = readme(load_assignment(str(careless)), None)

    assert "inside the notebook" not in page
    assert re.search(r", 1 point$", page, re.MULTILINE)
    assert "put it into this folder first" in page
