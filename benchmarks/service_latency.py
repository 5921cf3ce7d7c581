"""One upload at a time, nothing else: ``python -m benchmarks.service_latency [COUNT]``.

The course's solution on the embedded model, each time by another student, the zygote warm. Each row tells how long it
took from handing it in to reading its score, asked for twenty times a second, and what of it grading itself took.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from statistics import median

import httpx

from benchmarks.service_process import RunningService, running
from benchmarks.service_rows import make_people, wait_until_graded
from benchmarks.upload_load import percentile

LOOK_S = 0.05
PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from each upload to its score, what grading took of them, and the first one's."""

    took: list[float]
    grading: list[float]
    first: float

    @property
    def other(self) -> list[float]:
        """What was not grading."""
        return [t - g for t, g in zip(self.took, self.grading, strict=True)]


def main() -> None:
    """Measure and print the figures."""
    print(f"load before: {os.getloadavg()[0]:.1f}\n")
    found = measure(int((sys.argv[1:] or ["30"])[0]))
    print("| what | median | 95 % |\n|---|---|---|")
    for what, values in (
        ("upload to score", found.took),
        ("... grading itself", found.grading),
        ("... all else", found.other),
    ):
        print(f"| {what} | {median(values):.2f} s | {percentile(values, 95):.2f} s |")
    print(f"\nthe first, right after the service answered: {found.first:.1f} s")


def measure(count: int) -> Latency:
    """Hand in so many times, and once before."""
    with running(tiny=False, wait_s=None) as made:
        tokens = make_people(made.service, count + 1)
        first = one_upload(made, tokens.pop())
        took = []
        for token in tokens:
            time.sleep(PAUSE_S)
            took.append(one_upload(made, token))
        return Latency(took, wait_until_graded(made.service, count + 1).grading_s[1:], first)


def one_upload(made: RunningService, token: str) -> float:
    """Hand in once; return the seconds until the score; raises ValueError for less than full."""
    api, headers = f"{made.service.url}/api/v1/submissions", {"Authorization": f"Bearer {token}"}
    with httpx.Client(headers=headers, timeout=60) as client:
        start = time.perf_counter()
        said = client.post(
            api,
            data={"course": "demo", "assignment": made.slug},
            files={"notebook": ("solution.ipynb", made.notebook)},
        ).json()
        while (found := client.get(f"{api}/{said['id']}").json())["state"] in ("accepted", "queued", "grading"):
            time.sleep(LOOK_S)
        took = time.perf_counter() - start
    if found["score"] != found["max_score"]:
        raise ValueError(f"the solution has {found['score']} points: {found['summary']}")
    return took


if __name__ == "__main__":
    main()
