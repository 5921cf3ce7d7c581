"""Imports point to lower layers; names and libraries stand in one place."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

PACKAGES = ("grader", "reference", "assignments", "benchmarks", "tests")

LAYERS: dict[str, int] = {
    "digests": -2, "typed_json": -2,
    "code_digest": -1, "errors": -1, "kernel_config": -1, "messages": -1, "person": -1, "zygote_info": -1,
    "atomic_write": 0, "closing": 0, "english": 0, "ignored_files": 0, "import_path": 0, "machine": 0, "planted": 0,
    "provenance": 0, "sanitize": 0, "settings": 0, "strict_json": 0, "submission": 0, "table_bytes": 0,
    "timestamps": 0, "value": 0,
    "batch_inputs": 1,
    "terminal": 1, "assignment": 1, "secret": 1, "capacity": 1, "differences": 1, "result": 1, "value_codec": 1,
    "intake": 2, "extract": 2, "compare": 2, "diagnosis": 2, "corrections": 2,
    "trusted_releases": 2, "withheld_verdicts": 3,
    "report": 3, "row_matching": 3, "sandbox": 3, "wheel": 3, "release_lookup": 3,
    "kernel": 4, "export": 4, "similarity": 4,
    "submission_reader": 5, "session": 5, "output_folder": 5, "platforms": 5, "heartbeat": 5,
    "prepare": 6,
    "plugin": 7,
    "grade": 8, "examiner_process": 8, "fork_server": 8,
    "worker": 9, "preload_first": 9, "preload": 9,
    "batch": 10, "review": 10, "examiners_by_assignment": 10, "validation": 10, "replay": 10,
    "release": 11, "notebook": 11, "regrade": 11,
    "service": 12,
    "cli": 13,
}  # fmt: skip

IMPORTED_BY: dict[str, set[str]] = {
    "filelock": {"output_folder", "intake", "kernel", "service"},
    "jinja2": {"report", "service"},
    "jupyter_client": {"kernel"},
    "nbclient": {"kernel"},
    "zmq": {"kernel"},
    "ipykernel": {"kernel"},
    "nbformat": {"intake", "extract", "kernel", "preload"},
    "platformdirs": {"settings"},
    "pytest": {"plugin", "grade", "validation", "release", "notebook"},
    "requests": {"platforms", "service"},
    "urllib3": {"service"},
    "canvasapi": {"platforms"},
    "keyring": {"platforms"},
    "rich": {"cli"},
    "tomlkit": {"corrections", "release"},
    "django": {"service"},
    "lti_tool": {"service"},
    "pylti1p3": {"service"},
    "jwt": {"service"},
    "gunicorn": {"service"},
    "ninja": {"service"},
    "csp": {"service"},
    "dbos": {"service"},
    "sqlalchemy": {"service"},
    "pydantic": {"service"},
    "pydantic_settings": {"service"},
    "prometheus_client": {"service"},
    "standardwebhooks": {"service"},
    "pythonjsonlogger": {"service"},
    "torch": {"kernel"},
    "transformer_lens": set(),
    "sklearn": set(),
}

# Modules that stand in several folders because the same is looked for in each.
SAME_NAME = {
    "__init__", "__main__", "conftest", "messages",
    "misconceptions", "prelude", "solution", "test_checks",  # the files of an assignment
    "test_activations", "test_logit_lens",  # visible and hidden checks of an exercise
    "gradescope",  # a platform: how its exports are read, and what is written for it
}  # fmt: skip


def _modules() -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / "grader").rglob("*.py")):
        parts = path.relative_to(ROOT / "grader").with_suffix("").parts
        if parts[0] not in {"__init__", "__main__"}:
            yield path, parts[0]


@dataclass(frozen=True, slots=True)
class Source:
    """What these tests ask of a file: imports, classes, first lines of docstrings."""

    imports: tuple[str, ...]
    classes: tuple[str, ...]
    first_lines: tuple[str, ...]


@cache
def _source(path: Path) -> Source:
    """Read a file once for all tests: to parse them all takes seconds."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    imports, docstrings = [], []
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            imports += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            imports += [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
        elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstrings.append(ast.get_docstring(node) or "")
    classes = (node.name for node in module.body if isinstance(node, ast.ClassDef))
    return Source(tuple(imports), tuple(classes), tuple(d.splitlines()[0] for d in docstrings if d))


def _files() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


MODULES = [pytest.param(path, package, id=str(path.relative_to(ROOT))) for path, package in _modules()]


@pytest.mark.parametrize(("path", "package"), MODULES)
def test_imports_point_to_lower_layers(path: Path, package: str) -> None:
    """A package imports only packages of lower layers and itself."""
    assert package in LAYERS, f"{package} has no layer yet: give it one"
    higher = {
        name
        for name in _source(path).imports
        if name.startswith("grader.")
        and (other := name.split(".")[1]) != package
        and LAYERS.get(other, -1) >= LAYERS[package]
    }

    assert not higher


def test_the_page_lists_the_layers() -> None:
    """The table of docs/architecture.md has every package and module in its layer."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (-?\d+) \| (.*) \|$", page, re.MULTILINE)
    listed = {name: int(layer) for layer, text in rows for name in re.findall(r"(?:^|· )`(\w+)/?`", text)}

    assert listed == LAYERS


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md"])
def test_the_pages_name_files_that_are_there(page: str) -> None:
    """Whoever looks for something is sent to a file that exists."""
    named = re.findall(r"`((?:grader|docs|tests|kernel|extract|export|cli)/[\w./-]+)", (ROOT / page).read_text("utf-8"))

    assert [name for name in named if not (ROOT / name).exists() and not (ROOT / "grader" / name).exists()] == []


def test_the_readme_has_no_long_lines() -> None:
    """It is read in a terminal too: 120 characters at most."""
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if len(line) > 120] == []


def test_nothing_installs_the_grader_by_its_name() -> None:
    """An index has no such project of ours, and whoever takes the name would be installed."""
    named = re.compile(r"pip\d? install[^`\n]*(?<![\w./])(?:interp-)?grader(?![\w./-])")
    pages = [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        *(ROOT / "templates").rglob("*.*"),
        *(ROOT / "grader").rglob("*.py"),
    ]

    assert [str(p.relative_to(ROOT)) for p in pages if named.search(p.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(("path", "package"), MODULES)
def test_a_library_is_imported_by_its_packages_alone(path: Path, package: str) -> None:
    """What has to change when a library does is known beforehand."""
    others = {
        name
        for name in _source(path).imports
        if (top := name.split(".")[0]) in IMPORTED_BY and package not in IMPORTED_BY[top]
    }

    assert not others


@pytest.mark.parametrize("package", ["grader", "reference"])
def test_grader_and_reference_do_not_know_each_other(package: str) -> None:
    """The product and the solution meet in assignments alone."""
    other = {"grader": "reference", "reference": "grader"}[package]
    meetings = [
        (str(path), name)
        for path in (ROOT / package).rglob("*.py")
        for name in _source(path).imports
        if name.split(".")[0] in {other, "assignments"}
    ]

    assert meetings == []


def test_no_two_modules_share_a_name() -> None:
    """A file's name alone says which is meant."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in _files():
        found[path.stem].append(str(path.relative_to(ROOT)))

    assert {n: paths for n, paths in found.items() if len(paths) > 1 and n not in SAME_NAME} == {}


def test_no_two_classes_share_a_name() -> None:
    """Nor does a class that another module may import."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in _files():
        if path.parent.name == "migrations":  # Django has them all be called Migration
            continue
        for name in _source(path).classes:
            if not name.startswith("_"):
                found[name].append(str(path.relative_to(ROOT)))

    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}


# The first line of a check's docstring is the title that students read.
CHECKS = re.compile(
    r"^(assignments/[^/]+|tests/plugin/tiny|tests/attacks/assignment)/checks/|many_checks\.py$|/test_checks\.py$"
)


def test_docstrings_begin_with_a_short_line() -> None:
    """That of a class, function or module has at most 88 characters."""
    long = [
        f"{path.relative_to(ROOT)}: {first}"
        for path in _files()
        if not CHECKS.search(str(path.relative_to(ROOT)))
        for first in _source(path).first_lines
        if len(first) > 88
    ]

    assert long == []


@pytest.mark.parametrize(("path", "package"), [m for m in MODULES if m.values[0].stem.endswith("messages")])
def test_a_sentence_has_a_name_of_its_own(path: Path, package: str) -> None:
    """A second one of a name would be said in place of the first."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    names = [t.id for node in body if isinstance(node, ast.Assign) for t in node.targets if isinstance(t, ast.Name)]

    assert len(names) == len(set(names))
