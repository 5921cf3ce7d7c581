"""``python -m benchmarks.second_check``.

Measure the first and the second check and hook of one notebook, and print a table.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.batch_speed import GRADER
from benchmarks.command_cost import CommandCost, children, run
from grader.assignment import Assignment, load_assignment

TIMES = 3


def main() -> None:
    """Print wall and CPU seconds, those of the zygote and its kernels included."""
    assignment = load_assignment("transformer_interp")
    print("| what | wall | CPU | of the first: wall | CPU |\n|---|---|---|---|---|")
    for command in ("check", "hook"):
        first, second = measure(command, assignment)
        print(f"| first `{command}` | {first.wall:.1f} s | {first.cpu:.1f} s | | |")
        wall, cpu = second.wall / first.wall, second.cpu / first.cpu
        print(f"| second `{command}` | {second.wall:.2f} s | {second.cpu:.2f} s | {wall:.0%} | {cpu:.0%} |")


def measure(command: str, assignment: Assignment) -> tuple[CommandCost, CommandCost]:
    """Return what the first command costs, and the median of what those after it do."""
    with tempfile.TemporaryDirectory() as state:
        env = {"GRADER_STATE": state, "GRADER_CACHE": f"{state}/cache", "GRADER_IDLE_S": "600"}
        words = [GRADER, command, assignment.root / "solution.ipynb", "-a", assignment.root]
        costs, before = [], 0.0
        for _ in range(1 + TIMES):
            cost = run(words, env=env)
            after = _cpu_of_zygotes(state)
            costs.append(CommandCost(cost.wall, cost.cpu + after - before))
            before = after
    first, *others = costs
    return first, CommandCost(median(c.wall for c in others), median(c.cpu for c in others))


def _cpu_of_zygotes(state: str) -> float:
    """Return the CPU seconds of the processes that hold zygotes in a state folder.

    Those of their descendants, ended ones too, are among them.
    """
    holders = [
        p for p in Path("/proc").glob("[0-9]*") if state in _text(p / "cmdline") and "holder" in _text(p / "cmdline")
    ]
    waiting, total = [int(p.name) for p in holders], 0.0
    while waiting:
        pid = waiting.pop()
        fields = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
        total += sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
        waiting += children(pid)
    return total


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:  # it has ended meanwhile
        return ""


if __name__ == "__main__":
    main()
