"""A real JupyterLab on loopback, and a notebook that is open in it."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser import WAIT_MS

_QUIET = '{"fetchNews": "false", "checkForUpdates": false}'  # nothing may be asked of a network
_OPTIONS = (
    "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0",
    "--LabApp.expose_app_in_browser=True",
)  # fmt: skip
_RUN_ALL = """async () => {
  const app = window.jupyterapp, panel = app.shell.currentWidget;
  await panel.sessionContext.ready;
  for (const [i, cell] of panel.content.widgets.entries()) {
    panel.content.activeCellIndex = i;
    await app.commands.execute('notebook:run-cell');
  }
}"""


@contextlib.contextmanager
def served(folder: Path, home: Path) -> Iterator[str]:
    """Serve a folder to somebody with an empty home.

    Gives an address with a token and a place for a notebook's name.
    """
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(_QUIET)
    ours = ("PYTHONSAFEPATH", "PYTHONDONTWRITEBYTECODE", "GRADER_STATE")
    environment = {n: v for n, v in os.environ.items() if n not in ours and not n.startswith("JUPYTER")}
    token = secrets.token_hex()
    environment |= {
        "HOME": str(home), "GRADER_STATE": str(home / "state"), "JUPYTER_TOKEN": token,
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
    }  # fmt: skip
    command = [sys.executable, "-m", "jupyterlab", *_OPTIONS, f"--ServerApp.root_dir={folder}"]
    with (
        (home / "log").open("w") as log,
        subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True) as server,  # noqa: S603 - our own
    ):
        try:
            said = iter(server.stderr or ())
            found = next(filter(None, (re.search(r"(http://127\.0\.0\.1:\d+)/lab", line) for line in said)))
            yield f"{found[1]}/lab/tree/{{}}?token={token}"
        finally:
            server.terminate()
            log.writelines(said)


def opened(browser: Browser, address: str, notebook: Path) -> Page:
    """Open a notebook and run all of its cells, whatever they raise."""
    page = browser.new_page(viewport={"width": 1280, "height": 1600})
    page.set_default_timeout(WAIT_MS)
    page.goto(address.format(notebook.name))
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.content?.activeCell")
    page.evaluate(_RUN_ALL)
    return page


def use_theme(page: Page, name: str) -> None:
    """Have JupyterLab use one of its own themes."""
    page.evaluate("name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})", name)
    page.wait_for_function("name => document.body.dataset.jpThemeName == name", arg=name)


def cells(page: Page) -> Any:
    """Return the notebook's cells."""
    return page.locator(".jp-Notebook-cell")
