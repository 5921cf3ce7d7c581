"""Sentences to staff on what is exported, and on files that cannot be read or filled in.

``names`` are those of people or submissions, of which the first are listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from grader.english import first_of, listed, people, plural

_MOST_NAMED = 20
_NOTHING_WRITTEN = "Nothing was written"


def _first_names(names: Sequence[str]) -> str:
    return first_of(names, _MOST_NAMED, "; ")  # a name may have commas in it


# Who has no grade, or another one than it looks.


def zeros(names: Sequence[str]) -> str:
    """For unreadable submissions that are exported as 0."""
    return f"0 for {people(len(names))} whose file is no notebook: {_first_names(names)}"


def unsure_whose(names: Sequence[str]) -> str:
    """For grades whose submission may be another person's; each name brings the reason."""
    return f"not sure whose these are: {_first_names(names)}"


def corrected_before(names: Sequence[str]) -> str:
    """For people whose correction names an earlier file than the one that was graded."""
    return f"corrected for what was handed in before, and not for what is graded: {_first_names(names)}"


def without_grade(names: Sequence[str], reason: str) -> str:
    """For people who have no grade, all for one reason."""
    return f"no grade for {people(len(names))} ({reason}): {_first_names(names)}"


def no_grade_written(name: str, reason: str) -> str:
    """For the one submission of an export that has no grade."""
    return f"there is no grade for {name} ({reason}), and so nothing was written."


def not_one_submission(which: str, ids: Sequence[str]) -> str:
    """For a format of one submission; ``which`` says why it is not known which one."""
    return f"this format holds one submission, and {which}; there are: {_first_names(ids) or 'none'}."


def no_such_id(wanted: str) -> str:
    """For an id given by --submission that no submission has."""
    return f"none has the id {wanted!r}"


def several_submissions(found: int) -> str:
    """For a batch of none or several submissions where --submission was not given."""
    return f"{'several' if found else 'none'} can be meant, with --submission"


# Whose grade belongs into which row.


def nothing_written(reasons: Sequence[str]) -> str:
    """For an export that would lose grades in silence; ``reasons`` are sentences."""
    advice = "correct the file, or give --partial to export the other grades."
    return f"{' '.join(reasons)} {_NOTHING_WRITTEN}; {advice}"


def not_in_file(names: Sequence[str], path: Path | str) -> str:
    """For people with a grade whom no row of a platform's table fits."""
    return f"{people(len(names))} with a grade not in {path}: {_first_names(names)}."


def several_grades(names: Sequence[str], path: Path | str) -> str:
    """For rows of a platform's table that the grades of several submissions fit."""
    return f"more than one grade for {people(len(names))} in {path}: {_first_names(names)}."


def same_key(path: Path | str, rows: tuple[int, int], kind: str, value: str) -> str:
    """Say that two rows, counted from 1, have the same ``kind`` of key."""
    return (
        f"{path}: rows {rows[0]} and {rows[1]} have the same {kind} {value!r}, so that it is not known whose grade is "
        "whose; download the file again, or remove one."
    )


def by_number_alone(names: Sequence[str], path: Path | str) -> str:
    """For rows that were found by a number although the names differ."""
    return f"by the number alone, for {path} has another name (a group's?): {_first_names(names)}"


def left_as_they_were(rows: int, path: Path | str) -> str:
    """For rows of a platform's table whose people have no grade."""
    return f"left as {'it was' if rows == 1 else 'they were'}: {plural(rows, 'row')} of {path} without a grade here."


def other_points(what: str, points: float, most: float, shown: str) -> str:
    """Say that a platform gives other points than the assignment; ``shown`` is the latter."""
    return (
        f"{what} has {plural(points, 'point')}, and the grades are out of {shown}; make it {plural(most, 'point')} "
        "there, or give --scale to convert the grades."
    )


def different_points(found: Sequence[str]) -> str:
    """For results out of different sums of points, which one column cannot hold."""
    return (
        f"the grades are out of {listed(found)} points, for the assignment has changed since some were graded; "
        "grade all of them again."
    )


