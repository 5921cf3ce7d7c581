"""A whole service, its workers, and what its own processes cost."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from grader.assignment import load_assignment
from tests.service.conftest import RIGHT, Service, make_service, notebook

COURSE = load_assignment("transformer_interp").root
_OF_THE_SERVICE = {"web": ("grader serve", "gunicorn"), "worker": ("worker_process", "waiting_worker")}


@dataclass(frozen=True, slots=True)
class ServiceCpu:
    """CPU seconds of the web server and its supervisor, and of the workers with the queue."""

    web: float
    worker: float

    def since(self, before: ServiceCpu, idle: ServiceCpu | None = None, seconds: float = 0.0) -> ServiceCpu:
        """Return what was used since then, without what so many idle seconds would have cost."""
        web, worker = (idle.web, idle.worker) if idle else (0.0, 0.0)
        return ServiceCpu(
            self.web - before.web - web * seconds / 60, self.worker - before.worker - worker * seconds / 60
        )

    @property
    def both(self) -> float:
        """The sum."""
        return self.web + self.worker


@dataclass
class RunningService:
    """A service with an assignment that students hand in, and the workers beside it.

    Without ``wait_s`` the workers are its own and grade. With it they are
    :mod:`benchmarks.waiting_worker`, which this process starts.
    """

    service: Service
    slug: str
    notebook: bytes
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def cpu(self) -> ServiceCpu:
        """Return the CPU seconds so far of its own processes.

        Zygotes, examiners and kernels are not among them.
        """
        used = dict.fromkeys(_OF_THE_SERVICE, 0.0)
        roots = [psutil.Process(p.pid) for p in (self.service.process, *self.workers) if p]
        for process in [p for root in roots for p in (root, *root.children(recursive=True))]:
            with contextlib.suppress(psutil.NoSuchProcess):  # it has ended meanwhile
                command, times = " ".join(process.cmdline()), process.cpu_times()
                for kind, names in _OF_THE_SERVICE.items():
                    if any(name in command for name in names):
                        used[kind] += times.user + times.system
        return ServiceCpu(**used)

    def add_worker(self, name: str, wait_s: float) -> None:
        """Start one more worker that waits instead of grading."""
        command = [sys.executable, "-m", "benchmarks.waiting_worker", name, str(wait_s)]
        with (self.service.folder / "log").open("a") as log:
            self.workers.append(
                subprocess.Popen(command, env=self.service.environment, stdout=log, stderr=log)  # noqa: S603 - our own module
            )

    def close(self) -> None:
        """End it all."""
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            worker.wait(60)
        self.service.stop()


@contextlib.contextmanager
def running(
    *, tiny: bool, wait_s: float | None, workers: int = 1, database_url: str = "", **settings: object
) -> Iterator[RunningService]:
    """Run a service with the tiny assignment, or the course's, whose solution is handed in."""
    with tempfile.TemporaryDirectory(prefix="grader-bench-", dir="/tmp") as folder:
        if not tiny:
            settings["demo_assignment"] = COURSE
        own = workers if wait_s is None else 0
        service = make_service(Path(folder) / "service", database_url, workers=own, **settings)
        handed_in = notebook(*RIGHT) if tiny else (COURSE / "solution.ipynb").read_bytes()
        made = RunningService(service, "tiny" if tiny else "transformer-interp", handed_in)
        try:
            service.start("--demo")
            for number in range(workers - own):
                made.add_worker(f"waiting-{number}", wait_s or 0.0)
            yield made
        except BaseException:
            print((service.folder / "log").read_text()[-2000:], file=sys.stderr)
            raise
        finally:
            made.close()


def idle_cpu(made: RunningService, seconds: float) -> ServiceCpu:
    """Return the CPU seconds that a service takes a minute while nobody asks for anything."""
    before = made.cpu()
    time.sleep(seconds)
    used = made.cpu().since(before)
    return ServiceCpu(used.web * 60 / seconds, used.worker * 60 / seconds)
