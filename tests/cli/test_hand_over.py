"""A command that is run by a process which a command before it left behind."""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import socket
import stat
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.cli import messages
from grader.cli.command_server import CommandServer
from grader.cli.hand_over import GREETING, Ended, _wait, hand_over, server_file
from grader.kernel.lasting_zygote import stop_zygotes, zygotes_folder

from .conftest import GRADER, RIGHT, TINY, WRONG, holders, read_process, write

ENDLESS = (RIGHT[0], "def pair(number):\n    while True:\n        pass\n")
SETTINGS = {"GRADER_IDLE_S": "60", "COLUMNS": "120", "PYTHONSAFEPATH": "1"}  # the last is set by every command

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="zygotes last on Linux alone")


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A state folder of these tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_STATE", str(folder := tmp_path_factory.mktemp("state")))
        patch.setenv("GRADER_CACHE", str(folder / "cache"))
        for name, value in SETTINGS.items():
            patch.setenv(name, value)
        yield folder
        stop_zygotes()


@pytest.fixture
def waiting(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The process that waits for commands, as the one before left it behind."""
    monkeypatch.chdir(tmp_path)
    while not (found := holders(state)) or not server_file().exists():
        if not found:
            assert subprocess.run([*GRADER, "warm", TINY], check=False).returncode == 0  # noqa: S603 - our own program
    with open(os.devnull) as stdin:  # pytest's own is no file
        monkeypatch.setattr("sys.stdin", stdin)
        yield found[0]


def running(holder: int) -> list[int]:
    """Return the commands that a process has taken on."""
    children = read_process(Path(f"/proc/{holder}/task/{holder}/children")).split()
    return [int(child) for child in children if b"zygote_holder" in read_process(Path(f"/proc/{int(child)}/cmdline"))]


@contextlib.contextmanager
def checking(*cells: str) -> Iterator[subprocess.Popen[str]]:
    """Check a notebook in the working folder."""
    command = [*GRADER, "check", str(write(Path("mine.ipynb"), *cells)), "-a", str(TINY)]
    with subprocess.Popen(  # noqa: S603 - our own program, started from one thread
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # it may be ignored where tests are started
    ) as process:  # fmt: skip
        yield process


def taken_on(holder: int) -> int:
    while not (found := running(holder)):
        pass
    return found[0]


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("cells", [pytest.param(RIGHT, marks=pytest.mark.exhaustive), WRONG], ids=["right", "wrong"])
def test_it_says_and_returns_what_it_would_by_itself(cells: tuple[str, ...], capfd: pytest.CaptureFixture[str]) -> None:
    """Also with a notebook that is named from the working folder."""
    write(Path("mine.ipynb"), *cells)
    words = ["check", "mine.ipynb", "-a", str(TINY)]
    alone = subprocess.run([*GRADER, *words, "--cold"], capture_output=True, text=True, check=False)  # noqa: S603

    ended = hand_over(words)

    assert ended == Ended(alone.returncode, interrupted=False)
    assert capfd.readouterr().out == alone.stdout


@pytest.mark.usefixtures("waiting")
def test_files_are_the_callers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In their folder, with their mask and their environment."""
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    write(Path("mine.ipynb"), *RIGHT)
    before = os.umask(0o027)
    try:
        assert hand_over(["check", "mine.ipynb", "-a", str(TINY), "--html", "page.html"]) == Ended(0, False)
    finally:
        os.umask(before)

    assert Path("page.html").is_file()
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o750


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("words", [["grade", "x"], ["check", "x", "--cold"], ["check", "--watch", "x"], ["--help"], []])
def test_other_commands_are_not_handed_over(words: list[str]) -> None:
    """They use nothing that waits, or go on for long."""
    assert hand_over(words) is None


def test_an_interrupt_reaches_it(waiting: int) -> None:
    """It ends as it would by itself, and no process of its own goes on."""
    with checking(*ENDLESS) as process:
        command = taken_on(waiting)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()

    assert process.returncode == 3
    assert said == f"grader: {messages.INTERRUPTED}\n"
    assert not Path(f"/proc/{command}").exists()


def test_it_ends_with_who_wanted_it(waiting: int) -> None:
    """However that ended."""
    with checking(*ENDLESS) as process:
        command = os.pidfd_open(taken_on(waiting))
        process.kill()
    select.select([command], [], [])  # until it has ended
    os.close(command)


@pytest.mark.parametrize("killed", [pytest.param("the command", marks=pytest.mark.exhaustive), "its process"])
def test_who_was_killed_is_not_waited_for(waiting: int, killed: str) -> None:
    """The command that handed over is run by itself then, and says the same."""
    with checking(*ENDLESS) as process:
        command = taken_on(waiting)
        os.kill(command if killed == "the command" else waiting, signal.SIGKILL)
        said, errors = process.communicate()

    assert (process.returncode, errors) == (1, "")
    assert "did not finish within" in said


def test_who_does_not_know_the_token_runs_nothing(waiting: int) -> None:
    """It stands in a file that kernels cannot read."""
    address, token = server_file().read_text().split("\n")
    data = b'{"token": "%s", "words": ["check"], "folder": "/", "environment": {}, "umask": 0, "encodings": []}'
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(address)
        sent = data % token[::-1].encode()
        socket.send_fds(connection, [len(sent).to_bytes(8)], [0, 1, 2])
        connection.sendall(sent)
        assert connection.recv(9) == b"g"
        assert connection.recv(9) == b""
    assert running(waiting) == []


def _environment(patch: pytest.MonkeyPatch) -> None:
    patch.setenv("PYTHONHASHSEED", "1")


def _limit(patch: pytest.MonkeyPatch) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    patch.setattr(resource, "getrlimit", lambda number: (soft, hard - 1 if number == resource.RLIMIT_CORE else hard))


def _code(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("grader.cli.hand_over.PACKAGE", Path(__file__).parent)


@pytest.mark.parametrize("change", [_environment, _limit, _code], ids=lambda f: f.__name__[1:])
@pytest.mark.usefixtures("waiting")
def test_what_a_process_cannot_adopt_is_another_ones(
    change: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code, limits and the environment that Python reads when it starts."""
    before = server_file()
    change(monkeypatch)

    assert server_file() != before


@pytest.mark.parametrize("left", ["", "nonsense", "/nowhere\ntoken", "silent"])
@pytest.mark.usefixtures("state")
def test_what_does_not_answer_is_none(left: str, short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stands in the file, nothing is raised, and nothing is waited for."""
    monkeypatch.setenv("GRADER_STATE", str(short))
    monkeypatch.setattr("grader.cli.hand_over._GREETED_S", 0.01)
    zygotes_folder()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as silent:
        silent.bind(str(short / "silent"))
        silent.listen()
        server_file().write_text(left.replace("silent", f"{short / 'silent'}\ntoken"))

        assert hand_over(["check", "mine.ipynb"]) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
@pytest.mark.usefixtures("state")
def test_nothing_is_handed_over_to_somebody_else(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their socket may lie where one of ours did, and a command's environment holds tokens."""
    monkeypatch.setenv("GRADER_STATE", str(short))
    monkeypatch.setattr("grader.cli.hand_over._send", lambda *args: pytest.fail("it was sent"))
    zygotes_folder()
    server_file().write_text(f"{short / 'commands'}\ntoken")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as theirs, ThreadPoolExecutor(1) as greeting:
        theirs.bind(str(short / "commands"))
        os.seteuid(65534)
        theirs.listen()
        os.seteuid(0)
        greeting.submit(_greet, theirs)

        assert hand_over(["check", "mine.ipynb"]) is None


def _greet(listening: socket.socket) -> None:
    client, _ = listening.accept()
    with client:
        client.sendall(GREETING)


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("words", [["--debug"], []], ids=["debug", "plain"])
def test_what_goes_wrong_inside_is_left_to_who_wanted_it(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    """It shows a traceback, or says why in a sentence, as it would by itself."""
    ended = hand_over(["check", "missing.ipynb", "-a", str(TINY), *words])

    assert ended == (None if words else Ended(2, interrupted=False))
    assert ("no file" in capfd.readouterr().err) == (not words)


def test_who_may_open_no_more_files_goes_on(waiting: int) -> None:
    """The command is run by itself meanwhile, and the next one is taken on."""
    words = ["check", str(write(Path("mine.ipynb"), *RIGHT)), "-a", str(TINY)]
    taken = {int(fd.name) for fd in Path(f"/proc/{waiting}/fd").iterdir() if fd.readlink().suffix != ".address"}
    free = [number for number in range(len(taken) + 4) if number not in taken]
    soft, hard = resource.prlimit(waiting, resource.RLIMIT_NOFILE)
    resource.prlimit(waiting, resource.RLIMIT_NOFILE, (free[3] + 1, hard))  # the client and its streams
    try:
        assert hand_over(words) is None
    finally:
        resource.prlimit(waiting, resource.RLIMIT_NOFILE, (soft, hard))

    assert hand_over(words) == Ended(0, interrupted=False)
    assert running(waiting) == []


@pytest.fixture
def server(short: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CommandServer]:
    """One in this process, that nobody looks for yet."""
    monkeypatch.setenv("GRADER_STATE", str(short))
    monkeypatch.setattr("grader.cli.command_server.PRELOADED", [])  # for forks of this process there is no need
    zygotes_folder()
    with CommandServer(short) as server:
        yield server


def test_it_is_found_once_there_is_room(server: CommandServer) -> None:
    """On a disk that was full."""
    server_file().mkdir()
    server.serve(0)
    server_file().rmdir()
    server.serve(0)

    assert server_file().is_file()


def test_what_was_changed_while_it_was_loaded_is_not_run(
    server: CommandServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some of it may have been loaded before."""
    folder = server_file().parent
    _code(monkeypatch)
    server.serve(0)

    assert not any(folder.iterdir())


def test_who_took_its_place_is_still_found(server: CommandServer) -> None:
    """Two that start at once find nobody."""
    server.serve(0)
    server_file().write_text("/another\ntoken")
    server.close()

    assert server_file().exists()


def test_an_interrupt_at_the_very_end_begins_nothing_anew() -> None:
    """Whoever ran the command has gone already, and has told how it ended."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)  # no other thread may take it
    connection, other = socket.socketpair()
    with connection:
        with other:
            other.sendall(b"\1")
        try:
            assert _wait(connection, set()) == Ended(1, interrupted=True)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
            signal.signal(signal.SIGINT, before)
