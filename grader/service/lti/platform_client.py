"""Requests to a platform's services, with a token that it gives us for our key."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from lti_tool.models import Key, LtiRegistration
from pylti1p3.exception import LtiException
from pylti1p3.service_connector import ServiceConnector

from grader.errors import GraderError
from grader.service.lti import messages
from grader.service.outgoing import OutgoingError, OutgoingSession

SCORE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
RESULTS: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
LINE_ITEMS: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
MEMBERS: Final = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"

_NEXT = re.compile(r'<([^>]*)>\s*;[^,]*\brel="?next"?', re.IGNORECASE)
_MOST_PAGES = 500
_MOST_BYTES = 8 << 20


class PlatformRequestError(GraderError):
    """A request to a platform that failed; ``status`` is its answer's, 0 without one."""

    def __init__(self, sentence: str, status: int = 0) -> None:
        super().__init__(sentence)
        self.status = status


class PlatformClient:
    """The services of one platform; tokens are kept as long as this object is."""

    def __init__(self, registration: LtiRegistration) -> None:
        ensure_key()
        self._session = OutgoingSession(most_bytes=_MOST_BYTES)
        self._connector = ServiceConnector(registration.to_registration(), self._session)

    def get(self, address: str, scope: str, accept: str) -> Any:
        """Return the JSON of an answer; raises PlatformRequestError."""
        return self._json(self._send("GET", address, scope, {"Accept": accept}))

    def pages(self, address: str, scope: str, accept: str) -> list[Any]:
        """Return the JSON of an answer and of all that it says come next."""
        found: list[Any] = []
        following: str | None = address
        while following and len(found) < _MOST_PAGES:
            answer = self._send("GET", following, scope, {"Accept": accept})
            found.append(self._json(answer))
            link = _NEXT.search(answer.headers.get("Link", ""))
            following = urljoin(following, link[1]) if link else None
            if following and urlsplit(following)[:2] != urlsplit(address)[:2]:
                raise PlatformRequestError(messages.OTHER_HOST)  # it would be given the token
        return found

    def post(self, address: str, scope: str, kind: str, body: str) -> Any:
        """Send JSON of a kind and return the answer; raises PlatformRequestError."""
        return self._send("POST", address, scope, {"Content-Type": kind, "Accept": kind}, body)

    def require_token(self, scope: str) -> None:
        """Raise PlatformRequestError where the platform gives no token."""
        self._token(scope)

    def _send(self, method: str, address: str, scope: str, headers: dict[str, str], body: str | None = None) -> Any:
        headers |= {"Authorization": f"Bearer {self._token(scope)}"}
        try:
            answer = self._session.request(method, address, data=body, headers=headers)
        except OutgoingError as error:
            raise PlatformRequestError(str(error)) from None
        if not 200 <= answer.status_code < 300:
            raise PlatformRequestError(messages.platform_answered(answer.status_code), answer.status_code)
        return answer

    def _json(self, answer: Any) -> Any:
        try:
            return answer.json()
        except ValueError:
            raise PlatformRequestError(messages.NO_JSON) from None

    def _token(self, scope: str) -> str:
        try:
            return str(self._connector.get_access_token([scope]))
        except OutgoingError as error:
            raise PlatformRequestError(str(error)) from None
        except (LtiException, ValueError, KeyError, TypeError):
            raise PlatformRequestError(messages.NO_TOKEN) from None


def ensure_key() -> None:
    """Make the key with which we sign, where there is none."""
    if not Key.objects.active().exists():
        Key.objects.generate()
