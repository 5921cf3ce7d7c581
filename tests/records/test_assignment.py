"""A rule that ``assignment.toml`` breaks is told with the file's name."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.errors import AssignmentError, UsageError

TINY = Path(__file__).resolve().parents[1] / "plugin" / "tiny"


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A copy of the tiny assignment to break."""
    return shutil.copytree(TINY, tmp_path / "tiny", ignore=shutil.ignore_patterns("__pycache__"))


def change(root: Path, old: str, new: str) -> None:
    """Replace text in the assignment's file; the text must be there."""
    path = root / "assignment.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_the_score_is_the_sum_of_the_exercises(tiny: Path) -> None:
    """Points are added over the functions asked for."""
    assert load_assignment(str(tiny)).max_score == 6.0


def test_a_slug_is_looked_up_in_the_named_folders(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GRADER_ASSIGNMENTS names folders of assignments."""
    monkeypatch.setenv("GRADER_ASSIGNMENTS", str(tiny.parent))

    assert load_assignment("tiny").root == tiny.resolve()


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('title = "Tiny"', "title = ", "is not valid TOML"),
        ('title = "Tiny"', "", "needs title, notebook"),
        ("points = 4", "points = 0", "points above 0"),
        ('name = "scale"', 'name = "not a name"', "Python identifier"),
        ('"prelude.py"', '"prelud.py"', "kernel.prelude names 'prelud.py', and there is no such file"),
        ("call_s = 3", "calls_s = 3", "[limits] has no 'calls_s'; did you mean 'call_s'?"),
        ('title = "Tiny"', 'title = "Tiny"\nnear_miss = 1', "near_miss must be true or false, not 1"),
        ("call_s = 3", "call_s = -3", "limits.call_s must be a number above 0"),
        ('title = "Tiny"', 'title = "Tiny"\nvisible_share = 40', "visible_share must be a number from 0 to 1, not 40"),
        ('title = "Tiny"', 'title = "Tiny"\nvisible_share = true', "visible_share must be a number from 0 to 1"),
        ('title = "Tiny"', 'title = "Tiny"\nvisible_share = nan', "visible_share must be a number from 0 to 1"),
        ("[limits]", "[[limits]]", "limits must be a table"),
        ('title = "Tiny"', 'title = "Tiny"\nmisconceptions = 5', "misconceptions must be a table"),
        ('title = "Tiny"', 'title = "Tiny"\nmisconceptions = []', "misconceptions must be a table"),
        ("[solution]", "[[solution]]", "solution must be a table"),
        ("[kernel]", "[[kernel]]", "needs title, notebook"),
        ('"prelude.py"', '"."', "kernel.prelude names '.', and there is no such file"),
        ('"prelude.py"', '"a\\u0000b"', "kernel.prelude names 'a\\x00b', and there is no such file"),
        ('"solution.py"', '""', "solution.file names '', and there is no such file"),
        ('"exercise.ipynb"', '".."', "notebook names '..', and there is no such file"),
        ('["two", "three"]', '["two", 3]', "models must be a list of different strings"),
        ('["factor", "np"]', '"np"', "needs title, notebook"),
        ('["factor", "np"]', '["factor", "n p"]', "provided must be names in Python, not 'n p'"),
        ('"prelude.py"', '"prelude.py"\npackages = "torch"', "packages must be a list of different strings"),
        ('"prelude.py"', '"prelude.py"\npackages = ["grader"]', "kernel.packages cannot hold 'grader': results have"),
        ('"prelude.py"', '"prelude.py"\npackages = ["x", "seed"]', "kernel.packages cannot hold 'seed': results have"),
        ('"prelude.py"', '"prelude.py"\ninterpreter = "no/python"', "kernel.interpreter must be the path of a Python"),
        ('"prelude.py"', '"prelude.py"\ninterpreter = "prelude.py"', "kernel.interpreter must be the path of a Python"),
        ('"prelude.py"', '"prelude.py"\ninterpreter = 3', "kernel.interpreter must be the path of a Python"),
        ('"prelude.py"', '"prelude.py"\ndevice = "cuda"', "kernel.device can be nothing but 'cpu' yet, not 'cuda'"),
        ("points = 4", "points = 1e12", "points above 0"),
        ("points = 4", 'points = "4"', "points above 0"),
        ("call_s = 3", "call_s = 1e12", "limits.call_s must be a number above 0"),
        ("call_s = 3", "memory_mb = 1000000000000", "limits.memory_mb must be a whole number above 0"),
        ("call_s = 3", 'call_s = "3"', "limits.call_s must be a number above 0"),
    ],
)
def test_a_broken_rule_is_told_with_its_place(tiny: Path, old: str, new: str, rule: str) -> None:
    """The sentence names the file and the rule."""
    change(tiny, old, new)

    with pytest.raises(AssignmentError, match=r"assignment\.toml") as caught:
        load_assignment(str(tiny))

    assert rule in str(caught.value)


def test_an_interpreter_is_a_path_from_the_assignment(tiny: Path) -> None:
    """A link to a Python stays one: it is what tells an environment's own packages."""
    (tiny / "env").mkdir()
    (tiny / "env" / "python").symlink_to(sys.executable)
    change(tiny, '"prelude.py"', '"prelude.py"\ninterpreter = "env/python"')

    assert load_assignment(str(tiny)).interpreter == str(tiny / "env" / "python")


def test_an_unknown_assignment_gets_the_nearest_name() -> None:
    """A slip of the keyboard is answered with what was meant."""
    with pytest.raises(UsageError, match="did you mean 'transformer_interp'"):
        load_assignment("transformer-interp")


@pytest.mark.parametrize("file", ["checks/visible/test_checks.py", "solution.py", "assignment.toml"])
def test_whatever_decides_a_grade_decides_the_digest(tiny: Path, file: str) -> None:
    """A changed check, solution or limit makes earlier results of another assignment."""
    before = load_assignment(str(tiny)).digest
    (tiny / file).write_text((tiny / file).read_text() + "\n# changed\n")

    assert load_assignment(str(tiny)).digest != before


@pytest.mark.parametrize(
    "name",
    [
        *("__pycache__/a.pyc", ".ipynb_checkpoints/exercise-checkpoint.ipynb", ".git/HEAD", ".pytest_cache/v/x"),
        *(".mypy_cache/x", ".ruff_cache/x", ".hypothesis/x", ".vscode/settings.json", ".idea/x.xml", ".DS_Store"),
        *("solution.py~", ".#solution.py", "#solution.py#", ".solution.py.swp", "deeper/.~prelude.py"),
    ],
)
def test_what_tools_leave_behind_does_not_decide_the_digest(tiny: Path, name: str) -> None:
    """Whoever opened the assignment in an editor, in Jupyter or in pytest changed no grade."""
    before = load_assignment(str(tiny)).digest
    (tiny / name).parent.mkdir(parents=True, exist_ok=True)
    (tiny / name).write_text("anything")

    assert load_assignment(str(tiny)).digest == before


def test_samples_do_not_decide_the_digest(tiny: Path) -> None:
    """Another sample submission grades nobody differently."""
    before = load_assignment(str(tiny)).digest
    (tiny / "samples").mkdir()
    (tiny / "samples" / "one.ipynb").write_text("{}")

    assert load_assignment(str(tiny)).digest == before


@pytest.mark.parametrize("place", ["assignments/tiny", "tiny"])
def test_a_name_is_not_looked_up_where_the_command_is_called(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """A name is not looked up among uploads; the sentence says how to write a path."""
    shutil.copytree(tiny, tmp_path / "uploads" / place)
    monkeypatch.chdir(tmp_path / "uploads")

    with pytest.raises(UsageError, match="there is no assignment 'tiny'") as caught:
        load_assignment("tiny")

    assert ("./tiny" in str(caught.value)) == (place == "tiny")
    assert load_assignment(f"./{place}").root == tmp_path / "uploads" / place


def test_the_named_folders_win_over_the_working_folder(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The assignment that is installed is the one that grades."""
    shutil.copytree(tiny, tmp_path / "uploads" / "assignments" / "transformer_interp")
    monkeypatch.chdir(tmp_path / "uploads")

    assert load_assignment("transformer_interp").title != "Tiny"


@pytest.mark.parametrize("given", ["../tiny", "tiny/", "./tiny", "{here}/tiny"])
def test_a_path_is_no_name(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    """What is written as a path is never joined to a folder of assignments."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    monkeypatch.setenv("GRADER_ASSIGNMENTS", str(tiny.parent))

    if given == "../tiny":
        assert load_assignment(given).root == tiny
    else:
        with pytest.raises(UsageError, match="there is no assignment"):
            load_assignment(given.format(here=tmp_path / "empty"))
