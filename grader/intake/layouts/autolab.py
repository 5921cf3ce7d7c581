"""Autolab, "Download all submissions": one flat zip."""

from __future__ import annotations

import re

from grader.intake.layouts.naming import Naming

autolab = Naming("autolab", (re.compile(r"(?P<email>[^@\s/]+@[\w.-]+?\.[A-Za-z]{2,})_(?P<attempt>\d+)_(?P<file>.+)"),))
"""``jane@example.edu_3_handin.ipynb``: the address, the attempt, and the name that the assessment gives all files."""
