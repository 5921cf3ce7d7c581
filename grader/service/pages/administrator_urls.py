"""Addresses for administrators, and for programs that watch the service."""

from __future__ import annotations

from django.urls import path

from grader.service.pages import health

ADMINISTRATOR_URLS = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
