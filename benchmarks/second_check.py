"""``python -m benchmarks.second_check``.

Measure the first and the second check and hook of one notebook, and from saving it to the verdict of a watching check;
print a table.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.batch_speed import GRADER
from benchmarks.command_cost import CommandCost, children, run
from grader.assignment import Assignment, load_assignment
from grader.cli.check_messages import WATCHING

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
    print(f"| `check --watch`, save to verdict | {save_to_verdict(assignment):.2f} s | | | |")


def save_to_verdict(assignment: Assignment) -> float:
    """Return the median of the seconds after which an edit's verdict is there."""
    with tempfile.TemporaryDirectory() as state:
        notebook = Path(shutil.copy(assignment.root / "solution.ipynb", state))
        text = notebook.read_text(encoding="utf-8")
        with subprocess.Popen(  # noqa: S603 - our own program
            [GRADER, "check", notebook, "-a", assignment.root, "--watch"],
            env=os.environ | _environment(state),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as watching:
            said, waits = iter(watching.stderr or ()), []
            next(line for line in said if WATCHING in line)
            for edit in range(TIMES):
                notebook.write_text(
                    text.replace("# Turn the prompt", f"# Edit {edit}: turn the prompt"), encoding="utf-8"
                )
                saved = time.perf_counter()
                next(line for line in said if WATCHING in line)
                waits.append(time.perf_counter() - saved)
            watching.terminate()
    return median(waits)


def _environment(state: str) -> dict[str, str]:
    return {"GRADER_STATE": state, "GRADER_CACHE": f"{state}/cache", "GRADER_IDLE_S": "600"}


def measure(command: str, assignment: Assignment) -> tuple[CommandCost, CommandCost]:
    """Return what the first command costs, and the median of what those after it do."""
    with tempfile.TemporaryDirectory() as state:
        words = [GRADER, command, assignment.root / "solution.ipynb", "-a", assignment.root]
        costs, before = [], 0.0
        for _ in range(1 + TIMES):
            cost = run(words, env=_environment(state))
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
