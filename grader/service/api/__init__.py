"""The REST API, version 1."""

from grader.service.api.endpoints import api_urls

__all__ = ["api_urls"]
