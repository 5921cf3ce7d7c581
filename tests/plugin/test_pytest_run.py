"""``pytest assignments/SLUG --submission NOTEBOOK``: an ordinary pytest run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

ADDS = "def scale(numbers):\n    return np.asarray(numbers, 'float32') + factor\n"
RAISES = "def helper(x):\n    return x / 0\n\ndef pair(number):\n    return helper(number)\n"


def names(done: Any) -> list[str]:
    """The checks in the order in which pytest printed them."""
    return re.findall(r"::(test_\S+)", done.stdout)


def test_a_right_notebook_passes_in_the_right_order(by_pytest: Run) -> None:
    """Visible checks run before hidden ones, which are marked, each model's together."""
    done = by_pytest("-v")

    assert done.returncode == pytest.ExitCode.OK, done.stdout
    order = ["scale[short]", "scale[equal]", "pair", "scale_secret", "scale_by_three"]
    assert names(done) == [f"test_{name}" for name in order]
    assert re.search(r"test_scale_secret PASSED \(hidden\)", done.stdout)


def test_a_wrong_answer_is_said_in_the_students_words(by_pytest: Run) -> None:
    """The terminal shows sentence, mistake and hint, and no line of the grader's own code."""
    done = by_pytest(scale=ADDS)

    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    shown = re.split(r"_+ (test_\S+) _+\n", done.stdout)[2].splitlines()
    assert [line for line in shown if line] == [
        "It scales. (short)",
        "Looks like: It adds. Multiply.",
        "numbers: wrong at 1 of 2 places, most at i 0: expected 2, you returned 3 (off by 1, allowed 0.005).",
        "Hint: Multiply by factor.",
    ]
    assert "grader/" not in done.stdout
    assert "It scales secret numbers. (hidden check)" in done.stdout
    assert re.search(r"FAILED \S+::test_scale\[short\] - numbers: wrong at", done.stdout)


def test_an_exception_is_shown_with_the_students_lines(by_pytest: Run) -> None:
    """Cell and line of the notebook, outermost first."""
    done = by_pytest("-k", "pair", pair=RAISES)

    assert "cell 2, line 5: return helper(number)\ncell 2, line 2: return x / 0\n" in done.stdout


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("-k", "pair"), ["pair"]),
        (("-x",), ["scale[short]"]),
        (("--collect-only", "-q"), ["scale[short]", "scale[equal]", "pair", "scale_secret", "scale_by_three"]),
    ],
)
def test_pytests_own_selection_works(by_pytest: Run, options: tuple[str, ...], expected: list[str]) -> None:
    """Choosing checks, stopping at the first failure and only listing them are pytest's own."""
    done = by_pytest(*options, *(() if "-q" in options else ("-v", "-rN")), scale=ADDS)

    assert list(dict.fromkeys(re.findall(r"test_checks\.py::test_(\S+)", done.stdout))) == expected


def test_a_stub_reads_as_not_attempted(by_pytest: Run, tiny: Path) -> None:
    """What was handed out unchanged is no failure of thought."""
    stub = json.loads((tiny / "exercise.ipynb").read_text())["cells"][1]["source"]

    done = by_pytest("-v", "-k", "short", scale=stub)

    assert "NOT ATTEMPTED" in done.stdout
    assert "has not been attempted" in done.stdout


@pytest.mark.parametrize("body", ["reference.breaks()", "pytest.skip('not now')", "pytest.xfail('not yet')"])
def test_a_check_that_breaks_is_an_error_not_a_failure(by_pytest: Run, tiny: Path, body: str) -> None:
    """An exception in the check or the reference is ours, and so is a check that did not run."""
    broken = f"\n\n@pytest.mark.exercise('pair')\ndef test_broken(reference):\n    {body}\n"
    (tiny / "checks" / "visible" / "test_checks.py").write_text(
        (tiny / "checks" / "visible" / "test_checks.py").read_text() + broken
    )

    done = by_pytest("-v", "-k", "broken")

    assert "test_broken ERROR" in done.stdout
    assert "1 error" in done.stdout
    assert done.returncode == pytest.ExitCode.TESTS_FAILED


def test_an_exit_code_follows_a_students_escape_sequences_harmlessly(by_pytest: Run) -> None:
    """What a student's exception says cannot steer the instructor's terminal."""
    done = by_pytest("-k", "pair", pair=r"def pair(n): raise ValueError('\x1b[2Jgone\x9b31m\u202e')")

    assert "ValueError" in done.stdout
    assert not set("\x1b\x9b\u202e") & set(done.stdout)


