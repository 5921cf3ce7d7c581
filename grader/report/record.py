"""The record of a submission and of how it was graded, as staff read it: labels and texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from grader.english import listed
from grader.provenance import Provenance
from grader.submission import SubmissionRecord

Fact = tuple[str, str]
"""What a value is, and the value as text."""

_LABELS = {
    "sha256": "SHA-256 of what was handed in",
    "student_id": "student's id",
    "submitted": "handed in at",
    "earlier": "earlier attempts",
    "extras": "other files",
    "files": "files beside the notebook",
    "claims": "names found in the path",
    "assignment": "version of the assignment",
    "seed_source": "seed from",
    "code": "digest of the grader's code",
    "call_s": "time limit of one call",
    "model": "main model",
    "layers": "sandbox",
    "python": "Python",
    "torch": "PyTorch",
    "outdated": "changed since",
}
_SEED_SOURCES = {
    "secret": "this installation's secret",
    "ephemeral secret": "a secret of that run alone, which was not kept",
    "given": "the command",
}


def submission_facts(submission: SubmissionRecord) -> list[Fact]:
    """Return what is known of a submission and of who handed it in."""
    return [(_LABELS.get(key, str(key)), _value_text(value)) for key, value in submission.to_json().items()]


def provenance_facts(provenance: Provenance) -> list[Fact]:
    """Return under what a result was made."""
    return [(_LABELS.get(key, str(key)), _circumstance(key, value)) for key, value in provenance.to_json().items()]


def _circumstance(key: str, value: Any) -> str:
    match key, value:
        case "layers", dict() if value:
            return _sandbox(value)
        case "call_s", int() | float():
            return f"{value:g} s"
        case "seed_source", str():
            return _SEED_SOURCES.get(value, value)
    return _value_text(value)


def _sandbox(layers: Mapping[str, object]) -> str:
    missing = [str(name) for name, active in layers.items() if not active]
    if len(missing) == len(layers):
        return "none"
    return f"all layers but {listed(missing)}" if missing else "all layers"


def _value_text(value: Any) -> str:
    """Return a value as text: "yes" for a flag, a list's items, what a person is known by."""
    match value:
        case str():
            return value
        case bool():
            return "yes" if value else "no"
        case list() if all(isinstance(i, str) for i in value):
            return ", ".join(value)
        case list() if all(isinstance(i, dict) for i in value):
            return "; ".join(", ".join(f"{k} {v}" for k, v in i.items() if k != "depth") for i in value)
        case dict() if all(isinstance(v, str) for v in value.values()):
            return ", ".join(f"{k}: {v}" for k, v in value.items())
    return json.dumps(value, default=str, ensure_ascii=False)
