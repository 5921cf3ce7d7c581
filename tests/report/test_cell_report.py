"""The report below a notebook's cell is a part of somebody else's page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page

from grader.report import cell_report, cell_text
from tests.browser import NO_BROWSER, running_browser

THEMES = {
    "JupyterLab": ("body", "data-jp-theme-light='true'", "data-jp-theme-light='false'"),
    "VS Code": ("body", "class='vscode-light'", "class='vscode-dark'"),
    "Colab": ("html", "theme='light'", "theme='dark'"),
}


@pytest.fixture(scope="module")
def report(results: dict[str, Any]) -> str:
    """The report on a wrong answer with a grid, and on a crash."""
    return cell_report(results["crashed"].exercises, further="other prompts")


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    """A tab of a headless Chromium."""
    if NO_BROWSER:
        pytest.skip(NO_BROWSER)
    with running_browser() as browser:
        yield browser.new_page()


def color(tab: Page, selector: str) -> list[int]:
    found = tab.evaluate(f"getComputedStyle(document.querySelector({selector!r})).color")
    return [int(part) for part in found.removeprefix("rgb(").removesuffix(")").split(",")]


@pytest.mark.parametrize("system", ["light", "dark"])
@pytest.mark.parametrize("editor", THEMES)
def test_the_editors_theme_decides(tab: Page, report: str, editor: str, system: Any) -> None:
    """Dark text on a light page and light text on a dark one, whatever the system prefers."""
    element, *themes = THEMES[editor]
    tab.emulate_media(color_scheme=system)
    seen = []
    for theme in themes:
        html, body = (f"<{name} {theme if name == element else ''}>" for name in ("html", "body"))
        tab.set_content(f"{html}{body}{report}")
        seen.append(sum(color(tab, ".grader-report .exercise")) / 3)

    assert seen[0] < 64
    assert seen[1] > 192


def test_the_rest_of_the_page_keeps_its_look(tab: Page, report: str) -> None:
    """No rule reaches beyond the report, and the page gets no wider."""
    tab.set_viewport_size({"width": 400, "height": 800})
    tab.set_content(f"<body style='margin:0; color: rgb(1, 2, 3)'><h2>Mine</h2><p>text</p>{report}")

    assert color(tab, "h2") == color(tab, "p") == [1, 2, 3]
    assert tab.evaluate("getComputedStyle(document.querySelector('p')).marginTop") != "0px"
    assert tab.evaluate("document.documentElement.scrollWidth") <= 400


def test_what_a_student_wrote_stays_text(results: dict[str, Any]) -> None:
    """A report is HTML of ours around texts that code made."""
    exercise = results["crashed"].exercises[0]
    hostile = replace(exercise, message="<img src=x onerror=alert(1)>\x1b[31m")

    assert "<img" not in cell_report([hostile])
    assert "\x1b" not in cell_text([hostile])
