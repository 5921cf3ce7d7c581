"""One zygote, many kernels: roles, models, clean ends."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import version
from pathlib import Path

import pytest
import zmq.asyncio

from grader.assignment import Assignment
from grader.errors import AssignmentError, KernelError, UsageError
from grader.extract import Segment
from grader.kernel import KernelPool
from grader.kernel.pool import hidden_paths
from grader.kernel.zygote_connection import Connection
from grader.sandbox import landlock
from grader.worker import Examiners


def children(pid: int) -> list[int]:
    """Return the processes that ``pid`` started and that have not been reaped."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(p) for p in text.split()]


def descriptors(pid: int | str = "self") -> int:
    """Return how many descriptors a process holds."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def zygote_pid(pool: KernelPool | Examiners) -> int:
    """Return the zygote's process, as the socket that it listens on says."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as probe:
        probe.connect(pool.address)
        credentials = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int.from_bytes(credentials[:4], sys.byteorder)


def ends(pid: int) -> bool:
    """Return whether a process is gone, or goes within ten seconds."""
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    try:
        return bool(poll.poll(10_000))
    finally:
        os.close(pidfd)


def vanishes(folder: Path, pool: KernelPool) -> bool:
    """Return whether a folder is gone once the zygote has answered some questions."""
    with contextlib.closing(Connection(pool.address)) as zygote:
        return any(zygote.info() and not folder.exists() for _ in range(1000))


def test_a_machine_without_memory_ends_kernels_first(pool: KernelPool) -> None:
    """Without memory the system chooses the largest kernels first.

    Neither the zygote nor an examiner is chosen, so that neighbours go on.
    """
    zygote = zygote_pid(pool)
    before = {*children(zygote)}

    with pool.kernel("narrow"):
        [kernel] = {*children(zygote)} - before

        assert Path(f"/proc/{kernel}/oom_score_adj").read_text(encoding="ascii") == "1000\n"
        assert Path(f"/proc/{zygote}/oom_score_adj").read_text(encoding="ascii") != "1000\n"


def test_the_zygote_says_what_it_is(pool: KernelPool) -> None:
    """Versions, digests of the models, and which layers are active."""
    assert pool.info.models == {"narrow": "narrownarrow", "wide": "widewide"}
    assert pool.info.sandbox
    assert pool.info.layers["landlock"]
    assert pool.info.layers["seccomp"]


def test_kernels_run_in_the_environment_that_the_assignment_names(light: Assignment, tmp_path: Path) -> None:
    """Its Python and its packages are theirs; what it has not installed is told as such."""
    environment, site = tmp_path / "environment", sysconfig.get_path("purelib")
    venv.create(environment)
    [own_site] = environment.glob("lib/python*/site-packages")
    (own_site / "libraries.pth").write_text(f"{site}\n", encoding="utf-8")
    (own_site / "of_this_environment.py").write_text("ANSWER = 42", encoding="utf-8")
    interpreter, packages = str(environment / "bin" / "python"), ("numpy", "no-such-package")
    changed = dataclasses.replace(light, interpreter=interpreter, packages=packages)

    with KernelPool(changed) as pool, pool.kernel("narrow") as kernel:
        kernel.run([Segment(1, "import of_this_environment as o\ndef f():\n    return o.ANSWER", frozenset())])

        assert kernel.call("f", cpu_s=10) == 42
        assert pool.info.packages == {"torch": version("torch"), "numpy": version("numpy"), "no-such-package": ""}


def test_each_kernel_gets_the_model_that_it_was_asked_for(pool: KernelPool) -> None:
    """The names that the prelude provides are bound to the kernel's own model."""
    widths = []
    for model in ("narrow", "wide"):
        with pool.kernel(model) as kernel:
            kernel.run([Segment(1, "def f():\n    return WIDTH, model.name", frozenset())])
            widths.append(kernel.call("f", cpu_s=10))

    assert widths == [(3, "narrow"), (5, "wide")]


def test_an_unknown_model_is_the_callers_mistake(pool: KernelPool) -> None:
    """Asking for a model that the assignment does not have names those that it has."""
    with pytest.raises(UsageError, match="has no model 'huge'; it has narrow, wide"):
        pool.kernel("huge")


def test_a_reference_kernel_holds_the_solution(pool: KernelPool) -> None:
    """A reference kernel runs the solution and imports the folders that are named."""
    with pool.kernel("narrow", role="reference") as kernel:
        assert kernel.call("double", (21,), cpu_s=10) == 42


def test_a_second_examiner_can_use_the_same_zygote(pool: KernelPool, assignment: Assignment) -> None:
    """A pool that is given an address starts no zygote and ends none."""
    with KernelPool(assignment, address=pool.address) as other, other.kernel("narrow") as kernel:
        assert kernel.alive
    with pool.kernel("narrow") as kernel:
        assert kernel.alive


