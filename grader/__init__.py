"""Automatic grading of interpretability notebooks.

The names in ``__all__`` are its public API. ``docs/api.md`` describes them. Each is imported when it is first asked
for, so that ``import grader`` costs nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader import compare as compare
    from grader import planted as planted
    from grader.assignment import Assignment as Assignment
    from grader.assignment import load_assignment as load_assignment
    from grader.batch import grade_batch as grade_batch
    from grader.errors import GraderError as GraderError
    from grader.grade import grade_one as grade_one
    from grader.intake.discover import discover as discover
    from grader.report import staff_page as staff_page
    from grader.report import student_page as student_page
    from grader.result import Figure as Figure
    from grader.result import FigureCells as FigureCells
    from grader.result import GradingResult as GradingResult
    from grader.result import redact as redact
    from grader.submission import Submission as Submission
    from grader.value import Opaque as Opaque
    from grader.value import Tensor as Tensor

__version__ = "0.1.0"

_MODULE_OF = {
    "Assignment": "assignment", "Figure": "result", "FigureCells": "result", "GraderError": "errors",
    "GradingResult": "result", "Opaque": "value", "Submission": "submission", "Tensor": "value", "compare": "",
    "discover": "intake", "grade_batch": "batch", "grade_one": "grade", "load_assignment": "assignment",
    "planted": "",
    "redact": "result", "staff_page": "report", "student_page": "report",
}  # fmt: skip
"""The module that holds each public name; those without one are modules themselves."""

__all__ = ["__version__", *_MODULE_OF]


def load_ipython_extension(shell: Any) -> None:
    """Add ``%grader`` to a notebook; IPython calls this for ``%load_ext grader``."""
    from grader.notebook.magic import register

    register(shell)


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module = import_module(f"{__name__}.{_MODULE_OF[name] or name}")
    return getattr(module, name) if _MODULE_OF[name] else module
