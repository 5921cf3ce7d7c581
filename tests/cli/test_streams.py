"""Output in any encoding, and to streams that are closed or that nobody reads."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from rich.cells import cell_len

from grader.export import write_results
from grader.result import GradingResult, SubmissionStatus
from grader.submission import SubmissionRecord
from tests.first_of_each import first_of_each

from .conftest import GRADER, KEPT, RIGHT, TINY, environment_in, write

ENCODINGS = {
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "utf-8": {"LC_ALL": "C.UTF-8"},
}
EVERYTHING = """
import sys
import zipfile
from grader.assignment import load_assignment
from grader.batch import Summary
from grader.cli import batch_report, check_report, main
from grader.cli.command_line import COMMANDS
from grader.cli.progress import batch_progress
from grader.cli.waiting import show_waiting
from grader.corrections import final_grades
from grader.export import read_results
from grader.result import CheckResult, ExerciseResult, ExerciseStatus, GradingResult, Outcome, SubmissionStatus
from grader.submission import SubmissionRecord
from pathlib import Path

codes = [main([*command, "--help"]) for command in ([], *([c.name] for c in COMMANDS), ["assignment", "test"])]
codes.append(main(["check", "\\u0141ukasz \\u0160 \\u4f60\\u597d \\udce9.ipynb"]))
codes.append(main(["grad\\u00e9\\x1b[31m"]))
who = SubmissionRecord("a", "\\u0141ukasz \\u4f60\\u597d \\udce9 \\U0001f600", "a", "")
checks = tuple(CheckResult(str(n), "t \\u2713", o, 0, 1, message="\\u2264") for n, o in enumerate(Outcome))
exercises = (ExerciseResult("scale", ExerciseStatus.FAILED, 0.0, 4.0, checks=checks),)
result = GradingResult(who, "tiny", SubmissionStatus.GRADED, 1.0, 6.0, exercises, message="\\u2026")
with batch_progress(1) as report:
    report(result, 1, 1)
with show_waiting():
    pass
tiny = load_assignment(sys.argv[1])
batch_report.print_summary(Summary((result,), 0, Path("index.html"), grades=final_grades([result])), tiny)
check_report.print_check(result, tiny, Path("none.ipynb"), sandboxed=False, page=Path("p\\udce9.html"))
sys.stdout.flush()
assert codes == [0] * (len(COMMANDS) + 2) + [2, 2], codes
"""


@functools.cache
def everything_in(encoding: str) -> subprocess.CompletedProcess[bytes]:
    """Return what became of printing everything where stdout and stderr have an encoding."""
    return output_in(encoding, EVERYTHING, TINY)


def output_in(encoding: str, program: str, *arguments: object, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run a program of ours where stdout and stderr have an encoding."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_", "LANG"))}
    return subprocess.run(  # noqa: S603 - our own program on our own arguments
        [sys.executable, "-c", program, *map(str, arguments)],
        env=environment | ENCODINGS[encoding] | variables,
        capture_output=True,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize("encoding", first_of_each(ENCODINGS, lambda name: name == "C", str))
def test_all_output_can_be_printed_in_every_encoding(encoding: str) -> None:
    """Help, usage errors, progress, tables and results print no traceback, for any name."""
    done = everything_in(encoding)

    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert b"\x1b" not in done.stdout + done.stderr
    # A byte that is no text stands as what it is.
    assert b"\\xe9.ipynb" in done.stderr


@pytest.mark.parametrize("encoding", first_of_each(["latin-1", "ascii"], type, str))
def test_our_own_signs_are_replaced_where_an_encoding_lacks_them(encoding: str) -> None:
    """A mark is replaced by an ASCII one; a letter of a name by its escape."""
    done = everything_in(encoding)

    assert b"  + t +" in done.stdout
    assert b"  x t +" in done.stdout
    assert b"\\u0141ukasz" in done.stdout


NARROW = """
import os
import sys
from grader.terminal import prepare_streams
prepare_streams()
from pathlib import Path
from rich.console import Console
from grader.assignment import load_assignment
from grader.batch import Summary
from grader.cli import batch_report, doctor
from grader.corrections import final_grades
from grader.result import ExerciseResult, ExerciseStatus, GradingResult, SubmissionStatus
from grader.submission import SubmissionRecord

exercises = (ExerciseResult("scale", ExerciseStatus.NOT_ATTEMPTED, 0.0, 4.0),)
names = ("\\u0141ukasz \\u4f60\\u597d \\udce9 \\U0001f600", "J\\u00f6rg " * 20, "Ann", "x" * 300)
who = [SubmissionRecord(n, n, n, "") for n in names]
rows = tuple(GradingResult(w, "tiny", SubmissionStatus.GRADED, 1.0, 6.0, exercises) for w in who)
batch = Summary(rows, 0, Path("index.html"), grades=final_grades(rows))
for os.environ["COLUMNS"] in ("200", "60", "40"):
    batch_report.print_summary(batch, load_assignment(sys.argv[1]))