DIES_IN_A_CALL = """
import os, sys, threading
from grader.assignment import load_assignment
from grader.extract import Segment
from grader.kernel import KernelPool

def die():
    open(kernel._provisioner.folder / "scratch" / "calling").read()
    os.kill(os.getpid(), 9)

pool = KernelPool(load_assignment(sys.argv[1]), address=sys.argv[2])
kernel = pool.kernel("narrow")
print(kernel._provisioner.fork.pid, kernel._provisioner.folder, flush=True)
os.mkfifo(kernel._provisioner.folder / "scratch" / "calling")
os.chmod(kernel._provisioner.folder / "scratch" / "calling", 0o666)
threading.Thread(target=die).start()
source = "def f():\\n    open('left', 'w').close()\\n    open('calling', 'w').close()\\n    while True: pass"
kernel.run([Segment(1, source, frozenset())])
kernel.call("f", cpu_s=600)
"""


def test_an_examiner_that_is_killed_leaves_nothing(pool: KernelPool, assignment: Assignment) -> None:
    """The zygote ends a killed examiner's kernels, also in a call, and removes folders."""
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", DIES_IN_A_CALL, str(assignment.root), pool.address],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    kernel, folder = done.stdout.split()
    assert ends(int(kernel))
    assert vanishes(Path(folder), pool)


def test_a_connection_that_was_not_made_to_the_end_holds_up_nobody(pool: KernelPool) -> None:
    """A kernel is closed with all its sockets, also one that an error left over."""

    async def leave() -> zmq.asyncio.Socket:
        return kernel._context.socket(zmq.DEALER)

    with pool.kernel("narrow") as kernel:
        left = kernel._loop.run_until_complete(leave())

    assert left.closed


def test_fifty_kernels_leave_nothing_behind(pool: KernelPool) -> None:
    """After fifty kernels neither side holds more descriptors, processes or folders."""
    zygote = zygote_pid(pool)
    for _ in range(2):
        pool.kernel("narrow").close()

    def held() -> tuple[object, ...]:
        return descriptors(), descriptors(zygote), children(zygote), sorted(os.listdir(Path(pool.address).parent))

    # The zygote may not have noticed yet that the last connection was closed.
    before = min(held() for _ in range(1000))

    for number in range(50):
        with pool.kernel("narrow") as kernel:
            if number % 5 == 0:
                kernel.run([Segment(1, "import os; os._exit(1)", frozenset())])

    assert any(held() == before for _ in range(1000))


