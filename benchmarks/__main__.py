"""``python -m benchmarks``.

Measure everything and print a table to paste into ``benchmarks/README.md``.
"""

from __future__ import annotations

import platform
import tempfile
from pathlib import Path
from statistics import median

from benchmarks import batch_speed, extraction_speed, kernel_speed, service_burst, service_latency
from benchmarks.command_cost import adopt_orphans
from benchmarks.upload_load import percentile
from grader.assignment import load_assignment


def main() -> None:
    """Run all measurements, one after the other, and print them as a Markdown table."""
    adopt_orphans()
    assignment = load_assignment("transformer_interp")
    with tempfile.TemporaryDirectory() as folder:
        batch = batch_speed.measure(assignment, Path(folder))
        large = extraction_speed.large(assignment, Path(folder))
    ordinary = extraction_speed.ordinary(assignment)
    check = batch_speed.check(assignment)
    weight = kernel_speed.weight_mb(assignment)
    locked, unlocked = kernel_speed.locked_and_unlocked_ms(assignment)
    alone = service_latency.measure(12)
    burst = service_burst.burst(100, 6, tiny=True, wait_s=service_burst.WAIT_S)
    n = batch_speed.SIZE
    rows = [
        ("locked kernel, request to first tensor", f"{locked:.0f} ms"),
        ("... against an unlocked one", f"{locked / unlocked:.2f} x"),
        ("memory (PSS) for one more kernel that has answered", f"{weight:.0f} MB"),
        (f"batch of {n}: CPU a submission, loading included", f"{batch.batch.cpu / n:.2f} s"),
        (f"batch of {n}: wall a submission, loading included", f"{batch.batch.wall / n:.2f} s"),
        ("... again, reference answers known", f"{batch.again.cpu / n:.2f} s CPU, {batch.again.wall / n:.2f} s wall"),
        ("cold Jupyter run of the same notebook", f"{batch.cold.cpu:.1f} s CPU, {batch.cold.wall:.1f} s wall"),
        ("... CPU against ours", f"{batch.cold.cpu / (batch.batch.cpu / n):.0f} x"),
        ("the bare calls in one process with all loaded", f"{batch.bare_cpu:.2f} s CPU"),
        ("... ours against them", f"{batch.batch.cpu / n / batch.bare_cpu:.1f} x"),
        ("reading a notebook and extracting from it", f"{1000 * ordinary.cpu:.0f} ms CPU"),
        (
            f"... with {extraction_speed.OUTPUTS_MB} MB of outputs",
            f"{large.cpu:.1f} s CPU, {large.peak_mb:.0f} MB in all",
        ),
        ("grader check with nothing loaded", f"{check.cpu:.1f} s CPU, {check.wall:.1f} s wall"),
        ("service: one upload to its score, median", f"{median(alone.took):.2f} s"),
        ("... what of it was not grading", f"{median(alone.other):.2f} s"),
        ("... 100 uploads in 6 s, 95 % acknowledged within", f"{1000 * percentile(burst.waits, 95):.0f} ms"),
        ("... its own CPU an upload, grading not counted", f"{1000 * burst.cpu_s.both:.0f} ms"),
        ("... its CPU a minute while idle", f"{burst.idle.both:.1f} s"),
    ]
    print(f"Python {platform.python_version()}, {platform.system()} {platform.release()}, {platform.machine()}\n")
    print("| what | measured |\n|---|---|")
    for what, measured in rows:
        print(f"| {what} | {measured} |")


if __name__ == "__main__":
    main()
