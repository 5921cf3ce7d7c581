"""The API: its endpoints, its documentation and its errors."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.utils import timezone
from ninja import NinjaAPI

from grader import __version__
from grader.service.api import submit_endpoint  # noqa: F401 - adds its endpoint to the router
from grader.service.api.bearer import Bearer
from grader.service.api.course_endpoints import router as course_router
from grader.service.api.hook_endpoint import router as hook_router
from grader.service.api.problems import handle_errors
from grader.service.api.schemas import ServiceInfo, answers
from grader.service.api.submission_endpoints import router

api = NinjaAPI(
    title="Grader",
    version="1",
    description="Hand notebooks in, and get results. `grader token` makes tokens.",
    auth=Bearer(),
    urls_namespace="api",
    docs_url=None,
)
handle_errors(api)
api.add_router("", router)
api.add_router("", course_router)
api.add_router("", hook_router)


@api.get("/", response=answers({200: ServiceInfo}), operation_id="info", summary="Ask what this is", tags=["service"])
def info(request: HttpRequest) -> dict[str, Any]:
    """Tell the versions of the grader and of the API."""
    about = {"name": "grader", "version": __version__, "api": api.version, "upload_mb": settings.CONFIG.upload_mb}
    return {**about, "timestamp": timezone.now()}


def api_urls() -> Any:
    """Return the API's addresses, which take a token instead of a session."""
    patterns, *names = api.urls
    for pattern in patterns:
        if pattern.callback:
            pattern.callback = login_not_required(pattern.callback)
    return patterns, *names
