"""The pytest plugin that grades a notebook: options, markers, registration.

Loaded in every pytest run of whoever has installed the grader, so this module imports nothing that is not needed then;
the rest is imported once a submission is named. PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.plugin import messages

GRADES = pytest.StashKey[bool]()
"""Set in the configuration of a run that grades a submission."""

_IMPORT_MODE = "importlib"
"""How pytest imports checks.

Visible and hidden files may have one name, and import what lies beside their folders.
"""

MARKERS = (
    "exercise(name): the exercise that this check belongs to",
    "points(n): what passing this check earns",
    "hint(text): what a student who fails this check should look at",
    "model(name): the model that this check runs on, instead of the assignment's first",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the grader."""
    group = parser.getgroup("grader", "grading a notebook")
    group.addoption("--submission", metavar="NOTEBOOK", help="grade this notebook with an assignment's checks")
    group.addoption("--seed", metavar="N", type=int, help="draw inputs from this seed, not from the notebook's bytes")
    group.addoption("--zygote", metavar="ADDRESS", help="use the zygote at this address instead of a new one")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Read no conftest.py from around the assignment, and import as grading does."""
    known = early_config.known_args_namespace
    if known.submission:
        known.importmode = _IMPORT_MODE
        roots = find_roots(early_config.invocation_params.dir, known.file_or_dir)
        if len(roots) == 1:
            known.confcutdir = str(*roots)


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers and, when a submission is named, the plugin that grades it."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    if submission := config.getoption("--submission"):
        config.option.importmode = _IMPORT_MODE
        # Only a grading run may pay for numpy, nbformat and the Jupyter client.
        from grader.plugin.options import plugin_for

        here = config.invocation_params.dir
        plugin = plugin_for(
            here / submission,
            find_roots(here, config.args),
            seed=config.getoption("--seed"),
            address=config.getoption("--zygote"),
        )
        config.pluginmanager.register(plugin)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse to run checks without a submission: each would fail for want of a fixture."""
    if GRADES in config.stash:
        return
    for item in items:
        if item.get_closest_marker("exercise") and (root := find_root(item.path)):
            raise pytest.UsageError(messages.which_notebook(item.path.name, root.name))


def find_roots(folder: Path, arguments: Sequence[str]) -> set[Path]:
    """Return the folders of assignments that paths, seen from a folder, belong to or hold."""
    files = [folder / a.partition("::")[0] for a in arguments or [""]]
    return {r for f in files if (r := find_root(f))} or {p.parent for f in files for p in f.glob("*/assignment.toml")}


def find_root(path: Path) -> Path | None:
    """Return the folder of the assignment that a file or folder belongs to."""
    return next((p for p in (path, *path.parents) if (p / "assignment.toml").is_file()), None)
