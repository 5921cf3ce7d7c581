"""How learning platforms name what they hand over: one module for each, in the order in which they are asked.

A layout looks at all files of a batch and says, for each, who handed it in; or None when the file is not named that
way. To support another platform, write its function and add it to ``LAYOUTS``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.intake.files import File
from grader.intake.layouts.canvas import canvas
from grader.intake.layouts.classroom import classroom
from grader.intake.layouts.flat import flat
from grader.intake.layouts.gradescope import METADATA, gradescope
from grader.intake.layouts.identity import Identity
from grader.intake.layouts.moodle import moodle
from grader.intake.layouts.nbgrader import nbgrader

__all__ = ["LAYOUTS", "PAPERS", "Identity", "identify"]

LAYOUTS: tuple[Callable[[Sequence[File]], list[Identity | None]], ...] = (
    moodle,
    gradescope,
    nbgrader,
    canvas,
    classroom,
)
"""The surest naming first: "assignsubmission" is unmistakable, two numbers in a name are less so."""

PAPERS = frozenset({METADATA, "timestamp.txt", "submission_secret.txt"})
"""What the platforms themselves put beside what was handed in."""


def identify(files: Sequence[File]) -> list[Identity]:
    """Return who handed each file in: what the first layout that knows its naming says, else its own name.

    An identity without a ``key`` stands for one file alone.
    """
    told: list[Identity | None] = [None] * len(files)
    for layout in LAYOUTS:
        told = [known or new for known, new in zip(told, layout(files), strict=True)]
    nameless = [n for n, identity in enumerate(told) if identity is None]
    plain = dict(zip(nameless, flat([files[n] for n in nameless]), strict=True))
    return [identity or plain[n] for n, identity in enumerate(told)]
