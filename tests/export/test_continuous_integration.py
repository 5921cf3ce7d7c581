"""CI systems read what was exported, whatever a student's code has written into it."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from grader.errors import UsageError
from grader.export.request import Exported
from grader.result import (
    CheckResult,
    Diagnosis,
    ExerciseResult,
    ExerciseStatus,
    GradingResult,
    Mismatch,
    Outcome,
    SubmissionStatus,
    Visibility,
)

Build = Callable[..., GradingResult]
Export = Callable[..., Exported]

HOSTILE = 'a]]>&<x y="z">\n::error::forged\n| b | `c` [d](http://e) @f <img src=x> %0A \x00\x1b[31m\ufffe\ud800 =1+1;=2'


@pytest.fixture
def hostile(build: Build) -> GradingResult:
    """A result whose texts try to be markup, commands and formulas."""
    mismatch, diagnosis = Mismatch("kl", "x", "y"), Diagnosis("reversed", HOSTILE, "", 0.9)
    failed = CheckResult(
        f"test_a[{HOSTILE}]",
        HOSTILE,
        Outcome.FAILED,
        1.5,
        8.0,
        message=HOSTILE,
        mismatch=mismatch,
        diagnoses=(diagnosis,),
    )
    checks = (failed, failed, CheckResult("test_b", "Shape", Outcome.PASSED, 8.0, 8.0))
    part = ExerciseResult("lens", ExerciseStatus.PARTIAL, 11.0, 20.0, title="Logit lens", checks=checks)
    return build("ada | <b>\udc80", part, path="hw:1,a%\udc80.ipynb", id="ada_1")


def junit(data: bytes) -> ET.Element:
    """Read a report as the schema of pytest's and Jenkins's JUnit XML has it."""
    root = ET.fromstring(data)  # noqa: S314 - our own file
    assert root.tag == "testsuites"
    for suite in root:
        assert suite.tag == "testsuite"
        cases = suite.findall("testcase")
        assert len({(c.get("classname"), c.get("name")) for c in cases}) == len(cases) == int(suite.attrib["tests"])
        for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.attrib[key]) == sum(case.find(tag) is not None for case in cases)
        for case in cases:
            float(case.attrib["time"])
            assert [child.tag for child in case] in (
                ["properties"],
                *(["properties", t] for t in ("failure", "error", "skipped")),
            )
    for key in ("tests", "failures", "errors", "skipped"):
        assert int(root.attrib[key]) == sum(int(suite.attrib[key]) for suite in root)
    return root


def test_junit_has_a_case_for_each_check(hostile: GradingResult, export: Export) -> None:
    """Names are unique, points are properties, and no text breaks the XML."""
    [suite] = junit(export("junit", hostile, title=HOSTILE).content)

    assert [case.find("failure") is not None for case in suite.iter("testcase")] == [True, True, False]
    points = {p.get("name"): p.get("value") for p in suite.findall("testcase")[0].iter("property")}
    assert points == {"points": "1.5", "max_points": "8", "visibility": "visible"}


@pytest.mark.parametrize(
    ("status", "tag"),
    [
        (SubmissionStatus.UNREADABLE, "failure"),
        (SubmissionStatus.ERROR, "error"),
        (SubmissionStatus.NOT_SUBMITTED, "skipped"),
    ],
)
def test_junit_says_why_there_are_no_checks(scored: Build, export: Export, status: SubmissionStatus, tag: str) -> None:
    """A fault of ours is an error and not a failure; nothing handed in is skipped."""
    [suite] = junit(export("junit", replace(scored("ada", status=status), exercises=())).content)

    assert [case.find(tag) is not None for case in suite.iter("testcase")] == [True]


def commands(data: bytes) -> list[tuple[str, dict[str, str], str]]:
    """Read workflow commands as GitHub's runner does: command, properties and text, unescaped."""
    found = []
    for line in data.decode().splitlines():
        match = re.fullmatch(r"::(\w+)(?: ([^:]*))?::(.*)", line)
        assert match
        pairs = (pair.split("=", 1) for pair in (match[2] or "").split(","))
        found.append((match[1], {k: _unescaped(v) for k, v in pairs}, _unescaped(match[3])))
    return found


def _unescaped(text: str) -> str:
    for code, character in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, character)
    return text


