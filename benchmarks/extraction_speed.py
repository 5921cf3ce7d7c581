"""Reading a notebook and extracting from it.

An ordinary one, and one with 100 MB of outputs. ``python -m benchmarks.extraction_speed ASSIGNMENT NOTEBOOK ROUNDS``
prints the CPU seconds of one round and the MB it took.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.command_cost import peak_mb
from grader.assignment import Assignment, load_assignment
from grader.extract import extract
from grader.intake import discover, read_notebook

ROUNDS = 20
OUTPUTS_MB = 100


@dataclass(frozen=True, slots=True)
class ExtractionCost:
    """CPU seconds of one notebook, and the most memory that the process had (MB)."""

    cpu: float
    peak_mb: float


def ordinary(assignment: Assignment) -> ExtractionCost:
    """Measure the solved notebook of the assignment."""
    return _measured(assignment, assignment.root / "solution.ipynb", ROUNDS)


def large(assignment: Assignment, folder: Path) -> ExtractionCost:
    """Measure the same notebook with 100 MB of pictures, prints and tables in its outputs."""
    notebook = json.loads((assignment.root / "solution.ipynb").read_text(encoding="utf-8"))
    third = OUTPUTS_MB * 2**20 // 3
    lines = ["tensor([[0.1, 0.2]]) \n"] * (third // 32)
    table = '<tr class="row"><td>0.1</td></tr>\n'
    notebook["cells"][-1]["outputs"] = [
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * third}},
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": table * (third // len(table))}},
        *({"output_type": "stream", "name": "stdout", "text": lines[n : n + 20]} for n in range(0, len(lines), 20)),
    ]
    path = folder / "large.ipynb"
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    return _measured(assignment, path, 1)


def _measured(assignment: Assignment, notebook: Path, rounds: int) -> ExtractionCost:
    """Measure in a process of its own, whose memory nothing else has grown."""
    command = [sys.executable, "-m", "benchmarks.extraction_speed", str(assignment.root), str(notebook), str(rounds)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
    return ExtractionCost(*json.loads(done.stdout))


def main() -> None:
    """Measure and print the figures."""
    assignment, notebook, rounds = load_assignment(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    stub = read_notebook(assignment.notebook)
    start = time.process_time()
    for _ in range(rounds):
        [submission] = discover([notebook])
        extract(read_notebook(submission.path), assignment.names, assignment.provided, stub)
    cpu = (time.process_time() - start) / rounds
    print(json.dumps([cpu, peak_mb()]))


if __name__ == "__main__":
    main()
