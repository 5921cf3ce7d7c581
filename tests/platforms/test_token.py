"""The token comes from the environment or the keyring, and goes to the platform alone."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest

from grader.cli import main
from grader.errors import GraderError, RequestRefusedError, UsageError
from grader.platforms import open_platform
from grader.platforms.pull import pull
from grader.platforms.token import Token, saved_token
from tests.platforms import states
from tests.platforms.conftest import Batch, Start

State = dict[str, Any]
BACKEND = """
import keyring.backend

class Backend(keyring.backend.KeyringBackend):
    priority = 1
    set_password = delete_password = None

    def get_password(self, service, username):
        return "from-the-keyring" if (service, username) == ("grader", "https://canvas.example") else None

class Locked(Backend):
    def get_password(self, service, username):
        raise RuntimeError("locked")
"""


def ask_keyring(tmp_path: Path, kind: str) -> subprocess.CompletedProcess[str]:
    """Look a token up with a backend of the keyring, in a process of its own."""
    (tmp_path / "own_backend.py").write_text(BACKEND)
    program = (
        "from grader.platforms.token import saved_token\n"
        "try: print(saved_token('canvas', 'https://canvas.example').text)\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.endswith("_TOKEN")}
    environment |= {"PYTHONPATH": str(tmp_path), "PYTHON_KEYRING_BACKEND": kind}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - our own


def test_the_keyring_has_a_token_by_the_sites_address(tmp_path: Path) -> None:
    """It was kept there with `keyring set grader https://...`."""
    assert ask_keyring(tmp_path, "own_backend.Backend").stdout == "from-the-keyring\n"


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        ("own_backend.Locked", "PlatformError the keyring cannot be read"),
        ("keyring.backends.fail.Keyring", "UsageError there is no token"),
        ("keyring.backends.null.Keyring", "UsageError there is no token"),
    ],
)
def test_a_keyring_without_one_is_one_sentence(tmp_path: Path, backend: str, said: str) -> None:
    """Locked, absent or empty."""
    assert ask_keyring(tmp_path, backend).stdout.startswith(said)


def test_the_environment_goes_before_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a job's secret does."""
    monkeypatch.setenv("GRADER_MOODLE_TOKEN", " from-the-environment\n")

    assert saved_token("moodle", "https://moodle.example").text == "from-the-environment"


def test_a_token_shows_itself_nowhere() -> None:
    """Neither in a repr nor in a text of a server's that quotes it."""
    token = Token("secret")

    assert "secret" not in f"{token!r} {token}"
    assert token.hidden_in("bad token secret!") == "bad token (token)!"


