"""Attacks on the examiner: what they cost it or have it run, with layers removed.

Each attack is carried out in a process of its own. The limit that it must keep to is scaled down, so that what exceeds
it is cheap; the others are as they are shipped. What an attack takes is counted in multiples of its limit, beside what
an examiner takes for any submission.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import resource
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self, cast

import grader.grade
from grader import fork_server, submission_reader, worker
from grader.assignment import Assignment, load_assignment
from grader.errors import GraderError, UnreadableError
from grader.extract import recursion, source_size, statements
from grader.kernel import KernelPool
from grader.kernel_config import Limits
from grader.plugin.grading_plugin import GradingPlugin
from grader.result import SubmissionStatus
from grader.sandbox import rlimits
from grader.session import bounded_cache, student_session
from grader.submission import Submission
from tests.attacks.specimens import ATTACKS, Attack, honest
from tests.attacks.targets import patched

KEPT, THROUGH = 1.5, 2.5
"""What keeps to a limit takes at most so many times of it, and what gets through at least; between is no proof."""

_NOTHING: Callable[..., Any] = lambda *args, **kwargs: None  # noqa: E731 - stands in for a layer
_FAR = 1 << 40
_WIDER = 4  # times; a limit that is removed still bounds what an attack costs here
_READER_MB, _READER_S, _ANSWERS_MB, _EXAMINER_MB = 128, 2, 24, 160
_ANSWER_MB = 8
_MOST_S = 60  # of processor time, for whatever an attack does
_NAMESAKE = "open({marker!r}, 'w').close()\nraise ImportError('a file of the same name was imported')\n"
_CONFIGURATIONS = {".ini": "[pytest]\npythonpath = .\n", ".pth": "import evil\n"}

Changes = list[tuple[Any, dict[str, Any]]]
Outcome = dict[str, Any]
LAYERS: dict[str, Changes] = {
    "estimate": [(statements, {"MAX_TOKENS": _FAR, "MAX_CELL_TOKENS": _FAR, "MAX_STATEMENTS": _FAR})],
    "bytecode": [(source_size, {"_compiles_small": lambda statement: True})],
    # Room for a buffer beside one of twice its size: what grows by doubling may stop far below its limit.
    "reader_memory": [(submission_reader, {"MEMORY_MB": 2 * _WIDER * _READER_MB})],
    "reader_time": [(submission_reader, {"CPU_S": _WIDER * _READER_S})],
    "memo": [(bounded_cache, {"MOST_MB": _FAR})],
    "excess": [(student_session, {"EXCESS_MB": _FAR})],
    "release": [(GradingPlugin, {"_release": _NOTHING})],
    "backstop": [(rlimits, {"backstop": _NOTHING})],
    "safe_path": [(place, {"safe_path": contextlib.nullcontext}) for place in (fork_server, worker)],
    "own_checks": [(grader.grade, {"isolating_options": lambda root: []})],
}  # fmt: skip
"""What bounds an examiner, by name, and what is done to remove it."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A limit: how much it is here, of what, and how it is scaled down to that."""

    most: float
    unit: str
    scaled: Changes