def option_of_others(option: str, format: str, takers: Sequence[str]) -> str:
    """For an option that the chosen format does not take."""
    return f"--{option} says nothing to {format}; it is for {listed(takers)}."


# A table of a platform's that is filled in.

NO_TABLE = "the file to fill in is missing: download it from the platform, and give it with --into FILE."


def empty_table(path: Path) -> str:
    """For a platform's table without a row."""
    return f"{path} is empty; download it again."


def no_csv(path: Path) -> str:
    """For a platform's table that is no text, or no CSV."""
    return f"{path} is no CSV; give the file that was downloaded, not saved as a spreadsheet's own format."


def open_quote(path: Path, line: int) -> str:
    """For a platform's table that was cut off, or damaged, within a quoted cell."""
    return f"{path}, line {line}, has a quote that does not end; download the file again."


def no_one_column(path: Path, title: str, fits: int, known: Sequence[str]) -> str:
    """Say that a title names no column, or several; ``known`` are those that there are."""
    which = "several columns" if fits else "no column"
    titles = ", ".join(map(repr, known)) or "none"
    return f"{path} has {which} for {title!r}; it has {titles}: name one with --column."


def column_in(title: str, path: Path) -> str:
    """Name a column of a platform's table, as the beginning of a sentence."""
    return f"{title!r} in {path}"


def not_of_brightspace(path: Path) -> str:
    """For a table without the column that ends all of Brightspace's exports."""
    return (
        f"{path} is no export of Brightspace's: its last column is not End-of-Line Indicator; export grades or the "
        "classlist again, as CSV."
    )


def computed_by_canvas(path: Path, title: str) -> str:
    """For a column of Canvas's gradebook that is read only."""
    return f"{path}: Canvas computes {title!r} itself; name another with --column."


def left_by_canvas(names: Sequence[str]) -> str:
    """For cells of Canvas's gradebook that say why they take no grade."""
    return f"excused or not assigned in Canvas, and left so: {people(len(names))}, {_first_names(names)}"


def graded_by_scale(path: Path) -> str:
    """For a worksheet of Moodle's whose grades are words of a scale."""
    return f"{path} is of an assignment that is graded by a scale; choose points in Moodle."


def no_worksheet(path: Path) -> str:
    """For a table without the columns of Moodle's grading worksheet."""
    return (
        f"{path} is no grading worksheet of Moodle: it has no column for grades with the maximum beside it; "
        "download it from the assignment with quick grading's “Download grading worksheet”."
    )


def assignment_in(path: Path) -> str:
    """Name an assignment by its worksheet, as the beginning of a sentence."""
    return f"the assignment in {path}"


def locked_by_moodle(names: Sequence[str]) -> str:
    """For rows of Moodle's worksheet that say that their grade cannot be changed."""
    return f"locked in Moodle, and left so: {people(len(names))}, {_first_names(names)}"


def no_comments(path: Path) -> str:
    """For a worksheet of Moodle's of an assignment without feedback comments."""
    return f"{path} has no column for feedback comments, and so grades alone were written"


def comments_kept(names: Sequence[str]) -> str:
    """For rows with a comment that the grader did not write."""
    return f"with a comment of somebody's already, which stays: {people(len(names))}, {_first_names(names)}"


# The pages as a platform wants them named.

CANVAS_NUMBERS = (
    "the numbers of user and upload by which Canvas knows it (links, texts and anonymous uploads have none)"
)
MOODLE_NUMBER = "the number by which Moodle knows a participant"
NO_FEEDBACK = "nobody has a grade, and so there is no feedback; grade the batch first."


def two_of_one_name(page: str, name: str) -> str:
    """For two submissions whose feedback the platform would want in one file."""
    return f"{page} would be the feedback of two submissions, one of them {name}; keep one."


def without_number(names: Sequence[str], known_by: str) -> str:
    """For submissions whose file's name lacks what the platform knows them by."""
    return f"no name of what was handed in holds {known_by}: {people(len(names))}, {_first_names(names)}"


def none_with_number(without: str) -> str:
    """For feedback of which no page could be named; ``without`` is of whom."""
    return f"{without}. {_NOTHING_WRITTEN}; grade what the platform hands out, as it is."


