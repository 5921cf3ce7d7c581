"""The API's own description: valid, complete, and true also of odd requests."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from .api_client import graded_upload, with_token
from .conftest import People
from .results import hand_in

REFUSALS = ["4xx"]  # a form of too many parts is 413, whatever else is wrong with it

# Of a form that broke off Django leaves files to be closed with the last reference to them.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def nothing_is_left_for_others() -> Iterator[None]:
    """Close such files here, not when a test of another file is running."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def described() -> dict[str, Any]:
    """Return the description as it is served."""
    from django.test import Client

    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json())


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Return path, method and description of all operations."""
    for path, methods in described()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_description_is_valid(people: People) -> None:
    """It is OpenAPI 3.1, and anybody may read it."""
    schema = schemathesis.openapi.from_dict(described())

    schema.validate()
    assert schema.raw_schema["openapi"].startswith("3.1")


def test_the_description_is_complete(people: People) -> None:
    """Every address is in it, and every answer of every operation has a form."""
    from grader.service.api.rest_api import api_urls

    patterns, *_ = api_urls()
    served = {p.name for p in patterns} - {"api-root", "openapi-json"}
    found = list(operations())

    assert served == {operation["operationId"] for _, _, operation in found}
    for path, method, operation in found:
        assert operation["summary"], path
        assert {"401", "404", "422", "429", "500", "503"} <= set(operation["responses"]), (path, method)
        assert all("content" in answer for answer in operation["responses"].values()), (path, method)


def fuzz(people: People, examples: int) -> None:
    """Send generated requests to every operation, and check each answer.

    A request may be refused for what no schema can say: a cursor, a course that has to be named. In an address more may
    stand than is asked for.
    """
    from grader.service.wsgi import application

    upload = graded_upload(people, "student")
    hand_in(people, "student")
    scopes = ("submit", "read", "submit-for-others", "grade", "export")
    token = with_token(people, "administrator", *scopes).text
    config = schemathesis.Config.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": REFUSALS}}})
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, config=config)
    options = {"max_examples": examples, "derandomize": True, "database": None, "deadline": None}
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in GenerationMode:

            def send(case: schemathesis.Case, known: bool) -> None:
                if known and "pk" in (case.path_parameters or {}):
                    case.path_parameters["pk"] = str(upload.pk)
                unchecked = [positive_data_acceptance, *([negative_data_rejection] if case.method == "GET" else [])]
                case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, excluded_checks=unchecked)

            known = st.booleans() if mode is GenerationMode.POSITIVE else st.just(False)
            generated = given(case=operation.as_strategy(generation_mode=mode), known=known)
            settings(**options, suppress_health_check=[*HealthCheck])(generated(send))()


def test_odd_requests_get_described_answers(people: People) -> None:
    """None is a crash, and each has the form that is documented."""
    fuzz(people, 4)


@pytest.mark.exhaustive
def test_many_odd_requests_get_described_answers(people: People) -> None:
    """The same with many more."""
    fuzz(people, 100)
