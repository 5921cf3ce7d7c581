"""Ask the rows of a service that runs, in a process with its settings.

``python -m benchmarks.service_rows people COUNT`` makes students and prints a token of each;
``python -m benchmarks.service_rows graded COUNT`` waits until so many uploads have ended and prints what became of all.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from grader.service.setup_django import setup_django
from tests.service.conftest import Service

_LOOK_S = 0.2
_END_S = 1800
"""After so long without the last result one is taken for lost."""
_NEWEST = 2000


@dataclass(frozen=True, slots=True)
class UploadOutcomes:
    """What became of all uploads: how many are in each state.

    ``twice`` is how many versions have two results.
    ``received`` and ``graded`` are the times of the newest 2000 results and of their uploads, in the order in which
    they were graded, ``grading_s`` what grading itself took of it.
    """

    states: dict[str, int]
    twice: int
    received: list[float]
    graded: list[float]
    grading_s: list[float]

    def last_s(self, count: int) -> float:
        """Return the seconds from the first of the last so many uploads to the last result."""
        return self.graded[-1] - sorted(self.received)[-count]

    def rate(self, count: int) -> float:
        """Return how many results a second there were, among the last so many."""
        return (count - 1) / (self.graded[-1] - self.graded[-count])


def make_people(service: Service, count: int) -> list[str]:
    """Make students of the demo course, and return a token of each."""
    return list(_asked(service, "people", count))


def wait_until_graded(service: Service, count: int) -> UploadOutcomes:
    """Return what became of all uploads once so many ended; raises ValueError for a lost one."""
    ended = UploadOutcomes(**_asked(service, "graded", count))
    if ended.states != {"graded": count} or ended.twice:
        raise ValueError(f"of {count} uploads: {ended.states}, {ended.twice} have two results")
    return ended


def _asked(service: Service, what: str, count: int) -> Any:
    command = [sys.executable, "-m", "benchmarks.service_rows", what, str(count)]
    done = subprocess.run(command, env=service.environment, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
    return json.loads(done.stdout)


def _people(count: int) -> list[str]:
    from grader.service.credentials import Scope, make_token
    from grader.service.models import Account, Course, Member

    course = Course.objects.get(slug="demo")
    tokens = []
    for _ in range(count):
        account = Account.objects.create(username=f"student-{Account.objects.count()}")
        Member.objects.create(course=course, account=account, name=account.username, login=account.username)
        tokens.append(make_token(account, "benchmark", [Scope.SUBMIT, Scope.READ]))
    return tokens


def _graded(count: int) -> dict[str, object]:
    from django.db.models import Count

    from grader.service.models import PublishedResult, State, Upload

    ended = [s for s in State if s not in State.open()]
    until = time.monotonic() + _END_S
    while Upload.objects.filter(state__in=ended).count() < count and time.monotonic() < until:
        time.sleep(_LOOK_S)
    newest = PublishedResult.objects.order_by("-graded")[:_NEWEST]
    times = newest.values_list("upload__received", "graded", "document__duration_s")
    received, graded, grading_s = zip(*reversed(times), strict=True)
    versions = PublishedResult.objects.values("upload", "version")
    return {
        "states": dict(Upload.objects.values_list("state").annotate(number=Count("pk"))),
        "twice": versions.count() - versions.distinct().count(),
        "received": [r.timestamp() for r in received],
        "graded": [g.timestamp() for g in graded],
        "grading_s": grading_s,
    }


if __name__ == "__main__":
    setup_django()
    print(json.dumps((_people if sys.argv[1] == "people" else _graded)(int(sys.argv[2]))))
