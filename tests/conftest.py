"""What all tests share: Hypothesis draws the same examples in every run, so that a red test is red for everyone."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")
