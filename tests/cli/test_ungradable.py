"""An assignment that cannot be graded gets one sentence, before any submission."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.first_of_each import first_of_each

from .conftest import RIGHT, Run, copied, write

CHECKS, PRELUDE, TOML, MISCONCEPTIONS = (
    "checks/visible/test_checks.py",
    "prelude.py",
    "assignment.toml",
    "misconceptions.py",
)

FAULTS = {
    "sum of points": (TOML, "points = 4", "points = 5", "the checks of scale are worth 4 points, the exercise 5"),
    "import": (CHECKS, "import pytest", "import pytest\nimport nowhere", "test_checks.py: line 5: ModuleNotFoundError"),
    "syntax": (CHECKS, "import pytest", "import pytest\ndef (:", "test_checks.py: line 5: SyntaxError"),
    "name": (CHECKS, "import pytest", "import pytest\nnothing", "test_checks.py: line 5: NameError"),
    "no exercise": (CHECKS, '@pytest.mark.exercise("pair")\n', "", "test_pair: needs the marker exercise(...)"),
    "no title": (CHECKS, '    """It makes a pair."""\n', "", "test_pair: needs a docstring"),
    "exit": (CHECKS, "import pytest", "import pytest, os\nos._exit(4)", "ended the process (exit code 4)"),
    "key": (TOML, 'title = "Tiny"', 'title = "Tiny"\nhandot = []', "has no 'handot'; did you mean 'handout'?"),
    "key of an exercise": (TOML, "points = 4", "points = 4\npoint = 1", "[exercises] has no 'point'"),
    "key of the kernel": (TOML, "[kernel]", '[kernel]\nmodel = "x"', "[kernel] has no 'model'"),
    "package": (
        TOML,
        "[kernel]",
        '[kernel]\npackages = ["torch", "tlens"]',
        "kernel.packages names 'tlens', which is not",
    ),
    "key of the solution": (TOML, "[solution]", "[solution]\nread = []", "[solution] has no 'read'"),
    "unknown exercise of a mistake": (
        MISCONCEPTIONS,
        '"exercise": "scale", "title": "It adds"',
        '"exercise": "sale", "title": "x"',
        "'sale'",
    ),
    "notebook": (TOML, '"exercise.ipynb"', '"prelude.py"', "cannot be read as a notebook"),
    "prelude": (PRELUDE, "import numpy as np", "import numpy as np\nnothing", "prelude.py: line 5: NameError"),
    "exiting prelude": (PRELUDE, "import numpy as np", "import numpy as np, sys\nsys.exit(1)", "line 5: SystemExit"),
    "model": (PRELUDE, '"three": 3.0}[name]', '"thre": 3.0}[name]', "prelude.py: line 10: KeyError: 'three'"),
    "unknown model": (TOML, '"three"]', '"four"]', "MODELS lacks 'four'"),
    "provide": (PRELUDE, '{"factor": model', '{"factor": modl', "prelude.py: line 22: NameError"),
    "ending prelude": (
        PRELUDE,
        "import numpy as np",
        "import numpy as np, os\nos._exit(3)",
        "prelude.py: running it ended",
    ),
    "interrupted prelude": (PRELUDE, "import numpy as np", "import numpy as np\nraise KeyboardInterrupt", "Interrupt"),
    "odd digest": (PRELUDE, "return name", "return {1}", "prelude.py: TypeError: digest('two') gives no text"),
    "ending provide": (
        PRELUDE,
        '{"factor": model',
        '__import__("os")._exit(0) or {"factor": model',
        "running it ended",
    ),
    "provided": (TOML, '["factor", "np"]', '["factor", "np", "pd"]', "provide() does not give 'pd', which assignment"),
    "no checks in the file": (CHECKS, "import pytest", "raise SystemExit", "test_checks.py: line 4: SystemExit"),
    "misconceptions": (
        MISCONCEPTIONS,
        "MISCONCEPTIONS = [",
        "MISCONCEPTIONS = [[",
        "misconceptions.py: MISCONCEPTIONS must be",
    ),
    "ending solution": ("solution.py", "import numpy as np", "import os\nos._exit(3)", "solution.py: running it ended"),
    "solution": ("solution.py", "import numpy as np", "import numpy as np\nnothing", "solution.py: line 5: NameError"),
}


def with_fault(course: Path, folder: Path, fault: str) -> tuple[Path, str]:
    """Return a copy of the tiny assignment with a fault, and the sentence that it must get."""
    # Whoever finds no zygote starts one, and where none can be kept another that says why.
    broken = course if FAULTS[fault][0] != PRELUDE else copied(folder / "broken")
    name, old, new, said = FAULTS[fault]
    text = (broken / name).read_text()
    assert old in text
    (broken / name).write_text(text.replace(old, new, 1))
    if name == TOML and '"four"' in new:  # or its checks would be at fault
        hidden = broken / "checks" / "hidden" / "test_checks.py"
        hidden.write_text(hidden.read_text().replace('model("three")', 'model("four")'))
    return broken, said


@pytest.mark.parametrize("fault", first_of_each(FAULTS, lambda fault: FAULTS[fault][0], str))
def test_a_fault_of_the_assignment_is_one_sentence(grader: Run, course: Path, tmp_path: Path, fault: str) -> None:
    """It names the file and what is wrong in it; nothing is tried again."""
    broken, said = with_fault(course, tmp_path, fault)

    done = grader("hook", write(tmp_path / "in" / "anna.ipynb", *RIGHT), "-a", broken)

    assert (done.returncode, json.loads(done.stdout)["status"]) == (2, "error")
    assert said in json.loads(done.stdout)["summary"]
    assert said in done.stderr
    assert done.stderr.startswith("grader: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("grade", "in", "-a", "BROKEN", "-o", "out"),
        ("check", "in/anna.ipynb", "-a", "BROKEN"),
        ("assignment", "test", "BROKEN"),
        ("doctor", "-a", "BROKEN"),
    ],
    ids=lambda words: words[0],
)
@pytest.mark.parametrize("fault", first_of_each(["sum of points", "prelude"], type, str))
def test_every_command_finds_it_before_it_grades(
    grader: Run, course: Path, tmp_path: Path, words: tuple[str, ...], fault: str
) -> None:
    """Exit code 2, one sentence, and not a row is written."""
    broken, said = with_fault(course, tmp_path, fault)
    write(tmp_path / "in" / "anna.ipynb", *RIGHT)

    done = grader(*(broken if word == "BROKEN" else word for word in words))

    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out" / "results.jsonl").exists()


def test_results_that_stand_are_not_touched(grader: Run, course: Path, tmp_path: Path) -> None:
    """An assignment that was broken since costs nobody a grade."""
    write(tmp_path / "in" / "anna.ipynb", *RIGHT)
    grader("grade", "in", "-a", course, "-o", "out")
    before = (tmp_path / "out" / "results.jsonl").read_bytes()
    (course / CHECKS).write_text("import nowhere\n")

    done = grader("grade", "in", "-a", course, "-o", "out")
    replayed = grader("replay", "out", "anna", "in/anna.ipynb", "-a", course)

    assert (done.returncode, replayed.returncode) == (2, 2)
    assert (tmp_path / "out" / "results.jsonl").read_bytes() == before