def test_checks_without_a_submission_are_a_usage_error(tiny: Path) -> None:
    """Running an assignment's checks bare says in one sentence what is missing."""
    command = (sys.executable, "-m", "pytest", tiny)
    done = subprocess.run(command, cwd=tiny.parent, capture_output=True, text=True, check=False)  # noqa: S603

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "say which notebook to grade: --submission NOTEBOOK." in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("where", "submission", "said"),
    [
        ("tiny", "nowhere.ipynb", "nowhere.ipynb'; check the spelling"),
        ("tiny", "tiny", "tiny is a folder; --submission takes one notebook."),
        ("tiny", "tiny/prelude.py", "prelude.py could not be read"),
        (".", "tiny/exercise.ipynb", None),
        ("elsewhere", "tiny/exercise.ipynb", "--submission needs the checks of one assignment"),
    ],
)
def test_a_submission_needs_a_notebook_and_an_assignment(
    run: Run, tiny: Path, where: str, submission: str, said: str | None
) -> None:
    """A notebook that cannot be read and a path without an assignment each have one sentence."""
    (tiny.parent / "elsewhere").mkdir()

    done = run(where, "--submission", submission, "--collect-only")

    if said is None:
        assert done.returncode == pytest.ExitCode.OK, done.stderr
    else:
        assert done.returncode == pytest.ExitCode.USAGE_ERROR
        assert said in done.stderr
        assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('exercise("pair")', 'exercise("pear")', "test_pair: exercise('pear') is not known; it may be scale, pair."),
        ('@pytest.mark.exercise("pair")\n', "", "test_pair: needs the marker exercise(...)"),
        ("points(2)", "points(-1)", r"test_pair: points(n) takes a number from 0, not -1."),
        ("points(2)", "points(1, 2)", "test_pair: points(...) takes one argument."),
        ('model("three")', 'model("four")', "model('four') is not known; it may be two, three."),
    ],
)
def test_a_marker_that_does_not_fit_is_the_authors_mistake(
    run: Run, tiny: Path, before: str, after: str, said: str
) -> None:
    """The author hears which check, which marker and what it may be."""
    for checks in tiny.glob("checks/*/test_checks.py"):
        checks.write_text(checks.read_text().replace(before, after))

    done = run(tiny, "--submission", tiny / "exercise.ipynb", "--collect-only")

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert said in done.stderr


def test_other_peoples_runs_are_left_alone(tmp_path: Path) -> None:
    """Without a submission the plugin changes nothing and loads nothing that takes time."""
    heavy = "{'torch', 'numpy', 'nbformat', 'jupyter_client', 'nbclient', 'zmq', 'IPython'}"
    source = f"import sys\ndef test_light(): assert not {heavy} & sys.modules.keys()\n"
    (tmp_path / "test_mine.py").write_text(source)

    command = (sys.executable, "-m", "pytest", "-W", "error", "--disable-plugin-autoload", "-p", "grader.plugin")
    done = subprocess.run([*command, "test_mine.py"], cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603

    assert done.returncode == pytest.ExitCode.OK, done.stdout


def test_ordinary_tests_beside_an_assignment_still_run(run: Run, tiny: Path, zygote: str, notebook: Run) -> None:
    """A run may hold other tests; they keep their outcome and come first."""
    (tiny.parent / "test_mine.py").write_text("def test_mine(): pass\n")
    submission = notebook("def pair(number):\n    return number, 10\n")

    options = ("--submission", submission, "--zygote", zygote, "-v", "-k", "mine or pair")
    done = run(tiny, "test_mine.py", *options)

    assert names(done) == ["test_mine", "test_pair"]
    assert done.returncode == pytest.ExitCode.OK, done.stdout


def test_a_seed_draws_the_same_inputs_again(run: Run, tiny: Path, notebook: Callable[..., Path], zygote: str) -> None:
    """``--seed`` repeats what a result names; without it the notebook's bytes decide."""
    checks = tiny / "checks" / "visible" / "test_checks.py"
    text = "@pytest.mark.exercise('pair')\ndef test_new(rng):\n    assert not rng.random(), f'drawn {rng.random()}'\n"
    checks.write_text(f"{checks.read_text()}\n\n{text}")

    options = (tiny, "--submission", notebook("x = 1"), "--zygote", zygote, "-k", "test_new")
    said = [run(*options, *seed).stdout for seed in ((), (), ("--seed", 1), ("--seed", 1))]
    found = [re.findall(r"drawn [\d.]+", text)[0] for text in said]

    assert found[0] == found[1] != found[2] == found[3]
