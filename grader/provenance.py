"""The versions and limits that a result was made with, and what has changed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from grader import __version__
from grader.assignment import Assignment

CIRCUMSTANCES = ("grader", "assignment", "python", "torch", "transformer_lens", "call_s")
VERSIONS = ("python", "torch", "transformer_lens", "models")
_SHOWN = 12  # digests are told apart by their beginnings


def circumstances(assignment: Assignment, versions: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a result's provenance says of a run, from what the zygote says of its versions and models."""
    return {
        "grader": __version__,
        "assignment": assignment.digest,
        "call_s": assignment.limits.call_s,
        **{key: versions[key] for key in VERSIONS if key in versions},
    }


def changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a sentence for each circumstance that both name and that is another one now."""
    return tuple(_changes(was, now))


def _changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    pairs = [(key, was[key], now[key]) for key in CIRCUMSTANCES if key in was and key in now]
    models, others = was.get("models"), now.get("models")
    if isinstance(models, dict) and isinstance(others, dict):
        pairs += [(f"model {name}", models.get(name, "none"), other) for name, other in others.items()]
    for key, then, here in pairs:
        if then != here:
            yield f"{key}: {str(then)[:_SHOWN]} then, {str(here)[:_SHOWN]} now"
