"""What an argument of the command line must be: the end of the sentence on a wrong one."""

from __future__ import annotations

from pathlib import Path

A_PERCENTAGE = "must be a percentage above 0, up to 100"
A_COUNT = "must be a whole number, 1 or more"
AN_ADDRESS = "must be an address such as https://host/file.zip"
A_SITE = "must be an address such as https://grader.example.edu"
SECONDS = "must be a number of seconds above 0, up to 1e6"
POINTS = "must be a number of points, 0 or more"


def no_folder(folder: Path) -> str:
    """For a page that is to be written into a folder which is not there."""
    return f"there is no folder {folder}; make it first"


def folder_for_page(folder: Path) -> str:
    """For a folder in place of the name of a page."""
    return f"{folder} is a folder; give the name of a file in it"


def days(most: int) -> str:
    """For a number of days that is none, or beyond all terms."""
    return f"must be a whole number of days, from 0 to {most}"
