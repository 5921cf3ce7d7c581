"""Requests of the service reach no private address, and end within bounds."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

HOST = "127.0.0.1"
Answers = dict[str, Callable[[BaseHTTPRequestHandler], None]]


def _plain(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def _drip(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte of the headers now and then, until the other side has gone."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not gone.wait(0.05):
            handler.wfile.write(b"a")
    except OSError:
        gone.set()


gone = threading.Event()
ANSWERS: Answers = {
    "/": lambda h: _plain(h, 200, b"hello"),
    "/moved": lambda h: _plain(h, 302, b"", Location="http://127.0.0.1:1/"),
    "/moved-badly": lambda h: _plain(h, 302, b"", Location="http://[nowhere"),
    "/large": lambda h: _plain(h, 200, b"a" * 1001),
    "/drip": _drip,
}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server on loopback; the path says how it answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ANSWERS[self.path](self)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer((HOST, 0), Handler) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://{HOST}:{made.server_port}"
        made.shutdown()
        thread.join()


def _session(*allowed: str, **options: Any) -> Any:
    from grader.service.outgoing import OutgoingSession

    return OutgoingSession(allowed_private_hosts=allowed, **options)


def _refusal(url: str, *allowed: str, **options: Any) -> str:
    from grader.service.outgoing import OutgoingError

    with pytest.raises(OutgoingError) as caught:
        _session(*allowed, **options).get(url)
    return str(caught.value)


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Have the name server give a name these addresses, one at each look."""

    def give(name: str, *addresses: str) -> None:
        looks = iter(addresses)

        def look(host: str, port: int, *_: object, **__: object) -> list[Any]:
            assert host == name
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(looks), port))]

        monkeypatch.setattr(socket, "getaddrinfo", look)

    return give


@pytest.mark.usefixtures("_django")
class TestOutgoing:
    """What the service asks other servers."""

    @pytest.mark.parametrize(
        "host",
        [
            "127.0.0.1", "localhost", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
            "0", "224.0.0.1", "255.255.255.255", "127.1", "2130706433", "0x7f000001", "0177.0.0.1",
            "[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[ff02::1]", "[fec0::1]", "[::ffff:127.0.0.1]",
            "[::ffff:a9fe:a9fe]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]",
            "[2001:db8::1]",
        ],
    )  # fmt: skip
    def test_private_addresses_are_refused(self, host: str) -> None:
        """However they are written."""
        assert "private address" in _refusal(f"https://{host}/")

    @pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::808:808"])
    def test_addresses_of_the_internet_are_public(self, address: str) -> None:
        """Also those that NAT64 makes of IPv4."""
        from grader.service.public_addresses import is_public

        assert is_public(address)

    def test_the_checked_address_is_the_one_connected_to(self, resolved: Callable[..., None], server: str) -> None:
        """A name server that gives another one at a second look is asked once."""
        resolved("rebinding.example", HOST)
        port = server.rpartition(":")[2]

        assert _session("rebinding.example").get(f"http://rebinding.example:{port}/").content == b"hello"

    def test_one_private_address_among_others_refuses_the_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The one to be connected to may be any of them."""
        rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 443)) for a in ("93.184.215.14", HOST)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)

        assert "private address" in _refusal("https://both.example/")

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("http://example.org/", "by https alone"),
            ("ftp://example.org/", "no address"),
            ("file:///etc/passwd", "no address"),
            ("//example.org/", "no address"),
            ("https://", "no address"),
            ("https://[::1/", "no address"),
            ("https://name:secret@example.org/", "password"),
            ("https://127.0.0.1@example.org/", "password"),
            ("https://example.org:99999/", "no address"),
            ("https://\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3/", "no address"),
        ],
    )
    def test_only_https_addresses_are_asked(self, url: str, said: str) -> None:
        """Nothing else, and the secret is in no sentence."""
        found = _refusal(url)

        assert said in found
        assert "secret" not in found

    def test_an_allowed_host_may_be_private_and_without_tls(self, server: str) -> None:
        """It is a learning platform on the campus; no other name is let through by it."""
        assert _session(HOST).get(f"{server}/").text == "hello"
        assert "https alone" in _refusal(server.replace(HOST, "localhost"), HOST)

    @pytest.mark.parametrize("path", ["/moved", "/moved-badly"])
    def test_nothing_is_followed(self, server: str, path: str) -> None:
        """The answer itself comes back."""
        assert _session(HOST).get(f"{server}{path}", allow_redirects=True).status_code == 302

    def test_a_large_answer_is_refused(self, server: str) -> None:
        """One byte above the limit."""
        assert "more than 1000 bytes" in _refusal(f"{server}/large", HOST, most_bytes=1000)
        assert len(_session(HOST, most_bytes=1001).get(f"{server}/large").content) == 1001

    def test_an_answer_that_drips_ends(self, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each byte comes in time, and all of them never would."""
        monkeypatch.setattr("grader.service.outgoing.WHOLE_S", 0.3)

        assert "did not answer within" in _refusal(f"{server}/drip", HOST)
        assert gone.wait(30)

    def test_tls_is_checked(self, server: str) -> None:
        """A server that does not speak it is not asked in another way."""
        assert "cannot be reached" in (said := _refusal(server.replace("http:", "https:"), HOST)) or "valid" in said

    def test_a_closed_port_is_one_sentence(self) -> None:
        """Not a chain of a library's errors."""
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            said = _refusal(f"http://{HOST}:{probe.getsockname()[1]}/", HOST)

        assert said == f"{HOST} cannot be reached, or broke the connection off"
