"""One worker and two on PostgreSQL: ``python -m benchmarks.service_workers [COUNT]``.

200 uploads unless told. First with grading replaced by a wait of 0.2 s, two at once in each worker, so that the queue
and the database are what is measured; then graded, one at a time in each worker, which shows what the processors allow.
"""

from __future__ import annotations

import os
import sys

from benchmarks.service_process import running
from benchmarks.service_rows import make_people, wait_until_graded
from benchmarks.upload_load import hand_in_at_a_rate
from tests.service.conftest import running_postgresql

WAIT_S = 0.2
STUDENTS = 50


def main() -> None:
    """Print how many are graded a second by one worker and by two."""
    count = int((sys.argv[1:] or ["200"])[0])
    print(f"load before: {os.getloadavg()[0]:.1f}\n")
    print("| what | one worker | two workers | ratio |\n|---|---|---|---|")
    with running_postgresql() as server:
        for what, wait_s, jobs, uploads in (
            (f"grading replaced by {WAIT_S} s, two at once", WAIT_S, 2, count),
            ("graded, one at a time", None, 1, count // 5),
        ):
            rates = []
            for workers in (1, 2):
                url = server.make_database(f"workers_{jobs}_{workers}")
                rates.append(rate(url, workers, wait_s, jobs, uploads))
            one, two = rates
            print(f"| {what} | {one:.2f}/s | {two:.2f}/s | {two / one:.2f} |", flush=True)


def rate(url: str, workers: int, wait_s: float | None, jobs: int, uploads: int) -> float:
    """Return how many uploads a second are graded, from the first result to the last."""
    with running(tiny=True, wait_s=wait_s, workers=workers, database_url=url, jobs=jobs) as made:
        tokens = make_people(made.service, STUDENTS)
        warm = 4 * workers * jobs
        hand_in_at_a_rate(made, tokens, warm, 0)  # each worker is at work
        wait_until_graded(made.service, warm)
        hand_in_at_a_rate(made, tokens, uploads, 0)
        return wait_until_graded(made.service, warm + uploads).rate(uploads)


if __name__ == "__main__":
    main()
