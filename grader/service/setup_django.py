"""Make Django ready in a process of ours."""

from __future__ import annotations

import os

from grader.import_path import skip_slow_imports


def setup_django() -> None:
    """Set Django up with the settings of this process; raises UsageError where they are wrong."""
    skip_slow_imports()
    os.environ["DJANGO_SETTINGS_MODULE"] = "grader.service.django_settings"
    import django  # takes a while, and only the service has it

    django.setup()
