"""How learning platforms name what they hand over: one module for each.

A layout looks at all files of a batch and says, for each, whom the names in its path tell of, the outermost first; most
look no further than that one. To support another platform, describe its names in a module of its own (see
``naming.Naming``, and ``autolab`` for a short one) and add it to ``LAYOUTS``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from grader.intake.layouts.autolab import autolab
from grader.intake.layouts.blackboard import blackboard
from grader.intake.layouts.brightspace import brightspace
from grader.intake.layouts.canvas import canvas
from grader.intake.layouts.classroom import classroom
from grader.intake.layouts.codegrade import codegrade
from grader.intake.layouts.flat import flat
from grader.intake.layouts.gradescope import METADATA, gradescope
from grader.intake.layouts.identity import Identity
from grader.intake.layouts.ilias import ilias
from grader.intake.layouts.moodle import moodle
from grader.intake.layouts.nbgrader import nbgrader
from grader.intake.layouts.nesting import OWNER, Nesting
from grader.intake.layouts.pulled_folder import NOBODYS, pulled_folder
from grader.intake.layouts.sakai import sakai
from grader.intake.listing import File
from grader.intake.pull_manifest import MANIFEST

__all__ = ["LAYOUTS", "METADATA_FILES", "NOBODYS", "OWNER", "TEXT_ENTRIES", "Identity", "identify"]

LAYOUTS: tuple[Callable[[Sequence[File]], list[list[Identity]]], ...] = (
    pulled_folder,
    moodle,
    gradescope,
    nbgrader,
    blackboard,
    brightspace,
    autolab,
    sakai,
    codegrade,
    canvas,
    ilias,
    classroom,
)
"""The surest naming first: it counts where two tell of the same name."""

METADATA_FILES = frozenset({MANIFEST, METADATA, "timestamp.txt", "submission_secret.txt"})
"""What the platforms themselves put beside what was handed in."""

TEXT_ENTRIES = frozenset({"link.html", "text.html", "onlinetext.html"})
"""The files of what a person typed into a platform's form.

Staff reads them; they are nothing for the person's code.
"""


def identify(files: Sequence[File]) -> list[Identity]:
    """Return who handed each file in, by the outermost name that a layout knows.

    Without one it is the file's own name. An identity without a ``key`` stands for one file alone.
    """
    by_layout = zip(*(layout(files) for layout in LAYOUTS), strict=True)
    claims = [sorted(itertools.chain(*of_file), key=lambda i: i.depth) for of_file in by_layout]
    nesting = Nesting(files, claims)
    authors = [nesting.author(file, levels) for file, levels in zip(files, claims, strict=True)]
    nameless = [n for n, author in enumerate(authors) if author is None]
    plain = dict(zip(nameless, flat([files[n] for n in nameless]), strict=True))
    return [author or plain[n] for n, author in enumerate(authors)]
