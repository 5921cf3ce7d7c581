"""What runs of an assignment is its source: compiled code is in no digest."""

from __future__ import annotations

import importlib.util
import marshal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from _pytest.assertion.rewrite import PYC_TAIL

from grader.assignment import load_assignment
from grader.kernel import KernelPool
from grader.kernel.local_pool import LocalKernelPool
from grader.result import GradingResult

Plant = Callable[..., None]


@pytest.fixture
def ran(tmp_path: Path) -> Path:
    """The folder in which planted code leaves a file."""
    (tmp_path / "ran").mkdir()
    return tmp_path / "ran"


@pytest.fixture
def plant(ran: Path) -> Plant:
    """Put compiled code beside files that does more than their source."""

    def plant(*sources: Path) -> None:
        for source in sources:
            told = source.stat()
            more = f"open({str(ran / source.name)!r}, 'w').close()\n"
            code = marshal.dumps(compile(more + source.read_text(), str(source), "exec"))
            times = (int(told.st_mtime) & 0xFFFFFFFF).to_bytes(4, "little") + told.st_size.to_bytes(4, "little")
            cache = source.parent / "__pycache__"
            cache.mkdir(exist_ok=True)
            for tail in (f".{sys.implementation.cache_tag}.pyc", PYC_TAIL):
                (cache / f"{source.stem}{tail}").write_bytes(importlib.util.MAGIC_NUMBER + bytes(4) + times + code)

    return plant


def test_an_examiner_runs_no_compiled_code(
    graded: Callable[..., GradingResult], tiny: Path, plant: Plant, ran: Path
) -> None:
    """Neither of checks and conftest.py nor of what they import; and it leaves none."""
    (tiny / "beside.py").write_text("")
    (tiny / "conftest.py").write_text(
        "import sys\nfrom pathlib import Path\nsys.path.insert(0, str(Path(__file__).parent))\nimport beside\n"
    )
    checks = tiny / "checks" / "visible" / "test_checks.py"
    plant(tiny / "beside.py", tiny / "conftest.py", checks)

    assert graded().score == 6.0

    assert list(ran.iterdir()) == []
    assert not (tiny / "checks" / "hidden" / "__pycache__").exists()


@pytest.mark.parametrize("kind", [KernelPool, LocalKernelPool])
def test_a_kernel_runs_no_compiled_code(
    tiny: Path, plant: Plant, ran: Path, kind: Callable[..., KernelPool | LocalKernelPool]
) -> None:
    """Neither of the prelude and what it imports nor of what a solution reads."""
    (tiny / "course").mkdir()
    sources = [tiny / "beside.py", tiny / "course" / "__init__.py", tiny / "course" / "part.py", tiny / "single.py"]
    for source in sources:
        source.write_text("")
    toml, solution, prelude = (tiny / name for name in ("assignment.toml", "solution.py", "prelude.py"))
    toml.write_text(toml.read_text().replace("[solution]\n", '[solution]\nreads = ["course", "single.py"]\n'))
    solution.write_text("import course.part\nimport single\n" + solution.read_text())
    prelude.write_text(
        f"import sys\nsys.path.insert(0, {str(tiny)!r})\nimport beside\ndel sys.path[0]\n" + prelude.read_text()
    )
    plant(prelude, *sources)
    assignment = load_assignment(str(tiny))

    with kind(assignment, sandbox="off") as pool, pool.kernel(assignment.models[0], role="reference") as kernel:
        assert kernel.alive

    assert list(ran.iterdir()) == []


def test_a_solution_reads_the_file_that_is_named(tiny: Path, ran: Path) -> None:
    """And no package of that name beside it, which may be in no digest."""
    place = tiny.parent / "shared"
    (place / "single").mkdir(parents=True)
    (place / "single" / "__init__.py").write_text(f"open({str(ran / 'package')!r}, 'w').close()\n")
    (place / "single.py").write_text("")
    toml, solution = tiny / "assignment.toml", tiny / "solution.py"
    toml.write_text(toml.read_text().replace("[solution]\n", '[solution]\nreads = ["../shared/single.py"]\n'))
    solution.write_text("import single\n" + solution.read_text())
    assignment = load_assignment(str(tiny))

    with LocalKernelPool(assignment, sandbox="off") as pool, pool.kernel(assignment.models[0], role="reference"):
        pass

    assert list(ran.iterdir()) == []
