"""Read the tables of ``assignment.toml``, or say which rule they break."""

from __future__ import annotations

import difflib
import os
import sys
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import fields
from pathlib import Path, PurePosixPath
from typing import Any

from grader.assignment import messages
from grader.assignment.assignment import FILE, Assignment, Exercise, MistakeDecision, Recorded, RecordedModel
from grader.assignment.files_digest import files_digest
from grader.assignment.toml_values import (
    is_number,
    read_flag,
    read_path,
    read_paths,
    read_share,
    read_table,
    read_text,
    read_texts,
    read_url,
)
from grader.errors import AssignmentError
from grader.kernel_config import Limits
from grader.provenance import Provenance

_LARGEST_NUMBER = 1e6  # points, seconds, MB: their sums are numbers that systems and gradebooks take
_KEYS_OF_RESULTS = frozenset(f.name for f in fields(Provenance))

_KEYS = {
    "": "title notebook handout near_miss visible_share further release_url "
    "exercises kernel solution recorded limits misconceptions",
    "exercises": "name title points",
    "kernel": "prelude models notebook_models provided reads packages interpreter device",
    "solution": "file reads interchangeable",
    "recorded": "answers hidden models",
    "limits": " ".join(f.name for f in fields(Limits)),
}
"""What each table may hold; the tables that are not here see to it themselves."""


def _refuse_unknown(path: Path, data: Mapping[str, Any]) -> None:
    """Raise AssignmentError for a key that means nothing: it was meant to mean something."""
    for table, keys in _KEYS.items():
        held = data.get(table, {}) if table else data
        for entry in held if isinstance(held, list) else [held]:
            for key in entry if isinstance(entry, dict) else ():
                if key not in keys.split():
                    [near] = difflib.get_close_matches(key, keys.split(), n=1) or [""]
                    raise AssignmentError(path, messages.unknown_key(table, key, near, keys.split()))


def parse_assignment(root: Path, path: Path, data: dict[str, Any]) -> Assignment:
    """Return the assignment in a folder, from the tables of the file at ``path``.

    Raises AssignmentError for a rule that they break.
    """
    _refuse_unknown(path, data)
    exercises: list[dict[str, Any]]
    match data:
        case {
            "title": str(title),
            "exercises": [_, *_] as exercises,
            "kernel": {"prelude": str(prelude), "models": [str(), *_], "provided": [*_]} as kernel,
            "notebook": str(notebook),
        }:
            pass
        case _:
            raise AssignmentError(path, messages.NEEDS_TABLES)
    given = read_table(path, data, "solution")
    reads = read_paths(root, path, "solution.reads", read_texts(path, given, "reads"))
    prelude_reads = _prelude_reads(root, path, kernel)
    asked = _exercises(path, exercises)
    solution, recorded = _answers_file(root, path, data, [e.name for e in asked])
    assignment = Assignment(
        slug=root.name,
        title=title,
        root=root,
        exercises=asked,
        models=read_texts(path, kernel, "models"),
        provided=_provided(path, kernel),
        prelude=read_path(root, path, "kernel.prelude", prelude),
        solution=solution,
        solution_reads=reads,
        notebook=read_path(root, path, "notebook", notebook),
        recorded=recorded,
        further=read_text(path, data, "further"),
        release_url=read_url(path, data, "release_url"),
        prelude_reads=prelude_reads,
        handout=read_paths(root, path, "handout", read_texts(path, data, "handout")),
        near_miss=read_flag(path, data, "near_miss"),
        notebook_models=_notebook_models(path, kernel),
        visible_share=read_share(path, data, "visible_share"),
        interchangeable=read_texts(path, given, "interchangeable"),
        limits=_read_limits(path, read_table(path, data, "limits")),
        packages=_packages(path, kernel),
        interpreter=_interpreter(root, path, kernel),
        device=_device(path, kernel),
        misconceptions=_misconception_rules(path, read_table(path, data, "misconceptions")),
        digest=files_digest(root, (*reads, *prelude_reads.values())),
    )
    _refuse_outside(assignment)
    return assignment


def _refuse_outside(assignment: Assignment) -> None:
    """Raise AssignmentError for a release that names a file outside its folder.

    Its digest would not cover that file.
    """
    if assignment.recorded:
        for file in (assignment.prelude, assignment.notebook, assignment.recorded.answers, *assignment.handout):
            if assignment.root not in file.parents:
                raise AssignmentError(assignment.root / FILE, messages.outside_release(file))


def _prelude_reads(root: Path, path: Path, data: Mapping[str, Any]) -> dict[str, Path]:
    """Return the files and folders that the prelude reads, by their places in a release."""
    table = read_table(path, data, "reads")
    for place, name in table.items():
        parts = PurePosixPath(place).parts
        if not isinstance(name, str) or not parts or PurePosixPath(place).is_absolute() or ".." in parts:
            raise AssignmentError(path, messages.no_places_in_release(table))
    return {place: read_path(root, path, "kernel.reads", name, folders=True) for place, name in table.items()}


