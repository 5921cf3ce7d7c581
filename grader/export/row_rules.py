"""Validate a row read from ``results.jsonl`` beyond its types."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from grader.result import GradingResult
from grader.submission import is_id
from grader.typed_json import record

INSTEAD = "instead_of"
"""The field of a submission that names the row in whose place this one was added."""

_MOST = 1e9  # points or seconds: their sums stay numbers
_ROUNDING = 1e-6
_SHA256 = re.compile(r"[0-9a-f]{64}|")
_SLUG = re.compile(r"[^./\\\0-\x1f\x7f][^/\\\0-\x1f\x7f]*")


@dataclass(frozen=True, slots=True)
class _Submission:
    """The fields of ``Submission.describe()``."""

    id: str
    student: str
    path: str
    sha256: str
    name: str = ""
    student_id: str = ""
    late: bool = False
    submitted: str = ""
    attempt: int = 1
    earlier: list[str] = dataclasses.field(default_factory=list)
    extras: list[str] = dataclasses.field(default_factory=list)
    person: str = ""
    claims: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    conflicts: list[str] = dataclasses.field(default_factory=list)
    remarks: list[str] = dataclasses.field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Provenance:
    """What of a result's provenance grading again is given."""

    seed: int = 0
    call_s: float = 1.0


def parse_row(line: str) -> GradingResult:
    """Return the result in a line of JSON; raises ValueError that says what about it cannot be ours."""
    try:
        result = GradingResult.from_json(json.loads(line, parse_constant=_refuse))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    for id_ in (result.submission.get("id"), result.submission.get(INSTEAD, "x")):
        if not (isinstance(id_, str) and is_id(id_)):
            raise ValueError(f"{str(id_)[:60]!r} is no id of a submission")
    if not _SLUG.fullmatch(result.assignment):
        raise ValueError(f"{result.assignment[:60]!r} is no name of an assignment")
    submission = record(_Submission, _known(_Submission, result.submission), "submission")
    if not _SHA256.fullmatch(submission.sha256):
        raise ValueError("submission.sha256 is no SHA-256")
    for key, value in (pair for claim in submission.claims for pair in claim.items()):
        if not isinstance(value, int if key == "depth" else str):
            raise ValueError(f"submission.claims has a {key[:60]} that is none")
    provenance = record(_Provenance, _known(_Provenance, result.provenance), "provenance")
    if not 0 < provenance.call_s <= _MOST:
        raise ValueError("provenance.call_s is no number of seconds")
    for number in _numbers(result):
        if not 0 <= number <= _MOST:
            raise ValueError(f"a score, max_score, points or duration_s is {number:g}, which it cannot be")
    for earned, possible in _earned(result):
        if earned > possible + _ROUNDING:
            raise ValueError(f"a score or points is {earned:g} of {possible:g}, which it cannot be")
    return result


def _known(kind: Any, data: dict[str, Any]) -> dict[str, Any]:
    return {f.name: data[f.name] for f in dataclasses.fields(kind) if f.name in data}


def _earned(result: GradingResult) -> list[tuple[float, float]]:
    checks = [(c.points, c.max_points) for e in result.exercises for c in e.checks]
    return [(result.score, result.max_score), *((e.score, e.max_score) for e in result.exercises), *checks]


def _numbers(result: GradingResult) -> list[float]:
    checks = [c for e in result.exercises for c in e.checks]
    points = [n for c in checks for n in (c.points, c.max_points)]
    scores = [n for e in result.exercises for n in (e.score, e.max_score)]
    return [result.score, result.max_score, *scores, *points, result.duration_s, *(c.duration_s for c in checks)]


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"it is no JSON: {word}")
