"""The pages in a real browser: the table of a batch sorts and filters, and every page fits a phone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.report import batch_page, staff_page, student_page

from .browser import PROGRAM, Browser, browser

pytestmark = pytest.mark.skipif(not PROGRAM and "CI" not in os.environ, reason="this machine has no Chromium")

STUDENTS = (
    "[...document.querySelectorAll('table.batch tbody tr')].filter(r => !r.hidden).map(r => r.cells[0].dataset.key)"
)
SCORES = {"zoe": 9.0, "Émile": 20.0, "adam": 10.0}


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser for all tests."""
    with browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture
def table(chromium: Browser, results: dict[str, Any], tmp_path: Path) -> Browser:
    """A browser that shows a batch of zoe with 9 points, Émile with 20, adam with 10, and hal, who was not graded."""
    graded = [
        replace(results["full"], submission=results["full"].submission | {"id": who, "student": who}, score=score)
        for who, score in SCORES.items()
    ]
    page = tmp_path / "index.html"
    page.write_text(batch_page([*graded, results["error"]]))
    chromium.open(page)
    return chromium


def sort_by(table: Browser, head: str) -> str:
    """Click on the header of this name and return what it says of the order."""
    column = f"[...document.querySelectorAll('table.batch th')].find(h => h.textContent.startsWith('{head}'))"
    table.run(f"{column}.querySelector('button').click()")
    return str(table.run(f"{column}.ariaSort"))


def test_rows_stand_in_input_order_until_a_header_is_clicked(table: Browser) -> None:
    """Nothing is sorted or hidden unasked."""
    assert table.run(STUDENTS) == ["zoe", "Émile", "adam", "hal"]


def test_scores_sort_as_numbers_both_ways(table: Browser) -> None:
    """Nine comes before ten, and what was not graded before every score; a second click turns the order round."""
    assert sort_by(table, "Score") == "ascending"
    assert table.run(STUDENTS) == ["hal", "zoe", "adam", "Émile"]
    assert sort_by(table, "Score") == "descending"
    assert table.run(STUDENTS) == ["Émile", "adam", "zoe", "hal"]


def test_names_sort_as_people_do(table: Browser) -> None:
    """Accents and capitals do not send a name to the end."""
    sort_by(table, "Student")

    assert table.run(STUDENTS) == ["adam", "Émile", "hal", "zoe"]


def test_one_header_at_a_time_says_that_it_sorts(table: Browser) -> None:
    """A screen reader hears the column that the rows are sorted by, and no other."""
    sort_by(table, "Score")
    sort_by(table, "Status")

    assert table.run("document.querySelectorAll('[aria-sort]').length") == 1


def test_a_header_sorts_by_keyboard(table: Browser) -> None:
    """Enter does what a click does."""
    table.run("document.querySelectorAll('table.batch th button')[1].focus()")
    table.press("Enter", 13, "\r")

    assert table.run(STUDENTS) == ["hal", "zoe", "adam", "Émile"]


def test_the_box_shows_the_rows_that_hold_every_word(table: Browser) -> None:
    """Words count in any order and case; how many rows are left is said, and an empty box shows all again."""
    table.run("document.querySelector('.filter input').focus()")
    table.type("PASSED éMile")
    found, said = table.run(STUDENTS), table.run("document.querySelector('.filter output').textContent")
    table.run("document.querySelector('.filter input').select()")
    table.press("Backspace", 8)

    assert (found, said) == (["Émile"], "1 of 4 rows")
    assert table.run(STUDENTS) == ["zoe", "Émile", "adam", "hal"]


def test_what_is_filtered_stays_filtered_when_it_is_sorted(table: Browser) -> None:
    """Sorting brings no hidden row back."""
    table.run("document.querySelector('.filter input').focus()")
    table.type("passed")
    sort_by(table, "Student")

    assert table.run(STUDENTS) == ["adam", "Émile", "zoe"]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("kind", ["batch", "student", "staff"])
def test_no_page_is_wider_than_the_window(
    chromium: Browser, results: dict[str, Any], tmp_path: Path, kind: str, width: int
) -> None:
    """Text wraps, and what is wide scrolls in a box of its own."""
    pages = {
        "batch": lambda: batch_page(list(results.values())),
        "student": lambda: student_page(results["reversed"]),
        "staff": lambda: staff_page(results["reversed"]),
    }
    path = tmp_path / "page.html"
    path.write_text(pages[kind]())
    chromium.open(path, width)

    assert chromium.run("document.documentElement.scrollWidth") <= width
