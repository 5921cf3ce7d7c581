"""The sentences that count: what was kept, what was not graded, and what a machine lacks."""

from __future__ import annotations

import pytest

from grader import messages as grader_messages
from grader.cli import batch_messages, messages
from grader.english import listed
from grader.intake import Found, intake_remarks


def test_rows_that_were_kept_are_told_from_those_of_earlier_runs() -> None:
    """What this run found unchanged is one number, and what it was not given is another."""
    counts = [("graded", 17), ("could not be read", 4), ("grader errors", 0)]

    assert batch_messages.batch_counts(21, counts, kept=3, earlier=18) == (
        "21 submissions: 17 graded, 4 could not be read (3 unchanged and not graded again; 18 rows from earlier runs)"
    )
    assert batch_messages.batch_counts(21, counts, kept=0, earlier=1).endswith("(1 row from earlier runs)")
    assert batch_messages.batch_counts(21, counts, kept=0, earlier=0).endswith("4 could not be read")


def test_people_who_handed_in_nothing_have_a_row_and_no_submission() -> None:
    """The numbers add up."""
    counts = [("graded", 17), ("not submitted", 4)]

    said = batch_messages.batch_counts(17, counts, kept=0, earlier=0)

    assert said == "17 submissions in 21 rows: 17 graded, 4 not submitted"


def test_what_could_not_be_graded_again_is_counted() -> None:
    """No row is missing from the sum."""
    said = grader_messages.regraded(1, 2, 3, 4, previewed=True)

    assert said == (
        "1 grade would change, 2 would not, 3 still hold, 4 could not be graded again. Nothing was written."
    )
    assert grader_messages.regraded(1, 2, 3, 0, previewed=False) == "1 grade changed, 2 did not, 3 still held."


def test_names_with_commas_are_listed_with_semicolons() -> None:
    """Otherwise nobody can tell one person from the next."""
    assert listed(["Doe, Jane", "Li, Chen", "Ada"]) == "Doe, Jane; Li, Chen and Ada"
    assert listed(["a", "b", "c"]) == "a, b and c"


@pytest.mark.parametrize(
    ("extras", "title"),
    [
        (("x",), "1 file is not a notebook and was not graded"),
        (("x", "y"), "2 files are not notebooks and were not graded"),
    ],
)
def test_what_was_not_graded_is_told_in_the_number_that_fits(extras: tuple[str, ...], title: str) -> None:
    """One file is, two files are."""
    [remark] = intake_remarks([], Found((), extras=extras))

    assert remark.title == title


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ([], "Grading works here, also with `--sandbox=strict`."),
        (["cgroups"], "Grading works here. `--sandbox=strict` would be refused: cgroups is missing."),
        (
            ["namespaces", "cgroups"],
            "Grading works here. `--sandbox=strict` would be refused: namespaces and cgroups are missing.",
        ),
    ],
)
def test_the_doctor_ends_with_what_works_here(missing: list[str], said: str) -> None:
    """One sentence says whether grading works, and what the strict sandbox would lack."""
    assert messages.what_works(missing) == said
