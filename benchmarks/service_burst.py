"""The burst before a deadline: ``python -m benchmarks.service_burst [COUNT] [SECONDS]``.

1000 uploads in 60 s unless told. A hundred students hand in at a steady rate, whatever the answers take (an open loop),
on one machine with web server, worker and the program that hands in. First with grading replaced by a short wait, then
a fifth of it with real grading, and a twentieth with that of the course's assignment. It fails where an upload is
refused, lost, graded twice or not at all.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

from benchmarks.service_process import ServiceCpu, idle_cpu, running
from benchmarks.service_rows import make_people, wait_until_graded
from benchmarks.upload_load import hand_in_at_a_rate, percentile

STUDENTS = 100
WAIT_S = 0.05


@dataclass(frozen=True, slots=True)
class Burst:
    """What one burst showed: seconds to each acknowledgement, and to the last result.

    ``cpu_s`` is what an upload cost web server and worker, ``idle`` what they cost a minute before it.
    """

    waits: list[float]
    graded_after_s: float
    cpu_s: ServiceCpu
    idle: ServiceCpu


def main() -> None:
    """Run the bursts and print a table."""
    count, seconds = int((sys.argv[1:] or ["1000"])[0]), float((sys.argv[2:] or ["60"])[0])
    print(f"load before: {os.getloadavg()[0]:.1f}\n")
    print("| what | acknowledged after: median, 99 %, last | all graded after | CPU an upload: web, worker | idle |")
    print("|---|---|---|---|---|")
    for what, part, tiny, wait_s in (
        (f"tiny notebooks, grading replaced by {WAIT_S} s", 1, True, WAIT_S),
        ("tiny notebooks, graded", 5, True, None),
        ("the course's solution, graded", 20, False, None),
    ):
        number, length = max(1, count // part), seconds / part
        found = burst(number, length, tiny=tiny, wait_s=wait_s)
        acknowledged = ", ".join(
            f"{1000 * s:.0f} ms" for s in (percentile(found.waits, 50), percentile(found.waits, 99), max(found.waits))
        )
        print(
            f"| {what}: {number} in {length:g} s | {acknowledged} | {found.graded_after_s:.0f} s "
            f"| {1000 * found.cpu_s.web:.0f} ms, {1000 * found.cpu_s.worker:.0f} ms | {found.idle.both:.1f} s/min |",
            flush=True,
        )


def burst(count: int, seconds: float, *, tiny: bool, wait_s: float | None, idle_s: float = 20.0) -> Burst:
    """Run one burst against a new service, whose zygote is warm.

    Raises ValueError where an upload is refused or lost.
    """
    with running(tiny=tiny, wait_s=wait_s) as made:
        tokens = make_people(made.service, min(count, STUDENTS))
        hand_in_at_a_rate(made, tokens, 1, 0)
        wait_until_graded(made.service, 1)
        idle = idle_cpu(made, idle_s)
        before = made.cpu()
        waits = hand_in_at_a_rate(made, tokens, count, seconds)
        lasted = wait_until_graded(made.service, count + 1).last_s(count)
        used = made.cpu().since(before, idle, lasted)
    return Burst(waits, lasted, ServiceCpu(used.web / count, used.worker / count), idle)


if __name__ == "__main__":
    main()
