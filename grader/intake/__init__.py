"""From paths on a command line to submissions, and from bytes to a notebook."""

from __future__ import annotations

from grader.intake.discover import Found, discover, find, find_one
from grader.intake.file_ids import unique
from grader.intake.intake_remarks import Remark, are_many, doubts, intake_remarks, remarks_text
from grader.intake.notebook_file import read_notebook, read_stub
from grader.intake.roster import people_in, read_roster
from grader.intake.roster_matching import claimed, join
from grader.intake.supporting_files import with_recorded
from grader.intake.unpack_folder import scratch_in

__all__ = [
    "Found",
    "Remark",
    "are_many",
    "claimed",
    "discover",
    "doubts",
    "find",
    "find_one",
    "intake_remarks",
    "join",
    "people_in",
    "read_notebook",
    "read_roster",
    "read_stub",
    "remarks_text",
    "scratch_in",
    "unique",
    "with_recorded",
]
