"""The supervisor and what it does with children that end, stand still or cannot run."""

from __future__ import annotations

import logging
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.service.process_supervisor import Child, supervise


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Give this process its own handlers back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


STARTS = """
import os, sys, threading
with open({log!r}, "a") as log:
    print("start", file=log)
if len(open({log!r}).readlines()) == 2:
    sys.exit(2)
{then}
"""


def child(log: Path, then: str, *, worker: bool = False) -> Child:
    """Return a child that notes its starts and gives up at its second one."""
    return Child("the child", [sys.executable, "-c", STARTS.format(log=str(log), then=then)], worker=worker)


def test_what_ends_is_started_again_until_that_cannot_help(tmp_path: Path) -> None:
    """A child that fails runs a second time; one whose configuration is wrong ends all with 2."""
    log = tmp_path / "log"

    assert supervise([child(log, "sys.exit(1)")]) == 2
    assert log.read_text() == "start\n" * 2


def test_a_worker_that_gives_no_sign_of_life_is_killed(tmp_path: Path) -> None:
    """It is started again, though it would never have ended by itself."""
    log = tmp_path / "log"

    assert supervise([child(log, "threading.Event().wait()", worker=True)], silent_looks=15) == 2
    assert log.read_text() == "start\n" * 2


def test_children_end_in_their_order(tmp_path: Path) -> None:
    """The web server takes no more uploads before the workers end."""
    log = tmp_path / "log"
    ends = (
        "import signal, sys, threading\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print({name!r}, file=open({log!r}, 'a')), sys.exit(0)))\n"
        "open({log!r} + {name!r}, 'w')\n"
        "threading.Event().wait()"
    )
    waits = (
        "import os, sys, threading\n"
        "while not all(os.path.exists({log!r} + name) for name in ('web', 'worker')):\n"
        "    threading.Event().wait(0.05)\n"
        "sys.exit(2)"
    )
    children = [Child(n, [sys.executable, "-c", ends.format(name=n, log=str(log))]) for n in ("web", "worker")]
    last = Child("last", [sys.executable, "-c", waits.format(log=str(log))])

    supervise([*children, last])

    assert log.read_text() == "web\nworker\n"


def test_a_socket_that_is_a_file_is_for_its_owner_and_group(tmp_path: Path) -> None:
    """Who reaches it is believed about whose request it is."""
    from gunicorn.config import Config
    from gunicorn.sock import close_sockets, create_sockets

    from grader.service.config import ServiceConfig
    from grader.service.process_supervisor import listening

    file, made = tmp_path / "socket", Config()
    with listening(ServiceConfig(data=tmp_path, bind=f"unix:{file}")) as web:
        given = vars(made.parser().parse_args(list(web.command[4:])))
    for name in ("bind", "umask"):
        if given[name] is not None:
            made.set(name, given[name])
    sockets = create_sockets(made, logging.getLogger(__name__))

    assert stat.S_IMODE(file.stat().st_mode) == 0o770
    close_sockets(sockets)
