"""The service's database in this process, and whole services in processes of their own.

Tests of rows and answers use ``database`` and Django's own test client: quick, on SQLite. Tests of processes use
``serve``, on SQLite or a PostgreSQL server that this run starts.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import httpx
import nbformat
import psutil
import pytest

TINY = Path(__file__).resolve().parents[1] / "plugin" / "tiny"
RIGHT = (
    "def scale(numbers):\n    return np.asarray(numbers, 'float32') * factor\n",
    "def pair(number):\n    return number, number * factor\n",
)
WRONG = ("def scale(numbers):\n    return np.asarray(numbers, 'float32') + factor\n", RIGHT[1])
WAIT_S = 300
"""How long a service may take to start or to grade, on a machine that is busy."""
Found = TypeVar("Found")


def notebook(*cells: str) -> bytes:
    """Return the bytes of a notebook of these code cells."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    for number, cell in enumerate(made.cells):
        cell["id"] = f"cell-{number}"
    return nbformat.writes(made).encode()


@pytest.fixture(scope="session")
def _django(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Set Django up once in this process, with tables in a folder of this run."""
    os.environ["GRADER_SERVICE_DATA"] = str(tmp_path_factory.mktemp("service"))
    from grader.service.setup_django import setup_django

    setup_django()
    from django.conf import settings
    from django.core.management import call_command

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a slow one tests nothing more
    settings.ALLOWED_HOSTS = ["*"]
    options = settings.DATABASES["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


@pytest.fixture
def database(_django: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty database, in this process; whatever a test tries, it tries in one minute."""
    from django.core.cache import cache
    from django.core.management import call_command

    from grader.service import rate_limits

    begun = time.time()
    monkeypatch.setattr(rate_limits, "time", SimpleNamespace(time=lambda: begun))
    yield
    cache.clear()
    call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)  # its rows are read by none


@dataclass
class People:
    """A course with the tiny assignment, and people in it; in another course there are others.

    ``stranger`` is in no course. All of them have the password ``pass word``.
    """

    assignment: Any
    accounts: dict[str, Any] = field(default_factory=dict)

    def client(self, name: str) -> Any:
        """Return a client with the session of somebody, or of nobody for an empty name."""
        from django.test import Client

        client = Client()
        if name:
            client.force_login(self.accounts[name])
        return client

    def member(self, name: str) -> Any:
        """Return somebody's membership of the course."""
        return self.assignment.course.members.get(account=self.accounts[name])


@pytest.fixture
def people(database: None) -> People:
    """Two courses with the same assignment and their people."""
    from grader.assignment import load_assignment
    from grader.service.models import Account, ApprovedAssignment, Course, CourseAssignment, Member

    tiny = load_assignment(str(TINY))
    files = ApprovedAssignment.objects.create(
        slug=tiny.slug, path=str(tiny.root), digest=tiny.digest, title=tiny.title, max_score=tiny.max_score
    )
    made = People(None)
    for slug, names in {
        "first": {"student": "student", "classmate": "student", "grader": "grader", "instructor": "instructor"},
        "second": {"other_student": "student", "other_grader": "grader", "other_instructor": "instructor"},
    }.items():
        course = Course.objects.create(slug=slug, title=slug.title())
        assignment = CourseAssignment.objects.create(course=course, slug="tiny", title="Tiny", files=files)
        made.assignment = made.assignment or assignment
        for name, role in names.items():
            made.accounts[name] = Account.objects.create_user(name, password="pass word")  # noqa: S106 - of a test
            Member.objects.create(course=course, account=made.accounts[name], role=role, name=name, login=name)
    made.accounts["stranger"] = Account.objects.create_user("stranger", password="pass word")  # noqa: S106 - of a test
    made.accounts["administrator"] = Account.objects.create_superuser("administrator", password="pass word")  # noqa: S106 - of a test
    return made


@pytest.fixture
def queue(people: People) -> Iterator[Any]:
    """What asks the queue, whose tables are empty."""
    from dbos import run_dbos_database_migrations
    from django.conf import settings

    from grader.service.work.queue import client

    run_dbos_database_migrations(settings.CONFIG.queue_url)
    yield client()
    everything = [w.workflow_id for w in client().list_workflows()]
    client().delete_workflows(everything)


