"""Which of an assignment's models a notebook works with, as its prelude tells them apart."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

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

    Raises AssignmentError for a prelude that fails.
    """
    spec = importlib.util.spec_from_file_location("_grader_prelude", assignment.prelude)
    if spec is None or spec.loader is None:
        raise AssignmentError(assignment.prelude, "is not a Python file.")
    prelude = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(prelude)
        identify = getattr(prelude, "identify", None)
        name = identify(dict(names)) if identify else ""
    except Exception as error:
        raise AssignmentError.of(error, assignment.prelude) from error
    return LiveModel(name, cache(prelude.digest)) if name in assignment.models else LiveModel("", _unknown)


def _unknown(name: str) -> str:
    raise KernelError("no answers are recorded for the model of this notebook.")
