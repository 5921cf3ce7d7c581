"""The house: imports point downstairs only, each outside library has one home, and every module stands alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

FLOORS: dict[str, int] = {
    "errors": -1, "kernel_config": -1, "person": -1,
    "atomic_write": 0, "closing": 0, "english": 0, "ignored_files": 0, "import_path": 0, "machine": 0, "sanitize": 0,
    "settings": 0, "strict_json": 0, "typed_json": 0, "value": 0,
    "terminal": 1, "assignment": 1, "secret": 1, "submission": 1, "differences": 1, "result": 1, "value_codec": 1,
    "provenance": 2, "intake": 2, "extract": 2, "compare": 2, "diagnosis": 2, "report": 2,
    "row_matching": 3, "sandbox": 3, "kit": 3,
    "kernel": 4, "export": 4,
    "submission_reader": 5, "session": 5, "output_folder": 5,
    "prepare": 6,
    "plugin": 7,
    "grade": 8, "heartbeat": 8, "fork_server": 8,
    "worker": 9, "preload": 9,
    "batch": 10, "validation": 10, "replay": 10,
    "cli": 11,
}  # fmt: skip

HOMES: dict[str, set[str]] = {
    "filelock": {"output_folder", "intake", "kernel"},
    "jinja2": {"report"},
    "jupyter_client": {"kernel"},
    "nbclient": {"kernel"},
    "zmq": {"kernel"},
    "ipykernel": {"kernel"},
    "nbformat": {"intake", "extract", "kernel", "preload"},
    "platformdirs": {"settings"},
    "pytest": {"plugin", "grade", "validation"},
    "rich": {"cli"},
    "torch": {"kernel"},
    "transformer_lens": set(),
    "sklearn": set(),
}


def _modules() -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / "grader").rglob("*.py")):
        parts = path.relative_to(ROOT / "grader").with_suffix("").parts
        if parts[0] not in {"__init__", "__main__"}:
            yield path, parts[0]


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


@pytest.mark.parametrize(("path", "room"), [pytest.param(p, r, id=str(p.relative_to(ROOT))) for p, r in _modules()])
def test_imports_point_downstairs(path: Path, room: str) -> None:
    """A room imports only rooms of lower floors and itself."""
    assert room in FLOORS, f"{room} has no floor yet: give it one"
    upstairs = {
        name
        for name in _imports(path)
        if name.startswith("grader.")
        and (other := name.split(".")[1]) != room
        and FLOORS.get(other, -1) >= FLOORS[room]
    }

    assert not upstairs


@pytest.mark.parametrize(("path", "room"), [pytest.param(p, r, id=str(p.relative_to(ROOT))) for p, r in _modules()])
def test_each_library_has_one_home(path: Path, room: str) -> None:
    """An outside library is imported in its home alone."""
    strangers = {name for name in _imports(path) if (top := name.split(".")[0]) in HOMES and room not in HOMES[top]}

    assert not strangers


@pytest.mark.parametrize("package", ["grader", "reference"])
def test_grader_and_reference_do_not_know_each_other(package: str) -> None:
    """The product and the solution meet in assignments alone."""
    other = {"grader": "reference", "reference": "grader"}[package]
    meetings = [
        (str(path), name)
        for path in (ROOT / package).rglob("*.py")
        for name in _imports(path)
        if name.split(".")[0] in {other, "assignments"}
    ]

    assert meetings == []
