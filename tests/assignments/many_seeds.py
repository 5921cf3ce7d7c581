"""Ask notebooks of the corpus for many drawn prompts, and say which are failed.

Exit code 1 when one is. ``python -m tests.assignments.many_seeds --seeds 200 [NAME ...]`` takes those that are marked
right, or the named ones. The checks that draw their prompts run once for each seed on one kernel a notebook: a tenth of
grading it as often.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import runpy
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

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

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = load_assignment(str(ROOT / "assignments" / "transformer_interp"))
CPU_S = 3600
"""A kernel here answers as many students' would."""


class ManySeeds(GradingPlugin):
    """The pytest plugin that runs the drawing checks on many seeds.

    ``failed`` has a line for each not passed.
    """

    def __init__(self, notebooks: Mapping[str, Extraction], seeds: int, address: str) -> None:
        patient = replace(ASSIGNMENT, limits=replace(ASSIGNMENT.limits, cpu_s=CPU_S))
        super().__init__(patient, Extraction({}, ()), address=address)
        self.failed: list[str] = []
        self._notebooks = notebooks
        self._seeds = range(seeds)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take a notebook's functions, and run all its seeds on them."""
        items = [i for i in session.items if i.stash[CHECK_RUN].markers.draws]
        for name, extraction in self._notebooks.items():
            failed = self._run_seeds(name, extraction, items)
            if failed and (second := extraction.second_reading):  # as grading does
                others = [i for i in items if i.stash[CHECK_RUN].markers.exercise not in second.functions]
                again = [i for i in items if i not in others]
                failed = self._run_seeds(name, extraction, others) + self._run_seeds(name, second, again)
            asked = len(self._seeds) * len(items)
            print(f"{name}: {asked - len(failed)} of {asked} passed", file=sys.__stdout__, flush=True)
            self.failed += failed
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


def run(notebooks: Mapping[str, Extraction], seeds: int, address: str) -> list[str]:
    """Return what failed, in a process that has run no checks before."""
    plugin = ManySeeds(notebooks, seeds, address)
    run_checks(plugin, ASSIGNMENT)
    return plugin.failed


def main() -> int:
    """Share the notebooks out, and say what failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.assignments.many_seeds", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="notebooks (default: all that are marked right)")
    parser.add_argument("--seeds", type=int, default=20, help="how many (default: 20)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    args = parser.parse_args()

    found = list(extractions(args.names).items())
    shares = [dict(found[i :: args.jobs]) for i in range(min(args.jobs, len(found)))]
    with (
        KernelPool(ASSIGNMENT) as zygote,
        ProcessPoolExecutor(len(shares), mp_context=multiprocessing.get_context("forkserver")) as processes,
    ):
        pending = [processes.submit(run, share, args.seeds, zygote.address) for share in shares]
        failed = [line for future in pending for line in future.result()]
    print(*failed, f"{len(found)} notebooks, {args.seeds} seeds, {len(failed)} failures", sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
