"""Requests to one platform: time limits, repeats where they are safe, waits where it asks.

The token goes to the platform's own address alone, in no URL and no message.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from grader.errors import LostAnswerError, PlatformError, RequestRefusedError
from grader.platforms import messages
from grader.platforms.platform import Wait
from grader.platforms.token import Token, require_safe

log = logging.getLogger(__name__)

PAUSES = (0.0, 1.0, 5.0, 20.0)
"""Seconds before each repeat of a request that failed."""

_BUSY_PAUSES = (2.0, 10.0, 30.0, 60.0)
_LONGEST_WAIT = 600.0
_LOW = 50.0  # of the 700 units that Canvas starts with; a request takes a few, and each second brings some back
_TOLD = ("errors", "message", "error", "summary")  # where answers say what is wrong
_LIMITS = (15, 120)  # seconds to connect, and between two parts of an answer

# With --debug they would write down URLs that are secrets for a while, and students' data.
for _library in ("urllib3", "canvasapi"):
    logging.getLogger(_library).setLevel(logging.WARNING)


class PlatformSession(requests.Session):
    """A session with the site whose pages begin with ``site``.

    ``bearer`` says whether the token goes into a header of each request to it; else whoever asks sends it. ``wait``
    waits for some seconds.
    """

    def __init__(self, site: str, token: Token, *, bearer: bool = True, wait: Wait) -> None:
        require_safe(site)
        super().__init__()
        self.site, self.max_redirects = site, 10
        self._token, self._bearer, self._wait = token, bearer, wait
        self.auth = self._authorized  # also keeps what stands in ~/.netrc out

    def request(
        self, method: Any, url: Any, *args: Any, safe: bool | None = None, forwarded: bool = False, **kwargs: Any
    ) -> requests.Response:
        """Make a request and return an answer that is no failure.

        What is ``safe`` may be done twice, as every GET may. Where it may be ``forwarded``, an answer that sends on is
        returned. Raises RequestRefusedError, LostAnswerError where it may have been done, and PlatformError.
        """
        safe = method == "GET" if safe is None else safe
        kwargs = {"timeout": _LIMITS, "allow_redirects": method == "GET"} | kwargs
        for pause, busy_pause in zip((*PAUSES, None), (*_BUSY_PAUSES, None), strict=True):
            try:
                response = super().request(method, url, *args, **kwargs)
            except requests.RequestException as error:
                lost = self._broken_off(url, error)
            else:
                asked = _asked_to_wait(response)
                if response.status_code >= 500 or _is_busy(response):
                    response.close()
                if _is_busy(response) or (safe and asked is not None):
                    self._wait_as_asked(asked, busy_pause)
                    continue
                if response.status_code < 500:
                    return response if forwarded and response.is_redirect else self._checked(response)
                lost = LostAnswerError(messages.failed_itself(_host(url), response.status_code))
            if not safe or pause is None:
                raise lost from None
            self._wait(pause)
        raise PlatformError(messages.too_busy(_host(url)))

    def fetch(self, url: str, place: Path, *, largest: int, method: str = "GET", **kwargs: Any) -> int:
        """Download into a file, and return the number of bytes.

        Raises PlatformError as :meth:`request` does, and for more than ``largest`` bytes.
        """
        lost: PlatformError | None = None
        for pause in PAUSES:
            with self.request(method, url, stream=True, safe=True, **kwargs) as answer:
                try:
                    return _saved(answer, place, largest)
                except requests.RequestException as error:
                    lost = self._broken_off(url, error)
            self._wait(pause)
        raise lost or AssertionError

    def is_own(self, url: str) -> bool:
        """Return whether a URL is of the site's own machine, which the token is for."""
        return _origin(url) == _origin(self.site)

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Send the token on to the site's own pages alone."""
        self._authorized(prepared_request)

    def hidden(self, text: str) -> str:
        """Return a server's text as a short part of a message, without the token."""
        return self._token.hidden_in(" ".join(text.split()))[:300]

    def _authorized(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.pop("Authorization", None)
        if self._bearer and self.is_own(request.url or ""):
            request.headers["Authorization"] = f"Bearer {self._token.text}"
        return request

    def _checked(self, response: requests.Response) -> requests.Response:
        status, host = response.status_code, _host(response.url)
        if response.is_redirect:
            response.close()
            elsewhere = _origin(urljoin(response.url, response.headers["Location"]))
            raise RequestRefusedError(messages.sends_on(host, elsewhere))
        told = self.hidden(_error_text(response)) if status >= 400 else ""
        if status == 401 and self.is_own(response.url):
            raise PlatformError(messages.token_not_taken(host, told or str(status)))
        if status >= 400:
            raise RequestRefusedError(messages.refused(host, status, told))
        remaining = response.headers.get("X-Rate-Limit-Remaining", "")
        if re.fullmatch(r"\d+(\.\d+)?", remaining) and float(remaining) < _LOW:
            self._wait(1.0)
        return response

    def _wait_as_asked(self, asked: float | None, pause: float | None) -> None:
        seconds = pause if asked is None else asked
        if pause is None or seconds is None:
            return
        if seconds > _LONGEST_WAIT:
            raise PlatformError(messages.asks_to_wait(_host(self.site), seconds))
        log.info("%s", messages.waiting(_host(self.site), seconds))
        self._wait(seconds)

    def _broken_off(self, url: str, error: Exception) -> LostAnswerError:
        return LostAnswerError(messages.connection_failed(_host(url), type(error).__name__))


def _saved(answer: requests.Response, place: Path, largest: int) -> int:
    size = 0
    with place.open("wb") as file:
        for part in answer.iter_content(2**16):
            size += file.write(part)
            if size > largest:
                raise RequestRefusedError(messages.too_large(largest // 2**20))
        file.flush()
        os.fsync(file.fileno())
    return size


def _is_busy(response: requests.Response) -> bool:
    """Return whether a request was throttled, and so was not done; Canvas says so with 403."""
    if response.status_code == 403:
        return "rate limit exceeded" in response.text[:500].lower()
    return response.status_code == 429


def _asked_to_wait(response: requests.Response) -> float | None:
    """Return the seconds that a busy server asks to wait for, as a number or a time."""
    text = response.headers.get("Retry-After", "").strip()
    if not text or (response.status_code not in (429, 503) and not _is_busy(response)):
        return None
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def _error_text(response: requests.Response) -> str:
    """Return what an answer in JSON says of an error."""
    try:
        found = response.json()
    except ValueError:
        return ""
    errors = next(filter(None, map(found.get, _TOLD)), "") if isinstance(found, dict) else ""
    if isinstance(errors, Sequence) and not isinstance(errors, str):
        errors = "; ".join(str(e.get("message", e) if isinstance(e, dict) else e) for e in errors)
    return str(errors or "")


def _origin(url: str) -> str:
    """Return scheme, host and port, with the port always written."""
    parts = urlsplit(url)
    try:
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _host(url: Any) -> str:
    return urlsplit(str(url)).netloc.rpartition("@")[2] or "the platform"