def test_no_text_is_a_command_of_its_own(hostile: GradingResult, export: Export) -> None:
    """What a student's code wrote stays within the annotation that quotes it."""
    found = commands(export("github-annotations", hostile).content)

    assert [kind for kind, _, _ in found] == ["error", "error", "notice", "notice"]
    assert found[0][1]["file"] == "hw:1,a%\\x80.ipynb"
    assert "\n::error::forged\n" in found[0][2]
    assert found[2][2] == "Points 11/20"
    assert json.loads(found[3][2]) == {"totalPoints": 11, "maxPoints": 20}


def test_what_costs_most_is_annotated_first(build: Build, export: Export) -> None:
    """GitHub shows ten of a kind: the last of them says how many there are beyond it."""
    checks = tuple(CheckResult(f"t{n}", f"check {n}", Outcome.FAILED, 0.0, float(n)) for n in range(12))
    found = commands(export("github-annotations", build("ada", _part(*checks))).content)

    errors = [fields["title"] for kind, fields, _ in found if kind == "error"]
    assert errors == [*(f"lens: check {n}" for n in range(11, 2, -1)), "more"]
    assert [text for kind, _, text in found if kind == "error"][-1].startswith("3 more")


def test_a_fault_of_ours_is_a_warning(scored: Build, export: Export) -> None:
    """What could not be graded is no mistake of the student's, and has no points."""
    found = commands(export("github-annotations", scored("ada", status=SubmissionStatus.ERROR)).content)

    assert [kind for kind, _, _ in found] == ["warning"]


def test_a_summary_holds_no_markup_but_ours(hostile: GradingResult, export: Export) -> None:
    """Rows, links, images and commands in a student's texts are shown as they are."""
    text = export("github-summary", hostile, hostile).content.decode()

    for line in text.splitlines():
        assert re.match(r"$|## |### |\||- \*\*|  - |\d|\S+ of ", line)
        plain = re.sub(r"\\[!-/:-@\[-`{-~]", "", line)
        assert not re.search(r"[<>`@\[\]]", plain)
        assert not line.startswith("|") or plain.count("|") == 4
    assert "✅ Shape" in text


def test_a_summary_is_never_too_long(build: Build, export: Export) -> None:
    """Beyond 1024 KiB GitHub would show nothing at all."""
    checks = tuple(CheckResult(f"t{n}", "é" * 300, Outcome.FAILED, 0.0, 1.0, message="é" * 2000) for n in range(40))
    data = export("github-summary", *(build(f"s{n}", _part(*checks)) for n in range(40))).content

    assert 500_000 < len(data) <= 1024 * 1024
    assert data.decode().endswith("1024 KiB._\n")


def _part(*checks: CheckResult) -> ExerciseResult:
    return ExerciseResult("lens", ExerciseStatus.FAILED, 0.0, 20.0, checks=checks)


def test_the_table_for_analysis_has_a_row_for_each_check(hostile: GradingResult, scored: Build, export: Export) -> None:
    """CSV, JSON and Parquet hold the same rows; who handed in nothing has one without a score."""
    import pyarrow.parquet

    batch = hostile, replace(scored("ben", status=SubmissionStatus.NOT_SUBMITTED), exercises=())
    table = json.loads(export("json", *batch).content)
    cells = list(csv.DictReader(io.StringIO(export("csv", *batch).content.decode(), newline="")))
    columns = pyarrow.parquet.read_table(io.BytesIO(export("parquet", *batch).content)).to_pylist()

    assert [(row["student"], row["score"], row["points"]) for row in table] == [
        *[("ada | <b>\\x80", 11, 1.5), ("ada | <b>\\x80", 11, 1.5), ("ada | <b>\\x80", 11, 8)],
        ("ben", None, None),
    ]
    assert [(row["diagnosis"], row["mismatch"]) for row in table] == [("reversed", "kl")] * 2 + [(None, None)] * 2
    assert [row["points"] for row in cells] == ["1.5", "1.5", "8", ""]
    assert columns == table


def test_no_cell_for_analysis_is_a_formula(build: Build, export: Export) -> None:
    """A message that a spreadsheet would run gets an apostrophe."""
    check = CheckResult("t", "x", Outcome.FAILED, 0.0, 1.0, Visibility.HIDDEN, message="=HYPERLINK(1)")
    [row] = csv.DictReader(io.StringIO(export("csv", build("ada", _part(check))).content.decode()))

    assert row["message"] == "'=HYPERLINK(1)"


def test_parquet_without_pyarrow_is_one_sentence(
    scored: Build, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who lacks the library is told how to get it."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(UsageError, match=r"pip install --editable '\.\[parquet\]'"):
        export("parquet", scored("ada", 1))
