"""Sentences on files that are not graded, and to staff on whose a submission is.

A reason why a file is refused goes on after its name: it begins with "it" and says what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grader.english import first_of, plural

ZIP = "it is a zip archive; hand in the .ipynb file that is inside it."
EMPTY_ZIP = "it is an empty zip archive; hand in the .ipynb file itself."
GZIP = "it is a gzip archive; hand in the .ipynb file that is inside it."
SEVEN_ZIP = "it is a 7z archive; hand in the .ipynb file that is inside it."
RAR = "it is a rar archive; hand in the .ipynb file that is inside it."
PDF = "it is a PDF; hand in the notebook itself, the .ipynb file."
PICTURE = "it is a picture; hand in the notebook itself, the .ipynb file."
OLD_OFFICE = "it is an Office document; hand in the notebook itself, the .ipynb file."
OFFICE = "it is an Office document (.docx, .xlsx, .pptx); hand in the notebook itself, the .ipynb file."
OPEN_DOCUMENT = "it is an OpenDocument file (.odt, .ods, .odp); hand in the notebook itself, the .ipynb file."
FORWARDING_PAGE = "it is a link, not a notebook; hand in the .ipynb file that it leads to."
WEB_PAGE = "it is a web page, not a notebook; download the .ipynb file itself (File, Download, in Jupyter or Colab)."
LFS_POINTER = "it is a Git LFS pointer, not the notebook; fetch the file with `git lfs pull` and hand that in."
PYTHON_SCRIPT = "it is a Python script, not a notebook; hand in the .ipynb file."
NO_NOTEBOOK = "it is not a notebook: a notebook's file starts with '{'."
CUT_OFF = "it is cut off: the file ends in the middle of the notebook; save it again and hand in the whole file."

LINK = "it is a link to another file; hand in the file itself."
NO_FILE = "it is not a file."
BLANK = "it holds nothing but blanks; save the notebook again and hand in the file."
EMPTY = "it is empty (0 bytes); save the notebook again and hand in the file."
TOO_MANY_OUTPUTS = "its outputs have more parts than any notebook's."
TOO_MANY_PARTS = "it has more parts than any notebook."
TOO_DEEP = "it is nested too deeply to be a notebook."
TWO_NOTEBOOKS = "it holds two notebooks one after the other; hand in one of them."
NO_CELLS = "it is JSON, but not a notebook: it has no list of cells."
OTHER_JSON = "it is JSON, but not a notebook."

ZIP_TOO_LARGE = "it grows beyond all measure when it is unpacked; hand in the .ipynb file itself."
ZIP_TOO_DEEP = "it is a zip in a zip in a zip; hand in the .ipynb file itself."
ZIP_LOCKED = "it is locked with a password; zip it without one, or hand in the .ipynb file itself."
ZIP_DAMAGED = "it is damaged, or no zip archive; zip it again, or hand in the .ipynb file itself."
ENTRY_DAMAGED = "it is damaged inside the zip; zip it again, or hand in the .ipynb file itself."
ENTRY_OUTSIDE = "its name in the zip leads out of the zip; zip it again, or hand in the .ipynb file itself."
ENTRY_UNREADABLE = "it is packed in a way that cannot be read here; hand in the .ipynb file itself."

NESTED_TOO_DEEP = "folders nested too deep"
NOT_TO_BE_OPENED = "it is a link, no file, or damaged"
UNUSUAL_NAME = "its name is too long, or has characters that cannot be seen"


def merge_conflict(line: int, mark: str) -> str:
    """For a notebook with git's conflict markers in it."""
    return f"line {line} is a merge conflict marker ({mark}); resolve the conflict and save the notebook again."


def invalid_json(what: str, line: int) -> str:
    """For a notebook that the JSON parser refuses at a line."""
    return f"it is not valid JSON ({what}, line {line}); open it in Jupyter and save it again."


def too_large(mb: float, most_mb: int) -> str:
    """For a file beyond the size that is read."""
    return f"it is {mb:.0f} MB large, and at most {most_mb} MB are read; clear the outputs and save it."


