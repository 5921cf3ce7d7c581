"""A student's whole way in a real browser, through a service that really runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import needs_browser, running_browser

from .conftest import RIGHT, WRONG, Service, make_service, notebook

CONTRAST = (Path(__file__).parents[1] / "notebook" / "contrast.js").read_text(encoding="utf-8")
DROP = """([name, text]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name));
  const zone = document.querySelector(".drop");
  for (const kind of ["dragenter", "dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }
}"""
NEW_PASSWORD = "a longer phrase"  # noqa: S105 - of a test

pytestmark = needs_browser


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with the demo course."""
    service = make_service(tmp_path_factory.mktemp("browser") / "service")
    service.start("--demo")
    yield service
    service.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with running_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def signed_in(service: Service, browser: Browser) -> Any:
    """The cookies of the demo student, who came by the link and chose a password."""
    [link] = re.findall(r"\(student\): (\S+)", (service.folder / "log").read_text())
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("New password confirmation").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Save the password").click()
    expect(page.get_by_role("heading", name="Demo course")).to_be_visible()
    return context.storage_state()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of."""
    return []


@pytest.fixture
def tab(browser: Browser, signed_in: Any, complaints: list[str]) -> Iterator[Page]:
    """The student's browser, in New York."""
    context = browser.new_context(storage_state=signed_in, timezone_id="America/New_York")
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    # From the first page on: asked for with the key, a busy browser opens a dialog of its own that nobody sees.
    page.on("filechooser", lambda _: None)
    yield page
    context.close()


def at_assignment(tab: Page, service: Service) -> None:
    """Go to the assignment from the first page."""
    tab.goto(service.url)
    tab.get_by_role("link", name="Tiny").click()
    tab.wait_for_url("**/courses/demo/tiny/**")  # a click does not wait for the page: a key would go to the last one


def test_a_dropped_notebook_is_graded_while_the_page_waits(tab: Page, service: Service, complaints: list[str]) -> None:
    """Drop, hand in, wait, read the report: nothing on the way breaks the strict policy."""
    at_assignment(tab, service)
    tab.evaluate(DROP, ["mine.ipynb", notebook(*RIGHT).decode()])
    tab.get_by_role("button", name="Hand in").click()

    expect(tab.get_by_role("heading", name="6 of 6 points")).to_be_visible()
    tab.get_by_role("link", name="Open the report").click()
    expect(tab.get_by_text("Everything passes")).to_be_visible()

    assert complaints == []


def test_a_refusal_keeps_the_chosen_file(tab: Page, service: Service) -> None:
    """The sentence is announced, the page stays, and another file can be chosen."""
    at_assignment(tab, service)
    tab.get_by_label("Your notebook").set_input_files({"name": "notes.pdf", "mimeType": "", "buffer": b"%PDF-1.7"})
    tab.get_by_role("button", name="Hand in").click()

    expect(tab.get_by_role("alert")).to_contain_text("it is a PDF")
    assert tab.get_by_label("Your notebook").evaluate("field => field.files[0].name") == "notes.pdf"
    expect(tab.get_by_role("button", name="Hand in")).to_be_enabled()


def test_moments_are_in_the_readers_zone(tab: Page, service: Service) -> None:
    """What the server writes in UTC is turned round, and kept as a title."""
    tab.goto(f"{service.url}/account")
    moment = tab.locator("time").first

    expect(moment).to_contain_text(re.compile("GMT-[45]|E[SD]T"))
    assert "UTC" in (moment.get_attribute("title") or "")


def test_a_notebook_is_handed_in_by_the_keyboard_alone(tab: Page, service: Service) -> None:
    """The first key skips the navigation; the field and the button are reached and used."""
    at_assignment(tab, service)
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("link", name="Skip to the content")).to_be_focused()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    expect(tab.get_by_label("Your notebook")).to_be_focused()
    with tab.expect_file_chooser() as chooser:
        tab.keyboard.press("Enter")
    chooser.value.set_files({"name": "wrong.ipynb", "mimeType": "", "buffer": notebook(*WRONG)})
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")

    expect(tab.get_by_role("heading", name="2 of 6 points")).to_be_visible()


def test_a_correction_reaches_the_student(browser: Browser, tab: Page, service: Service) -> None:
    """An instructor corrects the latest attempt; points and comment are read."""
    at_assignment(tab, service)
    tab.get_by_label("Your notebook").set_input_files(
        {"name": "mine.ipynb", "mimeType": "", "buffer": notebook(*RIGHT, "steps = 2")}
    )
    tab.get_by_role("button", name="Hand in").click()
    expect(tab.get_by_role("heading", name="6 of 6 points")).to_be_visible()

    [link] = re.findall(r"\(instructor\): (\S+)", (service.folder / "log").read_text())
    staff = browser.new_context().new_page()
    staff.goto(link)
    staff.get_by_role("button", name="Sign in").click()
    staff.get_by_role("link", name="Not now").click()
    staff.get_by_role("link", name="Submissions, roster and terms").click()
    staff.get_by_role("link", name="Tiny").click()
    staff.get_by_role("link", name="Sam Student").click()
    staff.get_by_label("Points that count").fill("5")
    staff.get_by_label("Comment").fill("Say why it scales.")
    staff.get_by_role("button", name="Correct").click()
    expect(staff.get_by_text("The correction is saved")).to_be_visible()
    staff.context.close()

    tab.reload()
    expect(tab.get_by_role("heading", name="5 of 6 points")).to_be_visible()
    tab.get_by_role("link", name="Open the report").click()
    expect(tab.get_by_text("Say why it scales.")).to_be_visible()


def test_it_works_without_a_script(browser: Browser, signed_in: Any, service: Service) -> None:
    """The form posts, the page that waits loads itself anew, and moments are in UTC."""
    context = browser.new_context(storage_state=signed_in, java_script_enabled=False)
    tab = context.new_page()
    at_assignment(tab, service)
    tab.get_by_label("Your notebook").set_input_files(
        {"name": "mine.ipynb", "mimeType": "", "buffer": notebook(*RIGHT)}
    )
    tab.get_by_role("button", name="Hand in").click()

    expect(tab.get_by_role("heading", name="6 of 6 points")).to_be_visible()
    expect(tab.locator("time").first).to_contain_text("UTC")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone_and_are_readable(browser: Browser, signed_in: Any, service: Service, scheme: Any) -> None:
    """No page is wider than the screen, and nothing is too pale to read."""
    context = browser.new_context(storage_state=signed_in, viewport={"width": 360, "height": 640}, color_scheme=scheme)
    tab = context.new_page()
    for path in ("/", "/courses/demo/tiny/", "/account", "/account/password", "/nowhere"):
        tab.goto(service.url + path)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360, path
        found = tab.locator("body").evaluate(CONTRAST)
        assert found["read"] > 3
        assert found["unreadable"] == [], path
    context.close()