MEASURES = {
    "reader's memory": Measure(_READER_MB, "MB", [(submission_reader, {"MEMORY_MB": _READER_MB})]),
    "reader's time": Measure(_READER_S, "s", [(submission_reader, {"CPU_S": _READER_S})]),
    # Kept for other checks, held for this one's verdict, and on its way, where it is there as it was sent and as read.
    "answers": Measure(
        2 * (_ANSWERS_MB + _ANSWER_MB),
        "MB",
        [(bounded_cache, {"MOST_MB": _ANSWERS_MB}), (student_session, {"EXCESS_MB": _ANSWERS_MB})],
    ),
    "examiner's memory": Measure(
        _EXAMINER_MB,
        "MB",
        [
            (worker, {"MOST_MB": _EXAMINER_MB}),
            *((module, {"STACK_MB": _EXAMINER_MB // 4}) for module in (recursion, submission_reader)),
        ],
    ),
}


EXAMINED = tuple(attack for attack in ATTACKS if attack.category == "examiner")
_FIRST = {layer: attack for attack in reversed(EXAMINED) for layer in attack.layers}
REPRESENTED = tuple(a for a in EXAMINED if not a.layers or a in _FIRST.values())
"""The first that each layer stops, and those that none has to stop."""


def examine(attacks: Sequence[Attack], assignment: Path, folder: Path) -> dict[str, dict[str, Outcome]]:
    """Try each attack with all layers (under ""), without those that stop it, and with each.

    Each of those that stop it is tried alone. An attack that no layer has to stop is tried without the reader's limits.
    """
    found: dict[str, dict[str, Outcome]] = {}
    with AttackedExaminer(assignment, folder) as attacked:
        for attack in attacks:
            alone = ([x for x in attack.layers if x != kept] for kept in attack.layers if len(attack.layers) > 1)
            tries = ([], [*attack.layers] or ["reader_memory", "reader_time"], *alone)
            found[attack.name] = {"+".join(removed): attacked.carry_out(attack, removed) for removed in tries}
    return found


def doubts(attack: Attack, tried: dict[str, Outcome]) -> Iterator[str]:
    """Yield where an attack got through or was stopped otherwise than is said, or unclearly."""
    for removed, outcome in tried.items():
        expected = bool(removed) and removed == "+".join(attack.layers)
        if outcome["through"] != expected or KEPT < outcome["times"] < THROUGH:
            yield f"{attack.name} without {removed or 'any layer removed'}: {outcome['saw']}"


class AttackedExaminer:
    """An examiner to attack, with the assignment that it grades; a context manager."""

    def __init__(self, source: Path, folder: Path) -> None:
        root = folder / "many" / "assignment"
        shutil.copytree(source, root, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.rmtree(root / "checks" / "hidden")
        shutil.copy(Path(__file__).with_name("many_checks.py"), root / "checks" / "visible" / "test_checks.py")
        assignment = load_assignment(str(root))
        # Those of the assignment are as small as attacks on kernels may be.
        limits: Limits = replace(assignment.limits, result_mb=_ANSWER_MB, memory_mb=1024)
        self._assignment = replace(assignment, limits=limits)
        self._folder = folder
        self._end = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._end.close()

    @cached_property
    def _address(self) -> str:
        return self._end.enter_context(KernelPool(self._assignment)).address

    @cached_property
    def _usual_mb(self) -> int:
        """What an examiner takes for an honest submission, with the answers attacks need known."""
        first = next(attack for attack in EXAMINED if attack.one("Takes") == "answers")
        path, address = self._folder / "usual.ipynb", self._address
        took = 0
        for data in (first.notebook({}), next(honest(1))[1]):
            path.write_bytes(data)
            took = int(_in_a_fork(lambda: _grade(path, self._assignment, address)))
        return took

    def carry_out(self, attack: Attack, removed: Sequence[str]) -> Outcome:
        """Carry an attack out without some layers; return if it got through and what it took."""
        work = self._work(attack, Path(tempfile.mkdtemp(dir=self._folder)))
        measure = MEASURES.get(attack.one("Takes"))
        with contextlib.ExitStack() as stack:
            for owner, values in (*(measure.scaled if measure else ()), *(c for x in removed for c in LAYERS[x])):
                stack.enter_context(patched(owner, **values))
            took = _in_a_fork(work)
        if measure is None:
            return {"through": bool(took), "times": 0.0, "saw": f"{', '.join(took) or 'nothing'} of it ran"}
        saw = f"{took:.3g} {measure.unit} where {measure.most:.3g} are allowed"
        return {"through": took > KEPT * measure.most, "times": took / measure.most, "saw": saw}

    def _work(self, attack: Attack, folder: Path) -> Callable[[], Any]:
        """Return what an examiner is to do with an attack, started before layers are removed."""
        path = folder / "submission.ipynb"
        path.write_bytes(attack.notebook({}))
        match attack.one("Takes"):
            case "":
                return lambda: _among_namesakes(attack.beside, self._assignment, folder)
            case "reader's time":
                return lambda: _read(path, self._assignment)[0]
            case "reader's memory":
                return lambda: _read(path, self._assignment)[1]
        usual, address = self._usual_mb, self._address
        return lambda: _grade(path, self._assignment, address) - usual


def _in_a_fork(work: Callable[[], Any]) -> Any:
    """Do something in a bounded fork and return its result; RuntimeError if it broke."""
    source, sink = os.pipe()
    pid = os.fork()
    if not pid:
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (_MOST_S, _MOST_S))
            with open(sink, "w") as pipe:
                json.dump(work(), pipe)
            code = 0
        except BaseException:  # noqa: BLE001 - it must end here
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(sink)
    with open(source) as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    if status:
        raise RuntimeError(f"an attack ended its examiner (status {status})")
    return json.loads(said)


def _read(path: Path, assignment: Assignment) -> tuple[float, int]:
    """Read a submission; return the processor seconds and MB that its process took."""
    before = _mb("VmRSS")
    with contextlib.suppress(UnreadableError):
        submission_reader.read_submission(path, assignment)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime, (used.ru_maxrss >> 10) - before


def _grade(path: Path, assignment: Assignment, address: str) -> int:
    """Grade a submission as an examiner does, and return how many MB that took."""
    answer, before = _Answer(), _mb("VmRSS")
    submission, options = Submission("a", "A", path, "a.ipynb", "0" * 64), worker._Options(hidden=True, seed=0)
    worker._examine(cast(Connection, answer), logging.ERROR, submission, assignment, address, options)
    if answer.said["status"] != SubmissionStatus.GRADED:
        raise RuntimeError(answer.said["message"])
    return _mb("VmHWM") - before


class _Answer:
    """Takes an examiner's result in place of the connection that it is sent through."""

    said: dict[str, Any]

    def send_bytes(self, data: bytes) -> None:
        if data:
            self.said = json.loads(data)

    def close(self) -> None:
        pass


def _mb(field: str) -> int:
    """Return a figure of this process's own memory, which getrusage mixes with its parent's."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) >> 10


def _among_namesakes(names: Sequence[str], assignment: Assignment, folder: Path) -> list[str]:
    """Collect the checks among files of these names, and return which of them ran.

    What examiners are forked from is started first.
    """
    for name in names:
        content = _NAMESAKE.format(marker=str(folder / f"{name}.ran"))
        (folder / name).write_text(_CONFIGURATIONS.get(Path(name).suffix, content))
    root = shutil.copytree(assignment.root, folder / "assignment")
    os.chdir(folder)
    os.environ["PYTHONPATH"] = os.pathsep + os.environ.get("PYTHONPATH", "")
    os.environ.pop("PYTHONSAFEPATH", None)
    context = fork_server.context()
    with contextlib.suppress(Exception):
        with worker.safe_path():
            fork_server.start()
        started = context.Process(target=os.getpid)
        started.start()
        started.join()
    with contextlib.suppress(GraderError):
        grader.grade.collect_checks(replace(assignment, root=root))
    return sorted(p.stem for p in folder.glob("*.ran"))
