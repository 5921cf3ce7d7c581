"""What a student sees below the cells of a release's notebook in a real JupyterLab."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser import needs_browser, running_browser

from .lab_server import cells, opened, served, use_theme

CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
GRID = 'FigureCells([["word"]], [[1.0]]), FigureCells([["other"]], [[9.0]])'
DEEP = "def scale(numbers):\n    return down(30)\ndef down(more):\n    return down(more - 1) if more else more.nothing"
STUDENTS = {
    "wrong": 'import numpy as np\ndef scale(numbers):\n    return np.asarray(numbers, "float32") + factor',
    "right": "def pair(number):\n    return number, number * 2",
    "load": "%load_ext grader\n%grader trust",
    "report": "%grader check",
    "crash": f"from tests import test_scale\n{DEEP}\ntest_scale(scale, factor)",
}
"""The last cells, after those of the release that set the model up."""

LOOK = (
    "display", "font-weight", "list-style-type", "margin-top", "margin-left", "padding-left", "padding-top",
    "text-align", "border-bottom-width", "background-color", "text-decoration-line",
)  # fmt: skip

pytestmark = needs_browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with running_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def page(released: Path, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Page]:
    """The release's notebook, with a student's code in it, after one run in JupyterLab."""
    folder = shutil.copytree(released, tmp_path_factory.mktemp("student") / "course")
    _edit(folder / "tiny" / "checks" / "visible" / "test_checks.py", "FigureCells(), FigureCells()", GRID)
    _edit(folder / "tiny" / "prelude.py", "def facts(names):", "def facts(names):\n    print('loading')")
    notebook = nbformat.read(folder / "exercise.ipynb", as_version=4)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    first = next(n for n, cell in enumerate(notebook.cells) if "def scale" in cell.source)
    notebook.cells[first:] = [nbformat.v4.new_code_cell(code) for code in STUDENTS.values()]
    nbformat.write(notebook, folder / "exercise.ipynb")
    with served(folder, tmp_path_factory.mktemp("home")) as address:
        yield opened(browser, address, folder / "exercise.ipynb")


@pytest.fixture(params=["Light", pytest.param("Dark", marks=pytest.mark.exhaustive)])
def themed(page: Page, request: pytest.FixtureRequest) -> Page:
    """The same in one of JupyterLab's own themes."""
    use_theme(page, f"JupyterLab {request.param}")
    return page


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def cell(page: Page, name: str) -> Locator:
    found: Locator = cells(page).nth([*STUDENTS].index(name) - len(STUDENTS))
    return found


def report(page: Page, name: str = "report") -> Locator:
    return cell(page, name).locator(".grader-report")


def test_verdict_difference_mistake_and_grid_are_seen(page: Page) -> None:
    """All that grading says of visible checks, below the cell with ``%grader check``."""
    seen = report(page).inner_text()

    assert "not right yet" in seen
    assert "visible checks pass" in seen
    assert "It adds" in seen
    assert "Multiply." in seen
    assert report(page).locator("dt", has_text="Expected").first.is_visible()
    assert report(page).locator("table.grid td.differs").first.is_visible()
    assert "1 of 3 visible checks pass; 2 further checks run at grading." in seen


def test_nothing_else_is_printed_below_the_cell(page: Page) -> None:
    """What the course's own code prints while a model is recognised is no news for a student."""
    assert cell(page, "report").locator(".jp-OutputArea-output").count() == 1


def test_a_crash_is_a_sentence_and_lines_of_the_students_own(page: Page) -> None:
    """At most ten lines lead to it, all of them in cells; the exception below is one line."""
    trace = report(page, "crash").locator(".trace").first.locator("li").all_inner_texts()
    error = cell(page, "crash").locator(".jp-RenderedText").all_inner_texts()

    assert "'int' object has no attribute 'nothing'" in report(page, "crash").inner_text()
    assert re.fullmatch(r"cell \d+, line 5, in down\nreturn down\(more - 1\) if more else more.nothing", trace[-1])
    assert len([line for frame in trace for line in frame.split("\n")]) <= 10
    assert all(frame.startswith("cell ") for frame in trace)
    assert error == ["ChecksFailed: scale: 0 of 2 visible checks pass."]


@pytest.mark.parametrize("width", [1280, 560])
@pytest.mark.parametrize("name", ["report", "crash"])
def test_every_text_can_be_read(themed: Page, name: str, width: int) -> None:
    """On what stands behind it in this theme, in a narrow window too.

    The report is no wider than its cell.
    """
    themed.set_viewport_size({"width": width, "height": 1600})
    found: dict[str, Any] = report(themed, name).evaluate(CONTRAST)

    assert found["read"] > 20
    assert found["unreadable"] == []
    assert report(themed, name).evaluate("r => r.scrollWidth <= r.clientWidth")


def test_the_editors_rules_do_not_change_the_report(themed: Page, browser: Browser) -> None:
    """It looks as it does alone on a page, and its grid stands on the cell's own background."""
    themed.set_viewport_size({"width": 1280, "height": 1600})
    theme = themed.evaluate("document.body.dataset.jpThemeLight")
    ground = themed.evaluate("getComputedStyle(document.body).getPropertyValue('--jp-layout-color0')")
    look = f"{list(LOOK)}.map(name => getComputedStyle(e)[name])"
    looks = f"r => [...r.querySelectorAll('*')].map(e => [e.tagName, ...{look}].join(' '))"
    alone = browser.new_page(viewport={"width": 1280, "height": 1600})
    body = f"<body data-jp-theme-light={theme} style='--jp-layout-color0: {ground}'>"
    alone.set_content(f"{body}{report(themed).evaluate('r => r.outerHTML')}")

    inside, outside = report(themed).evaluate(looks), alone.locator(".grader-report").evaluate(looks)
    alone.close()

    assert [pair for pair in zip(inside, outside, strict=True) if pair[0] != pair[1]] == []