def test_the_zygote_survives_nonsense(pool: KernelPool) -> None:
    """A client that sends anything gets an error, and the next kernel is forked as ever."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as odd:
        odd.connect(pool.address)
        for request in (b"x", b"fork 512 64", b"\xff" * 5000):
            odd.send(request)
            assert b"error" in odd.recv(4096)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours, theirs:
            socket.send_fds(odd, [b"fork 512 64"], [theirs.fileno()])
            _, fds, _, _ = socket.recv_fds(odd, 4096, 1)
            ours.send(b"not an order")
            os.close(fds[0])

    with pool.kernel("narrow") as kernel:
        assert kernel.alive


def launcher(assignment: Assignment, what: str, **environment: str) -> list[str]:
    """Run a process that starts a zygote, works and is killed; return what it printed.

    Its keeper comes first.
    """
    script = (
        "import os, sys\nfrom grader.assignment import load_assignment\nfrom grader.kernel import KernelPool\n"
        "from tests.kernel.test_pool import children\n"
        "pool = KernelPool(load_assignment(sys.argv[1]))\nkeeper = pool._zygote._process.pid\n"
        f"print(keeper, pool._zygote.folder, flush=True)\n{what}\nos.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script, str(assignment.root)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("sandbox", ["on", pytest.param("off", marks=pytest.mark.exhaustive)])
def test_everything_ends_with_the_process_that_started_it(light: Assignment, sandbox: str) -> None:
    """When a launcher is killed, its zygote, its kernels and their folder go."""
    what = (
        f"pool = KernelPool(load_assignment(sys.argv[1]), sandbox={sandbox!r})\nkernel = pool.kernel('narrow')\n"
        "print(pool._zygote._process.pid, kernel._provisioner.fork.pid, pool._zygote.folder, flush=True)"
    )
    first, starting, keeper, kernel, folder = launcher(light, what)

    assert ends(int(kernel))
    assert ends(int(keeper))
    assert ends(int(first))
    assert not Path(folder).exists()
    assert not Path(starting).exists(), "the folder of a zygote that was still starting"


def test_a_zygote_that_ended_before_its_launcher_leaves_nothing_either(light: Assignment) -> None:
    """Whoever keeps the folder waits for a launcher that is killed after its zygote."""
    keeper, folder = launcher(light, "pool.address\nos.kill(children(keeper)[0], 9)")

    assert ends(int(keeper))
    assert not Path(folder).exists()


def test_what_all_were_killed_over_goes_at_the_next_start(light: Assignment, short: Path) -> None:
    """A folder that nobody is left to remove goes at the next start; a held one stays."""
    environment = {"GRADER_RUNTIME": str(short)}
    keeper, folder = launcher(light, "pool.address\nos.kill(keeper, 9)", **environment)
    assert ends(int(keeper))
    assert Path(folder).exists()

    launcher(light, "pool.close()", **environment)

    assert not list(short.iterdir())


def test_a_zygote_ends_with_its_keeper(light: Assignment) -> None:
    """No process goes on that nobody would end."""
    with KernelPool(light) as pool:
        zygote = zygote_pid(pool)
        assert pool._zygote is not None
        pool._zygote._process.kill()

        assert ends(zygote)


def test_a_zygote_that_ends_is_no_fault_of_the_students(light: Assignment) -> None:
    """When a kernel ends because the zygote did, the error is ours."""
    with KernelPool(light) as pool, pool.kernel("narrow") as kernel:
        kernel.run([Segment(1, "def f():\n    while True: pass", frozenset())])
        os.kill(zygote_pid(pool), signal.SIGKILL)

        with pytest.raises(KernelError, match="zygote ended"):
            kernel.call("f", cpu_s=60)


def test_a_prelude_that_fails_is_shown(assignment: Assignment, tmp_path: Path) -> None:
    """When the zygote ends before it serves, the error holds the end of its log."""
    prelude = tmp_path / "prelude.py"
    prelude.write_text("raise RuntimeError('no such weights')", encoding="utf-8")

    with (
        KernelPool(dataclasses.replace(assignment, prelude=prelude)) as pool,
        pytest.raises(AssignmentError, match="no such weights"),
    ):
        pool.kernel("narrow")


def test_a_solution_that_fails_is_shown(pool: KernelPool, assignment: Assignment, tmp_path: Path) -> None:
    """A reference kernel whose solution raises does not start, and says why."""
    solution = tmp_path / "solution.py"
    solution.write_text("raise RuntimeError('wrong course')", encoding="utf-8")
    other = KernelPool(dataclasses.replace(assignment, solution=solution), address=pool.address)

    with pytest.raises(AssignmentError, match="wrong course"):
        other.kernel("narrow", role="reference")


def test_what_lies_beside_what_a_solution_reads_is_no_module(
    pool: KernelPool, assignment: Assignment, tmp_path: Path
) -> None:
    """A course's folder may hold anything.

    The folders that the assignment names are found, and libraries are.
    """
    shutil.copytree(assignment.root / "course", tmp_path / "course")
    (tmp_path / "colorsys.py").write_text("raise RuntimeError('a namesake')", encoding="utf-8")
    solution = tmp_path / "solution.py"
    solution.write_text("from course import FACTOR\nimport colorsys\nhue = colorsys.rgb_to_hsv", encoding="utf-8")
    changed = dataclasses.replace(assignment, solution=solution, solution_reads=(tmp_path / "course",))

    with KernelPool(changed, address=pool.address).kernel("narrow", role="reference") as kernel:
        assert kernel.call("hue", (1, 0, 0), cpu_s=10) == (0.0, 1.0, 1)


def test_kernels_without_the_lock_work_and_say_so(light: Assignment) -> None:
    """With the sandbox off, kernels answer, and the zygote says which layers are missing."""
    with KernelPool(light, sandbox="off") as pool, pool.kernel("narrow") as kernel:
        kernel.run(
            [Segment(1, "import os\ndef f():\n    return os.path.isdir('/') and bool(os.listdir('/'))", frozenset())]
        )

        assert kernel.call("f", cpu_s=10) is True
        assert not pool.info.sandbox
        assert not pool.info.layers["landlock"]


def test_what_an_examiner_keeps_is_hidden_wherever_it_lies(
    assignment: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers, results and submissions stay closed even among libraries."""
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "lib" / "answers"))
    for name in ("answers", "out", "torch"):
        (tmp_path / "lib" / name).mkdir(parents=True)

    hidden = hidden_paths(assignment, [tmp_path / "lib" / "out"])

    assert [Path(r.path).name for r in landlock.allow([tmp_path / "lib"], hidden)] == ["torch"]


def test_a_private_folder_around_all_libraries_is_no_lock(assignment: Assignment) -> None:
    """Hiding a folder that the interpreter itself lies in would leave nothing to run."""
    assert not {Path("/"), Path(sys.prefix).resolve()} & set(hidden_paths(assignment, [Path("/"), Path(sys.prefix)]))


def test_a_closed_kernel_is_not_alive(pool: KernelPool) -> None:
    """After the context manager a kernel says that it cannot be used."""
    with pool.kernel("narrow") as kernel:
        pass

    assert not kernel.alive
