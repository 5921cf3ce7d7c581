"""The checks of a release, an assignment without solution and hidden checks."""

from __future__ import annotations

import dataclasses
import fnmatch
import pprint
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import tomlkit

from grader.assignment import FILE, Assignment
from grader.diagnosis import load_misconceptions
from grader.diagnosis.misconceptions import FILE as MISCONCEPTIONS
from grader.errors import AssignmentError
from grader.ignored_files import leftover
from grader.release import messages
from grader.release.recording import Recording
from grader.result import Visibility
from grader.session.recorded_answers import pack_answers

ANSWERS = "answers.zip"
NOT_FOR_STUDENTS = (
    "checks/*",
    "conftest.py",
    "misconceptions.py",
    "variants.py",
    "solution*",
    "assignment.toml",
    "samples/*",
)


def require_handout(file: Path, assignment: Assignment) -> None:
    """Raise AssignmentError unless a file of the assignment is for students."""
    toml = assignment.root / FILE
    inside = assignment.root in file.parents
    name = file.relative_to(assignment.root).as_posix() if inside else file.name
    if not inside or not file.is_file():
        raise AssignmentError(toml, messages.no_file_of_it(name))
    if any(fnmatch.fnmatch(name, pattern) for pattern in NOT_FOR_STUDENTS) or any(
        p in (file, *file.parents) for p in assignment.solution_files
    ):
        raise AssignmentError(toml, messages.not_for_students(name))


def fill_assignment(assignment: Assignment, recording: Recording, folder: Path) -> None:
    """Make the folder of a release's assignment.

    Raises AssignmentError for a prelude that lies elsewhere.
    """
    for place, file in _copied_files(assignment):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, folder / place)
    (folder / ANSWERS).write_bytes(pack_answers(recording.answers))
    (folder / FILE).write_text(_settings(assignment, recording), encoding="utf-8")
    if (assignment.root / MISCONCEPTIONS).is_file():
        (folder / MISCONCEPTIONS).write_text(_misconceptions_text(assignment), encoding="utf-8")


def _copied_files(assignment: Assignment) -> Iterator[tuple[Path, Path]]:
    """Yield each file that is taken as it is, after its place in the folder."""
    for file in (assignment.prelude, assignment.notebook):
        if assignment.root not in file.parents:
            raise AssignmentError(assignment.root / FILE, messages.lies_elsewhere(file))
        yield file.relative_to(assignment.root), file
    for place, path in assignment.prelude_reads.items():
        for file in _below(path):
            yield Path(place) / file.relative_to(path), file
    checks, hidden = assignment.root / "checks", assignment.checks(Visibility.HIDDEN)
    for file in _below(checks):
        if hidden not in file.parents:
            yield file.relative_to(assignment.root), file


def _below(path: Path) -> list[Path]:
    """Return the files of a folder that somebody put there; of a file, itself."""
    return (
        [path]
        if path.is_file()
        else [p for p in sorted(path.rglob("*")) if p.is_file() and not leftover(p.relative_to(path))]
    )


def _settings(assignment: Assignment, recording: Recording) -> str:
    """Return the text of the release's ``assignment.toml``."""
    data = tomllib.loads((assignment.root / FILE).read_text(encoding="utf-8"))
    kernel = data["kernel"]
    top = ("solution", "handout", "visible_share", "release_url")
    for table, keys in (data, top), (kernel, ("reads", "notebook_models")):
        for key in keys:
            table.pop(key, None)
    models = {name: dataclasses.asdict(model) for name, model in recording.models.items()}
    data["recorded"] = {"answers": ANSWERS, "hidden": recording.hidden, "models": models}
    return tomlkit.dumps(data)


def _misconceptions_text(assignment: Assignment) -> str:
    """Return the text of a ``misconceptions.py`` that names the mistakes and holds no code."""
    known = load_misconceptions(assignment)
    singles = [dataclasses.asdict(m) for m in known.singles]
    pairs: dict[str, list[str]] = {}
    for first, second in known.pairs:
        pairs.setdefault(first, []).append(second)
    stages = {exercise: [(s.id, s.title, s.part) for s in steps] for exercise, steps in known.stages.items()}
    literals = {"MISCONCEPTIONS": singles, "PAIRS": pairs, "STAGES": stages}
    written = "\n".join(
        f"{name} = {pprint.pformat(value, width=120, sort_dicts=False)}\n" for name, value in literals.items()
    )
    return f'"""The well-known mistakes: what they are called. Their answers are recorded."""\n\n{written}'
