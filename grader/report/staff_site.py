"""Where pages for staff stand: how they link to each other, and how staff corrects there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class StaffSite:
    """Addresses and sentences of the place at which staff reads pages.

    ``review`` and ``feedback`` give the addresses of a submission's pages by its id, from the page of the batch, whose
    own is ``overview``. ``take_over`` says how corrections of an earlier submission are applied, ``tell_days`` how it
    is said by how many days something was late, ``list_all`` how what is cut is seen, ``which_page`` which page is for
    whom. ``contents`` are links of pages that show many submissions: addresses and texts.
    """

    review: Callable[[str], str]
    feedback: Callable[[str], str]
    overview: str
    take_over: str
    tell_days: str
    list_all: str
    which_page: str
    contents: tuple[tuple[str, str], ...] = ()


def link_part(id: str) -> str:
    """Return a submission's id as one part of a relative link."""
    return quote(id, safe="", errors="replace")


def _folder_page(folder: str, id: str) -> str:
    return f"{folder}/{link_part(id)}.html"


FOLDER = StaffSite(
    review=partial(_folder_page, "review"),
    feedback=partial(_folder_page, "feedback"),
    overview="index.html",
    take_over="`grader review OUT set ID --again` applies {}",
    tell_days="`grader review OUT set ID --days-late N` says so",
    list_all="; the command lists all with --json",
    which_page="Students get the pages in feedback/; those in review/ show hidden checks.",
)
"""The output folder of a batch."""
