"""``grader check``, ``grader hook``, and wrong usage of any command."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import zipfile
from functools import partial
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.cli import check_messages
from grader.cli.arguments import Command
from grader.cli.check_commands import _file_state, _wait_until_saved
from grader.cli.command_line import COMMANDS
from grader.errors import UsageError
from grader.kernel.lasting_zygote import stop_zygotes
from grader.settings import PACKAGE
from grader.worker import Examiners
from tests.forked import COMMAND, run_forked

from .conftest import GRADER, KEPT, RIGHT, TINY, WRONG, Run, environment_in, grader_in, write


def test_a_right_notebook_passes_its_own_check(grader: Run, tmp_path: Path) -> None:
    """Exit code 0, and it says how many checks there are and that more run at grading."""
    done = grader("check", write(tmp_path / "mine.ipynb", *RIGHT), "-a", TINY)

    assert done.returncode == 0, done.stderr
    assert "3 of 3 visible checks pass" in done.stdout
    assert "run at grading" in done.stdout


def test_a_wrong_notebook_falls_short(grader: Run, tmp_path: Path) -> None:
    """Exit code 1, and the failing check is named with the mistake and its hint."""
    done = grader("check", write(tmp_path / "mine.ipynb", *WRONG), "-a", TINY)

    assert done.returncode == 1, done.stderr
    assert "✗ It scales." in done.stdout
    assert "Looks like: It adds. Multiply." in done.stdout


def test_a_file_that_is_no_notebook_falls_short_with_a_reason(grader: Run, tmp_path: Path) -> None:
    """Exit code 1, because it is the submission that cannot be read."""
    (tmp_path / "mine.ipynb").write_text("hello")

    done = grader("check", tmp_path / "mine.ipynb", "-a", TINY)

    assert done.returncode == 1
    assert "could not be read" in done.stdout


@pytest.mark.parametrize(
    ("holds", "said"),
    [({"a.ipynb": RIGHT}, ""), ({}, "no notebook"), ({"a.ipynb": RIGHT, "b.ipynb": WRONG}, "2 notebooks")],
)
def test_a_zip_with_one_notebook_is_that_notebook(
    grader: Run, tmp_path: Path, holds: dict[str, tuple[str, ...]], said: str
) -> None:
    """A zip of one notebook and a picture is graded; one with none or several is refused."""
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as archive:
        archive.writestr("hw/picture.png", b"\x89PNG")
        for name, cells in holds.items():
            archive.write(write(tmp_path / name, *cells), f"hw/{name}")

    checked = grader("check", tmp_path / "mine.zip", "-a", TINY)
    hooked = json.loads(grader("hook", tmp_path / "mine.zip", "-a", TINY).stdout)

    assert checked.returncode == (1 if said else 0), checked.stderr
    assert hooked["status"] == ("unreadable" if said else "graded")
    assert f"it is a zip that holds {said}" in hooked["message"] if said else hooked["score"] == hooked["max_score"]


def test_a_crash_is_told_once_with_its_line(grader: Run, tmp_path: Path) -> None:
    """The sentence and the line of the notebook; other checks say it is the same reason."""
    crash = write(tmp_path / "mine.ipynb", "def scale(numbers):\n    return numbers.nothing\n", RIGHT[1])

    done = grader("check", crash, "-a", TINY)

    assert done.stdout.count("AttributeError") == 1
    assert "cell 1, line 2: return numbers.nothing" in done.stdout
    assert "For the same reason as above." in done.stdout


def test_what_was_not_attempted_is_said_once_an_exercise(grader: Run) -> None:
    """The untouched notebook gets one sentence for each function, and its checks by title."""
    done = grader("check", TINY / "exercise.ipynb", "-a", TINY)

    assert done.returncode == 1
    assert done.stdout.count("not been attempted") == 2
    assert "○ It scales. (short)\n  ○ It scales. (equal)\n" in done.stdout


def test_a_student_is_told_where_the_pictures_are(grader: Run, tmp_path: Path) -> None:
    """A student with a failed check is told of the option, or where the page was written."""
    wrong = write(tmp_path / "mine.ipynb", *WRONG)

    without, with_page = grader("check", wrong, "-a", TINY), grader("check", wrong, "-a", TINY, "--html", "page.html")

    assert "--html page.html" in without.stdout
    assert "The same with pictures: page.html" in with_page.stdout


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)
def test_every_command_says_what_it_does_with_an_example(grader: Run, command: Command) -> None:
    """--help has more than the options."""
    done = grader(command.name, "--help")

    assert done.returncode == 0
    assert f"example: grader {command.name}" in done.stdout
    assert command.description.split(".")[0] in " ".join(done.stdout.split())


def test_the_hook_prints_one_json_result_and_nothing_else(grader: Run, tmp_path: Path) -> None:
    """Whatever the student's code prints, stdout is one line of JSON."""
    noisy = write(
        tmp_path / "up.ipynb", "print('noise')\n" + WRONG[0].replace("return", "print('{}');\n    return"), RIGHT[1]
    )

    done = grader("hook", noisy, "-a", TINY)

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert json.loads(done.stdout)["score"] == 2.0