def test_what_is_not_encrypted_gets_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for this machine itself."""
    monkeypatch.setenv("GRADER_CANVAS_TOKEN", "secret")

    with pytest.raises(UsageError, match="is not encrypted"):
        open_platform("canvas", "http://canvas.example/courses/1/assignments/2")


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("canvas", "https://canvas.example/courses/1"),
        ("canvas", "https://moodle.example/mod/assign/view.php?id=3"),
        ("moodle", "https://moodle.example/mod/quiz/view.php?id=3"),
        ("moodle", "moodle.example"),
    ],
)
def test_another_address_is_one_sentence(name: str, address: str) -> None:
    """With an example of what it should be."""
    with pytest.raises(UsageError, match="copy it from the browser"):
        open_platform(name, address)


def fetched(platform: Any, tmp_path: Path, name: str) -> None:
    """Pull into a folder."""
    with open_platform(name, platform.page, wait=lambda seconds: None) as opened:
        pull(opened, tmp_path / "pulled")


def test_another_server_gets_no_token(start: Start, canvas_state: State, tmp_path: Path) -> None:
    """Canvas sends on to where it keeps files."""
    platform = start("canvas", canvas_state)
    fetched(platform, tmp_path, "canvas")
    elsewhere = [r for r in platform.log if r["host"].startswith("localhost")]

    assert elsewhere
    assert {r["token"] for r in elsewhere} == {""}


def test_an_answer_that_sends_on_takes_no_token_along(start: Start, canvas_state: State, tmp_path: Path) -> None:
    """Not even where it looks like Canvas."""
    platform = start("canvas", canvas_state)
    other = platform.site.replace("127.0.0.1", "localhost")
    platform.fault("/sections", "status", status=302, headers={"Location": f"{other}/api/v1/courses/12/sections"})
    with pytest.raises(GraderError):
        fetched(platform, tmp_path, "canvas")

    assert [r["token"] for r in platform.log if r["host"].startswith("localhost")] == [""]


def test_a_list_that_goes_on_elsewhere_is_not_followed(start: Start, canvas_state: State, tmp_path: Path) -> None:
    """The next page is Canvas's own."""
    platform = start("canvas", canvas_state)
    other = platform.site.replace("127.0.0.1", "localhost")
    headers = {"Link": f'<{other}/api/v1/courses/12/sections?page=2>; rel="next"'}
    platform.fault("/sections", "status", status=200, body="[]", headers=headers)
    with pytest.raises(GraderError, match="not documented"):
        fetched(platform, tmp_path, "canvas")

    assert not [r for r in platform.log if r["host"].startswith("localhost")]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_moodle_that_sends_on_is_not_followed(start: Start, moodle_state: State, tmp_path: Path, status: int) -> None:
    """The token is in what would be sent again."""
    platform = start("moodle", moodle_state)
    other = platform.site.replace("127.0.0.1", "localhost")
    platform.fault(
        "server.php", "status", status=status, headers={"Location": f"{other}/moodle/webservice/rest/server.php"}
    )
    with pytest.raises(RequestRefusedError, match=f"sends on to {other}; give the address"):
        fetched(platform, tmp_path, "moodle")

    assert not [r for r in platform.log if r["host"].startswith("localhost")]


def test_a_file_of_moodles_on_another_server_is_not_asked_for(
    start: Start, moodle_state: State, tmp_path: Path
) -> None:
    """Its address is an answer's."""
    platform = start("moodle", moodle_state)
    platform.set(elsewhere=platform.site.replace("127.0.0.1", "localhost") + "/moodle")
    with pytest.raises(RequestRefusedError, match="lies on another server"):
        fetched(platform, tmp_path, "moodle")

    assert not [r for r in platform.log if r["host"].startswith("localhost")]


@pytest.mark.parametrize("name", ["canvas", "moodle"])
def test_a_password_file_of_other_programs_is_not_used(
    start: Start, canvas_state: State, moodle_state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """`~/.netrc` would take the token's place."""
    (tmp_path / "netrc").write_text(
        "machine 127.0.0.1 login me password other\nmachine localhost login me password other\n"
    )
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    platform = start(name, canvas_state if name == "canvas" else moodle_state)
    fetched(platform, tmp_path, name)

    assert not [r for r in platform.log if r["token"].startswith("Basic")]


@pytest.mark.parametrize("name", ["canvas", "moodle"])
def test_the_token_is_in_no_output_and_no_file(
    start: Start,
    canvas_state: State,
    moodle_state: State,
    batch: Batch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    """Not even in a traceback with --debug, when the server quotes it in an error."""
    platform = start(name, canvas_state if name == "canvas" else moodle_state)
    secret, out = states.TOKENS[name], batch(states.graded(1, "Ada", 11.0))
    pulls = ["pull", name, platform.page, "-o", str(tmp_path / "pulled"), "--debug"]
    pushes = ["push", name, str(out), platform.page, "--write", "--debug"]
    assert [main(pulls), main(pushes)] == [0, 0]
    platform.fault("/", "status", status=400, body=f'{{"errors": [{{"message": "bad {secret}"}}]}}', times=9)
    with pytest.raises(GraderError) as failed:
        main(pushes)
    said = capsys.readouterr()
    texts = [said.out, said.err, "".join(traceback.format_exception(failed.value))]
    folders = (out, tmp_path / "pulled")
    texts += [p.read_text(errors="replace") for folder in folders for p in folder.rglob("*") if p.is_file()]

    assert "bad (token)" in texts[2]
    assert not [text for text in texts if secret in text or "verifier=v" in text]
