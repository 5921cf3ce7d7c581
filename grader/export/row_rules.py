"""Validate a row read from ``results.jsonl`` beyond its types."""

from __future__ import annotations

import itertools
import json
import re
from typing import NoReturn

from grader.export import messages
from grader.result import GradingResult
from grader.submission import is_id

_LARGEST_NUMBER = 1e9  # points or seconds: their sums stay numbers
_ROUNDING = 1e-6
_SHA256 = re.compile(r"[0-9a-f]{64}|")
_SLUG = re.compile(r"[^./\\\0-\x1f\x7f][^/\\\0-\x1f\x7f]*")


def parse_row(line: str) -> GradingResult:
    """Return the result in a line of JSON.

    Raises ValueError that says what about it cannot be ours.
    """
    try:
        result = GradingResult.from_json(json.loads(line, parse_constant=_refuse))
    except RecursionError as error:
        raise ValueError(messages.TOO_DEEP) from error
    submission, call_s = result.submission, result.provenance.call_s
    for id_ in (submission.id, submission.instead_of):
        if id_ is not None and not is_id(id_):
            raise ValueError(messages.no_id(id_))
    if not _SLUG.fullmatch(result.assignment):
        raise ValueError(messages.no_slug(result.assignment))
    if not _SHA256.fullmatch(submission.sha256):
        raise ValueError(messages.NO_SHA256)
    if call_s is not None and not 0 < call_s <= _LARGEST_NUMBER:
        raise ValueError(messages.NO_SECONDS)
    for number in _numbers(result):
        if not 0 <= number <= _LARGEST_NUMBER:
            raise ValueError(messages.impossible_number(number))
    for earned, possible in _earned(result):
        if earned > possible + _ROUNDING:
            raise ValueError(messages.impossible_share(earned, possible))
    return result


def _earned(result: GradingResult) -> list[tuple[float, float]]:
    checks = [(c.points, c.max_points) for e in result.exercises for c in e.checks]
    return [(result.score, result.max_score), *((e.score, e.max_score) for e in result.exercises), *checks]


def _numbers(result: GradingResult) -> list[float]:
    durations = [result.duration_s, *(c.duration_s for e in result.exercises for c in e.checks)]
    return [*itertools.chain(*_earned(result)), *durations]


def _refuse(word: str) -> NoReturn:
    raise ValueError(messages.no_json(word))
