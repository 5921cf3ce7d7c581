"""Grade a corpus of notebooks; each has a style or defect, and a verdict to get.

``right.md`` and ``wrong.md`` hold the notebooks as text, ``damaged.py`` what can happen to a file. On the pages a
heading names a notebook and the line below says what is special about it. A fence ``{cell}`` is a code cell,
``{text}`` a text cell, ``{piece} NAME`` a cell that others may copy, and ``{copy} NAME ...`` stands for pieces and for
cells of the solved notebook by their ids (``*`` for all of it). The lines ``Verdict:`` and ``Says:`` are explained
on the pages.
"""

from __future__ import annotations

import json
import os
import re
import runpy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.assignment import load_assignment
from grader.intake import discover
from grader.result import GradingResult
from grader.worker import Examiners
from tests.first_of_each import first_of_each

HERE = Path(__file__).parent
ASSIGNMENT = HERE.parents[1] / "assignments" / "transformer_interp"
SOLVED = {c.id: c.source for c in nbformat.read(ASSIGNMENT / "solution.ipynb", 4).cells if c.cell_type == "code"}
FENCE = re.compile(r"^```\{(cell|text|piece|copy)\}([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RIGHT = (HERE / "right.md").read_text(encoding="utf-8")
PIECES = {name.strip(): text.removesuffix("\n") for kind, name, text in FENCE.findall(RIGHT) if kind == "piece"}
FULL_MARKS = "passed 10, passed 10"
STYLES = 80  # of which every run tries one
pytestmark = pytest.mark.timeout(1800)  # seconds: the first test waits for all notebooks that are asked for
CALL_S = 2  # seconds: the endless loop of the corpus need not wait longer


@dataclass(frozen=True, slots=True)
class Case:
    """A notebook's file, the verdict that it must get, and texts that its result must hold."""

    name: str
    data: bytes
    verdict: str
    says: tuple[str, ...]


def _written(page: str) -> Iterator[Case]:
    sections = (HERE / page).read_text(encoding="utf-8").split("\n## ")[1:]
    for section in sections:
        name, _, body = section.partition("\n")
        if name == "pieces":
            continue
        prose = FENCE.sub("", body)
        verdict = re.search(r"^Verdict: (.*)$", prose, re.MULTILINE)
        says = tuple(re.findall(r"^Says: (.*)$", prose, re.MULTILINE))
        notebook = new_notebook(cells=[*_cells(body)])
        yield Case(name, nbformat.writes(notebook).encode(), verdict[1] if verdict else FULL_MARKS, says)


def _cells(body: str) -> Iterator[Any]:
    for kind, names, source in FENCE.findall(body):
        if kind == "copy":
            for name in SOLVED if names.strip() == "*" else names.split():
                yield new_code_cell((PIECES | SOLVED)[name])
        else:
            yield {"cell": new_code_cell, "text": new_markdown_cell}[kind](source.removesuffix("\n"))


def _damaged() -> Iterator[Case]:
    damaged = runpy.run_path(str(HERE / "damaged.py"))
    right = next(case.data for case in _written("right.md") if case.name == "helpers_over_cells")
    for name, damage in damaged.items():
        match name.partition("_"):
            case "read", _, _:
                yield Case(name, damage(json.loads(right)), FULL_MARKS, ())
            case "unreadable", _, kind:
                yield Case(name, damage(json.loads(right)), "unreadable", (damaged["REASONS"][kind],))


CASES = [*_written("right.md"), *_written("wrong.md"), *_damaged()]


def kind(case: Case) -> object:
    """Return what decides if every run tries a notebook: style, or its first exercise's end."""
    return CASES.index(case) // STYLES if case.verdict == FULL_MARKS else case.verdict.split()[0]


@pytest.fixture(scope="module")
def graded(
    kept: None, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, GradingResult]:
    """The results of the notebooks that this session asks for, by name, from one batch."""
    folder = tmp_path_factory.mktemp("corpus")
    asked = {item.name for item in request.session.items}
    for case in CASES:
        if f"{test_a_notebook_gets_the_verdict_beside_it.__name__}[{case.name}]" in asked:
            (folder / f"{case.name}.ipynb").write_bytes(case.data)
    assignment = load_assignment(str(ASSIGNMENT)).with_call_limit(CALL_S)
    with Examiners(assignment, jobs=os.cpu_count() or 1) as examiners:
        return {Path(r.submission.path).stem: r for r in examiners.grade(discover([folder]))}


def sentences_of(result: GradingResult) -> str:
    """Return every sentence of a result."""
    sentences = [result.message]
    for exercise in result.exercises:
        sentences += [exercise.message, *exercise.remarks, *(check.message for check in exercise.checks)]
    return "\n".join(sentences)


def test_the_corpus_is_large_enough() -> None:
    """At least 80 notebooks, no two of one name, and at least 40 right answers."""
    assert len({case.name for case in CASES}) == len(CASES) >= 80
    assert sum(case.verdict == FULL_MARKS for case in CASES) >= 40


@pytest.mark.slow
@pytest.mark.parametrize("case", first_of_each(CASES, kind, lambda case: case.name))
def test_a_notebook_gets_the_verdict_beside_it(case: Case, graded: dict[str, GradingResult]) -> None:
    """Status, score and what the student reads are as written down for each exercise.

    No mistake is named in what is right.
    """
    result = graded[case.name]
    found = ", ".join(f"{exercise.status} {exercise.score:g}" for exercise in result.exercises)
    named = [d.id for e in result.exercises if e.status == "passed" for c in e.checks for d in c.diagnoses]

    assert (found if result.status == "graded" else result.status) == case.verdict, sentences_of(result)
    assert [text for text in case.says if text not in sentences_of(result)] == [], sentences_of(result)
    assert named == []
