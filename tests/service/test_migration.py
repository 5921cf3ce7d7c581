"""The tables that are made are those that the models say."""

from __future__ import annotations

import pytest


@pytest.mark.usefixtures("_django")
def test_the_migrations_make_the_models() -> None:
    """A field that a migration forgot would fail at somebody's first upgrade."""
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
