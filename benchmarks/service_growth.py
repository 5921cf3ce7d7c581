"""What an upload costs a service that has a past: ``python -m benchmarks.service_growth``.

100,000 uploads unless another number is told. Two services run side by side, a new one and one with so many graded
uploads behind it, and take turns, so that whatever else the machine does weighs on both alike. Grading is replaced by
no wait at all.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.service_process import RunningService, running
from benchmarks.service_rows import make_people, wait_until_graded
from benchmarks.upload_load import hand_in_at_a_rate

ROUNDS = 6
UPLOADS = 100
STUDENTS = 50


def main() -> None:
    """Print the CPU of an upload, round by round, and the ratio."""
    count = int((sys.argv[1:] or ["100000"])[0])
    print(f"load before: {os.getloadavg()[0]:.1f}\n")
    with _grown(0) as new, _grown(count) as old:
        costs: list[tuple[float, float]] = [(new.next_round(), old.next_round()) for _ in range(ROUNDS)]
    print("| CPU an upload | " + " | ".join(str(n) for n in range(1, ROUNDS + 1)) + " | all |")
    print("|---" * (ROUNDS + 2) + "|")
    for what, values in zip(("new service", f"after {count} uploads"), zip(*costs, strict=True), strict=True):
        cells = [*values, sum(values) / ROUNDS]
        print(f"| {what} | " + " | ".join(f"{1000 * v:.1f} ms" for v in cells) + " |")
    new_cost, old_cost = (sum(c[i] for c in costs) for i in (0, 1))
    print(f"\nratio {old_cost / new_cost:.2f}")


class _Turns:
    def __init__(self, made: RunningService, graded: int) -> None:
        self._made, self._graded = made, graded
        self._tokens = make_people(made.service, STUDENTS)

    def next_round(self) -> float:
        """Take uploads, wait until they are graded, and return the CPU seconds of one."""
        before = self._made.cpu()
        hand_in_at_a_rate(self._made, self._tokens, UPLOADS, UPLOADS / 20)
        self._graded += UPLOADS
        wait_until_graded(self._made.service, self._graded)
        return self._made.cpu().since(before).both / UPLOADS


@contextlib.contextmanager
def _grown(count: int) -> Iterator[_Turns]:
    with running(tiny=True, wait_s=0.0) as made:
        token = make_people(made.service, 1)
        hand_in_at_a_rate(made, token, 1, 0)
        wait_until_graded(made.service, 1)
        if count:
            command = [sys.executable, "-m", "benchmarks.service_history", str(count)]
            subprocess.run(command, env=made.service.environment, check=True)  # noqa: S603 - our own module
        turns = _Turns(made, 1 + count)
        turns.next_round()  # connections, caches
        yield turns


if __name__ == "__main__":
    main()
