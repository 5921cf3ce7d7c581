"""Run intake and extraction on damaged notebooks; exit with 1 if a requirement fails."""

from __future__ import annotations

import argparse
import json
import random
import resource
import runpy
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.command_cost import peak_mb
from grader.assignment import Assignment, load_assignment
from grader.errors import UnreadableError
from grader.extract import Extraction, extract
from grader.intake import discover, read_notebook
from tests.fuzz.mutate import mutated

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = ROOT / "assignments" / "transformer_interp"
HANG_S = 20
MEMORY_MB = 1024
MB = 1 << 20


class Hang(BaseException):
    """A file took too long.

    It is no Exception, so that no handler mistakes it for a fault of the notebook.
    """


def bases() -> list[dict[str, Any]]:
    """Return the notebooks to damage: the assignment's own, its samples, and the corpus."""
    files = [ASSIGNMENT / "exercise.ipynb", *sorted((ASSIGNMENT / "samples").glob("*.ipynb"))]
    corpus = runpy.run_path(str(ROOT / "tests" / "notebooks" / "test_corpus.py"))["CASES"]
    found = []
    for data in (*(f.read_bytes() for f in files), *(case.data for case in corpus)):
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and "cells" in value and len(data) < MB:
            found.append(value)
    return found


def outcome(path: Path, assignment: Assignment, stub: Any) -> str:
    """Read and extract a file; raises what intake and extraction must not raise."""
    [submission] = discover([path])
    try:
        notebook = read_notebook(submission.path)
    except UnreadableError as error:
        if not error.reason.endswith("."):
            raise AssertionError(f"no sentence: {error.reason!r}") from error
        return "unreadable"
    extraction = extract(notebook, assignment.names, assignment.provided, stub)
    for function in extraction.functions.values():
        if (function.status is None) != (not function.message):
            raise AssertionError(f"{function.name} has neither a function nor a reason")
    _storable(extraction)
    return "gradable"


def _storable(extraction: Extraction) -> None:
    """Check that an extraction can be written as JSON, and that its size is bounded."""
    kept = json.dumps([asdict(f) for f in extraction.functions.values()] + [s.text for s in extraction.segments])
    if len(kept) > 32 * MB:
        raise AssertionError(f"an extraction of {len(kept) / MB:.0f} MB")


def _hang(*_: object) -> None:
    raise Hang(f"more than {HANG_S} s")


def main() -> int:
    """Damage notebooks, read them, and print how many were gradable."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="how many files (default: 2000)")
    parser.add_argument("--seed", default="0", help="another seed makes other files (default: 0)")
    parser.add_argument("--first", type=int, default=0, help="the number of the first file, to see one again")
    args = parser.parse_args()

    assignment = load_assignment(str(ASSIGNMENT))
    stub = read_notebook(assignment.notebook)
    notebooks = bases()
    signal.signal(signal.SIGVTALRM, _hang)
    resource.setrlimit(resource.RLIMIT_AS, (2 * MEMORY_MB * MB, resource.RLIM_INFINITY))
    counts: Counter[str] = Counter()
    slowest, largest, broken, start = (0.0, 0), (0.0, 0), 0, time.process_time()
    before = peak_mb()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hw1.ipynb"
        for number in range(args.first, args.first + args.count):
            rng = random.Random(f"{args.seed}/{number}")  # noqa: S311 - damage need not be secret
            path.write_bytes(mutated(rng.choice(notebooks), rng))
            begin, had = time.process_time(), peak_mb()
            signal.setitimer(signal.ITIMER_VIRTUAL, HANG_S)
            try:
                counts[outcome(path, assignment, stub)] += 1
            except (Exception, Hang):  # noqa: BLE001 - a crash is what this looks for
                broken += 1
                print(f"file {number} of seed {args.seed}:\n{traceback.format_exc(limit=-6)}", flush=True)
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            slowest = max(slowest, (time.process_time() - begin, number))
            largest = max(largest, (peak_mb() - had, number))
    spent = time.process_time() - start
    print(
        f"{args.count} files of seed {args.seed}: {dict(sorted(counts.items()))}, {broken} broken; {spent:.0f} s CPU, "
        f"slowest {slowest[0]:.2f} s (file {slowest[1]}); peak memory {peak_mb():.0f} MB, {before:.0f} MB of it before "
        f"the first file, grown most by file {largest[1]} ({largest[0]:.0f} MB)"
    )
    return 1 if broken or peak_mb() > MEMORY_MB else 0


if __name__ == "__main__":
    sys.exit(main())
