"""No file in the working folder or among uploads is run or read as configuration."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import KEPT, RIGHT, TINY, WRONG, environment_in, write

BIN = Path(sys.executable).parent
OURS = ("grader", "reference", "assignments", "templates", "tests", "prelude", "conftest")
INSTALLED = filter(str.isidentifier, importlib.metadata.packages_distributions())
NAMESAKES = {*sys.stdlib_module_names, *INSTALLED, *OURS, "sitecustomize", "usercustomize", "evil", "ipython_config"}
CONFIGURATION = {
    "pytest.ini": "[pytest]\naddopts = -p evil\n",
    "tox.ini": "[pytest]\naddopts = -p evil\n",
    "setup.cfg": "[tool:pytest]\naddopts = -p evil\n",
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-p evil'\n",
    "matplotlibrc": "backend: module://evil\n",
    "evil.pth": "import evil\n",
    "jupyter_config.json": '{"KernelManager": {"kernel_cmd": ["evil"]}}',
}

OWN = {"GRADER_IDLE_S": "0"}

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


def poison(folder: Path, marker: Path) -> None:
    """Fill a folder with namesakes of modules and configuration; each leaves a mark when read."""
    folder.mkdir(parents=True, exist_ok=True)
    namesake = f"open({str(marker)!r}, 'a').write(__file__ + chr(10))\nraise ImportError('a namesake was imported')\n"
    for name in NAMESAKES:
        (folder / f"{name}.py").write_text(namesake)
    for name, text in CONFIGURATION.items():
        (folder / name).write_text(text)


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    """A folder of uploads that nothing good comes out of, with two honest notebooks in it."""
    folder = tmp_path / "uploads"
    for place in (folder, folder / "hw"):
        poison(place, tmp_path / "marker")
    write(folder / "hw" / "anna.ipynb", *RIGHT)
    write(folder / "hw" / "bert.ipynb", *WRONG)
    return folder


@pytest.fixture
def run(uploads: Path, tmp_path: Path) -> Run:
    """Run the console script in the folder of uploads, with ``OWN`` beside its own zygote."""

    def run(*words: object, script: str = "grader", **more: str) -> Done:
        return subprocess.run(  # noqa: S603 - our own program on our own arguments
            [BIN / script, *map(str, words)], cwd=uploads, env=environment_in(tmp_path) | KEPT | more,
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    return run


def scores(out: Path) -> dict[str, float]:
    """Return the scores of a batch."""
    rows = map(json.loads, (out / "results.jsonl").read_text().splitlines())
    return {row["submission"]["id"]: row["score"] for row in rows}


def test_a_batch_is_graded_among_poisoned_twins(run: Run, uploads: Path, tmp_path: Path) -> None:
    """Its verdicts are the usual ones, for later commands too, and no namesake is ever run."""
    graded = run("grade", "hw", "-a", TINY, "-o", "../out", **OWN)
    assert graded.returncode == 0, graded.stderr
    assert scores(tmp_path / "out") == {"anna": 6.0, "bert": 2.0}

    replayed = run("replay", "../out", "bert", "hw/bert.ipynb", "-a", TINY)
    rendered = run("render", "../out")

    assert (replayed.returncode, rendered.returncode) == (0, 0), replayed.stderr + rendered.stderr
    assert not (tmp_path / "marker").exists(), (tmp_path / "marker").read_text()


def test_one_notebook_is_graded_among_poisoned_twins(run: Run, tmp_path: Path) -> None:
    """Check, with and without the sandbox, and hook; pytest's variables are not read."""
    checked = run("check", "hw/anna.ipynb", "-a", TINY)
    loose = run("check", "hw/bert.ipynb", "-a", TINY, "--sandbox=off", **OWN)
    hooked = run("hook", "hw/bert.ipynb", "-a", TINY, PYTEST_ADDOPTS="-p evil", PYTEST_PLUGINS="evil")

    assert checked.returncode == 0, checked.stderr
    assert loose.returncode == 1, loose.stderr
    assert json.loads(hooked.stdout)["score"] == 2.0
    assert not (tmp_path / "marker").exists(), (tmp_path / "marker").read_text()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("doctor", "-a", TINY), 0),
        pytest.param(("assignment", "test", TINY), 1, marks=pytest.mark.exhaustive),
        pytest.param(("assignment", "release", TINY, "-o", "../release"), 0, marks=pytest.mark.exhaustive),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_what_an_instructor_does_among_poisoned_twins(
    run: Run, tmp_path: Path, words: tuple[object, ...], code: int
) -> None:
    """The other commands find their own modules as well."""
    done = run(*words)

    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "marker").exists(), (tmp_path / "marker").read_text()


def test_pytest_by_hand_reads_only_the_assignment(run: Run, uploads: Path, tmp_path: Path) -> None:
    """No conftest.py of the working folder, the notebook's, or those above the assignment."""
    course = shutil.copytree(TINY, tmp_path / "course" / "tiny", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(uploads / "conftest.py", course.parent)
    (course / "conftest.py").write_text("import pytest\n")
    (course / "pytest.ini").write_text("[pytest]\n")  # else pytest takes the one where it is called

    done = run(course, "--submission", "hw/bert.ipynb", script="pytest", **OWN)

    assert "4 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert not (tmp_path / "marker").exists(), (tmp_path / "marker").read_text()


def test_only_the_checks_beside_the_configuration_are_run(run: Run, uploads: Path, tmp_path: Path) -> None:
    """Files in folders below the assignment's, such as an export of uploads, are no checks."""
    course = shutil.copytree(TINY, tmp_path / "course" / "tiny", ignore=shutil.ignore_patterns("__pycache__"))
    for place in ("samples", "uploads", "test_uploads"):
        poison(course / place, tmp_path / "marker")
        shutil.copy(course / place / "evil.py", course / place / "test_evil.py")

    done = run("hook", "hw/bert.ipynb", "-a", course, **OWN)

    assert json.loads(done.stdout)["score"] == 2.0, done.stderr
    assert not (tmp_path / "marker").exists(), (tmp_path / "marker").read_text()
