"""The REST API, version 1."""

from grader.service.api.rest_api import api_urls

__all__ = ["api_urls"]
