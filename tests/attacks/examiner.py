"""The examiner as a victim: what attacks cost the process that grades, with layers of its own removed.

``python -m tests.attacks.examiner NAME [LAYER ...]`` carries one attack out under hard limits and prints what it took,
as JSON: megabytes and processor seconds of the examiner and its children, and whether a planted twin of a module ran.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader import submission_reader, worker
from grader.assignment import load_assignment
from grader.errors import UnreadableError
from grader.extract import source_size, statements
from grader.grade import grade_one
from grader.kernel import KernelPool
from grader.plugin.grading_plugin import GradingPlugin
from grader.session import bounded_cache, student_session
from grader.submission import Submission
from tests.attacks.specimens import ATTACKS
from tests.attacks.victims import TARGET, patched

_NOTHING: Callable[..., Any] = lambda *args, **kwargs: None  # noqa: E731 - stands in for a layer
_HUGE = 1 << 40
LAYERS: dict[str, list[tuple[Any, dict[str, Any]]]] = {
    "estimate": [(statements, {"MOST": _HUGE, "MOST_OF_CELL": _HUGE, "MOST_STATEMENTS": _HUGE}),
                 (source_size, {"_compiles_small": lambda statement: True})],
    "reader": [(submission_reader, {"MEMORY_MB": 4096, "CPU_S": 60})],
    "bench": [(bounded_cache, {"MOST_MB": _HUGE}), (student_session, {"EXCESS_MB": _HUGE}),
              (GradingPlugin, {"_release": _NOTHING})],
    "safe path": [(worker, {"safe_path": contextlib.nullcontext})],
}  # fmt: skip
CPU_S = 2
"""What the reading process may use here: whether it is bounded can be told sooner."""

_TWIN = "open({marker!r}, 'w').close()\nraise ImportError('a twin was imported')\n"


def main(name: str, removed: Sequence[str], folder: Path) -> dict[str, Any]:
    """Carry an attack out and return what it took."""
    resource.setrlimit(resource.RLIMIT_CPU, (60, resource.RLIM_INFINITY))  # kernels set their own, above it
    with contextlib.ExitStack() as stack:
        stack.enter_context(patched(submission_reader, CPU_S=CPU_S))
        for owner, values in (change for layer in removed for change in LAYERS[layer]):
            stack.enter_context(patched(owner, **values))
        if name == "twins":
            return {"ran": _among_twins(folder)}
        [attack] = [a for a in ATTACKS if a.name == name]
        path = folder / "submission.ipynb"
        path.write_bytes(attack.notebook({}))
        if name == "hoard":
            return _cost(lambda: _grade(path))
        return _cost(lambda: _read(path))


def _cost(work: Callable[[], None]) -> dict[str, Any]:
    """Return by how many MB this process grew at most, the largest child's size, and the seconds of all of them."""
    before, peak = resource.getrusage(resource.RUSAGE_SELF), _peak_mb()
    work()
    own, children = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    spent = own.ru_utime + own.ru_stime - before.ru_utime - before.ru_stime
    return {
        "memory_mb": _peak_mb() - peak,
        "child_mb": children.ru_maxrss >> 10,
        "cpu_s": spent + children.ru_utime + children.ru_stime,
    }


def _peak_mb() -> int:
    """Return the most memory that this program had; what getrusage tells counts what started it as well."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) >> 10


def _read(path: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    with contextlib.suppress(UnreadableError):
        submission_reader.read_submission(path, load_assignment(str(TARGET)))


def _grade(path: Path) -> None:
    assignment = load_assignment(str(TARGET))
    assignment = replace(assignment, limits=replace(assignment.limits, result_mb=64, memory_mb=2048))  # as is usual
    with KernelPool(assignment) as pool:
        result = grade_one(Submission("a", "A", path, "a.ipynb", "0" * 64), assignment, address=pool.address, seed=0)
    if result.status != "graded":
        raise RuntimeError(result.message)


def _among_twins(folder: Path) -> bool:
    """Start what examiners are forked from in a folder of uploads, and return whether code of the folder ran."""
    marker = folder / "marker"
    uploads = folder / "uploads"
    uploads.mkdir()
    for name in ("pdb", "multiprocessing", "signal", "grader"):
        (uploads / f"{name}.py").write_text(_TWIN.format(marker=str(marker)))
    os.chdir(uploads)
    os.environ.pop("PYTHONSAFEPATH", None)
    with contextlib.suppress(Exception):
        with worker.safe_path():
            worker._start_forkserver()
        started = worker._context().Process(target=os.getpid)
        started.start()
        started.join()
    return marker.exists()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(main(sys.argv[1], sys.argv[2:], Path(place))))
        os.chdir(os.sep)
