"""A batch, a regrade and an export through a whole service, in a real browser."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import WAIT_MS, needs_browser, running_browser

from .conftest import RIGHT, WRONG, Serve, notebook
from .test_task_batch import zipped

ZIP = {
    "Sam Student_101_assignsubmission_file/mine.ipynb": notebook(*RIGHT),
    "Nora Nobody_103_assignsubmission_file/other.ipynb": notebook(*WRONG),
}

pytestmark = needs_browser


@pytest.fixture
def page() -> Iterator[Page]:
    """A tab of a headless Chromium."""
    with running_browser() as browser:
        yield browser.new_page()


@pytest.mark.exhaustive
def test_staff_takes_a_batch_regrades_and_exports(serve: Serve, page: Page) -> None:
    """From the platform's zip to a file with everybody's points."""
    service = serve()
    [link] = re.findall(r"instructor\): (\S+)", (service.folder / "log").read_text())
    page.set_default_timeout(WAIT_MS)
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{service.url}/staff/demo/tiny/tasks")
    page.get_by_label("Zip of submissions").set_input_files(
        {"name": "submissions.zip", "mimeType": "application/zip", "buffer": zipped(ZIP)}
    )
    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_role("heading", name="Look at this before")).to_be_visible()
    page.get_by_label("Whose").select_option(label="Ines Instructor (demo-instructor)")
    page.get_by_role("button", name="Assign").click()
    expect(page.get_by_text("is that member's now")).to_be_visible()

    while page.goto(f"{service.url}/staff/demo/tiny/") and page.locator("td .verdict.good").count() < 2:
        assert service.answers()
    page.get_by_role("link", name="Batch and regrade").click()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("1 still hold")).to_be_visible()

    page.get_by_role("link", name="Exports").click()
    page.get_by_role("link", name="The table of grades of nbgrader").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    rows = list(csv.DictReader(download.value.path().read_text().splitlines()))

    assert [row["score"] for row in rows] == ["6"]
