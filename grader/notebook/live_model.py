"""Which of an assignment's models a notebook works with, as its prelude tells them apart."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from IPython.utils.capture import capture_output

from grader.assignment import Assignment
from grader.errors import AssignmentError, KernelError


@dataclass(frozen=True, slots=True)
class LiveModel:
    """A notebook's model.

    ``name`` is that of the assignment's, empty for a model with other weights; ``digest`` gives that of the weights.
    """

    name: str = ""
    digest: Callable[[str], str] = str


def live_model(assignment: Assignment, names: Mapping[str, Any]) -> LiveModel:
    """Return which model the ``names`` of a notebook hold.

    What the prelude prints or displays, such as progress bars, is dropped. Raises AssignmentError for a prelude that
    fails.
    """
    spec = importlib.util.spec_from_file_location("_grader_prelude", assignment.prelude)
    if spec is None or spec.loader is None:
        raise AssignmentError(assignment.prelude, "is not a Python file.")
    prelude = importlib.util.module_from_spec(spec)
    try:
        with capture_output():
            spec.loader.exec_module(prelude)
            identify = getattr(prelude, "identify", None)
            name = identify(dict(names)) if identify else ""
    except Exception as error:
        raise AssignmentError.of(error, assignment.prelude) from error
    if name not in assignment.models:
        return LiveModel("", _unknown)

    @cache
    def digest(model: str) -> str:
        with capture_output():
            return str(prelude.digest(model))

    return LiveModel(name, digest)


def _unknown(name: str) -> str:
    raise KernelError("no answers are recorded for the model of this notebook.")
