"""Addresses of pages for graders and instructors of a course."""

from __future__ import annotations

from django.urls import path

from grader.service.pages import report_views

STAFF_URLS = [
    path("uploads/<uuid:pk>/review", report_views.report, {"view": "staff"}, name="review"),
]
