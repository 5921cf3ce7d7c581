"""A batch of 40 notebooks.

Against a cold Jupyter run of the same notebook, and against the bare calls.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.command_cost import CommandCost, run
from grader.assignment import Assignment

SIZE = 40
GRADER = Path(sys.executable).with_name("grader")
COLD = "import sys, nbformat, nbclient; nbclient.NotebookClient(nbformat.read(sys.argv[1], 4), timeout=600).execute()"


@dataclass(frozen=True, slots=True)
class Batch:
    """What the batch, a cold run of one notebook and its bare calls cost.

    The bare calls run in a process that has loaded the model.
    """

    batch: CommandCost
    again: CommandCost
    cold: CommandCost
    bare_cpu: float


def measure(assignment: Assignment, folder: Path) -> Batch:
    """Measure a batch of 40 copies of the solution, a cold run, and its bare calls.

    The batch uses all cores.
    """
    handed_in = folder / "submissions"
    handed_in.mkdir()
    solution = assignment.root / "solution.ipynb"
    for number in range(SIZE):
        shutil.copy(solution, handed_in / f"student{number:02}.ipynb")
    answers = {"GRADER_CACHE": str(folder / "cache")}
    command = [GRADER, "grade", handed_in, "-a", assignment.root, "-o", folder / "out"]
    first = run(command, env=answers)
    again = run([*command, "--fresh"], env=answers)
    return Batch(first, again, _cold(assignment, folder, solution), _bare(assignment, folder))


def check(assignment: Assignment) -> CommandCost:
    """Check one notebook with nothing loaded, and leave nothing."""
    return run([GRADER, "check", "--cold", assignment.root / "solution.ipynb", "-a", assignment.root])


def _cold(assignment: Assignment, folder: Path, notebook: Path) -> CommandCost:
    """Run the notebook as a cold grader would.

    A new kernel, all imports, the model loaded, every cell.
    """
    hub = folder / "hub"
    embedded = assignment.root.parent.parent / "reference" / "data" / "embedded"
    for name in ("models--gpt2", "models--openai-community--gpt2"):
        (hub / name / "refs").mkdir(parents=True)
        (hub / name / "refs" / "main").write_text("0" * 40)
        (hub / name / "snapshots").mkdir()
        os.symlink(embedded, hub / name / "snapshots" / ("0" * 40))
    env = {"HF_HUB_CACHE": str(hub), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    return run([sys.executable, "-c", COLD, notebook], env=env, cwd=assignment.root)


def _bare(assignment: Assignment, folder: Path) -> float:
    """Return the CPU seconds of one notebook's calls, made 40 times in one warm process."""
    out = folder / "bare.json"
    run([sys.executable, "-m", "benchmarks.bare_calls", assignment.root, str(SIZE), out])
    return float(json.loads(out.read_text()))
