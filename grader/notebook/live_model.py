"""Which model a notebook works with, and what can be asked of it and made of it."""

from __future__ import annotations

import contextlib
import importlib.util
import math
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from IPython.utils.capture import capture_output

from grader.assignment import Assignment, RecordedModel
from grader.errors import AssignmentError, KernelError
from grader.notebook import messages
from grader.session.recorded_answers import FINGERPRINT

Facts = Mapping[str, Callable[..., Any]]
Turned = contextlib.AbstractContextManager[Any] | None
_NEAR = 1e-4  # fingerprints: how far a device or a library's version rounds


class LiveModel:
    """A notebook's model.

    ``name`` is that of the recorded model with these weights, empty for one that has none. Checks of ``first`` run on
    the model as it is. ``facts`` are what checks ask of a model without its solution.
    """

    def __init__(
        self, first: str, facts: Facts, turned: Callable[[str], Turned], recorded: Mapping[str, RecordedModel]
    ) -> None:
        self.name = _recognised(facts, recorded)
        self.first = self.name or first
        self.facts = facts
        self._turned = turned
        self._recorded = recorded
        self._seen = {self.first: self.name}

    def turned_into(self, model: str) -> contextlib.AbstractContextManager[Any]:
        """Return a context in which the notebook's model is another one of the assignment's.

        Raises KernelError where it cannot be.
        """
        if model == self.first:
            return contextlib.nullcontext()
        if (context := self._turned(model)) is None:
            raise KernelError(messages.not_that_model(model))
        return context

    def can_be(self, model: str) -> bool:
        """Return whether the notebook's model is one of the assignment's or can be turned into it."""
        with contextlib.suppress(KernelError, ValueError):
            if model not in self._seen:
                with self.turned_into(model):
                    self._seen[model] = _recognised(self.facts, self._recorded)
        return model in self._seen

    def digest(self, model: str) -> str:
        """Return the digest of the weights with which a model answers here.

        Raises KernelError where no answers of them are recorded.
        """
        if not self.can_be(model) or not (name := self._seen[model]):
            raise KernelError(messages.NOT_RECORDED)
        return self._recorded[name].digest


def live_model(assignment: Assignment, names: Mapping[str, Any], recorded: Mapping[str, RecordedModel]) -> LiveModel:
    """Return the model that the ``names`` of a notebook hold.

    What the prelude prints or displays, such as progress bars, is dropped. Raises AssignmentError for a prelude that
    fails.
    """
    prelude = _prelude_of(assignment)
    try:
        with capture_output():
            facts = prelude.facts(dict(names)) if hasattr(prelude, "facts") else {}
            turned = getattr(prelude, "turned_into", lambda name, names: None)
            return LiveModel(assignment.models[0], facts, lambda name: turned(name, dict(names)), recorded)
    except Exception as error:
        raise AssignmentError.of(error, assignment.prelude) from error


def _prelude_of(assignment: Assignment) -> ModuleType:
    spec = importlib.util.spec_from_file_location("_grader_prelude", assignment.prelude)
    if spec is None or spec.loader is None:
        raise AssignmentError(assignment.prelude, messages.PRELUDE_NO_PYTHON)
    prelude = importlib.util.module_from_spec(spec)
    try:
        with capture_output():
            spec.loader.exec_module(prelude)
    except Exception as error:
        raise AssignmentError.of(error, assignment.prelude) from error
    return prelude


def _recognised(facts: Facts, recorded: Mapping[str, RecordedModel]) -> str:
    """Return the name of the recorded model that the notebook's is, "" for none."""
    mine = facts[FINGERPRINT]() if FINGERPRINT in facts else []
    return next((name for name, model in recorded.items() if _alike(mine, model.fingerprint)), "")


def _alike(mine: Any, theirs: tuple[float, ...]) -> bool:
    return len(mine) == len(theirs) > 0 and all(
        math.isclose(a, b, rel_tol=_NEAR, abs_tol=_NEAR) for a, b in zip(mine, theirs, strict=True)
    )
