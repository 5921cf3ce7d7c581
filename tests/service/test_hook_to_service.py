"""``grader hook --to``: an upload is graded by a running service, and printed as ever."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from grader.cli import check_commands, main
from grader.result import GradingResult, SubmissionStatus
from grader.submission import SubmissionRecord

from .api_client import SECRET, graded_upload, with_token
from .conftest import RIGHT, People, notebook
from .results import publish, result

Hook = Callable[..., tuple[int, dict[str, Any]]]


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def address(people: People) -> Iterator[str]:
    """The address at which the service of these people answers."""
    from grader.service.wsgi import application

    with make_server("127.0.0.1", 0, application, handler_class=_Silent) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def hook(
    address: str, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Hook:
    """Run ``grader hook --to`` with somebody's token; return the exit code and the line."""
    (tmp_path / "up.ipynb").write_bytes(notebook(*RIGHT))
    monkeypatch.setattr("grader.platforms.http_session.PAUSES", (0.0,) * 4)

    tokens: dict[str, str] = {}

    def run(*words: str, who: str = "student", to: str = "") -> tuple[int, dict[str, Any]]:
        tokens[who] = tokens.get(who) or with_token(people, who, "submit", "read", "submit-for-others").text
        monkeypatch.setenv("GRADER_TOKEN", tokens[who])
        code = main(["hook", str(tmp_path / "up.ipynb"), "-a", "tiny", "--to", to or address, *words])
        [line] = capsys.readouterr().out.splitlines()
        return code, json.loads(line)

    return run


@contextmanager
def worker(make: Callable[[Any], None]) -> Iterator[None]:
    """Do with each upload what a worker would, as soon as it is there."""
    from django.db.models.signals import post_save

    from grader.service.models import Upload

    def graded(sender: object, instance: Any, created: bool, **_: object) -> None:
        if created:
            make(instance)

    post_save.connect(graded, sender=Upload)
    try:
        yield
    finally:
        post_save.disconnect(graded, sender=Upload)


def right(upload: Any) -> None:
    """Publish a right notebook's result."""
    publish(upload, result(upload))


def test_the_service_grades_it(hook: Hook, people: People, tmp_path: Path) -> None:
    """The line is that of a result, the page the service's, the upload the student's."""
    from grader.service.models import Upload

    with worker(right):
        code, said = hook("--course", "first", "--html", str(tmp_path / "page.html"))

    assert (code, said["status"], said["score"], said["summary"]) == (0, "graded", 6.0, "It got 6 of 6 points.")
    assert GradingResult.from_json(said).exercises
    assert Upload.objects.get().member == people.member("student")
    assert "Scale on visible input" in (tmp_path / "page.html").read_text()


def test_staff_hands_in_for_a_student_once(hook: Hook, people: People) -> None:
    """With the platform's own id of the upload a second call finds the first one's."""
    from grader.service.models import Upload

    with worker(right):
        said = [hook("--course", "first", "--for", "classmate", "--key", "up-17", who="instructor") for _ in range(2)]

    assert [code for code, _ in said] == [0, 0]
    assert Upload.objects.get().member == people.member("classmate")


@pytest.mark.parametrize(("view", "told"), [("student", False), ("staff", True)])
def test_the_view_is_the_services(hook: Hook, people: People, view: str, told: bool) -> None:
    """What is hidden is told to staff alone, who has to ask for it."""
    made = graded_upload(people, "classmate").results.get().document

    with worker(lambda upload: publish(upload, GradingResult.from_json(made))):
        code, said = hook("--course", "first", "--for", "student", "--view", view, who="instructor")

    assert code == 0
    assert (SECRET in json.dumps(said)) == told


def test_what_the_service_could_not_grade_is_told(hook: Hook) -> None:
    """With exit code 3, as it would be here."""
    failed = GradingResult(SubmissionRecord("a", "a", "a", ""), "tiny", SubmissionStatus.ERROR, 0.0, 6.0)

    with worker(lambda upload: publish(upload, failed)):
        code, said = hook("--course", "first")

    assert (code, said["status"]) == (3, "error")


@pytest.mark.parametrize(
    ("words", "who", "sentence"),
    [
        (("--course", "second"), "student", "refused it with 404: There is no such thing here"),
        ((), "student", "refused it with 422: Name the course."),
        (("--course", "first", "--for", "nobody"), "instructor", "Nobody in this course"),
        (("--course", "first", "--wait", "0.001"), "student", "has no result after 0.001 s"),
    ],
)
def test_what_the_service_says_is_told(hook: Hook, words: tuple[str, ...], who: str, sentence: str) -> None:
    """A refusal, and a result that does not come, end with exit code 3 and a sentence."""
    code, said = hook(*words, "--or-here", who=who)

    assert (code, said["status"]) == (3, "error")
    assert sentence in said["summary"]


@pytest.mark.parametrize("or_here", [False, True])
def test_a_service_that_does_not_answer(hook: Hook, monkeypatch: pytest.MonkeyPatch, or_here: bool) -> None:
    """It is said, and graded here only where that was asked for: the service would not know."""
    import os

    tokens = []

    def here(*_: object, **__: object) -> GradingResult:
        tokens.append(os.environ.get("GRADER_TOKEN"))
        return GradingResult(SubmissionRecord("a", "a", "a", ""), "tiny", SubmissionStatus.GRADED, 6.0, 6.0)

    monkeypatch.setattr(check_commands, "_grade_one", here)
    monkeypatch.setattr(check_commands, "load_whole", lambda _: None)

    code, said = hook("--course", "first", *(["--or-here"] if or_here else []), to="http://127.0.0.1:9")

    assert (code, said["status"]) == ((0, "graded") if or_here else (3, "error"))
    assert tokens == ([None] if or_here else [])
    assert or_here or "the connection to 127.0.0.1:9 failed" in said["summary"]


def test_a_token_that_is_not_taken(hook: Hook, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said, with exit code 3, and the token is nowhere in it."""
    from grader.service.models import ApiToken

    monkeypatch.setattr(ApiToken, "save", lambda *_, **__: None)

    code, said = hook("--course", "first")

    assert code == 3
    assert "does not take the token" in said["summary"]
    assert "grader_" not in said["summary"]
