"""Read an assignment: what is asked, on which models, within which limits."""

from __future__ import annotations

import difflib
import hashlib
import os
import sys
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from grader.errors import AssignmentError, UsageError
from grader.ignored_files import leftover
from grader.kernel_config import Limits
from grader.settings import assignment_roots
from grader.toml_values import (
    is_number,
    read_flag,
    read_path,
    read_paths,
    read_share,
    read_table,
    read_text,
    read_texts,
)
from grader.typed_json import Sparse

FILE = "assignment.toml"
_MOST = 1e6  # points, seconds, MB: their sums are numbers that systems and gradebooks take
_NO_PRELUDES = ("checks/*", "conftest.py", "misconceptions.py", "variants.py", "*.ipynb")


@dataclass(frozen=True, slots=True)
class Exercise:
    """A function asked for: its name, a title for people, and its points."""

    name: str
    title: str
    points: float


@dataclass(frozen=True, slots=True)
class MistakeDecision(Sparse):
    """What the instructor decided about one mistake; None is as ``misconceptions.py`` says.

    ``accepted`` is whether it counts as a right answer, ``credit`` the share of the points that it leaves, below 1.
    """

    accepted: bool | None = None
    credit: float | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a release holds in the place of a solution and of hidden checks.

    ``answers`` is the file of recorded reference answers, ``hidden`` how many checks of each exercise run at grading.
    """

    answers: Path
    hidden: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Everything an examiner needs to know about an assignment, all paths absolute.

    ``models`` are names that the ``prelude`` can load, the default first. ``provided`` are the names that are
    injected into every kernel and never rebuilt from a student's cells. ``prelude`` runs in the zygote and holds no
    secrets; ``prelude_reads`` are files and folders that it reads, by where a release has them beside it.
    ``solution`` (with the folders in ``solution_reads``) is read by reference kernels alone, and mutants of it
    exchange names in its text that are ``interchangeable``. A release has ``recorded`` answers in place of a solution.
    ``further`` says in words what hidden checks try. ``notebook`` is what students were given, ``handout`` the
    files that they get beside it. With ``near_miss``, a function whose name is nearly the one asked for is graded where
    that is missing. ``visible_share`` is the share of an exercise's points that its visible checks may be worth.
    ``interpreter`` is the Python that kernels run, ``device`` what their models compute on, and ``packages`` are those
    whose versions results name beside torch's.
    ``misconceptions`` is what the instructor decided about single mistakes, by their ids. ``digest`` is a SHA-256 over
    all files but the samples.
    """

    slug: str
    title: str
    root: Path
    exercises: tuple[Exercise, ...]
    models: tuple[str, ...]
    provided: frozenset[str]
    prelude: Path
    solution: Path | None
    solution_reads: tuple[Path, ...]
    notebook: Path
    recorded: Recorded | None = None
    further: str = ""
    prelude_reads: Mapping[str, Path] = field(default_factory=dict)
    handout: tuple[Path, ...] = ()
    near_miss: bool = False
    visible_share: float = 1.0
    interchangeable: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    packages: tuple[str, ...] = ()
    interpreter: str = sys.executable
    device: str = "cpu"
    misconceptions: Mapping[str, MistakeDecision] = field(default_factory=dict)
    digest: str = ""

    @property
    def max_score(self) -> float:
        """The points of all exercises."""
        return sum(e.points for e in self.exercises)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the functions asked for."""
        return tuple(e.name for e in self.exercises)

    @property
    def solution_files(self) -> tuple[Path, ...]:
        """The solution and what it reads: files and folders, none in a release."""
        return (self.solution, *self.solution_reads) if self.solution else ()

    def checks(self, visibility: str) -> Path:
        """Return the folder of the checks of one visibility.

        Students may see those of "visible", and not those of "hidden".
        """
        return self.root / "checks" / visibility


def load_assignment(slug_or_path: str) -> Assignment:
    """Find and read an assignment by its slug or by the path of its folder.

    A slug is looked up in the configured folders alone; a path is what has a separator in it or begins with a dot.
    Raises UsageError when there is none of that name (with the nearest name there is), AssignmentError when its file
    breaks a rule.
    """
    root = _find(slug_or_path)
    path = root / FILE
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AssignmentError(path, f"is not valid TOML: {error}") from error
    return _parse(root, path, data)


def load_only_assignment() -> Assignment:
    """Read the only assignment in the configured folders.

    Raises UsageError for none or several.
    """
    known = _known_slugs()
    if len(known) != 1:
        found = f"there are several ({', '.join(known)})" if known else "none is in the configured folders"
        raise UsageError(f"which assignment is meant? {found}; name one with -a.")
    return load_assignment(known[0])


def is_known(slug: str) -> bool:
    """Return whether an assignment of this name lies in the configured folders."""
    return slug in _known_slugs()


def _find(slug_or_path: str) -> Path:
    given, roots = Path(slug_or_path), assignment_roots()
    is_path = slug_or_path.startswith(".") or any(s in slug_or_path for s in (os.sep, os.altsep) if s)
    for folder in [given] if is_path else [r / slug_or_path for r in roots]:
        if (folder / FILE).is_file():
            return folder.resolve()
    known = _known_slugs()
    near = difflib.get_close_matches(given.name, known, n=1)
    if not is_path and (given / FILE).is_file():  # nothing is taken for lying where the command is called
        hint = f"a folder is given as a path, .{os.sep}{slug_or_path}."
    elif near:
        hint = f"did you mean {near[0]!r}?"
    else:
        hint = f"known are: {', '.join(known) or 'none'}; set GRADER_ASSIGNMENTS to add a folder."
    raise UsageError(f"there is no assignment {slug_or_path!r}; {hint}")


def _known_slugs() -> list[str]:
    return sorted({p.parent.name for r in assignment_roots() if r.is_dir() for p in r.glob(f"*/{FILE}")})


_KEYS = {
    "": "title notebook handout near_miss visible_share further "
    "exercises kernel solution recorded limits misconceptions",
    "exercises": "name title points",
    "kernel": "prelude models provided reads packages interpreter device",
    "solution": "file reads interchangeable",
    "recorded": "answers hidden",
}
"""What each table may hold; the tables that are not here see to it themselves."""


def _refuse_unknown(path: Path, data: Mapping[str, Any]) -> None:
    """Raise AssignmentError for a key that means nothing: it was meant to mean something."""
    for table, keys in _KEYS.items():
        held = data.get(table, {}) if table else data
        for entry in held if isinstance(held, list) else [held]:
            for key in entry if isinstance(entry, dict) else ():
                if key not in keys.split():
                    where = f"[{table}]" if table else "the file"
                    known = ", ".join(keys.split())
                    near = difflib.get_close_matches(key, keys.split(), n=1)
                    hint = f"did you mean {near[0]!r}?" if near else f"it may hold {known}."
                    raise AssignmentError(path, f"{where} has no {key!r}; {hint}")


def _parse(root: Path, path: Path, data: dict[str, Any]) -> Assignment:
    _refuse_unknown(path, data)
    exercises: list[dict[str, Any]]
    match data:
        case {
            "title": str(title),
            "exercises": [_, *_] as exercises,
            "kernel": {"prelude": str(prelude), "models": [str(), *_] as models, "provided": [*provided]},
            "notebook": str(notebook),
        }:
            pass
        case _:
            raise AssignmentError(
                path,
                "needs title, notebook, at least one [[exercises]], and [kernel] with prelude, models and provided.",
            )
    given = read_table(path, data, "solution")
    reads = read_paths(root, path, "solution.reads", read_texts(path, given, "reads"))
    prelude_reads = _prelude_reads(root, path, data["kernel"])
    asked = tuple(_exercise(path, e) for e in exercises)
    solution, recorded = _answers(root, path, data, [e.name for e in asked])
    for name in read_texts(path, {"provided": provided}, "provided"):
        if not name.isidentifier():
            raise AssignmentError(path, f"provided must be names in Python, not {name!r}.")
    for name, count in Counter(e.name for e in asked).items():
        if count > 1:
            raise AssignmentError(path, f"{count} [[exercises]] are named {name!r}.")
    assignment = Assignment(
        slug=root.name,
        title=title,
        root=root,
        exercises=asked,
        models=read_texts(path, {"models": models}, "models"),
        provided=frozenset(read_texts(path, {"provided": provided}, "provided")),
        prelude=read_path(root, path, "kernel.prelude", prelude),
        solution=solution,
        solution_reads=reads,
        notebook=read_path(root, path, "notebook", notebook),
        recorded=recorded,
        further=read_text(path, data, "further"),
        prelude_reads=prelude_reads,
        handout=read_paths(root, path, "handout", read_texts(path, data, "handout")),
        near_miss=read_flag(path, data, "near_miss"),
        visible_share=read_share(path, data, "visible_share"),
        interchangeable=read_texts(path, given, "interchangeable"),
        limits=_limits(path, read_table(path, data, "limits")),
        packages=read_texts(path, data["kernel"], "packages"),
        interpreter=_interpreter(root, path, data["kernel"]),
        device=_device(path, data["kernel"]),
        misconceptions=_misconceptions(path, read_table(path, data, "misconceptions")),
        digest=_digest(root, (*reads, *prelude_reads.values())),
    )
    _refuse_outside(assignment)
    return assignment


def _refuse_outside(assignment: Assignment) -> None:
    """Raise AssignmentError for a release that names a file outside its folder: its digest would not cover that."""
    if assignment.recorded:
        for file in (assignment.prelude, assignment.notebook, assignment.recorded.answers, *assignment.handout):
            if assignment.root not in file.parents:
                raise AssignmentError(assignment.root / FILE, f"names {file}, which lies outside the release's folder.")


def _prelude_reads(root: Path, path: Path, data: Mapping[str, Any]) -> dict[str, Path]:
    """Return files and folders that the prelude reads, by their places below a release's folder."""
    table = read_table(path, data, "reads")
    for place, name in table.items():
        parts = PurePosixPath(place).parts
        if not isinstance(name, str) or not parts or PurePosixPath(place).is_absolute() or ".." in parts:
            raise AssignmentError(path, f"kernel.reads must name files by their places in a release, not {table!r}.")
    return {place: read_path(root, path, "kernel.reads", name, folders=True) for place, name in table.items()}


