"""Requests that the service makes of other servers, none of which it trusts.

Whoever registers a hook or a platform names an address. It must not lead into the network that the service runs in, so
the address that a connection is made to is checked, not the name: no second look-up can give another one.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from grader.errors import GraderError
from grader.service import outgoing_messages as messages
from grader.service.public_addresses import is_public

CONNECT_S = 5.0
READ_S = 15.0
WHOLE_S = 20.0
"""Seconds after which a request is given up, however slowly its answer comes."""

MOST_BYTES = 1 << 20
_PART = 1 << 16


class OutgoingError(requests.RequestException, GraderError):
    """A request was refused here, or has no whole answer; one sentence without secrets."""


class LargeAnswerError(OutgoingError):
    """An answer is larger than what is read."""


class OutgoingSession(requests.Session):
    """A session for requests to addresses that people gave.

    An answer that sends on is returned as it is. ``allowed_private_hosts`` are the names of hosts that may have a
    private address and be asked by http; the setting's where not given. An answer is read whole, up to ``most_bytes``.
    Every failure is an OutgoingError. Proxies and passwords of the environment are not used.
    """

    def __init__(self, *, most_bytes: int = MOST_BYTES, allowed_private_hosts: Collection[str] | None = None) -> None:
        super().__init__()
        allowed = settings.CONFIG.allowed_private_hosts if allowed_private_hosts is None else allowed_private_hosts
        self._allowed = frozenset(host.strip("[]").lower() for host in allowed)
        self._most_bytes = most_bytes
        self.trust_env = False
        self.headers["User-Agent"] = "interp-grader"

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """Return the whole answer to a request, whatever its status; raises OutgoingError."""
        host = host_of(str(url))
        kwargs |= {"allow_redirects": False, "timeout": (CONNECT_S, READ_S), "verify": True, "stream": True}
        try:
            return super().request(method, url, *args, **kwargs)
        except OutgoingError:
            raise
        except requests.exceptions.SSLError:
            raise OutgoingError(messages.certificate(host)) from None
        except requests.Timeout:
            raise OutgoingError(messages.too_slow(host, WHOLE_S)) from None
        except ValueError:
            raise OutgoingError(messages.NO_ADDRESS) from None
        except (requests.RequestException, HTTPError):
            raise OutgoingError(messages.broken_off(host)) from None

    def get_adapter(self, url: Any) -> _CheckedAdapter:
        """Return what makes one request: no connection is used for a second one."""
        if not str(url).lower().startswith(("https://", "http://")):
            raise OutgoingError(messages.NO_ADDRESS)
        return _CheckedAdapter(self._allowed, self._most_bytes)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Follow nothing."""


def host_of(url: str) -> str:
    """Return the host of an address; raises OutgoingError where it has none, or a password."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise OutgoingError(messages.NO_ADDRESS) from None
    if "@" in parts.netloc:
        raise OutgoingError(messages.with_password(host))
    if not host:
        raise OutgoingError(messages.NO_ADDRESS)
    return host


def require_askable(url: str) -> None:
    """Raise OutgoingError for an address that no request is made to, wherever its host is."""
    host, scheme = host_of(url), urlsplit(url).scheme
    if scheme != "https" and not (scheme == "http" and host in settings.CONFIG.allowed_private_hosts):
        raise OutgoingError(messages.not_https(host))


class _CheckedAdapter(HTTPAdapter):
    """Makes one request: to checked addresses alone, within bounds of time and size."""

    def __init__(self, allowed: frozenset[str], most_bytes: int) -> None:
        super().__init__()
        self._allowed, self._most_bytes = allowed, most_bytes
        self._host, self._attempt = "", _Attempt()

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        """Return a pool whose connections go to the addresses that are found and checked here."""
        where, _ = self.build_connection_pool_key_attributes(request, verify, cert)
        self._host, tls = where["host"], where["scheme"] == "https"
        self._attempt.resolve(self._host, where["port"] or (443 if tls else 80), tls, self._allowed)
        pool = super().get_connection_with_tls_context(request, verify, None, cert)
        pool.ConnectionCls = _CheckedTlsConnection if tls else _CheckedConnection
        pool.conn_kw["attempt"] = self._attempt
        return pool

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request, and read its answer."""
        kwargs |= {"stream": True, "proxies": None}
        try:
            with contextlib.closing(self._attempt):
                answer = super().send(request, *args, **kwargs)
                with contextlib.closing(answer):
                    answer._content = self._read(answer)
        except OutgoingError:
            raise
        except (requests.RequestException, HTTPError):
            self._require_time()
            raise
        finally:
            self.close()
        self._require_time()  # an answer without a length ends with its connection
        return answer

    def _read(self, answer: requests.Response) -> bytes:
        content = bytearray()
        for part in answer.iter_content(_PART):
            content += part
            if len(content) > self._most_bytes:
                raise LargeAnswerError(messages.too_much(self._host, self._most_bytes))
        return bytes(content)

    def _require_time(self) -> None:
        if self._attempt.over.is_set():
            raise OutgoingError(messages.too_slow(self._host, WHOLE_S))


class _Attempt:
    """What one request may connect to, and the end of its connections when time is up."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self._addresses: list[tuple[Any, ...]] = []
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(WHOLE_S, self._end)
        self._timer.daemon = True

    def resolve(self, host: str, port: int, tls: bool, allowed: Collection[str]) -> None:
        """Find the addresses of a name; raises OutgoingError where one must not be asked."""
        private = host.lower().rstrip(".") in allowed
        if not (tls or private):
            raise OutgoingError(messages.not_https(host))
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise OutgoingError(messages.unknown_host(host)) from None
        if not private and not all(is_public(str(row[4][0])) for row in found):
            raise OutgoingError(messages.private_address(host))
        self._addresses = found
        self._timer.start()

    def connect(self, timeout: Any) -> socket.socket:
        """Return a connection to the first address that takes one; raises OSError."""
        error = OSError("no address")
        for family, kind, protocol, _, address in self._addresses:
            made = socket.socket(family, kind, protocol)
            made.settimeout(timeout)
            try:
                made.connect(address)
            except OSError as refused:
                made.close()
                error = refused
                continue
            self._sockets.append(made.dup())  # TLS takes the socket itself away
            if self.over.is_set():
                self._end()
            return made
        raise error

    def close(self) -> None:
        """Stop watching."""
        self._timer.cancel()
        for watched in self._sockets:
            watched.close()

    def _end(self) -> None:
        self.over.set()
        for watched in self._sockets:
            with contextlib.suppress(OSError):
                watched.shutdown(socket.SHUT_RDWR)


class _CheckedConnection(HTTPConnection):
    def __init__(self, *args: Any, attempt: _Attempt, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._attempt = attempt

    def _new_conn(self) -> socket.socket:
        return self._attempt.connect(self.timeout)


class _CheckedTlsConnection(HTTPSConnection):
    def __init__(self, *args: Any, attempt: _Attempt, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._attempt = attempt

    def _new_conn(self) -> socket.socket:
        return self._attempt.connect(self.timeout)