Console().print(doctor.plain_table("Models", [("\\u2713", "a", "sha256 0123456789abcdef0123456789abcdef\\u2026")]))
"""


@pytest.mark.parametrize("encoding", first_of_each(["ascii", "utf-8"], type, str))
def test_tables_are_as_wide_as_the_terminal_at_most(encoding: str) -> None:
    """Whatever their texts become where the encoding lacks their characters."""
    done = output_in(encoding, NARROW, TINY)
    tables = re.split("4 submissions: .*\n", done.stdout.decode(encoding))
    widths = [{cell_len(line) for line in table.splitlines()[1:]} for table in tables]

    assert done.stderr == b""
    assert [len(of_table) for of_table in widths[:3]] == [1, 1, 1]
    assert [max(of_table) <= columns for of_table, columns in zip(widths, (200, 60, 40, 40), strict=True)] == [True] * 4


def test_doctor_prints_everything_in_a_latin_1_locale(tmp_path: Path) -> None:
    """Its tables of layers and models, with marks and digests, are all there."""
    done = subprocess.run(  # noqa: S603 - our own program on our own arguments
        [*GRADER, "doctor", "-a", str(TINY)],
        env=environment_in(tmp_path) | KEPT | ENCODINGS["latin-1"],
        capture_output=True,
        check=False,
        timeout=300,
    )

    assert b"Traceback" not in done.stderr
    assert b"Models of tiny" in done.stdout
    assert b" + " in done.stdout


@pytest.mark.parametrize(
    ("redirection", "words", "code"),
    [
        (">&-", "--help", 0),
        ("2>&-", "check none.ipynb", 2),
        pytest.param("2>&-", f"check right.ipynb -a {TINY}", 0, marks=pytest.mark.exhaustive),
        (">&-", f"check right.ipynb -a {TINY}", 0),
        (">&-", f"hook right.ipynb -a {TINY}", 3),
        pytest.param("2>&- <&-", f"check right.ipynb -a {TINY}", 0, marks=pytest.mark.exhaustive),
        pytest.param(">&- 2>&-", "check none.ipynb", 2, marks=pytest.mark.exhaustive),
        ("<&- >&- 2>&-", "gradee", 2),
        ("> /dev/full", "--help", 3),
        pytest.param("> /dev/full", "render out", 3, marks=pytest.mark.exhaustive),
        ("2> /dev/full", "check none.ipynb", 2),
        ("| true", "render out", 0),
        pytest.param("2>&1 | true", "render nowhere", 2, marks=pytest.mark.exhaustive),
        ("2>&1 | head -1", "--help", 0),
    ],
)
def test_the_exit_code_is_the_same_where_nobody_reads(tmp_path: Path, redirection: str, words: str, code: int) -> None:
    """Closed streams change no verdict; what could not be written is an error, once."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "results.jsonl").touch()
    write(tmp_path / "right.ipynb", *RIGHT)
    shell = f"set -o pipefail; {shutil.which('env')} {' '.join(GRADER)} {words} {redirection}"

    done = subprocess.run(  # noqa: S603 - our own program on our own arguments
        ["/bin/bash", "-c", f"({shell}) ; echo code $? >> code"],
        cwd=tmp_path,
        env=environment_in(tmp_path) | KEPT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert (tmp_path / "code").read_text() == f"code {code}\n"
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_hook_whose_result_nobody_read_fails(tmp_path: Path) -> None:
    """The hook's one line is its whole result, so a reader that went away is an error."""
    program = (
        "import sys\nfrom grader.cli import check_commands, main\n"
        "check_commands.hook = lambda args: print('{}') or 0\nsys.exit(main(sys.argv[1:]))"
    )
    words = [sys.executable, "-c", program, "hook", "a.ipynb", "-a", "tiny"]
    reader, writer = os.pipe()
    os.close(reader)
    with subprocess.Popen(words, stdout=writer, stderr=subprocess.PIPE) as hook:  # noqa: S603 - our own program
        os.close(writer)
        _, said = hook.communicate()

    assert hook.returncode == 3
    assert said == b""


def test_a_name_in_a_zip_is_a_file_s_name_in_every_locale(tmp_path: Path) -> None:
    """Where the system's encoding lacks a letter, files are unpacked and pages have names."""
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr("\u0141ukasz.ipynb", "{}")
    program = (
        "import sys; from pathlib import Path; from grader.intake import find\n"
        "here = Path(sys.argv[1])\n"
        "[found] = find([here / 'class.zip'], scratch=here).submissions\n"
        "assert found.path.read_text() == '{}'\n"
        "(here / found.id).touch()\n"
    )

    done = output_in("C", program, tmp_path)

    assert done.returncode == 0, done.stderr


ODD = "\u0141ukasz \u4f60\u597d"


def test_names_are_read_alike_in_every_locale(tmp_path: Path) -> None:
    """A name written in one locale is found and written in another that lacks its letters."""
    (tmp_path / ODD).mkdir()
    who = SubmissionRecord(ODD.replace(" ", "_"), ODD, f"{ODD}.ipynb", "")
    write_results(tmp_path / ODD / "results.jsonl", [GradingResult(who, "tiny", SubmissionStatus.UNREADABLE, 0.0, 6.0)])
    environment = environment_in(tmp_path) | ENCODINGS["C"]

    done = subprocess.run(  # noqa: S603 - our own program on our own arguments
        [*GRADER, "render", ODD], cwd=tmp_path, env=environment, capture_output=True, check=False, timeout=300
    )

    assert done.stderr == b""
    assert done.stdout == b"\\u0141ukasz \\u4f60\\u597d/index.html\n"
    assert (tmp_path / ODD / "feedback" / f"{ODD.replace(' ', '_')}.html").is_file()
