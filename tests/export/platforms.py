"""Readers as strict as the platforms' own, from their sources and not from our exports."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Collection
from pathlib import PurePosixPath


def canvas(data: bytes) -> dict[str, dict[str, str]]:
    """Read a gradebook as Canvas imports it (lib/gradebook_importer.rb).

    It returns the grades by assignment's and user's id.
    """
    text = data.decode("utf-8").removeprefix("\ufeff")
    first = text.splitlines()[:3]
    sizes = {mark: {len(next(csv.reader([line], delimiter=mark))) for line in first} for mark in ";,"}
    width = {mark: size.pop() if len(size) == 1 else 0 for mark, size in sizes.items()}
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if width[";"] > width[","] else ",", strict=True)
    header = next(rows)
    assert "Student" in header[0]
    assert "ID" in header[1]
    section = header.index("Section")
    columns = {m[1]: n for n, t in enumerate(header) if n > section and (m := re.search(r" \((\d+)\)$", t))}
    grades: dict[str, dict[str, str]] = {number: {} for number in columns}
    for row in rows:
        if "Points Possible" in row[0] or all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", c) for c in row):
            continue
        assert len(row) == len(header)
        for number, column in columns.items():
            grades[number][row[1]] = _normal(row[column].strip())
    return grades


def _normal(cell: str) -> str:
    """Turn decimal commas into points as Canvas does: the last mark is the decimal one."""
    if not re.fullmatch(r"-?[0-9.,]+%?", cell):
        return cell
    *parts, last = re.split(r"[,.]", cell)
    return f"{''.join(parts)}.{last}" if parts else last


def moodle(
    data: bytes, grade: str = "Grade", participant: str = "Participant ", mark: str = "."
) -> dict[int, tuple[float | None, str]]:
    """Read a worksheet as Moodle does (mod/assign/feedback/offline).

    The grade and the comment by participant. ``grade`` and ``participant`` are the words of the site's language,
    ``mark`` is its decimal mark.
    """
    rows = csv.reader(io.StringIO(data.decode("utf-8").removeprefix("\ufeff"), newline=""), strict=True)
    header = next(rows)
    at, comments = header.index(grade), len(header) - 1
    found = {}
    for row in rows:
        assert len(row) == len(header)
        cell = row[at].strip()
        assert set(cell) <= set("0123456789" + mark)
        cell = cell.replace(mark, ".")
        found[int(row[0][len(participant) :])] = (float(cell) if cell else None, row[comments])
    return found


def brightspace(data: bytes, item: str) -> dict[str, str]:
    """Return an item's points by OrgDefinedId, as Brightspace imports them.

    Source: "Importing grades".
    """
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    assert rows.fieldnames
    assert rows.fieldnames[-1] == "End-of-Line Indicator"
    [column] = [n for n in rows.fieldnames if re.fullmatch(rf"{re.escape(item)} Points Grade( <.*>)?", n)]
    found = {}
    for row in rows:
        assert row["End-of-Line Indicator"] == "#"
        assert None not in row
        found[row["OrgDefinedId"].lstrip("#")] = row[column]
    return found


def canvas_comments(data: bytes, uploads: Collection[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
    """Return files by user and upload as Canvas does (app/models/assignment.rb).

    Only these uploads may be among them.
    """
    found = {}
    for name, content in _entries(data).items():
        words = PurePosixPath(name).name.split("_")
        user, upload = [word for word in words if re.fullmatch("[0-9]+", word)][:2]
        assert not words[-1].startswith("link")
        assert not name.startswith("._")
        assert (user, upload) in uploads
        found[user, upload] = content
    return found


def moodle_files(data: bytes, participants: Collection[int]) -> dict[int, dict[str, bytes]]:
    """Return files by participant as Moodle reads them.

    Source: mod/assign/feedback/file/importziplib.php.
    """
    found: dict[int, dict[str, bytes]] = {}
    for name, content in _entries(data).items():
        assert not PurePosixPath(name).name.startswith((".", "~"))
        parts = name.split("/")
        while parts:
            info = parts.pop(0).split("_", 4)
            if len(info) < 4 or not info[1].isdigit() or int(info[1]) not in participants:
                continue
            assert (info[2], info[3]) in {("assignsubmission", "file"), ("assignfeedback", "file")}
            path = "/".join([*info[4:], *parts]).lstrip("/")
            found.setdefault(int(info[1]), {})[path] = content
            break
        else:
            raise AssertionError(f"{name} is nobody's")
    return found


def _entries(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert len(set(archive.namelist())) == len(archive.namelist())
        return {name: archive.read(name) for name in archive.namelist()}