def _answers_file(
    root: Path, path: Path, data: Mapping[str, Any], names: Collection[str]
) -> tuple[Path | None, Recorded | None]:
    """Return the file of the solution, or what is recorded in its place."""
    match data:
        case {"solution": {"file": str(file)}} if "recorded" not in data:
            return read_path(root, path, "solution.file", file), None
        case {"recorded": {"answers": str(file), "hidden": dict(hidden)}} if "solution" not in data:
            if all(name in names and isinstance(n, int) and n >= 0 for name, n in hidden.items()):
                models = _recorded_models(path, read_table(path, data["recorded"], "models"))
                return None, Recorded(read_path(root, path, "recorded.answers", file), hidden, models)
    raise AssignmentError(path, messages.NEEDS_ANSWERS)


def _recorded_models(path: Path, tables: Mapping[str, Any]) -> dict[str, RecordedModel]:
    found = {}
    for name, table in tables.items():
        match table:
            case {"digest": str(digest), "fingerprint": [*numbers], **rest} if not rest and all(
                map(is_number, numbers)
            ):
                found[name] = RecordedModel(digest, tuple(map(float, numbers)))
            case _:
                raise AssignmentError(path, messages.no_recorded_model(name, table))
    return found


def _notebook_models(path: Path, kernel: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the models that only notebooks hold."""
    return tuple(name for name in read_texts(path, kernel, "notebook_models") if name not in kernel["models"])


def _provided(path: Path, kernel: Mapping[str, Any]) -> frozenset[str]:
    names = read_texts(path, kernel, "provided")
    for name in names:
        if not name.isidentifier():
            raise AssignmentError(path, messages.no_identifier(name))
    return frozenset(names)


def _packages(path: Path, kernel: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the packages whose versions results hold, each under its name beside other keys."""
    names = read_texts(path, kernel, "packages")
    for name in names:
        if name in _KEYS_OF_RESULTS:
            raise AssignmentError(path, messages.taken_package(name))
    return names


def _interpreter(root: Path, path: Path, kernel: Mapping[str, Any]) -> str:
    """Return a Python's path with its links, by which Python finds an environment's packages."""
    match kernel.get("interpreter", sys.executable):
        case str(name) if os.path.isfile(root / name) and os.access(root / name, os.X_OK):
            return os.path.abspath(root / name)
    raise AssignmentError(path, messages.must_be("kernel.interpreter", messages.PYTHONS_PATH, kernel["interpreter"]))


def _device(path: Path, kernel: Mapping[str, Any]) -> str:
    if (device := kernel.get("device", "cpu")) != "cpu":
        raise AssignmentError(path, messages.no_such_device(device))
    return "cpu"


def _exercises(path: Path, tables: list[dict[str, Any]]) -> tuple[Exercise, ...]:
    exercises = tuple(_exercise(path, table) for table in tables)
    for name, count in Counter(e.name for e in exercises).items():
        if count > 1:
            raise AssignmentError(path, messages.same_name(count, name))
    return exercises


def _exercise(path: Path, data: dict[str, Any]) -> Exercise:
    match data:
        case {"name": str(name), "points": points} if (
            name.isidentifier() and is_number(points) and 0 < points <= _LARGEST_NUMBER
        ):
            match data.get("title", name):
                case str(title):
                    return Exercise(name, title, float(points))
    raise AssignmentError(path, messages.no_exercise(data))


def _read_limits(path: Path, data: dict[str, Any]) -> Limits:
    known = {f.name: type(getattr(Limits(), f.name)) for f in fields(Limits)}
    for key, value in data.items():
        if (
            not is_number(value)
            or not 0 < value <= _LARGEST_NUMBER
            or (known[key] is int and not isinstance(value, int))
        ):
            asked = messages.a_limit(whole=known[key] is int)
            raise AssignmentError(path, messages.must_be(f"limits.{key}", asked, value))
    return Limits(**data)


def _misconception_rules(path: Path, data: dict[str, Any]) -> dict[str, MistakeDecision]:
    """Return what is decided about mistakes, by their ids."""
    for id, table in data.items():
        rest = dict(table) if isinstance(table, dict) else {"": table}
        accepted, credit = rest.pop("accepted", False), rest.pop("credit", 0)
        if rest or not isinstance(accepted, bool) or not is_number(credit) or not 0 <= credit < 1:
            raise AssignmentError(path, messages.no_decision(id, table))
    return {id: MistakeDecision(**table) for id, table in data.items()}
