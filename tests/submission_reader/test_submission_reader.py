"""Of a submission that takes too much to be read, as little as possible is lost."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.background_load import busy
from grader import submission_reader
from grader.assignment import Assignment, load_assignment
from grader.errors import GraderError, UnreadableError
from grader.extract import Extraction, parse_stub
from grader.intake import read_stub

TINY = Path(__file__).parents[1] / "plugin" / "tiny"
SCALE = "def scale(x):\n    return x"
MANY = 300_000
Read = Callable[..., Extraction]


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    return load_assignment(str(TINY))


@pytest.fixture
def read(tmp_path: Path, assignment: Assignment) -> Read:
    """Read a notebook of code cells, with other keys beside them."""

    def read(*cells: str, **others: Any) -> Extraction:
        path = tmp_path / "submission.ipynb"
        made = [{"cell_type": "code", "source": source, "outputs": [], "metadata": {}} for source in cells]
        path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **others}))
        return submission_reader.read_submission(path, assignment)

    return read


def finally_in_finally(levels: int, body: str = "x = 1") -> str:
    source = body
    for _ in range(levels):
        source = f"try:\n pass\nfinally:\n{indented(source)}"
    return source


def indented(source: str) -> str:
    return "\n".join(f" {line}" for line in source.split("\n"))


def blocks(levels: int, opening: str, body: str) -> str:
    return "".join(f"{' ' * n}{opening}\n" for n in range(levels)) + " " * levels + body


WRITTEN = {
    "250 elifs": "if x == 0: return 0\n" + "\n".join(f"elif x == {n}: return {n}" for n in range(250)),
    "2,500 elifs": "if x == 0: return 0\n" + "\n".join(f"elif x == {n}: return {n}" for n in range(2500)),
    "a long sum": "return " + " + ".join(["x"] * 2000),
    "a long chain of methods": "return x" + ".a(1)" * 900,
    "lists in lists": "return " + "[" * 90 + "x" + "]" * 90,
    "calls in calls": "return " + "f(" * 90 + "x" + ")" * 90,
    "parentheses": "return " + "(" * 190 + "x" + ")" * 190,
    "conditions in a row": "return " + "1 if x else " * 1500 + "2",
    "functions of functions": "return " + "lambda y: " * 900 + "x",
    "negations": "return " + "not " * 2000 + "x",
    "signs": "return " + "-" * 2000 + "x",
    "comprehensions in comprehensions": "return " + "[" * 50 + "x" + " for a in x]" * 50,
    "a chain of names": " = ".join(f"a{n}" for n in range(2000)) + " = x\nreturn a7",
    "a large table": "return {" + ", ".join(f"{n}: {n / 7:.5f}" for n in range(9000)) + "}",
    "patterns": "match x:\n" + "\n".join(f" case {n}: return {n}" for n in range(2000)),
    "blocks in blocks": blocks(18, "if x:", "return 1"),
    "one finally in another": finally_in_finally(3, "return x"),
    "many ways out": "try:\n" + " if x: return 1\n" * 200 + "finally:\n" + " x = 1\n" * 20,
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_what_a_person_could_write_is_graded(kind: str, read: Read) -> None:
    """Long and deep code that Python itself accepts is no reason to refuse an exercise."""
    extraction = read(f"def scale(x):\n{indented(WRITTEN[kind])}")

    assert extraction.functions["scale"].status is None
    assert extraction.remarks == ()


LEFT_OUT = {
    "statements on one line": "1;" * MANY,
    "parts of an f-string": "a = f'" + "{x}" * 90_000 + "'",
    "chained assignments": "a=" * MANY + "1",
    "names that share a value": "=".join(f"a{n}" for n in range(MANY // 3)) + "=1",
    "imports": "import a\n" * (MANY // 3),
    "imported names": "from a import " + ",".join(f"b{n}" for n in range(MANY // 3)),
    "decorators": "@f\n" * (MANY // 3) + "def g(): pass",
    "a dictionary": "d = {" + ",".join(f"{n}:{n}" for n in range(MANY // 3)) + "}",
    "a written file": "%%writefile a.py\n" + "1;" * MANY,
    "a huge number": "a = " + "9" * MANY * 3,
    "strings side by side": "a = " + "'' " * MANY,
    "comparisons": "a" + "<a" * MANY,
    "items": "a" + "(0)" * MANY,
    "attributes": "a" + ".b" * MANY,
    "negations": "not " * MANY + "1",
    "signs": "-" * MANY * 3 + "1",
    "open brackets": "(" * MANY * 3,
    "continued lines": "a = " + "\\\n" * MANY + "1",
    "global names": "def g(): global " + ",".join(f"a{n}" for n in range(MANY // 3)),
    "cases": "match a:\n" + "\n".join(f" case {n}: pass" for n in range(MANY // 3)),
    "prompts": ">>> a\n" * (MANY // 3),
    "odd letters": "\N{LATIN SMALL LIGATURE FI}" * MANY * 4 + " = 1",
    "lambdas": "lambda: " * (MANY // 10) + "1",
}


@pytest.mark.parametrize("kind", LEFT_OUT)
def test_a_cell_that_is_too_much_costs_that_cell(kind: str, read: Read) -> None:
    """A cell that is too much is left out and named, and the next cell's exercise graded."""
    extraction = read(LEFT_OUT[kind], SCALE)

    assert extraction.functions["scale"].status is None
    assert extraction.remarks[0].startswith("Cell 1 was left out: it ")


