"""The rounds: each attack on a locked kernel, then with layers removed, then on examiners, then all in a batch.

Among the options, names of attacks choose these and leave the batch out, unless ``--batch`` asks for it; ``--probes``
attacks kernels alone, ``--examiner`` examiners alone, and ``--graded`` is the batch alone. Under ``--container`` only
the locked kernel is attacked.

Run by ``enter.py`` inside the arena; the report goes to stdout as JSON. In it an outcome is ``{"through": bool,
"saw": what the attack itself saw, "harm": what happened to the victims}``.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.assignment import Assignment, Limits, load_assignment
from grader.errors import CallRaised, KernelError, StudentFault
from grader.extract import Segment
from grader.kernel import Kernel, KernelPool, zygote
from grader.kernel.provisioner import kernel_spec
from grader.sandbox import environment
from tests.attacks import examiner, loose
from tests.attacks.batch import batches
from tests.attacks.specimens import PROBES, Attack
from tests.attacks.victims import Victims, patched

_ALONE = {"--probes", "--container", "--examiner", "--graded"}
_BOUNDED_S = 10.0  # no probe takes longer, whatever does not stop it; machines are busy
_LOOSE = ("landlock", "seccomp", "rlimits", "privileges")
OUTSIDE = ("environment", "descriptors", "watchdog", "deadline")
REMOVABLE = frozenset((*_LOOSE, *OUTSIDE))

Outcome = dict[str, Any]


def main(folder: Path, options: Sequence[str]) -> None:
    """Carry out the rounds and print the report."""
    (folder / "run").mkdir()
    chosen = [o for o in options if not o.startswith("--")]
    probes = [a for a in PROBES if not chosen or a.name in chosen]
    report: dict[str, Any] = {
        "user": os.environ["ATTACKS_USER"],
        "apart": bool(os.environ["ATTACKS_APART"]),
        "container": "--container" in options,
    }
    with Victims(folder) as victims:
        assignment = load_assignment(str(victims.target))
        alone = _ALONE & set(options)
        if probes and alone <= {"--probes", "--container"}:
            report |= locked(victims, assignment, probes)
        if probes and alone <= {"--probes"}:
            report["claims"] = claims(victims, assignment, probes)
        if alone <= {"--examiner"}:
            attacks = [a for a in examiner.EXAMINED if not chosen or a.name in chosen]
            report["examined"] = examiner.examine(attacks, victims.target, folder / "examined")
        if alone <= {"--graded"} and (not chosen or {"--graded", "--batch"} & set(options)):
            report |= batches(victims, assignment, chosen)
    print(json.dumps(report))


def locked(victims: Victims, assignment: Assignment, probes: Sequence[Attack]) -> dict[str, Any]:
    """Try each probe on a kernel as students have them."""
    outcomes: dict[str, Outcome] = {}
    with KernelPool(assignment) as pool, sibling(pool, victims):
        config = pool.kernel_config(assignment.models[0])
        ring = Ring(pool.address, config, assignment.limits, victims)
        with ring:
            for attack in probes:
                outcomes[attack.name] = ring.strike(attack)
        with pool.kernel(assignment.models[0]) as kernel:  # the next submission
            kernel.run([Segment(1, "def alive():\n    return model(t.ones(3)).shape[0]\n", frozenset())])
            alive = kernel.call("alive", cpu_s=10)
    left = [str(p.relative_to(victims.folder)) for p in (victims.folder / "run").rglob("*")]
    return {"locked": outcomes, "next_submission": alive, "left_files": left, "layers": pool.hello["layers"]}


def claims(victims: Victims, assignment: Assignment, probes: Sequence[Attack]) -> dict[str, dict[str, Outcome]]:
    """Try each probe without all of its layers, and with each of them alone: by name, then by what was removed."""
    found: dict[str, dict[str, Outcome]] = {a.name: {} for a in probes}
    dirty = victims.secrets["environment"]
    with ExitStack() as stack:
        stack.enter_context(
            patched(zygote, _SCRIPT=Path(loose.__file__), clean=lambda *a: environment.clean(*a) | {"TOKEN": dirty})
        )
        pool = stack.enter_context(KernelPool(assignment))
        stack.enter_context(sibling(pool, victims))
        config = pool.kernel_config(assignment.models[0])
        for removed, attacks in _by_removed(probes).items():
            here = config | {"model": f"{'+'.join(r for r in removed if r in _LOOSE)}@{config['model']}"}
            limits = _unwatched(assignment.limits) if "watchdog" in removed else assignment.limits
            with Ring(pool.address, here, limits, victims) as ring:
                for attack in attacks:
                    found[attack.name]["+".join(removed)] = ring.strike(attack, timed="deadline" not in removed)
    return found


def _by_removed(probes: Sequence[Attack]) -> dict[tuple[str, ...], list[Attack]]:
    """Return which probes to try without which layers: all that stop it, and all but one of those."""
    found: dict[tuple[str, ...], list[Attack]] = {}
    for attack in (a for a in probes if a.proved):
        alone = [tuple(x for x in attack.layers if x != kept) for kept in attack.layers]
        for removed in (attack.layers, *(a for a in alone if len(attack.layers) > 1)):
            found.setdefault(removed, []).append(attack)
    return found


def _unwatched(limits: Limits) -> Limits:
    return replace(limits, memory_mb=1 << 20, scratch_mb=1 << 20, scratch_files=1 << 20, threads=1 << 20)


class Ring:
    """A kernel to attack, and another one whenever an attack has done something to it; a context manager."""

    def __init__(self, address: str, config: dict[str, Any], limits: Limits, victims: Victims) -> None:
        self._spec = kernel_spec(address, config, limits.threads)
        self._limits = limits
        self._victims = victims
        self._kernel: Kernel | None = None

    def __enter__(self) -> Ring:
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._kernel is not None:
            self._kernel.close()

    def strike(self, attack: Attack, *, timed: bool = True) -> Outcome:
        """Let an attack run and return its outcome; only where the deadline is what stops it, it has little time."""
        bounded = not timed or "deadline" not in attack.layers
        limits = replace(self._limits, call_s=_BOUNDED_S, idle_s=_BOUNDED_S) if bounded else self._limits
        through = True
        try:
            got = self._ask(attack, limits)
            through, saw = bool(got), repr(got)[:500] if got else "nothing"
        except CallRaised as fault:
            through, saw = False, f"{fault.ename}: {fault.evalue}"
        except StudentFault as fault:
            through, saw = False, f"{type(fault).__name__}: {fault.sentence}"
        except KernelError as error:
            through, saw = False, f"no kernel: {error}"[-500:]
        if through or self._kernel is None or not self._kernel.alive or not saw.startswith(("OSError", "Perm")):
            self.__exit__()
            self._kernel = None
        harm = self._victims.harm()
        stolen = [name for name, secret in self._victims.secrets.items() if secret in saw]
        return {"through": through or bool(harm) or bool(stolen), "saw": saw, "harm": harm}

    def _ask(self, attack: Attack, limits: Limits) -> Any:
        if self._kernel is None:
            self._kernel = Kernel(self._spec, self._limits)
        self._kernel.limits = limits
        for fault in self._kernel.run([Segment(1, attack.source, frozenset())]).values():
            raise fault
        return self._kernel.call("attack", (self._victims.described,), cpu_s=limits.call_s)


@contextmanager
def sibling(pool: KernelPool, victims: Victims) -> Iterator[None]:
    """Have a kernel of another submission beside the attacker's, with a secret in its scratch folder."""
    with pool.kernel("narrow") as kernel:
        secret = victims.secrets["submission"]
        kernel.run([Segment(1, f"SECRET = {secret!r}\nopen('notes', 'w').write(SECRET)", frozenset())])
        fork = kernel._provisioner.fork
        victims.described |= {
            "sibling": str(kernel._provisioner.folder), "sibling_pid": fork.pid if fork else 0,
            "zygote": pool.address,
        }  # fmt: skip
        yield


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
