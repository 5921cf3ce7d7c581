"""In a real browser a batch's table sorts and filters, and every page fits a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from grader.report import batch_page, staff_page, student_page
from tests.browser import needs_browser, running_browser

_HEIGHTS = "found => found.map(d => d.offsetHeight > d.querySelector('summary').offsetHeight)"
SCORES = {"zoe": 9.0, "Émile": 20.0, "adam": 10.0}

pytestmark = needs_browser


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    """A tab of a headless Chromium."""
    with running_browser() as browser:
        yield browser.new_page()


@pytest.fixture
def batch(tab: Page, results: dict[str, Any], tmp_path: Path) -> Page:
    """The page of zoe with 9 points, Émile with 20, adam with 10, and hal, not graded."""
    graded = [
        replace(results["full"], submission=replace(results["full"].submission, id=who, student=who), score=score)
        for who, score in SCORES.items()
    ]
    page = tmp_path / "index.html"
    page.write_text(batch_page([*graded, results["error"]]))
    tab.goto(page.as_uri())
    return tab


def students(batch: Page) -> list[str]:
    """Return who is shown, from top to bottom."""
    rows = batch.locator("table.batch tbody tr:visible td:first-child, table.batch tbody tr:visible th:first-child")
    return [cell.locator("bdi").first.inner_text() for cell in rows.all()]


def sort_by(batch: Page, head: str) -> str | None:
    """Click on the header of this name and return what it says of the order."""
    header = batch.get_by_role("columnheader", name=head)
    header.get_by_role("button").click()
    return header.get_attribute("aria-sort")


def test_rows_stand_in_input_order_until_a_header_is_clicked(batch: Page) -> None:
    """Nothing is sorted or hidden unasked."""
    assert students(batch) == ["zoe", "Émile", "adam", "hal"]


def test_scores_sort_as_numbers_both_ways(batch: Page) -> None:
    """Nine comes before ten, and what was not graded before every score.

    A second click turns the order round.
    """
    assert sort_by(batch, "Score") == "ascending"
    assert students(batch) == ["hal", "zoe", "adam", "Émile"]
    assert sort_by(batch, "Score") == "descending"
    assert students(batch) == ["Émile", "adam", "zoe", "hal"]


def test_names_sort_as_people_do(batch: Page) -> None:
    """Accents and capitals do not send a name to the end."""
    sort_by(batch, "Student")

    assert students(batch) == ["adam", "Émile", "hal", "zoe"]


def test_one_header_at_a_time_says_that_it_sorts(batch: Page) -> None:
    """A screen reader hears the column that the rows are sorted by, and no other."""
    sort_by(batch, "Score")
    sort_by(batch, "Status")

    assert batch.locator("[aria-sort]").count() == 1


def test_a_header_sorts_by_keyboard(batch: Page) -> None:
    """Enter does what a click does."""
    batch.get_by_role("columnheader", name="Score").get_by_role("button").press("Enter")

    assert students(batch) == ["hal", "zoe", "adam", "Émile"]


def test_the_box_shows_the_rows_that_hold_every_word(batch: Page) -> None:
    """Words count in any order and case.

    How many rows are left is said, and an empty box shows all again.
    """
    box = batch.locator(".filter input")
    box.fill("PASSED éMile")
    found, said = students(batch), batch.locator(".filter output").text_content()
    box.fill("")

    assert (found, said) == (["Émile"], "1 of 4 rows")
    assert students(batch) == ["zoe", "Émile", "adam", "hal"]


def test_what_is_filtered_stays_filtered_when_it_is_sorted(batch: Page) -> None:
    """Sorting brings no hidden row back."""
    batch.locator(".filter input").fill("passed")
    sort_by(batch, "Student")

    assert students(batch) == ["adam", "Émile", "zoe"]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("kind", ["batch", "student", "staff"])
def test_no_page_is_wider_than_the_window(
    tab: Page, results: dict[str, Any], tmp_path: Path, kind: str, width: int
) -> None:
    """Text wraps, and what is wide scrolls in a box of its own."""
    pages = {
        "batch": lambda: batch_page(list(results.values())),
        "student": lambda: student_page(results["reversed"]),
        "staff": lambda: staff_page(results["reversed"]),
    }
    path = tmp_path / "page.html"
    path.write_text(pages[kind]())
    tab.set_viewport_size({"width": width, "height": 800})
    tab.goto(path.as_uri())

    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_paper_shows_what_differs_and_no_line_to_unfold(tab: Page, results: dict[str, Any], tmp_path: Path) -> None:
    """What differs on a second input is shown, and its picture is left out."""
    exercise, path = results["reversed"].exercises[0], tmp_path / "page.html"
    first = exercise.checks[2]
    second = replace(first, id="test_kl[b]", message="Off.", figure=replace(first.figure, title="Another text"))
    path.write_text(student_page(replace(results["reversed"], exercises=(replace(exercise, checks=(first, second)),))))
    tab.goto(path.as_uri())
    tab.emulate_media(media="print")
    shown = {kind: tab.locator(f"details.{kind}").evaluate_all(_HEIGHTS) for kind in ("again", "settled")}
    tab.emulate_media(media="screen")

    assert shown == {"again": [True], "settled": [False]}