COMPILES_LARGE = {
    "finally in finally": finally_in_finally(19),
    "ways out of a try": "try:\n" + " if x: return 1\n" * 3000 + "finally:\n" + " x = 1\n" * 3000,
    "ways out of many blocks": blocks(18, "with x:", "if x: return 1\n" + (" " * 18 + "if x: return 1\n") * 5000),
}


@pytest.mark.parametrize("kind", COMPILES_LARGE)
def test_what_would_be_a_thousand_times_longer_compiled_is_left_to_the_kernel(kind: str, read: Read) -> None:
    """Code that is a thousand times longer compiled costs its own exercise alone."""
    extraction = read(f"def scale(x):\n{indented(COMPILES_LARGE[kind])}", "def pair(x):\n    return x")

    assert {f.status for f in extraction.functions.values()} == {None}


@pytest.mark.parametrize("cell", ["def scale(x):\n    return x", "if a:\n    b = 1", ")("])
def test_many_small_cells_are_read(cell: str, read: Read) -> None:
    """The work grows with the number of cells, and remarks as far as they would be read."""
    extraction = read(*[cell] * 9000, SCALE)

    assert extraction.functions["scale"].status is None
    assert len(extraction.remarks) < 100
    assert len(" ".join(extraction.functions["scale"].remarks)) < 10_000


def test_functions_split_over_many_cells_are_read(read: Read) -> None:
    """Whether cells go on with what others begin is found out without compiling it."""
    begun = f"def g():\n{indented(finally_in_finally(16, 'x'))}".rsplit("\n", 1)[0]

    extraction = read(*[begun, " " * 18 + "x"] * 60, SCALE)

    assert extraction.functions["scale"].status is None


def test_one_cell_that_is_too_much_for_python_leaves_the_others(read: Read) -> None:
    """What is nested more deeply than even Python compiles is left out alone."""
    extraction = read("a = 1" + " + 1" * 45_000, SCALE)

    assert extraction.functions["scale"].status is None
    assert "nested too deeply, or too long" in extraction.remarks[0]


