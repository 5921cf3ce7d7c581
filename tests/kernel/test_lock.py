"""What a student's code can and cannot do inside a locked kernel, however it tries."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.errors import CallRaised
from grader.extract import Segment
from grader.kernel import KernelPool
from grader.sandbox import namespaces

Ask = Callable[..., Any]
CLOSED = ("PermissionError", "FileNotFoundError")  # with namespaces there is nothing that could be closed
HOME = Path.home()
CHECKOUT = Path(__file__).resolve().parents[2]


def refusal(ask: Ask, body: str) -> str:
    """Return the name of the exception that a function with this body ends in."""
    with pytest.raises(CallRaised) as caught:
        ask("import os, socket, sys\ndef f():\n" + "\n".join("    " + line for line in body.splitlines()))
    return caught.value.ename


@pytest.mark.parametrize(
    "name", ["reference", "grader", "grader.errors", "grader.kernel", "prelude", "assignments", "course"]
)
def test_neither_grader_nor_solution_can_be_imported(ask: Ask, name: str) -> None:
    """The product, the reference and the assignment are no modules here."""
    assert refusal(ask, f"import {name}") == "ModuleNotFoundError"


@pytest.mark.parametrize("name", ["reference", "grader", "tests"])
def test_the_solution_cannot_be_imported_by_its_path_either(ask: Ask, name: str) -> None:
    """Putting the checkout on sys.path does not help."""
    assert refusal(ask, f"sys.path.insert(0, {str(CHECKOUT)!r}); import {name}.lens") in (
        "ModuleNotFoundError",
        "PermissionError",
    )


@pytest.mark.parametrize(
    "path",
    [
        CHECKOUT / "tests/kernel/specimens/solution.py",
        CHECKOUT / "tests/kernel/specimens/assignment.toml",
        CHECKOUT / "grader/errors.py",
        CHECKOUT / "pyproject.toml",
        HOME / ".profile",
        HOME,
        "/etc/passwd",
        "/proc/self/environ",
        "/proc/self/maps",
        pytest.param(f"/proc/{os.getpid()}/environ", id="the examiner's environment"),
        "/tmp",
        "/",
    ],
    ids=str,
)
def test_closed_paths_cannot_be_opened(ask: Ask, path: Path | str) -> None:
    """The assignment, the grader, the home folder and the system's files cannot be read."""
    assert refusal(ask, f"os.open({str(path)!r}, os.O_RDONLY)") in CLOSED


def test_the_examiners_socket_and_the_siblings_folders_are_closed(pool: KernelPool, ask: Ask) -> None:
    """The zygote's folder, with all kernels' folders in it, cannot be listed."""
    assert refusal(ask, f"os.listdir({str(Path(pool.address).parent)!r})") == "PermissionError"


@pytest.mark.parametrize("kind", ["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"])
def test_no_socket_can_be_opened(ask: Ask, kind: str) -> None:
    """There is no network, loopback and local sockets included."""
    assert refusal(
        ask, f"socket.socket(socket.{kind}, socket.SOCK_RAW if {kind == 'AF_NETLINK'} else socket.SOCK_STREAM)"
    ) == ("PermissionError")


@pytest.mark.parametrize(
    "body",
    [
        "os.fork()",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "os.execv('/bin/true', ['true'])",
        "import subprocess; subprocess.run(['true'])",
        "os.kill(os.getppid(), 0)",
        "os.chmod(os.getcwd(), 0o777)",
        "os.symlink('/etc/passwd', 'here')",
        "os.mkfifo('here')",
    ],
)
def test_neither_processes_nor_traps_can_be_made(ask: Ask, body: str) -> None:
    """There are no new processes, no signals to others, no links, pipes or permissions."""
    assert refusal(ask, body) == "PermissionError"


@pytest.mark.parametrize("body", ["open('/tmp/here', 'w')", "os.unlink(os.__file__)", "open(os.__file__, 'a')"])
def test_nothing_outside_the_scratch_folder_can_be_changed(ask: Ask, body: str) -> None:
    """Files elsewhere cannot be made, removed or written; libraries are read-only."""
    assert refusal(ask, body) in (*CLOSED, "OSError")
    assert Path(os.__file__).exists()
    assert not Path("/tmp/here").exists()