def too_much_text(most_mb: int) -> str:
    """For a notebook whose code and text alone are too large."""
    return f"without its outputs it is still larger than {most_mb} MB, which no exercise needs."


def no_cells_of_a_notebook(error: str) -> str:
    """For JSON whose cells lack what nbformat asks of them."""
    return f"its cells are not a notebook's ({error}); open it in Jupyter and save it again."


def zip_of_too_many_files(most: int) -> str:
    """For a zip with more entries than are looked at."""
    return f"it holds more than {most:,} files; hand in the .ipynb file itself."


def not_one_notebook(notebooks: int) -> str:
    """For a zip handed in with none or several notebooks."""
    holds = f"{notebooks} notebooks" if notebooks else "no notebook"
    return f"it is a zip that holds {holds}; hand in the one .ipynb file that is to be graded."


def unreadable_time(text: str) -> str:
    """For a time that is in no known form."""
    return f"the time {text!r} cannot be read"


def two_days(text: str) -> str:
    """For a date whose day and month could be exchanged."""
    return f"{text!r} may be two days"


def came_twice(text: str) -> str:
    """For a time within the hour that is repeated in autumn."""
    return f"{text!r} came twice, as clocks were set back"


def unknown_zone(name: str) -> str:
    """For a time whose zone is not known."""
    return f"{name!r} is no time zone that is known"


def several_zones(name: str) -> str:
    """For a time with an abbreviation that several zones have."""
    return f"{name!r} is the name of several time zones"


def unsure_order(files: int, taken: str) -> str:
    """For several files of one person without times that tell the last."""
    return f"The times do not tell which of {files} files was handed in last; {taken} was taken: check that."


def unsure_author(files: int, taken: str) -> str:
    """For several files that only the roster makes one person's."""
    return f"{files} files bear the name or number of one person on the roster; {taken} was taken: check that."


def perhaps_handed_in(doubtful: int) -> str:
    """Say that somebody is absent, where ``doubtful`` uploads may be theirs."""
    uploads = "1 upload is" if doubtful == 1 else f"{doubtful} uploads are"
    return (
        f"Nothing was handed in under this name, but {uploads} by somebody whom the roster does not tell for sure, "
        "perhaps a group: look there before this counts as a zero."
    )


def number_of_another(name: str, person: str) -> str:
    """For a file whose number is a person's on the roster and whose name is not."""
    return (
        f"It is named {name!r}, but its number is that of {person!r} on the roster, who was taken. "
        "Is it a group's upload, or the roster another course's?"
    )


def taken_for(name: str, person: str) -> str:
    """For a file whose name is another spelling of that on the roster."""
    return f"It is named {name!r}, and was taken for {person!r} on the roster."


def unknown_member(name: str) -> str:
    """For a group's submission of which one author is not on the roster."""
    return f"{name!r}, who handed it in too, is nobody on the roster."


def number_not_theirs(person: str, what: str, number: str, told: str) -> str:
    """For a person on the roster of whom the file tells another number."""
    return f"It was taken for {person!r}, whose {what} on the roster is {number!r}, not {told!r}."


def fits_several(what: str) -> str:
    """For a file that several people on the roster fit equally well."""
    return f"Several people on the roster fit {what}, so it counts for none of them."


def name_not_borne(what: str, person: str) -> str:
    """For a file that a number alone makes a person's, whose name is another."""
    return f"On the roster {what} is {person!r}, whose name it does not bear: is the roster another assignment's?"


def taken_for_others(names: str, what: str, person: str) -> str:
    """For a group's file whose number is somebody else's on the roster."""
    return f"It was taken for {names}, but {what} is {person!r} on the roster."


def too_many_beside(files: int) -> str:
    """For more files beside a notebook than are taken along."""
    return f"there are more than {files} files"


def too_much_beside(mb: int) -> str:
    """For files beside a notebook that are too large together."""
    return f"files beside a notebook may be {mb} MB together"


