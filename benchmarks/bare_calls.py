"""What a notebook's calls cost in one process that has loaded everything.

There are no sandbox, checks and reports. ``python -m benchmarks.bare_calls ASSIGNMENT ROUNDS OUT`` writes the CPU
seconds of one round.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.assignment import Assignment, load_assignment
from grader.extract import extract
from grader.grade import grade_one
from grader.intake import discover, read_notebook
from grader.session import StudentSession
from grader.session.answer_source import Question
from grader.value import Value


def recorded_calls(assignment: Assignment, notebook: Path) -> list[Question]:
    """Return the calls that the assignment's checks make, each once."""
    calls: dict[str, Question] = {}
    real = StudentSession.call

    def noting(self: StudentSession, question: Question, **how: bool) -> Value:
        calls.setdefault(question.key(question.model), question)
        return real(self, question, **how)

    StudentSession.call = noting  # type: ignore[method-assign] # the one place that sees every call
    [submission] = discover([notebook])
    grade_one(submission, assignment)
    return list(calls.values())


def load(prelude: Path) -> ModuleType:
    """Return the assignment's prelude as a module, loaded by path as the zygote does."""
    spec = spec_from_file_location("prelude", prelude)
    if spec is None or spec.loader is None:
        raise ImportError(f"{prelude} cannot be loaded")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Measure and write the figure."""
    assignment, rounds, out = load_assignment(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    notebook = assignment.root / "solution.ipynb"
    calls = recorded_calls(assignment, notebook)
    segments = extract(read_notebook(notebook), assignment.names, assignment.provided).segments
    prelude = load(assignment.prelude)
    models = {name: prelude.load(name) for name in assignment.models}

    def cpu_s(rounds: int) -> float:
        start = time.process_time()
        for _ in range(rounds):
            for name, model in models.items():
                names: dict[str, Any] = dict(prelude.provide(model))
                for segment in segments:
                    exec(segment.source, names)  # noqa: S102 - our own solution
                for call in calls:
                    if call.model == name:
                        names[call.name](*call.args, **call.kwargs)
        return time.process_time() - start

    cpu_s(1)  # what a first round sets up is not measured
    out.write_text(json.dumps(cpu_s(rounds) / rounds))


if __name__ == "__main__":
    main()
