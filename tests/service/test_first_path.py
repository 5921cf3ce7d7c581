"""The shortest whole way: an upload by the API, and its grade."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from .conftest import RIGHT, People, PostgreSQL, Serve, Service, notebook


def hand_in(service: Service, content: bytes) -> dict[str, Any]:
    """Hand a notebook in by the API, and return the answer."""
    import httpx

    answer = httpx.post(
        f"{service.url}/api/v1/submissions",
        headers={"Authorization": f"Bearer {service.token}"},
        data={"course": "demo", "assignment": "tiny"},
        files={"notebook": ("mine.ipynb", content)},
    )
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def graded(service: Service, pk: str) -> dict[str, Any]:
    """Return a submission's result once it has one."""
    import httpx

    while True:
        answer = httpx.get(
            f"{service.url}/api/v1/submissions/{pk}", headers={"Authorization": f"Bearer {service.token}"}, timeout=30
        ).json()
        if answer["state"] not in ("accepted", "queued", "grading"):
            return dict(answer)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_an_upload_is_graded(serve: Serve, engine: str, request: pytest.FixtureRequest) -> None:
    """A right notebook that is handed in gets all points, on both databases."""
    url = ""
    if engine == "postgresql":
        server: PostgreSQL = request.getfixturevalue("postgresql")
        url = server.make_database("first_path")
    service = serve(url)

    result = graded(service, hand_in(service, notebook(*RIGHT))["id"])

    assert result["state"] == "graded"
    assert result["score"] == result["max_score"]


def test_who_is_not_signed_in_is_asked_to(people: People) -> None:
    """A page that anybody asks for leads to the page to sign in."""
    answer = people.client("").get(f"/uploads/{uuid.uuid4()}/")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in")
