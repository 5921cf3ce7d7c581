"""A temporary copy of the solution with one change in it."""

from __future__ import annotations

import contextlib
import functools
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from grader.assignment import Assignment
from grader.digests import digest, digest_of_texts
from grader.validation.mutants import Mutant


@contextlib.contextmanager
def mutated_solution(assignment: Assignment, mutant: Mutant) -> Iterator[Assignment]:
    """Yield the assignment with the mutant as its solution; its digest keeps answers apart."""
    with tempfile.TemporaryDirectory(prefix="grader-mutant-") as name:
        copies = {path: Path(name).resolve() / path.name for path in assignment.solution_files}
        for path, copy in copies.items():
            if path.is_dir():
                shutil.copytree(path, copy, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(path, copy)
            if mutant.file.is_relative_to(path):
                (copy / mutant.file.relative_to(path)).write_text(mutant.source, encoding="utf-8")
        solution, *reads = copies.values()
        yield replace(
            assignment,
            solution=solution,
            solution_reads=tuple(reads),
            digest=digest_of_texts((_unchanged_digest(assignment.prelude, *copies), str(mutant.file), mutant.source)),
        )


@functools.cache
def _unchanged_digest(*paths: Path) -> str:
    """Digest the files that a solution's answers depend on; the checks are none of them."""
    files = [f for path in paths for f in (sorted(path.rglob("*")) if path.is_dir() else [path]) if f.is_file()]
    return digest_of_texts(digest(f.read_bytes()) for f in files if "__pycache__" not in f.parts)
