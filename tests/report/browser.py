"""A headless Chromium, driven over its own protocol (https://chromedevtools.github.io/devtools-protocol/) by pipe."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

PROGRAM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"),
)


class Browser:
    """One tab; ``commands`` are written to Chromium's descriptor 3, ``answers`` come out of its descriptor 4."""

    def __init__(self, commands: BinaryIO, answers: BinaryIO) -> None:
        self._commands, self._answers = commands, answers
        self._session: dict[str, str] = {}
        self._sent = 0
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = {"sessionId": self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}
        self._ask("Page.enable")

    def open(self, page: Path, width: int = 1280) -> None:
        """Show a page in a window this many pixels wide, and return when it is loaded."""
        self._ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 500
        )
        self._ask("Page.navigate", url=page.as_uri())
        while self._next().get("method") != "Page.loadEventFired":
            pass

    def run(self, script: str) -> Any:
        """Return the value of an expression in the page."""
        answer = self._ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def type(self, text: str) -> None:
        """Type into whatever has the focus."""
        self._ask("Input.insertText", text=text)

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press and let go of a key, by its name and its virtual key code."""
        for kind in ("keyDown", "keyUp"):
            self._ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, text=text)

    def _ask(self, method: str, **params: Any) -> Any:
        self._sent += 1
        said = {"id": self._sent, "method": method, "params": params} | self._session
        self._commands.write(json.dumps(said).encode() + b"\0")
        while (answer := self._next()).get("id") != self._sent:
            pass
        assert "error" not in answer, answer
        return answer["result"]

    def _next(self) -> dict[str, Any]:
        said = bytearray()
        while (byte := self._answers.read(1)) != b"\0":
            assert byte, "the browser ended"
            said += byte
        answer: dict[str, Any] = json.loads(said)
        return answer


@contextlib.contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Start Chromium with a folder for its profile, and end it at the end."""
    assert PROGRAM
    (commands_in, commands), (answers, answers_out) = os.pipe(), os.pipe()
    theirs = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (commands_in, answers_out)]
    os.close(commands_in)
    os.close(answers_out)
    # Chromium reads commands at descriptor 3 and answers at 4; numbers from 10 are in nobody's way.
    start = f'exec "$@" 3<&{theirs[0]} 4>&{theirs[1]}'
    with subprocess.Popen(  # noqa: S603 - a program of the system's on our own arguments
        ["/bin/bash", "-c", start, "bash", PROGRAM, *FLAGS, f"--user-data-dir={profile}"],
        pass_fds=theirs,
        stderr=subprocess.DEVNULL,
    ) as process:
        for end in theirs:
            os.close(end)
        with open(commands, "wb", buffering=0) as to_it, open(answers, "rb") as from_it:
            try:
                yield Browser(cast("BinaryIO", to_it), from_it)
            finally:
                process.kill()
