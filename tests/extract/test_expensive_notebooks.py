"""The time for a notebook that is made to be expensive grows with its length only."""

from __future__ import annotations

import pickle
import signal
from collections.abc import Iterator

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.extract import Extraction, extract

HANG_S = 30  # of CPU time; work that grows with the square of these lengths takes far longer
LINES = 10_000
ANSWERS = "def answer(x): return x\ndef other(x): return x\n"

EXPENSIVE = {
    "blank lines above": "\n" * 40 * LINES,
    "blank lines in a broken cell": "\n" * 40 * LINES + "def answer(x: return x",
    "lines of blanks in a broken cell": "  \n" * 20 * LINES + "def answer(x: return x",
    "cell magics": "%%time\n" * 10 * LINES + "a = 1",
    "line magics": "%time a\n" * LINES,
    "shell lines": "!ls\n" * LINES,
    "shell lines with open brackets": "!ls (\n" * LINES,
    "magics in deep blocks": "".join(f"{' ' * n}if a:\n" for n in range(19)) + f"{' ' * 19}!ls\n" * LINES,
    "a question before a long name": "text?$" + "x" * 30 * LINES + " y",
    "questions": "?a\n" * LINES,
    "many calls of a function with many effects": "def g(): "
    + ";".join(f"L{n}.append(1)" for n in range(LINES // 4))
    + "\ng()" * (LINES // 2),
    "names for files that others write": "=".join(f"a{n}" for n in range(LINES))
    + f"={[f'{n}.txt' for n in range(LINES // 2)]}; "
    + "open(a1, 'w'); " * (LINES // 5)
    + f"\ndef answer(x): return {[f'{n}.txt' for n in range(LINES // 2)]}",
    "a long path of attributes": "\n".join(f"def g{n}(): return a{'.b' * (LINES - 100)}" for n in range(5)),
    "functions that call each other": "\n".join(
        f"def f{n}(): {'; '.join(f'f{(n * m + 1) % 900}()' for m in range(30))}; L{n}.append(1)" for n in range(900)
    ),
}


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    """Raise in a test that uses too much CPU time."""

    def stop(*_: object) -> None:
        raise TimeoutError("this does not come to an end")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, HANG_S)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


def _extract(*cells: str) -> Extraction:
    return extract(new_notebook(cells=[new_code_cell(c) for c in cells]), ["answer", "other"], ["t"])


@pytest.mark.parametrize("kind", EXPENSIVE)
def test_long_cells_come_to_an_end(kind: str) -> None:
    """A cell of many thousand lines is read or left out, and other cells' answers count."""
    functions = _extract(ANSWERS, EXPENSIVE[kind]).functions

    assert {f.status for f in functions.values()} == {None}


def test_many_statements_on_one_line_are_kept_apart() -> None:
    """Thousands of statements on one line are separate, and their line is shown once."""
    count = LINES // 4
    line = "; ".join(f"a{n} = 'é'; b{n} = {n}" for n in range(count))
    wanted = ", ".join(f"b{n}" for n in range(count))

    extraction = _extract(f"{line}\ndef answer(x): return ({wanted})\ndef other(x): return a0")

    names: dict[str, object] = {}
    for segment in (s for s in extraction.segments if "answer" in s.exercises):
        exec(segment.source, names)
    assert names["answer"](0) == tuple(range(count))  # type: ignore[operator]
    assert [span.text for span in extraction.functions["answer"].source] == [
        f"{line}\ndef answer(x): return ({wanted})"
    ]


def test_segments_hold_no_more_than_the_notebook() -> None:
    """Parts of a long cell that two exercises need in turns take memory like the cell."""
    pairs = LINES // 5
    lines = "\n".join(f"a{n} = 1\nb{n} = 2" for n in range(pairs))
    answer, other = (", ".join(f"{letter}{n}" for n in range(pairs)) for letter in "ab")
    cell = f"{lines}\ndef answer(x): return ({answer})\ndef other(x): return ({other})"

    extraction = _extract(cell)

    assert len(extraction.segments) > pairs
    assert len(pickle.dumps(extraction)) < 10 * len(cell)
