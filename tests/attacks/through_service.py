"""Every attack and honest submissions, uploaded over HTTP to a service of this run."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.result import GradingResult
from tests.attacks.specimens import ATTACKS, honest
from tests.attacks.targets import Targets

if TYPE_CHECKING:
    import httpx

    from grader.service.models import Upload

MOST_HONEST, EACH_HONEST = 6, 8  # of them, and attacks for each
_END_S = 1200


def through_service(targets: Targets, chosen: Sequence[str]) -> dict[str, Any]:
    """Upload the honest alone, then the attacks with the honest among them."""
    attacks = [a for a in ATTACKS if not chosen or a.name in chosen]
    good = dict(honest(min(MOST_HONEST, 1 + len(attacks) // EACH_HONEST)))
    with _service(targets) as service:
        alone = service.grade(good)
        bad = {a.file: a.notebook(targets.described) for a in attacks}
        together = service.grade(bad | good)
        secrets = [*targets.secrets.values(), *service.secrets]
        shown = {name: [s for s in secrets if any(s in p for p in pages)] for name, pages in together.pages.items()}
        acting = {a.name: _acting(a.said.get("Never", ()), together.pages[a.file]) for a in attacks}
        return {
            "honest": len(good),
            "disturbed": [n for n in good if alone.lasting(n) != together.lasting(n)],
            "verdicts": {a.name: together.verdict(a.file) for a in attacks},
            "shown": {a.name: shown[a.file] for a in attacks},
            "acting": acting,
            "harm": targets.harm(),
            "alive": service.alive(),
        }


def _acting(never: Sequence[str], pages: Sequence[str]) -> list[str]:
    return [words for words in never if any(words in page for page in pages)]


class _Graded:
    """Results and pages of uploads, by the name of their file."""

    def __init__(self) -> None:
        self.results: dict[str, GradingResult] = {}
        self.pages: dict[str, list[str]] = {}

    def verdict(self, name: str) -> str:
        """Return status and score of each exercise, or what else became of it."""
        result = self.results[name]
        verdict = ", ".join(f"{e.status} {e.score:g}" for e in result.exercises)
        return verdict if result.status == "graded" else str(result.status)

    def lasting(self, name: str) -> Any:
        """Return exercises and checks without what differs from run to run."""
        result = self.results[name]
        timeless = (replace(e, checks=tuple(replace(c, duration_s=0.0) for c in e.checks)) for e in result.exercises)
        return replace(result, exercises=tuple(timeless)).to_json()["exercises"]


class _Service:
    """A service that runs, its database open in this process too."""

    def __init__(self, process: subprocess.Popen[bytes], address: str, data: Path) -> None:
        self._process, self._address, self._data = process, address, data
        self._tokens: list[str] = []
        self._workers = _descendants(process.pid)

    @property
    def secrets(self) -> list[str]:
        """What no upload may get to know: the key of the service and everybody's tokens."""
        return [(self._data / "secret_key").read_text(encoding="ascii").strip(), *self._tokens]

    def alive(self) -> bool:
        """Return whether the service answers, by the very processes that it began with."""
        with urllib.request.urlopen(f"{self._address}/readyz", timeout=30) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200) and self._workers <= _descendants(self._process.pid)

    def grade(self, files: dict[str, bytes]) -> _Graded:
        """Upload each file as a student of its own, and return what became of them."""
        import httpx

        uploads: dict[str, Upload] = {}
        with httpx.Client(base_url=self._address, timeout=60) as client:
            for name, data in files.items():
                uploads[name] = self._upload(client, name, data)
        return self._wait(uploads)

    def _upload(self, client: httpx.Client, name: str, data: bytes) -> Upload:
        from grader.service.credentials import Scope, make_token
        from grader.service.models import Account, Course, Member, Upload

        login = f"student-{Account.objects.count()}"
        account = Account.objects.create_user(login)
        Member.objects.create(course=Course.objects.get(), account=account, name=login, login=login)
        token = make_token(account, "attack", [Scope.SUBMIT])
        self._tokens.append(token)
        answer = client.post(
            "/api/v1/submissions",
            headers={"Authorization": f"Bearer {token}"},
            data={"course": "demo", "assignment": "assignment"},
            files={"notebook": (name, data)},
        )
        assert answer.status_code == 202, (name, answer.text)
        return Upload.objects.get(pk=answer.json()["id"])

    def _wait(self, uploads: dict[str, Upload]) -> _Graded:
        from grader.report import staff_page, student_page
        from grader.service.models import State, Upload
        from grader.service.upload_grades import final_grade_of

        deadline = time.monotonic() + _END_S
        while Upload.objects.filter(state__in=State.open()).exists():
            assert time.monotonic() < deadline, "uploads are not graded"
            time.sleep(0.5)
        graded = _Graded()
        for name, upload in uploads.items():
            grade = final_grade_of(Upload.objects.get(pk=upload.pk))
            assert grade is not None
            graded.results[name] = grade.raw
            graded.pages[name] = [student_page(grade), staff_page(grade)]
        return graded


@contextlib.contextmanager
def _service(targets: Targets) -> Iterator[_Service]:
    data = targets.folder / "service"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "DATA": data, "BIND": f"127.0.0.1:{port}", "URL": f"http://127.0.0.1:{port}",
        "DEMO_ASSIGNMENT": targets.assignment, "JOBS": 3,
    }  # fmt: skip
    os.environ |= {f"GRADER_SERVICE_{name}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-B", "-P", "-m", "grader", "serve", "--demo"]
    with (targets.folder / "service.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=targets.home)  # noqa: S603 - our own program
    address = settings["URL"]
    try:
        while not _ready(str(address)):
            assert process.poll() is None, (targets.folder / "service.log").read_text(encoding="utf-8")
            time.sleep(0.2)
        from grader.service.setup_django import setup_django

        setup_django()
        yield _Service(process, str(address), data)
    finally:
        process.terminate()
        process.wait(60)


def _ready(address: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:  # noqa: S310 - our own address
        return bool(answer.status == 200)
    return False


def _descendants(pid: int) -> set[int]:
    """Return the processes that the service itself started: the web server and the workers."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return {int(child) for child in children.split()}
