"""The part of the service that speaks LTI, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class LtiConfig(AppConfig):
    """The tables of learning platforms, beside the service's own."""

    name = "grader.service.lti"
    label = "lti"
    default_auto_field = "django.db.models.BigAutoField"
