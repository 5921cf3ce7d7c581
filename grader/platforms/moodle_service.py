"""Calls of Moodle's web services (docs.moodle.org/dev/Web_service_API_functions).

The token goes into the body of each request, so that it stands in no server's log; no answer that sends on is followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.errors import PlatformError, RequestRefusedError
from grader.platforms import messages
from grader.platforms.answers import as_list
from grader.platforms.http_session import PlatformSession
from grader.platforms.platform import Wait
from grader.platforms.token import Token

_NO_TOKEN = frozenset({"invalidtoken", "accessexception", "forcepasswordchangenotice", "usernotfullysetup"})


class MoodleService:
    """The web services of a site, for the owner of a token."""

    def __init__(self, site: str, token: Token, *, wait: Wait) -> None:
        self._site, self._token = site, token
        self._session = PlatformSession(site, token, bearer=False, wait=wait)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def fetch(self, url: str, place: Path, *, largest: int, size: int) -> None:
        """Download a file of ``size`` bytes, -1 if unknown.

        Raises RequestRefusedError where it cannot be had.
        """
        if not self._session.is_own(url):
            raise RequestRefusedError(messages.ELSEWHERE)
        came = self._session.fetch(url, place, largest=largest, method="POST", data={"token": self._token.text})
        if size not in (-1, came):  # Moodle tells an error as if it were the file
            raise RequestRefusedError(messages.another_size(came, size))

    def upload(self, name: str, page: bytes) -> int:
        """Upload a file into a new area for drafts, and return the area's number."""
        answer = self._session.request(
            "POST",
            f"{self._site}/webservice/upload.php",
            data={"token": self._token.text, "itemid": 0, "filearea": "draft", "filepath": "/"},
            files={"file_1": (name, page, "text/html")},
            safe=True,
        )
        return int(as_list(self._answer("upload.php", answer.json()))[0]["itemid"])

    def ask(self, function: str, asked: Mapping[str, Any], *, safe: bool = True) -> Any:
        """Call a function; what is not ``safe`` may be done once alone."""
        data = {"wstoken": self._token.text, "wsfunction": function, "moodlewsrestformat": "json", **_flat(asked)}
        answer = self._session.request("POST", f"{self._site}/webservice/rest/server.php", data=data, safe=safe)
        return self._answer(function, answer.json() if answer.content.strip() else None)

    def _answer(self, function: str, data: Any) -> Any:
        """Return an answer that is no error; Moodle tells errors with the status of success."""
        code = (data.get("errorcode") or data.get("exception")) if isinstance(data, dict) else ""
        if not code:
            return data
        told = self._session.hidden(f"{data.get('message') or data.get('error') or ''} ({code})")
        if code in _NO_TOKEN:
            raise PlatformError(messages.token_not_for(function, told))
        raise RequestRefusedError(messages.function_refused(function, told))


def _flat(asked: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Return nested arguments as Moodle takes them: ``plugindata[x][text]``."""
    found: dict[str, Any] = {}
    for key, value in asked.items():
        name = f"{before}[{key}]" if before else key
        match value:
            case list():
                found |= _flat({str(n): item for n, item in enumerate(value)}, name)
            case dict():
                found |= _flat(value, name)
            case _:
                found[name] = value
    return found