def some_without_number(without: str) -> str:
    """For feedback of which some pages could not be named; ``without`` is of whom."""
    return f"{without}. {_NOTHING_WRITTEN}; give --partial to export the others' feedback."


# Gradescope and GitHub.

SUMMARY_CUT = "The rest is left out: a summary may have 1024 KiB."
CHECK_FAILS = "This check fails."
KEEP_ZIP_PRIVATE = "the zip holds the solution and hidden checks: upload it to Gradescope, and hand it to no student"
INSTALL_PARQUET = (
    "Parquet is written by pyarrow, which is not installed; in the grader's repository, "
    "`.venv/bin/pip install --editable '.[parquet]'` installs it."
)


def points_in_gradescope(theirs: str, ours: str, *, converted: bool) -> str:
    """For an assignment that has other points in Gradescope than here."""
    kept = "converted" if converted else "written as they are; --scale converts them"
    return f"Gradescope has {theirs} points for it, grades are out of {ours}: {kept}"


def no_metadata(path: Path, reason: str) -> str:
    """For Gradescope's metadata of a submission that cannot be read, or lacks a field."""
    return (
        f"{path} cannot be read as Gradescope's submission_metadata.json ({reason}); give the file that Gradescope "
        "puts beside a submission."
    )


def handed_in_late(late: timedelta) -> str:
    """Tell a student how late a submission was, by Gradescope's times."""
    minutes = late.seconds // 60
    hours = minutes // 60
    parts = [plural(late.days, "day")] * (late.days > 0) + [f"{hours} h"] * (hours > 0) + [f"{minutes % 60} min"]
    return f"Handed in {' '.join(parts)} after the due date."


def unknown_assignment(slug: str) -> str:
    """For an export that needs the assignment's files where those are not found."""
    return f"the assignment {slug!r} is not known here; name its folder with -a."


def no_plain_name(slug: str) -> str:
    """For a slug that cannot stand in a shell script without quotes."""
    return f"a shell script is to name {slug!r}: call the assignment's folder something plain."


def renamed_wheel(wheel: Path) -> str:
    """For a wheel whose name pip would not take."""
    return f"{wheel} is not named as wheels are; give it the name with which it was built."


def more_in_summary(count: int) -> str:
    """For findings beyond the number of annotations that GitHub shows."""
    return f"{count} more {'is' if count == 1 else 'are'} in the summary of this step."


# A file of results that cannot be read; the reasons go on after "... cannot be read: ".

NO_ROW = "there is no row in the file"
TOO_DEEP = "it is nested too deeply"
NO_SHA256 = "submission.sha256 is no SHA-256"
NO_SECONDS = "provenance.call_s is no number of seconds"


def unreadable_line(path: Path, line: int, reason: str) -> str:
    """For a line of results.jsonl that is no row, with the reason."""
    advice = "mend it, or restore the file from a copy, or move the file away to start over."
    return f"{path}, line {line}, cannot be read: {reason}; {advice}"


def no_file_of_results(path: Path) -> str:
    """For a results.jsonl that is a folder, a pipe or a device."""
    return f"{path} is no file of results; move it away to start over."


def no_text(encoding: str) -> str:
    """For a line that cannot be decoded."""
    return f"it is no text in {encoding.upper()}"


def no_json(word: str) -> str:
    """For a line that the JSON parser refuses; ``word`` is what it stumbled over."""
    return f"it is no JSON: {word}"


def second_row(id: str) -> str:
    """For a file with two rows of one submission."""
    return f"it is a second row of {id!r}, and one of them would be lost"


def no_id(text: str) -> str:
    """For a row whose id could not be a file's name."""
    return f"{text[:60]!r} is no id of a submission"


def no_slug(text: str) -> str:
    """For a row whose assignment could not be a slug."""
    return f"{text[:60]!r} is no name of an assignment"


def impossible_number(number: float) -> str:
    """For a row with a negative or infinite number where there can be none."""
    return f"a score, max_score, points or duration_s is {number:g}, which it cannot be"


def impossible_share(earned: float, possible: float) -> str:
    """For a row in which more was earned than there is."""
    return f"a score or points is {earned:g} of {possible:g}, which it cannot be"