def _answers(
    root: Path, path: Path, data: Mapping[str, Any], names: Collection[str]
) -> tuple[Path | None, Recorded | None]:
    """Return the file of the solution, or what is recorded in its place."""
    match data:
        case {"solution": {"file": str(file)}} if "recorded" not in data:
            return read_path(root, path, "solution.file", file), None
        case {"recorded": {"answers": str(file), "hidden": dict(hidden)}} if "solution" not in data:
            if all(name in names and isinstance(n, int) and n >= 0 for name, n in hidden.items()):
                return None, Recorded(read_path(root, path, "recorded.answers", file), hidden)
    raise AssignmentError(
        path, "needs [solution] with file, or in its place [recorded] with answers and hidden, numbers by exercise."
    )


def _interpreter(root: Path, path: Path, kernel: Mapping[str, Any]) -> str:
    """Return a Python's path, unresolved.

    A link to it is what tells an environment's own packages.
    """
    match kernel.get("interpreter", sys.executable):
        case str(name) if os.path.isfile(root / name) and os.access(root / name, os.X_OK):
            return os.path.abspath(root / name)
    raise AssignmentError(path, f"kernel.interpreter must be the path of a Python, not {kernel['interpreter']!r}.")


def _device(path: Path, kernel: Mapping[str, Any]) -> str:
    if (device := kernel.get("device", "cpu")) != "cpu":
        raise AssignmentError(path, f"kernel.device can be nothing but 'cpu' yet, not {device!r}.")
    return "cpu"