def test_the_environment_holds_nothing_of_the_examiners(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the environment of the process that grades, nothing reaches a kernel."""
    names = ask("import os\ndef f():\n    return list(os.environ)")

    assert not {"PYTEST_CURRENT_TEST", "USER", "SSH_AUTH_SOCK", "VIRTUAL_ENV", "PYTHONPATH"} & set(names)
    assert ask("def f():\n    return [os.environ[k] == os.getcwd() for k in ('HOME', 'TMPDIR')]") == [True, True]


def test_open_descriptors_are_the_kernels_own(ask: Ask) -> None:
    """No descriptor is inherited: one file is the log, and no pipe leads outside."""
    found = ask(
        "import os, stat\n"
        "def f():\n"
        "    kinds = {}\n"
        "    for fd in range(256):\n"
        "        try: kinds[str(fd)] = stat.S_IFMT(os.fstat(fd).st_mode)\n"
        "        except OSError: pass\n"
        "    return [int(fd) for fd, kind in kinds.items() if kind in (stat.S_IFREG, stat.S_IFIFO, stat.S_IFDIR)]"
    )

    assert found == [1, 2]


def test_the_kernel_holds_no_capability_and_gains_none(ask: Ask) -> None:
    """No capability is left and no_new_privs is set, as prctl itself says."""
    source = (
        "import ctypes\n"
        "def f():\n"
        "    header, data = (ctypes.c_uint * 2)(0x20080522, 0), (ctypes.c_uint * 6)()\n"
        "    return ctypes.CDLL(None).setuid(12345), ctypes.CDLL(None).unshare(0x10000000)"
    )

    assert ask(source) == (-1, -1)


@pytest.mark.skipif(os.geteuid() != 0 or bool(namespaces.missing()), reason="needs root, and namespaces")
def test_a_kernel_of_roots_is_not_root(pool: KernelPool) -> None:
    """Each kernel is a user of its own who owns its scratch folder.

    A reference kernel stays root.
    """
    source = (
        "import os\ndef f():\n    open('x', 'w').close()\n    return [*os.getresuid(), *os.getresgid()], os.getgroups()"
    )
    users = []
    for _ in range(2):
        with pool.kernel("narrow") as kernel:
            kernel.run([Segment(1, source, frozenset())])
            ids, groups = kernel.call("f", cpu_s=10)
            assert groups == []
            assert len(set(ids)) == 1
            users.append(ids[0])

    assert 0 not in users
    assert users[0] != users[1]


def test_an_ordinary_notebook_works(ask: Ask) -> None:
    """Threads, asyncio, files, late imports, metadata, warnings and training work."""
    source = """
import asyncio, importlib.metadata, inspect, tempfile, threading, warnings

def f():
    seen = []
    thread = threading.Thread(target=lambda: seen.append(asyncio.run(asyncio.sleep(0, "thread and asyncio"))))
    thread.start()
    thread.join()
    with tempfile.NamedTemporaryFile("w+") as file:
        file.write("file")
        file.seek(0)
        seen.append(file.read())
    import wave
    assert importlib.metadata.version("torch")
    warnings.warn("careful")
    t.set_num_threads(2)
    layer = t.nn.Linear(64, 64)
    loss = layer(t.randn(512, 64)).pow(2).mean()
    loss.backward()
    seen.append(inspect.getsource(f).splitlines()[0])
    return seen
"""
    assert ask(source) == ["thread and asyncio", "file", "def f():"]


@pytest.mark.parametrize(
    "write",
    [
        "open('x.txt', 'w').write('x' * 100)",
        "t.save({'w': t.ones(1000)}, 'x.pt'); assert t.load('x.pt')['w'].sum() == 1000",
        "import numpy as np; np.savez('x.npz', a=np.ones(1000)); assert np.load('x.npz')['a'].sum() == 1000",
        "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.savefig('x.png'); plt.close()",
        "os.makedirs('a/b'); open('a/b/x.txt', 'w').close(); os.rename('a/b/x.txt', 'a/b/y.txt'); shutil.rmtree('a')",
        "tempfile.TemporaryFile().write(b'x'); tempfile.mkdtemp()",
        "pickle.dump([1], open('x.pkl', 'wb'))",
        "open('x', 'w').truncate(100)",
    ],
)
def test_small_files_can_be_written(ask: Ask, write: str) -> None:
    """What notebooks write on the side goes into the scratch folder and is no error."""
    assert ask(f"import os, pickle, shutil, tempfile\ndef f():\n    {write}\n    return 7") == 7


def test_forks_draw_different_random_numbers(pool: KernelPool) -> None:
    """Two kernels of one zygote do not share a stream of random numbers."""
    source = "import random, numpy\ndef f():\n    return random.random(), float(numpy.random.rand()), t.rand(1).item()"
    drawn = []
    for _ in range(2):
        with pool.kernel("narrow") as kernel:
            kernel.run([Segment(1, source, frozenset())])
            drawn.append(kernel.call("f", cpu_s=10))

    assert all(a != b for a, b in zip(*drawn, strict=True))


def test_what_one_kernel_changes_no_other_sees(pool: KernelPool) -> None:
    """Weights changed in place in one kernel are as they were in the next."""
    ruin = "def f():\n    model.weight.zero_()\n    return model.weight.abs().sum().item()"
    look = "def f():\n    return model.weight.abs().sum().item()"
    with pool.kernel("narrow") as one, pool.kernel("narrow") as other:
        one.run([Segment(1, ruin, frozenset())])
        other.run([Segment(1, look, frozenset())])

        assert one.call("f", cpu_s=10) == 0
        assert other.call("f", cpu_s=10) > 0


def test_the_lock_is_the_same_for_a_reference(pool: KernelPool) -> None:
    """A reference kernel may read the course's package, and is locked in every other respect."""
    with pool.kernel("narrow", role="reference") as kernel:
        kernel.run(
            [
                Segment(
                    1,
                    "import os, socket\ndef f():\n    socket.socket()\ndef g():\n    open('/etc/passwd')",
                    frozenset(),
                )
            ]
        )
        for name in ("f", "g"):
            with pytest.raises(CallRaised, match="PermissionError"):
                kernel.call(name, cpu_s=10)
