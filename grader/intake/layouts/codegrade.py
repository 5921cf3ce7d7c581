"""CodeGrade, an assignment's submissions as its file system shows them."""

from __future__ import annotations

import re

from grader.intake.layouts.naming import Naming

codegrade = Naming(
    "codegrade",
    (re.compile(r"(?P<name>.+?) - (?P<time>\d{4}-\d\d-\d\d[T _]\d\d[:.-]?\d\d.*?)(?:\.zip)?"),),
    own=re.compile(r"\.cg-[\w.-]+$"),
)
"""``Jane Doe - 2025-11-12T10:11:12.123456/...``, with its own files ``.cg-grade`` and others."""
