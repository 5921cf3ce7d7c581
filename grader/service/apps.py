"""The Django application of the service."""

from __future__ import annotations

from django.apps import AppConfig


class ServiceApp(AppConfig):
    """The one application: label ``service``."""

    name = "grader.service"
    label = "service"
