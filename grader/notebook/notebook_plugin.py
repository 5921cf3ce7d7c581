"""The pytest plugin that runs visible checks on functions of this process."""

from __future__ import annotations

import contextlib
from functools import cached_property
from pathlib import Path

import pytest

from grader.assignment import Assignment
from grader.errors import KernelError
from grader.extract import Extraction
from grader.notebook.live_facts import LiveFacts
from grader.notebook.live_functions import LiveFunctions
from grader.notebook.live_model import LiveModel
from grader.plugin.check_run import CheckRun
from grader.plugin.grading_plugin import CHECK_RUN, GradingPlugin
from grader.result import Outcome
from grader.session import ReferenceAnswers
from grader.session.recorded_answers import RecordedAnswers


class NotebookPlugin(GradingPlugin):
    """Run the visible checks of some exercises on live functions.

    ``answers`` is the file of recorded ones, ``model`` the notebook's. Among those ``left_out`` are visible checks on
    a model that the notebook's cannot be turned into and, without recorded answers, those that need them.
    """

    def __init__(self, assignment: Assignment, answers: Path, functions: LiveFunctions, model: LiveModel) -> None:
        super().__init__(assignment, Extraction({}, ()), hidden=False)
        self._file = answers
        self._functions = functions
        self._model = model

    @cached_property
    def _session(self) -> LiveFunctions:
        return self._functions

    @cached_property
    def _answers(self) -> ReferenceAnswers:
        recorded = RecordedAnswers(self._file, self._model.digest)
        return self._end.enter_context(ReferenceAnswers(LiveFacts(self._model, recorded)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave the checks of these functions on what the notebook's model is or can be."""
        super().pytest_collection_modifyitems(config, items)
        wanted = [i for i in items if i.stash[CHECK_RUN].markers.exercise in self._functions.exercises]
        items[:] = [i for i in wanted if self._model.can_be(i.stash[CHECK_RUN].markers.model)]
        self.left_out += [i.stash[CHECK_RUN] for i in wanted if i not in items]
        self.check_runs = {i.nodeid: i.stash[CHECK_RUN] for i in items}

    def leave_out_unanswered(self) -> None:
        """Leave out checks that ended in an error because nothing can be compared."""
        for id, check_run in list(self.check_runs.items()):
            known = self._recorded(check_run) and check_run.markers.exercise not in self._functions.unaffected
            if not known and check_run.result().outcome is Outcome.ERROR:
                self.left_out.append(self.check_runs.pop(id))

    def _right_otherwise(self, item: pytest.Item, check_run: CheckRun) -> str:
        return super()._right_otherwise(item, check_run) if self._recorded(check_run) else ""

    def _explain(self, check_run: CheckRun) -> None:
        if self._recorded(check_run):
            super()._explain(check_run)

    def _recorded(self, check_run: CheckRun) -> bool:
        """Return whether answers are recorded for the weights with which a check runs."""
        with contextlib.suppress(KernelError):
            return bool(self._model.digest(check_run.markers.model))
        return False
