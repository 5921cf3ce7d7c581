"""Results that were written once can be read for ever.

``golden/`` holds files of each schema, and none is changed.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.export import read_results, write_results
from grader.output_folder import render

GOLDEN = Path(__file__).parent / "golden"
SCHEMA_1 = GOLDEN / "schema_1.jsonl"


def test_what_was_read_is_written_as_it_was(tmp_path: Path) -> None:
    """Each key, value and their order in samples of schema 1 are written as they were."""
    write_results(tmp_path / "results.jsonl", read_results(SCHEMA_1))

    assert (tmp_path / "results.jsonl").read_text() == SCHEMA_1.read_text()


def test_keys_of_a_later_version_are_passed_over() -> None:
    """A key may be added, at any place, without a new schema.

    What is known is read all the same.
    """
    assert read_results(GOLDEN / "schema_1_more_keys.jsonl") == read_results(SCHEMA_1)


def test_keys_that_may_be_missing_may_be_missing(tmp_path: Path) -> None:
    """Results of an earlier version lack what was added since.

    Pages and the gradebook are made of what there is.
    """
    rows = tmp_path / "results.jsonl"
    rows.write_bytes((GOLDEN / "schema_1_least.jsonl").read_bytes())

    assert [(r.submission.attempt, r.provenance.seed) for r in read_results(rows)] == [(1, None)] * 2
    render(tmp_path)
    grades = [line.split(",")[:5] for line in (tmp_path / "grades.csv").read_text().splitlines()[1:]]
    assert grades == [["ada", "ada", "1", "2", "graded"], ["bob", "bob", "", "2", "not_submitted"]]


@pytest.mark.parametrize(
    ("schema", "said"),
    [(2, "it is of schema 2, and this grader reads schema 1"), (None, "it does not say of which schema it is")],
)
def test_another_schema_is_refused(tmp_path: Path, schema: int | None, said: str) -> None:
    """The sentence names the file, the line and both schemas."""
    row = json.loads(SCHEMA_1.read_text().splitlines()[0]) | {"schema": schema}
    if schema is None:
        del row["schema"]
    rows = tmp_path / "results.jsonl"
    rows.write_text(f"{json.dumps(row)}\n")

    with pytest.raises(UsageError, match=rf"results\.jsonl, line 1, cannot be read: {said};"):
        read_results(rows)