@dataclass
class Service:
    """A whole service in processes of its own, with the demo course on the tiny assignment."""

    folder: Path
    port: int
    environment: dict[str, str]
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, *options: str) -> None:
        """Start it, and return once it answers."""
        command = [sys.executable, "-P", "-m", "grader", "serve", *options]
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                command, env=self.environment, cwd=self.folder, stdout=log, stderr=log, text=True
            )
        self.wait(self.answers)

    def wait(self, look: Callable[[], Found], every_s: float = 0.1) -> Found:
        """Return what is looked for once it is there; fail where the service ends before."""
        until = time.monotonic() + WAIT_S
        while not (found := look()):
            runs = self.process is not None and self.process.poll() is None
            assert runs, (self.folder / "log").read_text()
            assert time.monotonic() < until, (self.folder / "log").read_text()
            time.sleep(every_s)
        return found

    def answers(self) -> bool:
        """Return whether it answers that it is ready."""
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
        return False

    def stop(self) -> None:
        """End it as a service manager does."""
        if self.process:
            self.process.terminate()
            self.process.wait(60)
            self.process = None

    def processes(self, word: str = "") -> list[psutil.Process]:
        """Return the processes that it started with this word in their command line."""
        assert self.process
        found = []
        for process in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):  # it has ended since, or nobody has taken note of it
                if word in " ".join(process.cmdline()):
                    found.append(process)
        return found

    def run(self, *arguments: str) -> str:
        """Return what a ``grader`` command with the service's settings prints."""
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-P", "-m", "grader", *arguments],
            env=self.environment, cwd=self.folder, capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        return done.stdout.strip()

    @cached_property
    def token(self) -> str:
        """A token of the demo student."""
        return self.run("token", "demo-student")

    def hand_in(self, content: bytes, name: str = "mine.ipynb", **headers: str) -> httpx.Response:
        """Hand a notebook in by the API as the demo student."""
        return httpx.post(
            f"{self.url}/api/v1/submissions",
            headers={"Authorization": f"Bearer {self.token}", **headers},
            data={"course": "demo", "assignment": "tiny"},
            files={"notebook": (name, content)},
            timeout=60,
        )

    def graded(self, content: bytes) -> dict[str, Any]:
        """Hand a notebook in, and return what the API says of it once its grading has ended."""
        answer = self.hand_in(content)
        assert answer.status_code == 202, answer.text
        return self.ended(answer.json()["id"])

    def ended(self, pk: str) -> dict[str, Any]:
        """Return what the API says of a submission once it is neither waiting nor being graded."""
        address, headers = f"{self.url}/api/v1/submissions/{pk}", {"Authorization": f"Bearer {self.token}"}

        def look() -> dict[str, Any] | None:
            said = dict(httpx.get(address, headers=headers, timeout=30).json())
            return None if said["state"] in ("accepted", "queued", "grading") else said

        return self.wait(look)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


Serve = Callable[..., Service]


def make_service(folder: Path, database_url: str = "", **settings: object) -> Service:
    """Return a service with these settings that is not started yet, in a folder of its own."""
    folder.mkdir()
    port = _free_port()
    environment = {n: v for n, v in os.environ.items() if not n.startswith("GRADER_SERVICE_")}
    environment |= {
        "GRADER_SERVICE_DATA": str(folder / "data"),
        "GRADER_SERVICE_BIND": f"127.0.0.1:{port}",
        "GRADER_SERVICE_URL": f"http://127.0.0.1:{port}",
        "GRADER_SERVICE_DATABASE_URL": database_url,
        "GRADER_SERVICE_DEMO_ASSIGNMENT": str(TINY),
        "GRADER_SERVICE_UPLOADS_PER_MINUTE": "1000000",  # one student hands in for a whole course
    }
    return Service(folder, port, environment | {f"GRADER_SERVICE_{n.upper()}": str(v) for n, v in settings.items()})


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start services with the demo course, with these settings; all of them end with the test."""
    started: list[Service] = []

    def start(database_url: str = "", **settings: object) -> Service:
        service = make_service(tmp_path / f"service-{len(started)}", database_url, **settings)
        started.append(service)
        service.start("--demo")
        return service

    yield start
    for service in started:
        service.stop()


_POSTGRESQL = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@dataclass
class PostgreSQL:
    """A PostgreSQL server of this run, on a socket in its folder."""

    folder: Path

    def control(self, *arguments: str) -> None:
        """Start or stop it with ``pg_ctl``."""
        command = [str(_POSTGRESQL[-1].with_name("pg_ctl")), "-D", str(self.folder / "data"), "-w", *arguments]
        subprocess.run(command, check=True, user="postgres", stdout=subprocess.DEVNULL, cwd=self.folder)  # noqa: S603 - Debian's own program

    def start(self) -> None:
        """Start it; its socket is its only address."""
        self.control(
            "-l", str(self.folder / "log"), "-o", f"-k {self.folder} -c listen_addresses='' -c fsync=off", "start"
        )

    def kill(self) -> None:
        """Kill it with all of its processes, which leaves no time for anything."""
        server = psutil.Process(int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0]))
        server.suspend()  # it starts no more of them
        processes = [server, *server.children()]
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes)

    def make_database(self, name: str) -> str:
        """Make a database and return its address."""
        command = [str(_POSTGRESQL[-1].with_name("createdb")), "-h", str(self.folder), name]
        subprocess.run(command, check=True, user="postgres", cwd=self.folder)  # noqa: S603 - Debian's own program
        return f"postgresql://postgres@/{name}?host={self.folder}"


@contextlib.contextmanager
def running_postgresql() -> Iterator[PostgreSQL]:
    """Run a PostgreSQL server in a folder that goes with it."""
    with tempfile.TemporaryDirectory(prefix="grader-pg-", dir="/tmp") as name:
        folder = Path(name)
        shutil.chown(folder, "postgres")
        initdb = [str(_POSTGRESQL[-1]), "-D", str(folder / "data"), "-A", "trust", "-U", "postgres", "-E", "UTF8", "-N"]
        subprocess.run(initdb, check=True, user="postgres", stdout=subprocess.DEVNULL, cwd=folder)  # noqa: S603 - Debian's own program
        server = PostgreSQL(folder)
        server.start()
        try:
            yield server
        finally:
            server.control("-m", "immediate", "stop")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server, which Debian's package postgresql brings."""
    if (not _POSTGRESQL or os.geteuid()) and "CI" not in os.environ:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql), or this is not root, who starts it")
    with running_postgresql() as server:
        yield server
