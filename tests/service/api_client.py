"""What the tests of the API share: clients with tokens, bodies, results that stand."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from grader.result import CheckResult, ExerciseResult, ExerciseStatus, Outcome, Visibility

from .conftest import RIGHT, People, notebook
from .results import graded

PATH = "/api/v1"
SECRET = "the hidden input 4713"  # noqa: S105 - what a hidden check must not tell


@dataclass
class ApiClient:
    """Somebody's token, in use."""

    client: Client
    text: str

    def get(self, path: str, **options: Any) -> Any:
        """Ask for a path of the API."""
        return self.client.get(f"{PATH}{path}", headers={"Authorization": f"Bearer {self.text}"}, **options)

    def post(self, path: str, data: Any, content_type: str = "application/json", **headers: str) -> Any:
        """Send something to a path of the API."""
        headers = {"Authorization": f"Bearer {self.text}", **{n.replace("_", "-"): v for n, v in headers.items()}}
        return self.client.post(f"{PATH}{path}", data, content_type, headers=headers)

    def submit(self, *, key: str = "", **fields: Any) -> Any:
        """Hand in by JSON: the right notebook of the tiny assignment, unless said otherwise."""
        body = {"course": "first", "assignment": "tiny", "notebook": encoded(notebook(*RIGHT))} | fields
        return self.post("/submissions", json.dumps(body), **({"Idempotency_Key": key} if key else {}))


def encoded(data: bytes) -> str:
    """Return bytes in base64."""
    return base64.b64encode(data).decode()


def with_token(people: People, name: str, *scopes: str, **limits: Any) -> ApiClient:
    """Return a client with a new token of somebody's, for handing in and reading if not said."""
    from grader.service.credentials import Scope, make_token

    named = [Scope(scope) for scope in scopes] or [Scope.SUBMIT, Scope.READ]
    text = make_token(people.accounts[name], "a test", named, **limits)
    return ApiClient(Client(raise_request_exception=False), text)


def graded_upload(people: People, name: str) -> Any:
    """Return an upload of somebody's with 4 of 6 points, one hidden check having failed."""
    hidden = CheckResult("test_h[1]", "It holds.", Outcome.FAILED, 0, 2, Visibility.HIDDEN, message=SECRET)
    shown = CheckResult("test_v", "It scales.", Outcome.PASSED, 4, 4)
    exercise = ExerciseResult("scale", ExerciseStatus.PARTIAL, 4, 6, checks=(shown, hidden))
    return graded(people, name, changes={"exercises": (exercise,), "score": 4.0})
