"""Brightspace (D2L), "Download" of an assignment: a folder or a file for each submission."""

from __future__ import annotations

import re

from grader.intake.layouts.naming import Naming

brightspace = Naming(
    "brightspace",
    (
        re.compile(
            r"(?P<number>\d+)-\d+ - (?:(?P<id>[A-Za-z]{0,3}\d{4,}) - )?(?P<name>.+?)"
            r" - (?P<time>(?:(?! - ).)*\d(?:(?! - ).)*?)(?: - (?P<file>.+))?"
        ),
    ),
)
"""``123456-7890 - Jane Doe - Nov 12, 2025 314 PM/...``, or flat with ``- hw1.ipynb``; sites may add an id."""
