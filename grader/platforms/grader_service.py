"""A running service of the grader, as ``grader hook`` hands an upload over to it."""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from typing import Any, Literal

from grader.closing import Closing
from grader.errors import PlatformError
from grader.platforms import messages
from grader.platforms.http_session import PlatformSession
from grader.platforms.platform import Wait
from grader.platforms.token import token_in
from grader.result import GradingResult

TOKEN = "GRADER_TOKEN"  # noqa: S105 - the name of a variable
_WAITING = ("accepted", "queued", "grading")
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.25, 4.0

View = Literal["student", "staff"]


class GraderService(Closing):
    """The service at an address, for the owner of the token in ``GRADER_TOKEN``.

    Raises UsageError where there is no token, or it would travel unencrypted.
    """

    def __init__(self, address: str, *, wait: Wait = time.sleep) -> None:
        self._site, self._wait = address, wait
        token = token_in(TOKEN, self._site, "the service with `grader token`")
        self._session = PlatformSession(self._site, token, wait=wait)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def submit(self, notebook: Path, fields: dict[str, str], key: str = "") -> str:
        """Hand a notebook in, once for all calls with a key, and return its id.

        ``fields`` are ``assignment``, ``course`` and ``member``. Raises PlatformError.
        """
        answer = self._session.request(
            "POST",
            f"{self._site}/api/v1/submissions",
            safe=True,  # the key makes it so
            headers={"Idempotency-Key": key or secrets.token_urlsafe(24)},
            data={name: value for name, value in fields.items() if value},
            files={"notebook": (notebook.name, notebook.read_bytes())},
        )
        return str(_json_of(answer)["id"])

    def wait_for(self, pk: str, seconds: float, view: View) -> GradingResult:
        """Return the result of a submission once it has one.

        Raises PlatformError where it has none after so many seconds, or cannot be had.
        """
        pause, until = _FIRST_WAIT_S, time.monotonic() + seconds
        while _json_of(self._get(pk))["state"] in _WAITING:
            if time.monotonic() + pause > until:
                raise PlatformError(messages.no_result_yet(pk, seconds))
            self._wait(pause)
            pause = min(2 * pause, _LONGEST_WAIT_S)
        try:
            return GradingResult.from_json(_json_of(self._get(pk, "/result", view)))
        except (TypeError, ValueError) as error:
            raise PlatformError(messages.not_documented("The service", str(error))) from error

    def report(self, pk: str, view: View) -> str:
        """Return the page of a submission."""
        return str(self._get(pk, "/report", view).text)

    def _get(self, pk: str, part: str = "", view: View = "student") -> Any:
        return self._session.request("GET", f"{self._site}/api/v1/submissions/{pk}{part}", params={"view": view})


def _json_of(answer: Any) -> dict[str, Any]:
    """Return an answer's JSON; raises PlatformError where it is none of the service's."""
    try:
        found = answer.json()
        if not isinstance(found, dict) or not ("id" in found or "schema" in found):
            raise ValueError("no submission")
    except ValueError as error:
        raise PlatformError(messages.not_documented("The service", str(error)[:100])) from error
    return found
