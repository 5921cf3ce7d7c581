"""The processes of a service: what they hold, how they end, and when they do not start."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from .conftest import RIGHT, PostgreSQL, Service, make_service, notebook

PASSWORD = "kEpT-secret-of-the-database"  # noqa: S105 - of a test


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, postgresql: PostgreSQL) -> Iterator[Service]:
    """A service on PostgreSQL that has graded once, so that a zygote and its helpers run."""
    url = postgresql.make_database("processes").replace("postgres@", f"postgres:{PASSWORD}@")
    made = make_service(tmp_path_factory.mktemp("processes") / "service", url)
    made.start("--demo")
    made.graded(notebook(*RIGHT))
    yield made
    made.stop()


def memory(pid: int) -> bytes:
    """Return what a process may write and read of its memory, and its environment."""
    found = [Path(f"/proc/{pid}/environ").read_bytes()]
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as file:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            place, rights, *_ = line.split()
            if rights.startswith("rw") and not line.endswith(("[vvar]", "[vsyscall]")):
                start, end = (int(part, 16) for part in place.split("-"))
                file.seek(start)
                try:
                    found.append(file.read(end - start))
                except OSError:
                    continue
    return b"\0".join(found)


def test_an_upload_is_graded_with_postgresql(service: Service) -> None:
    """A right notebook gets all points, as with SQLite."""
    result = service.graded(notebook(*RIGHT))

    assert (result["state"], result["score"]) == ("graded", result["max_score"])


@pytest.mark.parametrize("kind", ["zygote_main.py", "multiprocessing.forkserver"])
def test_processes_near_students_code_hold_no_secret(service: Service, kind: str) -> None:
    """Neither a zygote nor the server of examiners has the database's password or the key."""
    key = (service.folder / "data" / "secret_key").read_bytes()
    processes = service.processes(kind)
    assert processes
    for process in processes:
        held = memory(process.pid)
        assert b"GRADER_SERVICE_" not in Path(f"/proc/{process.pid}/environ").read_bytes()
        assert PASSWORD.encode() not in held
        assert key not in held
        opened = [file.path for file in process.open_files()]
        assert not [path for path in opened if path.startswith(str(service.folder / "data"))]


def test_a_worker_has_no_secret_in_its_environment(service: Service) -> None:
    """It has the password, but no variable that others could look at or inherit."""
    [worker] = service.processes("worker_process")
    assert b"GRADER_SERVICE_" not in Path(f"/proc/{worker.pid}/environ").read_bytes()
    assert PASSWORD.encode() in memory(worker.pid)  # the search finds what is there


def test_a_second_service_in_one_folder_is_refused(service: Service) -> None:
    """It says so in a sentence and ends with 2, and the first one goes on."""
    done = serve_once(service.environment | {"GRADER_SERVICE_BIND": "127.0.0.1:0"})

    assert done.returncode == 2
    assert done.stderr.startswith("grader: another service runs in ")
    assert service.answers()


def test_an_address_that_is_taken_ends_the_service(service: Service, tmp_path: Path) -> None:
    """It says so in a sentence and ends with 2, before it starts anything."""
    done = serve_once(service.environment | {"GRADER_SERVICE_DATA": str(tmp_path)})

    assert done.returncode == 2
    assert done.stderr.startswith(f"grader: cannot listen at 127.0.0.1:{service.port}: Address already in use.")


def serve_once(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Return how a service with these settings ends."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "grader", "serve"],
        env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_a_killed_service_leaves_no_process(service: Service) -> None:
    """All that it started ends where the supervisor was killed."""
    assert service.process
    left = service.processes()
    assert len(left) > 4

    service.process.kill()
    service.process.wait()
    _, alive = psutil.wait_procs(left, timeout=60)

    assert alive == []
    assert not [*(service.folder / "data" / "grading").glob("*/*")]


def test_a_service_that_is_told_to_stop_leaves_nothing(service: Service) -> None:
    """It ends with 0, and neither a process nor a folder of a grading is left."""
    service.stop()  # where it was not killed before
    service.start()
    left = service.processes()
    assert service.process
    service.process.send_signal(signal.SIGTERM)

    assert service.process.wait(60) == 0
    _, alive = psutil.wait_procs(left, timeout=30)  # a zygote's last process ends after it
    # What has ended is there until the machine's first process has taken note of it.
    assert not [p for p in alive if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    assert not [*(service.folder / "data" / "grading").glob("*/*")]
