"""A service under faults: its processes, its disk, its clock and its rows."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sqlite3
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.service.conftest import PostgreSQL, Service, make_service

_DISK_MB = 96
_COMMANDS = {
    "worker": "grader.service.work.worker_process",
    "zygote": "zygote_main.py",
    "web": "grader.service.wsgi",
}


@dataclass
class ServiceUnderFaults:
    """A service with the data folder on a small disk, whose clock can be set.

    ``database`` is the PostgreSQL server of its rows, None for SQLite; ``address`` is how that is reached.
    """

    service: Service
    database: PostgreSQL | None
    address: str
    clock: Path

    @property
    def data(self) -> Path:
        """The folder of all that lasts."""
        return self.service.folder / "data"

    def kill(self, kind: str, chance: random.Random) -> bool:
        """Kill one worker, zygote or web server; return whether there was one."""
        with contextlib.suppress(psutil.NoSuchProcess):  # it has ended since it was found
            found = self.service.processes(_COMMANDS[kind])
            if kind == "zygote":  # kernels are forks of a zygote, and what kills one is a student's code
                workers = {p.pid for p in self.service.processes(_COMMANDS["worker"])}
                found = [p for p in found if p.ppid() in workers]
            if found:
                chance.choice(found).kill()
                return True
        return False

    def kill_workers(self) -> None:
        """Kill all workers."""
        for worker in self.service.processes(_COMMANDS["worker"]):
            with contextlib.suppress(psutil.NoSuchProcess):
                worker.kill()

    def set_clock(self, offset_s: int) -> None:
        """Have the clock of all its processes be off by some seconds from now on."""
        with self.clock.open("r+b") as file:
            file.write(struct.pack("l", offset_s))

    def fill_disk(self) -> None:
        """Leave no room on its disk."""
        with contextlib.suppress(OSError), (self.data / "filler").open("wb", buffering=0) as file:
            while True:
                file.write(b"\0" * (1 << 16))
        with contextlib.suppress(OSError), (self.data / "filler").open("ab", buffering=0) as file:
            while True:
                file.write(b"\0" * 512)

    def free_disk(self) -> None:
        """Give the room back."""
        (self.data / "filler").unlink(missing_ok=True)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query finds in the service's tables."""
        if self.database is None:
            with contextlib.closing(sqlite3.connect(self.data / "grader.sqlite3", timeout=30)) as connection:
                return connection.execute(query).fetchall()
        import psycopg

        with psycopg.connect(self.address) as connection:
            return connection.execute(query).fetchall()


@contextlib.contextmanager
def running(
    folder: Path, database: PostgreSQL | None, *, workers: int, small_disk: bool, clock: bool
) -> Iterator[ServiceUnderFaults]:
    """Run a service with the tiny assignment, which has ended afterwards."""
    address = database.make_database(f"faults_{os.getpid()}") if database else ""
    service = make_service(
        folder / "service", address, workers=workers, jobs=2, uploads_per_minute=100_000, min_free_mb=0
    )
    data, offset = service.folder / "data", service.folder / "clock"
    data.mkdir()
    offset.write_bytes(struct.pack("l", 0))
    if small_disk:
        _command("mount", "-t", "tmpfs", "-o", f"size={_DISK_MB}m,mode=700", "faults", str(data))
    if clock:
        service.environment |= {"LD_PRELOAD": str(_made_clock(folder)), "FAULTS_CLOCK": str(offset)}
    made = ServiceUnderFaults(service, database, address, offset)
    try:
        service.start("--demo")
        yield made
    finally:
        made.free_disk()
        service.stop()
        if small_disk:
            _command("umount", "--lazy", str(data))


def _made_clock(folder: Path) -> Path:
    compiler = shutil.which("cc")
    assert compiler, "a C compiler is needed to set the clock back"
    library = folder / "clock.so"
    _command(compiler, "-shared", "-fPIC", "-o", str(library), str(Path(__file__).with_name("clock.c")), "-ldl")
    return library


def _command(*words: str) -> None:
    subprocess.run(words, check=True)  # noqa: S603 - words of ours
