"""A copy of a solution with one change in it, for as long as it is needed."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from grader.assignment import Assignment
from grader.validation.mutants import Mutant


@contextlib.contextmanager
def mutated_solution(assignment: Assignment, mutant: Mutant) -> Iterator[Assignment]:
    """Give the assignment with the mutant for its reference; its digest is another one, so answers are kept apart."""
    with tempfile.TemporaryDirectory(prefix="grader-mutant-") as name:
        places = {path: Path(name).resolve() / path.name for path in (assignment.solution, *assignment.solution_reads)}
        for path, copy in places.items():
            if path.is_dir():
                shutil.copytree(path, copy, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(path, copy)
            if mutant.file.is_relative_to(path):
                (copy / mutant.file.relative_to(path)).write_text(mutant.source, encoding="utf-8")
        yield replace(
            assignment,
            solution=places[assignment.solution],
            solution_reads=tuple(places[path] for path in assignment.solution_reads),
            digest=_digest(_base(assignment.prelude, *places), str(mutant.file), mutant.source),
        )


@functools.cache
def _base(*paths: Path) -> str:
    """Digest what decides a solution's answers, apart from model and libraries; the checks do not."""
    files = [f for path in paths for f in (sorted(path.rglob("*")) if path.is_dir() else [path]) if f.is_file()]
    return _digest(*(hashlib.sha256(f.read_bytes()).hexdigest() for f in files if "__pycache__" not in f.parts))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
