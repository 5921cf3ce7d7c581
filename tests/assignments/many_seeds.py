"""Ask notebooks of the corpus for many drawn prompts, and say which are failed.

Exit code 1 when one is. ``python -m tests.assignments.many_seeds --seeds 200 [NAME ...]`` takes those that are marked
right, or the named ones. The checks that draw their prompts run once for each seed on one kernel a notebook: a tenth of
grading it as often.

All are asked for the prompts of the first twenty seeds. Of functions whose answers to those are the same to the last
bit, one is asked for the rest: they are taken to differ in form alone. What sets another of them apart only on later
prompts, or after more calls, is not found; naming that notebook alone asks it for all.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import runpy
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from grader.assignment import load_assignment
from grader.extract import Extraction, extract
from grader.grade import run_checks
from grader.intake import read_notebook
from grader.kernel import KernelPool
from grader.plugin.check_run import CheckRun
from grader.plugin.grading_plugin import CHECK_RUN, GradingPlugin
from grader.result import Outcome
from grader.session import StudentSession
from grader.value_codec import encode

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = load_assignment(str(ROOT / "assignments" / "transformer_interp"))
CPU_S = 3600
"""A kernel here answers as many students' would."""

COMMON = 20
"""So many seeds are tried with every notebook."""


class Asked(NamedTuple):
    """A notebook by its name, and the exercises whose checks are to run."""

    name: str
    extraction: Extraction
    exercises: frozenset[str]


class ManySeedsResult(NamedTuple):
    """A line for each check not passed, and a digest of all answers by notebook and exercise."""

    failed: list[str]
    answers: dict[tuple[str, str], str]


class ManySeeds(GradingPlugin):
    """The pytest plugin that runs the drawing checks on many seeds, and keeps what it found."""

    def __init__(self, asked: list[Asked], seeds: range, address: str) -> None:
        patient = replace(ASSIGNMENT, limits=replace(ASSIGNMENT.limits, cpu_s=CPU_S))
        super().__init__(patient, Extraction({}, ()), address=address)
        self.found = ManySeedsResult([], {})
        self._asked = asked
        self._seeds = seeds
        self._answers_of = defaultdict[str, "hashlib._Hash"](hashlib.sha256)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take a notebook's functions, and run all its seeds on them."""
        drawing = [i for i in session.items if i.stash[CHECK_RUN].markers.draws]
        for name, extraction, exercises in self._asked:
            items = [i for i in drawing if i.stash[CHECK_RUN].markers.exercise in exercises]
            self._answers_of.clear()
            failed = self._run_seeds(name, extraction, items)
            if failed and (second := extraction.second_reading):  # as grading does
                others = [i for i in items if i.stash[CHECK_RUN].markers.exercise not in second.functions]
                again = [i for i in items if i not in others]
                failed = self._run_seeds(name, extraction, others) + self._run_seeds(name, second, again)
            asked = len(self._seeds) * len(items)
            print(f"{name}: {asked - len(failed)} of {asked} passed", file=sys.__stdout__, flush=True)
            self.found.failed.extend(failed)
            self.found.answers.update({(name, e): answers.hexdigest() for e, answers in self._answers_of.items()})
        return True

    def _run_seeds(self, name: str, extraction: Extraction, items: list[pytest.Item]) -> list[str]:
        failed = []
        with StudentSession(lambda: self.pool, extraction, self._assignment.limits) as self._session:
            for seed in self._seeds:
                self._seed = seed
                failed += [f"{name}, seed {seed}: {line}" for line in self._run(items)]
        return failed

    def _run(self, items: list[pytest.Item]) -> list[str]:
        said = []
        for item in items:
            check_run = item.stash[CHECK_RUN] = self.check_runs[item.nodeid] = CheckRun(item.stash[CHECK_RUN].markers)
            item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
            result = check_run.result()
            if result.outcome is not Outcome.PASSED:
                said.append(f"{result.id}: {result.message} {[d.id for d in result.diagnoses]}")
        return said

    def _release(self, check_run: CheckRun) -> None:
        answers = self._answers_of[check_run.markers.exercise]
        for call in check_run.calls:
            structure, arrays = encode(call.answer, opaque=True)
            answers.update(json.dumps(structure).encode())
            for array in arrays:
                answers.update(array)
        super()._release(check_run)


def extractions(names: list[str]) -> dict[str, Extraction]:
    """Return what the notebooks hold, each once: damaged copies of a right one hold the same."""
    corpus = runpy.run_path(str(ROOT / "tests" / "notebooks" / "test_corpus.py"))
    stub = read_notebook(ASSIGNMENT.notebook)
    found: dict[object, tuple[str, Extraction]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "notebook.ipynb"
        for case in corpus["CASES"]:
            if case.name in names if names else case.verdict == corpus["FULL_MARKS"]:
                path.write_bytes(case.data)
                extraction = extract(read_notebook(path), ASSIGNMENT.names, ASSIGNMENT.provided, stub)
                found.setdefault(extraction.segments, (case.name, extraction))
    return dict(found.values())


def run(asked: list[Asked], seeds: range, address: str) -> ManySeedsResult:
    """Return what was found, in a process that has run no checks before."""
    plugin = ManySeeds(asked, seeds, address)
    run_checks(plugin, ASSIGNMENT)
    return plugin.found


def run_shares(asked: list[Asked], seeds: range, address: str, jobs: int) -> ManySeedsResult:
    """Share the notebooks out among new processes, and return what all of them found."""
    shares = [share for i in range(jobs) if (share := asked[i::jobs])]
    found = ManySeedsResult([], {})
    if seeds and shares:
        with ProcessPoolExecutor(len(shares), mp_context=multiprocessing.get_context("forkserver")) as processes:
            for future in [processes.submit(run, share, seeds, address) for share in shares]:
                failed, answers = future.result()
                found.failed.extend(failed)
                found.answers.update(answers)
    return found


def one_of_each(asked: list[Asked], answers: Mapping[tuple[str, str], str]) -> list[Asked]:
    """Return what is asked of which notebook, functions with the same answers once."""
    first: dict[tuple[str, str], str] = {}
    for (name, exercise), given in sorted(answers.items()):
        first.setdefault((exercise, given), name)
    taken = defaultdict[str, set[str]](set)
    for (exercise, _), name in first.items():
        taken[name].add(exercise)
    return [a._replace(exercises=frozenset(taken[a.name])) for a in asked if a.name in taken]


def main() -> int:
    """Try all notebooks, then one of each that answers alike, and say what failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.assignments.many_seeds", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="notebooks (default: all that are marked right)")
    parser.add_argument("--seeds", type=int, default=20, help="how many (default: 20)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    args = parser.parse_args()

    asked = [Asked(n, extraction, frozenset(ASSIGNMENT.names)) for n, extraction in extractions(args.names).items()]
    with KernelPool(ASSIGNMENT) as zygote:
        common = run_shares(asked, range(min(COMMON, args.seeds)), zygote.address, args.jobs)
        each = one_of_each(asked, common.answers)
        rest = run_shares(each, range(COMMON, args.seeds), zygote.address, args.jobs)
    failed = common.failed + rest.failed
    print(*failed, f"{len(asked)} notebooks, {args.seeds} seeds, {len(failed)} failures", sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
