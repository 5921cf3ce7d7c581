"""Figures for Prometheus: requests counted in this process, the rest from the rows."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.db.models import Count, Max, Min
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from grader.service.models import PublishedResult, State, Task, TaskState, Upload
from grader.service.worker_health import living_workers

_SETTLED = timedelta(seconds=5)
"""How old rows must be to be counted.

Rows are numbered before they are committed, so one with a lower number may still appear after one with a higher number.
"""

_WAITS_S = (0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)

disable_created_metrics()  # type: ignore[no-untyped-call] # the library has no type for it
registry = CollectorRegistry()
_requests = Counter(
    "grader_http_requests", "Requests by route and status.", ("method", "route", "status"), registry=registry
)
_request_s = Histogram("grader_http_request_seconds", "Time to answer a request.", ("route",), registry=registry)
_uploads = Counter("grader_uploads", "Uploads taken since this process began.", ("source",), registry=registry)
_results = Counter("grader_results", "Results published since this process began.", ("status",), registry=registry)
_grading_s = Histogram("grader_grading_seconds", "Time to grade a submission.", buckets=_WAITS_S, registry=registry)
_wait_s = Histogram(
    "grader_wait_seconds", "Time from an upload to its first result.", buckets=_WAITS_S, registry=registry
)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count an answered request; ``route`` is the pattern that its address matched."""
    _requests.labels(method, route, str(status)).inc()
    _request_s.labels(route).observe(seconds)


def exposition() -> bytes:
    """Return all figures in Prometheus' text format."""
    _new_rows.count()
    return generate_latest(registry)


class QueueFigures(Collector):
    """How much waits, and since when; who works."""

    def collect(self) -> Iterator[Metric]:
        """Read the figures."""
        now = timezone.now()
        states = dict(Upload.objects.order_by().values_list("state").annotate(n=Count("pk")))
        tasks = dict(Task.objects.order_by().values_list("state").annotate(n=Count("pk")))
        yield _by_state("grader_submissions", "Submissions by state.", states, State.values)
        yield _by_state("grader_tasks", "Tasks of staff by state.", tasks, TaskState.values)
        oldest = Upload.objects.filter(state__in=State.open()).aggregate(oldest=Min("received"))["oldest"]
        age = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
        yield GaugeMetricFamily("grader_queue_oldest_seconds", "Age of the oldest submission that waits.", value=age)
        depth = sum(states.get(s, 0) for s in State.open())
        yield GaugeMetricFamily("grader_queue_depth", "Submissions that are not graded yet.", value=depth)
        yield GaugeMetricFamily("grader_workers", "Workers that answered lately.", value=len(living_workers()))


class _NewRows:
    """Counts each row once, from when this process began."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._result: int | None = None
        self._since = timezone.now()

    def count(self) -> None:
        """Add the rows since the last look to the counters."""
        with self._lock:
            until = timezone.now() - _SETTLED
            if self._result is None:
                self._result = PublishedResult.objects.filter(graded__lt=self._since).aggregate(n=Max("pk"))["n"] or 0
            self._count_results(until)
            for source, number in self._uploads(until):
                _uploads.labels(source).inc(number)
            self._since = max(until, self._since)

    def _uploads(self, until: object) -> Iterable[tuple[str, int]]:
        new = Upload.objects.filter(received__gte=self._since, received__lt=until)
        return new.order_by().values_list("source").annotate(n=Count("pk"))

    def _count_results(self, until: object) -> None:
        new = PublishedResult.objects.filter(pk__gt=self._result, graded__lt=until).order_by("pk")
        rows = new.values_list(
            "pk", "version", "status", "document__duration_s", "graded", "upload__received"
        )  # not the documents, which are large
        for pk, version, status, seconds, graded, received in rows.iterator():
            self._result = pk
            _results.labels(status).inc()
            _grading_s.observe(seconds or 0.0)
            if version == 1:
                _wait_s.observe(max(0.0, (graded - received).total_seconds()))


def _by_state(name: str, text: str, found: dict[str, int], states: Iterable[str]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=["state"])
    for state in states:
        family.add_metric([state], found.get(state, 0))
    return family


registry.register(QueueFigures())
_new_rows = _NewRows()
