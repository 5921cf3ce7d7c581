"""The burst before a deadline: ``python -m benchmarks.service_burst [COUNT] [SECONDS]``.

1000 uploads in 60 s unless told. A hundred students hand in at a steady rate, whatever the answers take (an open loop),
on one machine with web server, worker and the program that hands in. First with grading replaced by a short wait, then
a fifth of it with real grading, and a twentieth with that of the course's assignment. It fails where an upload is
refused, lost, graded twice or not at all.
"""

from __future__ import annotations

import os
import sys

from benchmarks.service_process import idle_cpu, running
from benchmarks.service_rows import make_people, wait_until_graded
from benchmarks.upload_load import hand_in_at_a_rate, percentile

STUDENTS = 100
WAIT_S = 0.05
IDLE_S = 20.0


def main() -> None:
    """Run both bursts and print a table."""
    count, seconds = int((sys.argv[1:] or ["1000"])[0]), float((sys.argv[2:] or ["60"])[0])
    print(f"load before: {os.getloadavg()[0]:.1f}\n")
    print(
        "| what | uploads | acknowledged: median, 99 %, last | all graded after | CPU an upload | idle CPU a minute |"
    )
    print("|---|---|---|---|---|---|")
    burst(f"tiny notebooks, grading replaced by {WAIT_S} s", count, seconds, tiny=True, wait_s=WAIT_S)
    burst("tiny notebooks, graded", max(1, count // 5), seconds / 5, tiny=True, wait_s=None)
    burst("the course's solution, graded", max(1, count // 20), seconds / 20, tiny=False, wait_s=None)


def burst(what: str, count: int, seconds: float, *, tiny: bool, wait_s: float | None) -> None:
    """Run one burst and print its row."""
    with running(tiny=tiny, wait_s=wait_s) as made:
        tokens = make_people(made.service, min(count, STUDENTS))
        hand_in_at_a_rate(made, tokens, 1, 0)  # zygote, connections
        wait_until_graded(made.service, 1)
        idle = idle_cpu(made, IDLE_S)
        before = made.cpu()
        waits = hand_in_at_a_rate(made, tokens, count, seconds)
        ended = wait_until_graded(made.service, count + 1)
        cpu = made.cpu().since(before, idle, ended.last_s(count))
    print(
        f"| {what} | {count} in {seconds:g} s | {1000 * percentile(waits, 50):.0f} ms, "
        f"{1000 * percentile(waits, 99):.0f} ms, {1000 * max(waits):.0f} ms | {ended.last_s(count):.0f} s "
        f"| {1000 * cpu.both / count:.0f} ms (web {1000 * cpu.web / count:.0f}) | {idle.both:.1f} s |",
        flush=True,
    )


if __name__ == "__main__":
    main()
