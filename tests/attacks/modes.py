"""The modes: attacks on a locked kernel, without layers, on examiners, and in a batch.

Among the options, names of attacks choose these and leave the batch out, unless ``--batch`` asks for it; ``--probes``
attacks kernels alone, ``--examiner`` examiners alone, ``--graded`` is the batch alone, and ``--service`` uploads the
notebooks to a service. Under ``--container`` only
the locked kernel is attacked.

Run by ``isolated_main.py``; the report goes to stdout as JSON. In it an outcome is ``{"through": bool,
"saw": what the attack itself saw, "harm": what happened to the targets}``.
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

from grader.assignment import Assignment, load_assignment
from grader.errors import CallRaised, KernelError, StudentFault
from grader.extract import Segment
from grader.kernel import Kernel, KernelPool, zygote, zygote_command
from grader.kernel.provisioner import kernel_spec
from grader.kernel_config import KernelConfig, Limits
from grader.sandbox import environment
from tests.attacks import examiner, unlocked_zygote
from tests.attacks.mixed_batch import batches
from tests.attacks.specimens import PROBES, Attack
from tests.attacks.targets import Targets, patched
from tests.attacks.through_service import through_service

_ALONE = {"--probes", "--container", "--examiner", "--graded", "--service"}
_BOUNDED_S = 10.0  # no probe takes longer, whatever does not stop it; machines are busy
_IN_KERNEL = ("landlock", "seccomp", "rlimits", "privileges")
_OUTSIDE = ("environment", "descriptors", "watchdog", "deadline")
REMOVABLE = frozenset((*_IN_KERNEL, *_OUTSIDE))

Outcome = dict[str, Any]


def main(folder: Path, options: Sequence[str]) -> None:
    """Carry out the attacks in the modes that the options choose, and print the report."""
    (folder / "run").mkdir()
    chosen = [o for o in options if not o.startswith("--")]
    probes = [a for a in PROBES if not chosen or a.name in chosen]
    report: dict[str, Any] = {
        "user": os.environ["ATTACKS_USER"],
        "isolated": bool(os.environ["ATTACKS_ISOLATED"]),
        "container": "--container" in options,
    }
    with Targets(folder) as targets:
        assignment = load_assignment(str(targets.assignment))
        alone = _ALONE & set(options)
        if probes and alone <= {"--probes", "--container"}:
            report |= locked(targets, assignment, probes)
        if probes and alone <= {"--probes"}:
            report["without_layers"] = without_layers(targets, assignment, probes)
        if alone <= {"--examiner"}:
            attacks = [a for a in examiner.EXAMINED if not chosen or a.name in chosen]
            report["examined"] = examiner.examine(attacks, targets.assignment, folder / "examined")
        if alone == {"--service"}:
            report["service"] = through_service(targets, chosen)
        if alone <= {"--graded"} and (not chosen or {"--graded", "--batch"} & set(options)):
            report |= batches(targets, assignment, chosen)
    print(json.dumps(report))


def locked(targets: Targets, assignment: Assignment, probes: Sequence[Attack]) -> dict[str, Any]:
    """Try each probe on a kernel as students have them."""
    outcomes: dict[str, Outcome] = {}
    with KernelPool(assignment) as pool, other_submission(pool, targets):
        config = pool.kernel_config(assignment.models[0])
        with AttackedKernel(pool.address, config, targets) as attacked:
            for attack in probes:
                outcomes[attack.name] = attacked.carry_out(attack)
        with pool.kernel(assignment.models[0]) as kernel:  # the next submission
            kernel.run([Segment(1, "def alive():\n    return model(t.ones(3)).shape[0]\n", frozenset())])
            alive = kernel.call("alive", cpu_s=10)
    left = [str(p.relative_to(targets.folder)) for p in (targets.folder / "run").rglob("*")]
    return {"locked": outcomes, "next_submission": alive, "left_files": left, "layers": pool.info.layers}


def without_layers(targets: Targets, assignment: Assignment, probes: Sequence[Attack]) -> dict[str, dict[str, Outcome]]:
    """Return what each probe does without all of its layers, and with each alone.

    It is given by name, then by what was removed.
    """
    found: dict[str, dict[str, Outcome]] = {a.name: {} for a in probes}
    dirty = targets.secrets["environment"]
    with ExitStack() as stack:
        stack.enter_context(patched(zygote_command, SCRIPT=Path(unlocked_zygote.__file__)))
        stack.enter_context(patched(zygote, clean=lambda *a: environment.clean(*a) | {"TOKEN": dirty}))
        pool = stack.enter_context(KernelPool(assignment))
        stack.enter_context(other_submission(pool, targets))
        config = pool.kernel_config(assignment.models[0])
        for removed, attacks in _by_removed(probes).items():
            model = f"{'+'.join(r for r in removed if r in _IN_KERNEL)}@{config.model}"
            limits = _unwatched(config.limits) if "watchdog" in removed else config.limits
            # The resource limits stay as they are; threads are the control group's business too.
            here = replace(config, model=model, limits=replace(config.limits, threads=limits.threads))
            with AttackedKernel(pool.address, here, targets, limits) as attacked:
                for attack in attacks:
                    found[attack.name]["+".join(removed)] = attacked.carry_out(attack, timed="deadline" not in removed)
    return found


def _by_removed(probes: Sequence[Attack]) -> dict[tuple[str, ...], list[Attack]]:
    """Return which probes to try without which layers: all that stop it, and all but one."""
    found: dict[tuple[str, ...], list[Attack]] = {}
    for attack in (a for a in probes if a.proved):
        alone = [tuple(x for x in attack.layers if x != kept) for kept in attack.layers]
        for removed in (attack.layers, *(a for a in alone if len(attack.layers) > 1)):
            found.setdefault(removed, []).append(attack)
    return found


def _unwatched(limits: Limits) -> Limits:
    return replace(limits, memory_mb=1 << 20, scratch_mb=1 << 20, scratch_files=1 << 20, threads=1 << 20)


class AttackedKernel:
    """A kernel to attack, replaced whenever an attack has done something to it.

    A context manager.
    """

    def __init__(self, address: str, config: KernelConfig, targets: Targets, limits: Limits | None = None) -> None:
        self._spec = kernel_spec(address, config)
        self._limits = limits or config.limits
        self._targets = targets
        self._kernel: Kernel | None = None

    def __enter__(self) -> AttackedKernel:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._close()

    def _close(self) -> None:
        if self._kernel is not None:
            self._kernel.close()
            self._kernel = None

    def carry_out(self, attack: Attack, *, timed: bool = True) -> Outcome:
        """Let an attack run, briefly where the deadline is what stops it, and return its outcome."""
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
            self._close()
        harm = self._targets.harm()
        stolen = [name for name, secret in self._targets.secrets.items() if secret in saw]
        return {"through": through or bool(harm) or bool(stolen), "saw": saw, "harm": harm}

    def _ask(self, attack: Attack, limits: Limits) -> Any:
        if self._kernel is None:
            self._kernel = Kernel(self._spec, self._limits)
        self._kernel.limits = limits
        for fault in self._kernel.run([Segment(1, attack.source, frozenset())]).values():
            raise fault
        return self._kernel.call("attack", (self._targets.described,), cpu_s=limits.call_s)


@contextmanager
def other_submission(pool: KernelPool, targets: Targets) -> Iterator[None]:
    """Have a kernel of another submission, with a secret, beside the attacker's."""
    with pool.kernel("narrow") as kernel:
        secret = targets.secrets["submission"]
        kernel.run([Segment(1, f"SECRET = {secret!r}\nopen('notes', 'w').write(SECRET)", frozenset())])
        fork = kernel._provisioner.fork
        targets.described |= {
            "sibling": str(kernel._provisioner.folder), "sibling_pid": fork.pid if fork else 0,
            "zygote": pool.address,
        }  # fmt: skip
        yield


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