def test_the_hook_tells_the_student_nothing_hidden(grader: Run, tmp_path: Path) -> None:
    """By default the JSON is redacted; staff ask for the whole with --view staff."""
    upload = write(tmp_path / "up.ipynb", *WRONG)

    student, staff = grader("hook", upload, "-a", TINY), grader("hook", upload, "-a", TINY, "--view", "staff")

    assert "4713" not in student.stdout
    assert "4713" in staff.stdout


def test_the_hook_writes_the_page_beside_the_json(grader: Run, tmp_path: Path) -> None:
    """--html names the file."""
    grader("hook", write(tmp_path / "up.ipynb", *RIGHT), "-a", TINY, "--html", tmp_path / "page.html")

    assert "6 of 6" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("check", "none.ipynb", "-a", TINY), "there is no file none.ipynb"),
        (("grade", "none", "-a", TINY, "-o", "out"), "none"),
        (("grade", ".", "-a", TINY, "-o", "out"), "there are no notebooks"),
        (("grade", ".", "-a", "transformer_inter", "-o", "out"), "did you mean 'transformer_interp'?"),
        (("grade", ".", "-a", TINY, "-o", "out", "--jobs", "0"), "must be a whole number, 1 or more"),
        (("grade", ".", "-a", TINY, "-o", "out", "--timeout", "nan"), "above 0"),
        (("check", "none.ipynb", "-a", TINY, "--html", "no/such/page.html"), "there is no folder no/such"),
        (("hook", "none.ipynb", "-a", TINY, "--html", "."), "is a folder"),
        (("check", ".", "-a", TINY), ". is a folder; give the path of one notebook"),
        (("render", "."), "there is no results.jsonl"),
        (("gradee", "."), "there is no command 'gradee'; did you mean 'grade'?"),
        (("grade", "."), "required: -a/--assignment, -o/--out. `grader grade --help` says more."),
        ((), "grader COMMAND --help"),
        (("assignment", "release", TINY, "-o", ".", "--wheel", "none.whl"), "cannot be read as a wheel"),
    ],
)
def test_wrong_usage_gets_one_sentence_and_exit_code_2(
    grader: Run, arguments: tuple[object, ...], sentence: str
) -> None:
    """Nothing is started, no traceback is shown."""
    done = grader(*arguments)

    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("slugs", "sentence"),
    [
        (["one"], "Checked by the assignment 'Tiny' (one)."),
        (["one", "two"], "there are several (one, two); name one with -a."),
    ],
)
def test_the_only_assignment_needs_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slugs: list[str], sentence: str
) -> None:
    """Where there are several, one has to be named."""
    installed = tmp_path / "installed"
    shutil.copytree(PACKAGE, installed / "grader", ignore=shutil.ignore_patterns("__pycache__"))
    for slug in slugs:
        shutil.copytree(TINY, tmp_path / "assignments" / slug, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("GRADER_ASSIGNMENTS", str(tmp_path / "assignments"))
    monkeypatch.setenv("PYTHONPATH", str(installed))

    done = grader_in(tmp_path, alone=True)("check", write(tmp_path / "mine.ipynb", *RIGHT))

    assert sentence in done.stdout + done.stderr
    assert done.returncode == (0 if len(slugs) == 1 else 2)


def test_a_check_leaves_the_models_loaded_for_the_next_one(tmp_path: Path) -> None:
    """Unless it is told not to; what is loaded can be listed, and let go."""
    notebook = write(tmp_path / "mine.ipynb", *RIGHT)

    def said(*arguments: object) -> str:
        environment = environment_in(tmp_path) | {"GRADER_STATE": str(tmp_path / "state"), "GRADER_IDLE_S": ""}
        done = run_forked(COMMAND, arguments, tmp_path, environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    said("check", notebook, "-a", TINY, "--cold")
    nothing = said("warm", "--status")
    said("check", notebook, "-a", TINY)
    loaded = said("warm", "--status")
    again = said("warm", TINY)
    stopped = said("warm", "--stop")

    assert nothing == said("warm", "--status") == "Nothing is loaded.\n"
    assert loaded == "tiny: loaded.\n"
    assert again == "tiny: loaded; ends after 900 s without use.\n"
    assert stopped.startswith("tiny: ends")


def test_a_watched_notebook_is_checked_whenever_it_is_saved(tmp_path: Path) -> None:
    """Three times, each time as it is then; Ctrl-C ends it with the last verdict."""
    notebook, new = tmp_path / "mine.ipynb", tmp_path / "new.ipynb"
    write(notebook, *RIGHT)
    with subprocess.Popen(  # noqa: S603 - our own program, started from one thread
        [*GRADER, "check", str(notebook), "-a", str(TINY), "--watch"],
        env=environment_in(tmp_path) | KEPT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # it may be ignored where tests are started
    ) as watching:
        assert watching.stdout is not None
        said = []
        for cells in (WRONG, ("def scale(",), RIGHT):
            said.append("".join(iter(watching.stdout.readline, check_messages.WATCHING + "\n")))
            write(new, *cells).replace(notebook)
        said.append("".join(iter(watching.stdout.readline, check_messages.WATCHING + "\n")))
        watching.send_signal(signal.SIGINT)
        code = watching.wait()

    assert ["3 of 3 visible checks pass" in text for text in said] == [True, False, False, True]
    assert "Looks like: It adds. Multiply." in said[1]
    assert code == 0


def test_a_notebook_is_saved_once_it_stays_the_same(tmp_path: Path) -> None:
    """An editor may take it away, and write it in parts."""
    notebook = tmp_path / "mine.ipynb"
    notebook.write_text("old")
    before, steps = _file_state(notebook), [notebook.unlink, *(partial(notebook.write_text, "x" * n) for n in (7, 9))]

    _wait_until_saved(notebook, before, pause=lambda: steps.pop(0)() if steps else None)

    assert notebook.read_text() == "x" * 9


def test_a_folder_is_no_notebook_whatever_lies_beside_it(grader: Run, tmp_path: Path) -> None:
    """That two releases lie there is not the point."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "assignment.toml").write_text("[recorded]\n")

    done = grader("check", tmp_path / "one")

    assert "is a folder; give the path of one notebook" in done.stderr


def test_a_check_can_be_one_line_of_json(grader: Run, tmp_path: Path) -> None:
    """What the student may see, and the exit code as ever."""
    done = grader("check", write(tmp_path / "mine.ipynb", *WRONG), "-a", TINY, "--json")

    assert done.returncode == 1
    assert done.stdout.count("\n") == 1
    assert json.loads(done.stdout)["exercises"][0]["name"] == "scale"


def test_a_second_check_does_nothing_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That an assignment can be graded here is known, for these very files and this zygote."""
    monkeypatch.setenv("GRADER_STATE", str(tmp_path))
    course = shutil.copytree(TINY, tmp_path / "tiny", ignore=shutil.ignore_patterns("__pycache__"))
    known = []
    for _ in range(2):
        with Examiners(load_assignment(str(course)), idle_s=60) as examiners:
            known.append(examiners.tried)
            assert examiners.info.models
    (course / "checks" / "visible" / "test_more.py").write_text("this is no Python\n")
    with Examiners(load_assignment(str(course)), idle_s=60) as examiners:
        known.append(examiners.tried)
        with pytest.raises(UsageError):
            _ = examiners.info
    stop_zygotes()

    assert known == [False, True, False]