def test_too_much_memory_is_the_submissions_own_fault(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says what was too much and what to do."""
    monkeypatch.setattr(submission_reader, "extract", lambda *_, **__: bytearray(4 << 30))

    with pytest.raises(UnreadableError, match=r"takes more memory to read than it may; keep .* and hand it in again"):
        read(SCALE)


def test_too_much_time_is_the_submissions_own_fault(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """A parser that does not end is ended by its processor time and not by the clock."""
    monkeypatch.setattr(submission_reader, "CPU_S", 1)

    with pytest.raises(UnreadableError, match=r"takes more than .* s of processor time to read"):
        read(*["a = f'" + "{x}" * 30_000 + "'"] * 2, SCALE)


def test_too_long_an_answer_is_the_submissions_own_fault(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read of it is more than is worth reading."""
    monkeypatch.setattr(submission_reader, "_ANSWER_MB", 0)

    with pytest.raises(UnreadableError, match=r"takes more memory to read than it may; keep .* and hand it in again"):
        read(SCALE)


@pytest.mark.parametrize("remark", ["\N{LATIN SMALL LETTER E WITH ACUTE}" * (150 << 20), None])
def test_memory_that_the_answer_lacks_is_the_submissions_own_fault(
    remark: str | None, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it runs out in the process that reads, which says so itself or merely ends."""

    def _read(*_: object) -> Extraction:
        if remark is None:
            raise MemoryError
        return Extraction({}, (), (remark,))

    monkeypatch.setattr(submission_reader, "_read_and_extract", _read)

    with pytest.raises(UnreadableError, match=r"takes more memory to read than it may; keep .* and hand it in again"):
        read(SCALE)


def test_memory_that_ends_inside_the_interpreter_is_the_submissions_own_fault(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CPython tells it by an error of its own now and then."""

    def _read(*_: object) -> Extraction:
        raise SystemError("<function f> returned NULL without setting an exception")

    monkeypatch.setattr(submission_reader, "_read_and_extract", _read)

    with pytest.raises(UnreadableError, match="takes more memory to read than it may"):
        read(SCALE)


def test_an_answer_that_breaks_off_is_none(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who was ended while answering did not answer; what ended it is the reason."""

    def _read(*_: object) -> None:
        [pipe] = [
            int(fd) for fd in os.listdir("/proc/self/fd") if int(fd) > 2 and os.path.exists(f"/proc/self/fd/{fd}")
        ]
        os.write(pipe, b'{"extraction": {"functio')
        os.kill(os.getpid(), signal.SIGXCPU)

    monkeypatch.setattr(submission_reader, "_read_and_extract", _read)

    with pytest.raises(UnreadableError, match=r"takes more than .* s of processor time to read"):
        read(SCALE)


def test_many_here_documents_are_read_as_one_file(read: Read) -> None:
    """What is read of files that a cell writes grows with the cell."""
    cell = "%%bash\n" + "cat >> many_parts.py <<E\nx=1\nE\n" * 7000

    extraction = read(cell, "import many_parts\ndef scale(x):\n    return many_parts.x * x")

    assert extraction.functions["scale"].status is None
    assert sum(len(s.source) for s in extraction.segments) < 10 * len(cell)


def test_a_reader_that_only_waits_is_ended(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that does not answer is the machine's fault; a busy processor ends nobody."""
    monkeypatch.setattr(submission_reader, "IDLE_S", 0.3)
    monkeypatch.setattr(submission_reader, "_read_and_extract", lambda *_: signal.pause())

    with pytest.raises(GraderError, match=r"submission\.ipynb was not read to the end: for 0\.3 s") as caught:
        read(SCALE)
    assert type(caught.value) is GraderError


def test_a_reader_that_waits_for_a_processor_is_waited_for(
    tmp_path: Path, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as it takes; who waits says that it is at work."""
    monkeypatch.setattr(submission_reader, "IDLE_S", 0.3)
    monkeypatch.setattr(submission_reader, "_read_and_extract", _last_of_all)
    looks: list[int] = []

    with busy(len(os.sched_getaffinity(0))):
        extraction = submission_reader.read_submission(tmp_path, assignment, beat=lambda: looks.append(1))

    assert extraction.remarks == ("read",)
    assert len(looks) > 1


def _last_of_all(*_: object) -> Extraction:
    """Compute a little, whenever nobody else wants to."""
    os.nice(19)
    end = time.process_time() + 0.02
    while time.process_time() < end:
        pass
    return Extraction({}, (), ("read",))


@pytest.mark.parametrize(("number", "error"), [(signal.SIGSEGV, UnreadableError), (signal.SIGKILL, GraderError)])
def test_who_ended_the_reading_decides_whose_fault_it_is(
    number: signal.Signals, error: type[GraderError], read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A parser breaks down by the submission; what the machine ends is tried again."""
    monkeypatch.setattr(submission_reader, "_read_and_extract", lambda *_: os.kill(os.getpid(), number))

    with pytest.raises(GraderError) as caught:
        read(SCALE)
    assert type(caught.value) is error


def test_the_reader_has_nothing_open(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the examiner's files, the parsing process has only its way to answer open."""
    seen = "Open: {}"

    def look(*_: object) -> Extraction:
        return Extraction({}, (), (seen.format(len(os.listdir("/proc/self/fd")) - 1),))

    monkeypatch.setattr(submission_reader, "_read_and_extract", look)
    with open(os.devnull) as _one, open(os.devnull) as _other:
        assert read(SCALE).remarks == (seen.format(4),)


def test_an_extraction_comes_back_as_it_was(read: Read, tmp_path: Path, assignment: Assignment) -> None:
    """What crosses between the processes is the same on both sides."""
    extraction = read("%run a.py", "def scale(x): return eval('x')", "def pair(): ...", "(", SCALE)

    assert extraction == submission_reader._read_and_extract(
        tmp_path / "submission.ipynb", assignment, parse_stub(read_stub(assignment))
    )
