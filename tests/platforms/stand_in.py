"""What the stand-ins for learning platforms share: faults in the middle, and a log.

Each is a program: ``python -m ...`` serves nothing at first, prints its address, and is told over ``/control`` what it
holds and what is to go wrong. Written from the platforms' documentation, not from our client.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class HttpRequest:
    """A request as a stand-in sees it."""

    method: str
    path: str
    query: list[tuple[str, str]]
    form: list[tuple[str, str]]
    files: dict[str, tuple[str, bytes]]
    headers: dict[str, str]

    def value(self, name: str, default: str = "") -> str:
        """Return an argument of the form or the query."""
        return next((v for k, v in [*self.form, *self.query] if k == name), default)


@dataclass
class HttpAnswer:
    """What is answered: data are sent as JSON."""

    data: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass
class PlannedFault:
    """What goes wrong at the requests with ``path`` in their path, after some.

    ``kind``: ``status`` (do nothing, answer with ``status``, ``body`` and ``headers``), ``reset`` (do nothing, end the
    connection), ``lost`` (do it and end the connection), ``cut`` (do it and send half of the answer),
    ``kill_before`` and ``kill_after`` (kill the process ``pid``, before or after it is done).
    """

    path: str
    kind: str
    method: str = ""
    after: int = 0
    times: int = 1
    status: int = 500
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    pid: int = 0


class StandIn:
    """A platform: ``platform`` makes its application from a state."""

    def __init__(self, platform: Callable[[dict[str, Any]], Callable[[HttpRequest], HttpAnswer]]) -> None:
        self.platform = platform
        self.begin({})

    def begin(self, state: dict[str, Any]) -> None:
        """Hold this state and know of nothing that was before."""
        self.answer, self.state = self.platform(state), state
        self.faults: list[PlannedFault] = []
        self.log: list[dict[str, Any]] = []

    def control(self, data: dict[str, Any]) -> Any:
        """Do what a test asks for."""
        match data["do"]:
            case "begin":
                self.begin(data["state"])
            case "fault":
                self.faults.append(PlannedFault(**data["fault"]))
            case "forget":
                self.faults.clear()
            case "set":
                self.state.update(data["state"])
            case "log":
                return self.log
            case "state":
                return self.state
        return {}

    def fault_of(self, request: HttpRequest) -> PlannedFault | None:
        """Return what is to go wrong now."""
        where = f"{request.path} {request.value('wsfunction')}"
        for fault in self.faults:
            if fault.path in where and fault.method in ("", request.method) and fault.times > 0:
                fault.after -= 1
                if fault.after < 0:
                    fault.times -= 1
                    return fault
        return None


def serve(platform: Callable[[dict[str, Any]], Callable[[HttpRequest], HttpAnswer]]) -> None:
    """Serve a platform until it is killed."""
    stand_in = StandIn(platform)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            request = self.read_request()
            if request.path == "/control":
                self.send(HttpAnswer(stand_in.control(json.loads(request.value("json")))))
                return
            token = request.headers.get("Authorization", "") or request.value("wstoken") or request.value("token")
            where = self.path if not (function := request.value("wsfunction")) else function
            stand_in.log.append({"method": request.method, "path": where, "token": token, "host": self.headers["Host"]})
            fault = stand_in.fault_of(request)
            match fault.kind if fault else "":
                case "status":
                    assert fault
                    self.send(HttpAnswer(None, fault.status, fault.headers, fault.body.encode()))
                case "reset":
                    self.reset()
                case "kill_before":
                    assert fault
                    os.kill(fault.pid, signal.SIGKILL)
                    self.reset()
                case kind:
                    request_answer = stand_in.answer(request)
                    if kind == "kill_after":
                        assert fault
                        os.kill(fault.pid, signal.SIGKILL)
                    if kind in ("lost", "kill_after"):
                        self.reset()
                    else:
                        self.send(request_answer, cut=kind == "cut")

        do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815 - the library's names

        def read_request(self) -> HttpRequest:
            parts = urlsplit(self.path)
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            form: list[tuple[str, str]] = []
            files: dict[str, tuple[str, bytes]] = {}
            kind = self.headers.get("Content-Type", "")
            if kind.startswith("multipart/form-data"):
                message = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + data)
                for part in message.get_payload():
                    assert not isinstance(part, str)
                    name = str(part.get_param("name", header="content-disposition"))
                    content = part.get_payload(decode=True)
                    assert isinstance(content, bytes)
                    if part.get_filename():
                        files[name] = (str(part.get_filename()), content)
                    else:
                        form.append((name, content.decode()))
            else:
                form = parse_qsl(data.decode(), keep_blank_values=True)
            query = parse_qsl(parts.query, keep_blank_values=True)
            return HttpRequest(self.command, parts.path, query, form, files, dict(self.headers.items()))

        def send(self, answer: HttpAnswer, *, cut: bool = False) -> None:
            body = json.dumps(answer.data).encode() if answer.body is None else answer.body
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if cut else body)
            if cut:
                self.reset()

        def reset(self) -> None:
            self.close_connection = True
            self.wfile.flush()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

        def finish(self) -> None:
            with contextlib.suppress(OSError, ValueError):  # it was reset
                super().finish()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
