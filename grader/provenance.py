"""What a result was made with, and what has changed since."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader import __version__
from grader.code_digest import code_digest
from grader.typed_json import Sparse, record
from grader.zygote_info import ZygoteInfo

_SHOWN = 12  # digests are told apart by their beginnings


@dataclass(frozen=True, slots=True)
class Provenance(Sparse):
    """The versions and settings behind a result; what is not known of them is empty.

    ``grader`` is the grader's version and ``code`` the digest of its code; ``assignment`` is the assignment's digest,
    ``model`` that of its main model and ``models`` those of all by name; ``call_s`` the least limit of one call in
    seconds. ``packages`` are the versions of what kernels had loaded, and ``layers`` says which layers of the sandbox
    were active. ``seed`` is what inputs were drawn from, and ``seed_source`` where it came from. ``outdated`` are
    sentences about what is no longer as it was.
    """

    grader: str = ""
    assignment: str = ""
    seed: int | None = None
    seed_source: str = ""
    call_s: float | None = None
    model: str = ""
    models: Mapping[str, str] = field(default_factory=dict)
    python: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)
    layers: Mapping[str, bool] = field(default_factory=dict)
    outdated: tuple[str, ...] = ()
    code: str = ""

    @classmethod
    def begun(cls, assignment: str, call_s: float) -> Provenance:
        """Return what is known before grading: an assignment's digest and its limit of a call.

        The limit is in seconds.
        """
        return cls(grader=__version__, code=code_digest(), assignment=assignment, call_s=call_s)

    def made_with(self, info: ZygoteInfo, model: str) -> Provenance:
        """Return the same with what a zygote names; ``model`` is the main one of its models."""
        return dataclasses.replace(
            self,
            model=info.models[model],
            models=info.models,
            python=info.python,
            packages=info.packages,
            layers=info.layers,
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON data, where each package stands beside ``python``."""
        data: dict[str, Any] = {}
        for key, value in Sparse.to_json(self).items():
            data |= value if key == "packages" else {key: value}
        return data

    @classmethod
    def from_json(cls, data: Any, place: str) -> Provenance:
        """Read what :meth:`to_json` wrote; raises ValueError as :func:`record` does."""
        if not isinstance(data, dict):
            return record(cls, data, place)
        names = {f.name for f in dataclasses.fields(cls)} - {"packages"}
        packages = {key: value for key, value in data.items() if key not in names and isinstance(value, str)}
        return record(cls, {key: data[key] for key in names if key in data} | {"packages": packages}, place)


def changes(was: Provenance, now: Provenance) -> tuple[str, ...]:
    """Return a sentence for each version, setting and model that is another one now.

    What only one of the two names is left out.
    """
    return tuple(_changes(was, now))


def _changes(was: Provenance, now: Provenance) -> Iterator[str]:
    before, after = _comparable(was), _comparable(now)
    pairs = [(key, before[key], here) for key, here in after.items() if here and before.get(key)]
    if was.models:
        pairs += [(f"model {name}", was.models.get(name, "none"), digest) for name, digest in now.models.items()]
    yield from (
        f"{key}: {str(then)[:_SHOWN]} then, {str(here)[:_SHOWN]} now" for key, then, here in pairs if then != here
    )


def _comparable(provenance: Provenance) -> dict[str, Any]:
    named = {
        "grader": provenance.grader,
        "the grader's code": provenance.code,
        "assignment": provenance.assignment,
        "python": provenance.python,
    }
    return {**named, **provenance.packages, "call_s": provenance.call_s}
