"""Names are followed through files beside the notebook as through those that it writes."""

from __future__ import annotations

import nbformat
import pytest

from grader.extract import Extraction, extract

SCALE = "def scale(numbers):\n    return numbers * factor\n"
USED = "It uses {} from beside the notebook."


def read(files: dict[str, str], *cells: str) -> Extraction:
    """Extract ``scale`` from a notebook of these cells with these files beside it."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    return extract(notebook, ["scale"], ["factor"], files=files)


def texts(found: Extraction) -> str:
    """Return what is run."""
    return "\n".join(segment.text for segment in found.segments)


@pytest.mark.parametrize(
    ("path", "cell"),
    [
        ("helper.py", "from helper import scale"),
        ("helper.py", "from helper import *"),
        ("helper.py", "%run helper.py"),
        ("tools/__init__.py", "from tools import scale"),
        ("src/helper.py", "import sys; sys.path.append('src')\nfrom helper import scale"),
    ],
)
def test_a_function_in_a_file_is_graded(path: str, cell: str) -> None:
    """However the notebook takes it from there; the page says which file it is."""
    found = read({path: SCALE, "other.py": SCALE}, cell)

    assert found.functions["scale"].status is None
    assert found.functions["scale"].remarks == (USED.format(path),)
    assert {span.cell for span in found.functions["scale"].source} == {1}


def test_what_a_file_takes_from_the_notebook_is_run() -> None:
    """A module may import names of the program that it is part of."""
    files = {"helper.py": "from __main__ import share\ndef part(n):\n    return n * share\n"}
    cells = ("share = 2", "unused = 3", "from helper import part\ndef scale(numbers):\n    return part(numbers)")

    ran = texts(read(files, *cells))

    assert "share = 2" in ran
    assert "unused" not in ran


def test_data_that_a_file_opens_counts_as_used() -> None:
    """Not only what the notebook itself names."""
    files = {"helper.py": "TEXT = open('data/a.json').read()\ndef scale(n):\n    return n\n", "data/a.json": ""}

    remarks = read(files, "from helper import scale").functions["scale"].remarks

    assert remarks == (USED.format("helper.py, data/a.json"),)


def test_a_file_that_is_no_python_is_left_to_the_kernel() -> None:
    """There the import raises what it does at home."""
    found = read({"helper.py": "def scale(:"}, "from helper import scale")

    assert "from helper import scale" in texts(found)


def test_a_module_that_is_handed_in_is_not_said_to_be_unread() -> None:
    """Magics that name it bring nothing."""
    found = read({"helper.py": SCALE}, "%load_ext autoreload\n%aimport helper\nfrom helper import scale")

    assert found.functions["scale"].remarks == (USED.format("helper.py"),)
