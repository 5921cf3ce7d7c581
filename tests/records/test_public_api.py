"""The names that programs and checks may import from the package itself."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import grader

PAGE = Path(__file__).parents[2] / "docs" / "api.md"


@pytest.mark.parametrize("name", grader.__all__)
def test_a_public_name_is_there(name: str) -> None:
    """It is what its module calls so."""
    value = getattr(grader, name)

    assert name == "__version__" or value.__name__.removeprefix("grader.") == name


def test_the_page_lists_the_public_names() -> None:
    """All of them, and no others."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [line.split("|")[1] for line in lines if re.match(r"\| `(?!GET|POST)", line)]  # those of the REST API apart
    named = {name for row in rows for name in re.findall(r"`(\w+)", row)}

    assert named == set(grader.__all__)


def test_importing_the_package_loads_nothing_else() -> None:
    """Kernels of another environment import it too, which may lack what the examiner has."""
    code = (
        "import grader, sys; print([m for m in sys.modules if m.startswith(('grader.', 'numpy', 'pytest', 'jinja2'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603

    assert done.stdout == "[]\n"


def test_other_names_are_refused() -> None:
    """As of any module, so that a misspelt name is found."""
    with pytest.raises(AttributeError, match="no attribute 'grade_two'"):
        grader.grade_two  # noqa: B018