def _exercise(path: Path, data: dict[str, Any]) -> Exercise:
    match data:
        case {"name": str(name), "points": points} if name.isidentifier() and is_number(points) and 0 < points <= _MOST:
            match data.get("title", name):
                case str(title):
                    return Exercise(name, title, float(points))
    raise AssignmentError(
        path,
        f"each [[exercises]] needs a name that is a Python identifier and points above 0, up to 1e6; not {data!r}.",
    )


def _limits(path: Path, data: dict[str, Any]) -> Limits:
    known = {f.name: type(getattr(Limits(), f.name)) for f in fields(Limits)}
    for key, value in data.items():
        if key not in known:
            raise AssignmentError(path, f"[limits] has no {key!r}; it may hold {', '.join(known)}.")
        if not is_number(value) or not 0 < value <= _MOST or (known[key] is int and not isinstance(value, int)):
            kind = "whole number" if known[key] is int else "number"
            raise AssignmentError(path, f"limits.{key} must be a {kind} above 0, up to 1e6, not {value!r}.")
    return Limits(**data)


def _misconceptions(path: Path, data: dict[str, Any]) -> dict[str, MistakeDecision]:
    """Return what a mistake costs here, by its id.

    What `misconceptions.py` says may be changed here.
    """
    for id, table in data.items():
        rest = dict(table) if isinstance(table, dict) else {"": table}
        accepted, credit = rest.pop("accepted", False), rest.pop("credit", 0)
        if rest or not isinstance(accepted, bool) or not is_number(credit) or not 0 <= credit < 1:
            rule = "may hold accepted (true or false) and credit (a number from 0, below 1)"
            raise AssignmentError(path, f"[misconceptions.{id}] {rule}; it holds {table!r}.")
    return {id: MistakeDecision(**table) for id, table in data.items()}


def prelude_digest(assignment: Assignment) -> str:
    """Return a SHA-256 over all files that the prelude may use.

    Not over checks, mistakes, notebooks and solution.
    """
    without = (*(f.name for f in assignment.solution_files[:1]), *_NO_PRELUDES)
    return _digest(assignment.root, (*assignment.solution_reads, *assignment.prelude_reads.values()), without=without)


def _digest(root: Path, reads: Iterable[Path], without: Iterable[str] = ()) -> str:
    """Digest all files that decide a grade; samples and what nobody put there do not.

    Files of ``root`` whose paths in it match a pattern of ``without`` are left out.
    """
    total = hashlib.sha256()
    for folder in (root, *reads):
        files = [folder] if folder.is_file() else sorted(p for p in folder.rglob("*") if p.is_file())
        for file in files:
            relative = file.relative_to(folder)
            if relative.parts[:1] == ("samples",) or leftover(relative):
                continue
            if folder == root and any(fnmatchcase(relative.as_posix(), pattern) for pattern in without):
                continue
            total.update(os.fsencode(relative) + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
