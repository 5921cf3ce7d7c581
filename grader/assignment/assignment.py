"""The records of an assignment: what is asked, on which models, within which limits."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.kernel_config import Limits
from grader.typed_json import Sparse

FILE = "assignment.toml"


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
class RecordedModel:
    """A model whose answers a release holds.

    The digest of its weights, and a few numbers by which these are recognised.
    """

    digest: str
    fingerprint: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a release holds in the place of a solution and of hidden checks.

    ``answers`` is the file of recorded reference answers, ``hidden`` how many checks of each exercise run at grading.
    ``models`` are those by which a notebook's model is recognised.
    """

    answers: Path
    hidden: Mapping[str, int]
    models: Mapping[str, RecordedModel] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assignment:
    """Everything an examiner needs to know about an assignment, all paths absolute.

    ``models`` are names that the ``prelude`` can load, the default first; ``notebook_models`` are others that students'
    notebooks may hold, for which a release records answers where they can be loaded. ``provided`` are the names that
    are injected into every kernel and never rebuilt from a student's cells. ``prelude`` runs in the zygote and holds no
    secrets; ``prelude_reads`` are files and folders that it reads, by where a release has them beside it. ``solution``
    (with the folders in ``solution_reads``) is read by reference kernels alone, and mutants of it exchange names in its
    text that are ``interchangeable``. A release has ``recorded`` answers in place of a solution. ``further`` says in
    words what hidden checks try, ``release_url`` is where the course publishes its release. ``notebook`` is what
    students were given, ``handout`` the files that they get beside it. With ``near_miss``, a function whose name is
    nearly the one asked for is graded where that is missing. ``visible_share`` is the share of an exercise's points
    that its visible checks may be worth. ``interpreter`` is the Python that kernels run, ``device`` what their models
    compute on, and ``packages`` are those whose versions results name beside torch's; no student writes a module of
    their names. ``misconceptions`` is what the instructor decided about single mistakes, by their ids. ``digest`` is a
    SHA-256 over all files but the samples.
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
    release_url: str = ""
    prelude_reads: Mapping[str, Path] = field(default_factory=dict)
    handout: tuple[Path, ...] = ()
    near_miss: bool = False
    notebook_models: tuple[str, ...] = ()
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

    def with_first(self, model: str) -> Assignment:
        """Return the assignment with a model as the default: on it run checks that name none."""
        return replace(self, models=(model, *(m for m in self.models if m != model)))

    def with_call_limit(self, seconds: float | None) -> Assignment:
        """Return the assignment with another least limit of one call, or as it is for None."""
        return self if seconds is None else replace(self, limits=replace(self.limits, call_s=seconds))

    def checks(self, visibility: str) -> Path:
        """Return the folder of the "visible" or the "hidden" checks."""
        return self.root / "checks" / visibility