def withheld(files: Mapping[str, str]) -> str:
    """Say which files a notebook's code cannot read; ``files`` gives the reasons."""
    told = [f"{name} ({reason})" for name, reason in files.items()]
    return f"Your code could not read these files beside the notebook: {first_of(told, 3)}." if told else ""


# To staff, on files and folders that cannot be read, on what was pulled, and on rosters.

LINK_TO_FOLDER = "a link to a folder"
NO_PEOPLE_COLUMN = (
    "has no column that says who is who; its first line must name some of: "
    "student (or name), id, user id, login, sis id, email"
)


def no_such_path(path: Path) -> str:
    """For a path on the command line that is not there."""
    return f"there is no file or folder {str(path)!r}; check the spelling, or the folder you are in."


def none_gradable(label: object, reason: str) -> str:
    """For zips named on the command line of which none can be graded."""
    return f"{label} cannot be graded: {reason}"


def could_not_be_read(name: str) -> str:
    """For a file that the system did not let be read; a reason goes on after it."""
    return f"{name} could not be read"


def folder_not_listed(name: str) -> str:
    """For a folder that the system did not let be listed; a reason goes on after it."""
    return f"The folder {name} could not be listed"


def cannot_unpack(folder: Path) -> str:
    """For a batch's folder in which a zip's contents cannot be put."""
    return f"cannot unpack into {folder} (choose another folder with -o)"


def not_pulled_to_the_end(folder: Path) -> str:
    """For a folder of a pull that was interrupted."""
    return f"{folder} was not pulled to the end; give the same `grader pull` again, then grade it."


def manifest_unreadable(path: Path, reason: str) -> str:
    """For a folder of a pull whose list of files is damaged."""
    return f"{path} cannot be read ({reason}); move it away and pull again."


def no_notebook_of_authors(reason: str) -> str:
    """For an assignment's own notebook that cannot be read."""
    return f"cannot be read as a notebook: {reason}"


def no_csv(path: Path, reason: object) -> str:
    """For a roster that the CSV parser refuses."""
    return f"{path} is not CSV: {reason}; save it as CSV from the program that made it."


def is_spreadsheet(path: Path) -> str:
    """For a roster in a spreadsheet's own format."""
    return f"{path} is a spreadsheet; save it as CSV (UTF-8), and give that."


def names_nobody(path: Path) -> str:
    """For a roster without a row of a person."""
    return f"{path} names nobody below its first line."


# To staff, on a batch: what is not sure, what was not graded.


def earlier_attempts(count: int) -> str:
    """Say that files were followed by a later attempt."""
    was = "was" if count == 1 else "were"
    return f"{plural(count, 'file')} {was} handed in before a later one and {was} not graded"


def not_notebooks(count: int) -> str:
    """Say that files are no notebooks."""
    many = "files are not notebooks and were not graded"
    return "1 file is not a notebook and was not graded" if count == 1 else f"{count} {many}"


def passed_over(count: int, kind: str) -> str:
    """Say why files and folders were not looked at."""
    what = "1 file or folder was" if count == 1 else f"{count} files or folders were"
    return f"{what} passed over ({kind})"


def not_on_roster(count: int) -> str:
    """Say that the roster knows nobody who handed in some submissions."""
    return f"{plural(count, 'submission')} {'is' if count == 1 else 'are'} by nobody on the roster"


def conflicting(count: int) -> str:
    """Say that what is known of some submissions does not agree."""
    return f"{plural(count, 'submission')} {'has' if count == 1 else 'have'} evidence that does not agree"


def all_absent(count: int) -> str:
    """Say that nobody on a roster handed anything in."""
    people = "the 1 person" if count == 1 else f"the {count} people"
    return f"nothing was handed in by any of {people} on the roster"


def unclear_times(count: int, what: str) -> str:
    """Say what of the times of some submissions was not understood."""
    return f"{plural(count, 'submission')} {'has' if count == 1 else 'have'} a time that is not clear ({what})"


def several_rows(count: int) -> str:
    """Say that some people have several submissions."""
    return f"{plural(count, 'submission')} {'is' if count == 1 else 'are'} by people with several rows"
