"""A folder that was pulled from a platform tells all that the platform knew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.intake import find
from grader.intake.pull_manifest import (
    PulledAttempt,
    PulledFile,
    PulledSubmission,
    PullManifest,
    read_manifest,
    write_manifest,
)
from grader.person import Person

Write = Callable[..., Path]
NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 2}'
ADA = PulledSubmission(
    key=("canvas", "4711", "lovelaceada"),
    name="Ada Lovelace",
    people=(Person(id="4711", name="Ada Lovelace", sis="S1", login="ada", email="ada@uni.example"),),
    attempts=(
        PulledAttempt(1, "2026-11-20T10:00:00+00:00", files=(PulledFile("Ada_4711/1/hw1.ipynb", "1"),)),
        PulledAttempt(3, "2026-11-22T10:00:00+00:00", late=True, files=(PulledFile("Ada_4711/3/hw1.ipynb", "2"),)),
    ),
    due="2026-11-21T10:00:00+00:00",
    section="Tuesday",
)
TEAM = PulledSubmission(
    key=("canvas", "group-9", "team9"),
    name="Team 9",
    people=(Person(id="4712", name="Ben"), Person(id="4713", name="Cid")),
    attempts=(PulledAttempt(1, "2026-11-20T10:00:00+00:00", files=(PulledFile("Team_9/1/work.zip", "3"),)),),
    group="Team 9",
)


@pytest.fixture
def pulled(written: Write, tmp_path: Path) -> Callable[..., Path]:
    """A folder with these submissions' files, and others."""

    def folder(submissions: Sequence[PulledSubmission] = (ADA, TEAM), *others: str, complete: bool = True) -> Path:
        for path in [f.path for s in submissions for a in s.attempts for f in a.files] + [*others]:
            written(NOTEBOOK, f"pulled/{path}")
        root = tmp_path / "pulled"
        page = "https://canvas.example/courses/1/assignments/2"
        write_manifest(root, PullManifest("canvas", page, "Lens", tuple(submissions), 20.0, complete=complete))
        return root

    return folder


def test_a_submission_has_all_that_the_platform_knew(pulled: Callable[..., Path]) -> None:
    """The last attempt counts, under the platform's own number."""
    ada, team = find([pulled()]).submissions

    assert (ada.id, ada.student, ada.label) == ("Ada_Lovelace_4711", "Ada Lovelace", "Ada_4711/3/hw1.ipynb")
    assert (ada.attempt, ada.earlier, ada.late) == (3, ("Ada_4711/1/hw1.ipynb",), True)
    assert (ada.submitted, ada.due) == ("2026-11-22T10:00:00+00:00", "2026-11-21T10:00:00+00:00")
    assert (ada.section, ada.group, ada.claims) == ("Tuesday", "", ADA.people)
    assert (team.group, team.claims) == ("Team 9", TEAM.people)
    assert ada.record().section == "Tuesday"


def test_files_that_the_manifest_does_not_name_are_nobodys(pulled: Callable[..., Path]) -> None:
    """What an earlier pull left, or the roster beside it, is neither graded nor listed."""
    found = find([pulled([ADA], "Ada_4711/2/old.ipynb", "roster.csv")])

    assert [s.label for s in found.submissions] == ["Ada_4711/3/hw1.ipynb"]
    assert found.extras == ()


def test_a_folder_that_is_not_complete_is_not_graded(pulled: Callable[..., Path]) -> None:
    """What is missing may be the attempt that counts."""
    with pytest.raises(UsageError, match="not pulled to the end"):
        find([pulled(complete=False)])


def test_a_students_own_manifest_says_nothing(pulled: Callable[..., Path], written: Write) -> None:
    """Only the one beside the folders of all was written by the grader."""
    first = replace(
        ADA.attempts[0], files=(PulledFile("Ada_4711/1/hw1.ipynb", "1"), PulledFile("A/1/pulled.json", "2"))
    )
    root = pulled([replace(ADA, attempts=(first,))])
    written("{}", "pulled/A/1/pulled.json")

    assert [s.student for s in find([root]).submissions] == ["Ada Lovelace"]


def test_a_manifest_is_read_as_it_was_written(pulled: Callable[..., Path]) -> None:
    """Every field survives."""
    manifest = read_manifest(pulled())

    assert manifest is not None
    assert manifest.submissions == (ADA, TEAM)
    assert (manifest.points, manifest.complete) == (20.0, True)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"schema": 1}', '{"platform": "c", "address": "", "title": "", "schema": 9}']
)
def test_what_is_no_manifest_is_one_sentence(written: Write, tmp_path: Path, text: str) -> None:
    """Damaged by hand or by another version."""
    written(text, "pulled/pulled.json")

    with pytest.raises(UsageError, match="cannot be read"):
        find([tmp_path / "pulled"])
