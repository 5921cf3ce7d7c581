"""The shortest whole way: an upload by the API, and its grade."""

from __future__ import annotations

import uuid

import pytest

from .conftest import RIGHT, People, PostgreSQL, Serve, notebook


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_an_upload_is_graded(serve: Serve, engine: str, request: pytest.FixtureRequest) -> None:
    """A right notebook that is handed in gets all points, on both databases."""
    url = ""
    if engine == "postgresql":
        server: PostgreSQL = request.getfixturevalue("postgresql")
        url = server.make_database("first_path")

    result = serve(url).graded(notebook(*RIGHT))

    assert result["state"] == "graded"
    assert result["score"] == result["max_score"]


def test_who_is_not_signed_in_is_asked_to(people: People) -> None:
    """A page that anybody asks for leads to the page to sign in."""
    answer = people.client("").get(f"/uploads/{uuid.uuid4()}/")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in")
