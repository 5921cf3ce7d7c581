"""Namespaces and the file system in them, each tried in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.sandbox import namespaces

Run = Callable[..., str]
SPECIMENS = Path(__file__).parents[1] / "kernel" / "specimens"

given = pytest.mark.skipif(bool(namespaces.missing()), reason="this system gives no namespaces")


@given
def test_the_network_and_the_processes_are_its_own(run: Run) -> None:
    """Inside, the only network is a loopback that is down, and the first process is one's own.

    Who the process was, it still sees.
    """
    out = run(
        "user = os.geteuid()\nnamespaces.enter()\n"
        "print(os.getpid(), os.geteuid() == user, socket.if_nameindex(), "
        "try_(lambda: socket.create_connection(('127.0.0.1', 9))))"
    )

    assert out == "1 True [(1, 'lo')] Network is unreachable"


@given
def test_each_fork_is_alone(run: Run) -> None:
    """Every kernel is the first process of a namespace, and an ordinary fork is not."""
    out = run(
        "namespaces.enter()\nown = os.open('/proc/self/ns/pid', os.O_RDONLY)\n"
        "for fork in (lambda: namespaces.fork(own),) * 2 + (lambda: namespaces.fork(None),):\n"
        "    if (child := fork()) == 0:\n"
        "        print(os.getpid(), os.getppid(), flush=True); os._exit(0)\n"
        "    os.waitpid(child, 0)"
    )

    assert out.splitlines()[:2] == ["1 0", "1 0"]
    assert out.splitlines()[2].endswith(" 1")


@given
def test_only_what_was_put_into_the_tree_is_there(run: Run, tmp_path: Path) -> None:
    """The tree has read-only folders, also by their links, and one folder to write into."""
    for name in ("readable/deep", "secret", "root", "kernels/mine", "kernels/other"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "readable" / "file").touch()
    (tmp_path / "link").symlink_to("readable")

    out = run(
        "here = sys.argv[1]\nnamespaces.enter()\n"
        "mounts.build(here + '/root', [here + '/link', '/dev/null', '/no/such/thing'], here + '/kernels')\n"
        "mounts.enter(here + '/root', here + '/kernels/mine')\n"
        "print(sorted(os.listdir(here)), os.listdir(here + '/kernels'), os.listdir('/dev'))\n"
        "print(sorted(os.listdir(here + '/link')), try_(lambda: os.stat(here + '/secret')))\n"
        "for path in ('/x', here + '/x', here + '/link/x', here + '/readable/file', here + '/kernels/mine/x'):\n"
        "    print(try_(lambda: open(path, 'w')))\n"
        "print(try_(lambda: open('/dev/null', 'w')), os.getcwd())",
        tmp_path,
    )

    shut = "Read-only file system"
    assert out.splitlines() == [
        "['kernels', 'link', 'readable'] ['mine'] ['null']",
        "['deep', 'file'] No such file or directory",
        *[shut] * 4,
        "done",
        "done /",
    ]
    assert (tmp_path / "kernels" / "mine" / "x").exists()


def test_a_default_container_gives_no_namespaces_and_grades(tmp_path: Path) -> None:
    """Where unshare is refused, kernels are locked without namespaces; the probe says why."""
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nfrom grader.assignment import load_assignment\nfrom grader.extract import Segment\n"
        "from grader.kernel import KernelPool\nfrom grader.sandbox import namespaces\n"
        "print(namespaces.missing())\n"
        "with KernelPool(load_assignment(sys.argv[1])) as pool, pool.kernel('narrow') as kernel:\n"
        "    kernel.run([Segment(1, 'def f():\\n    open(\"/etc/passwd\")', frozenset())])\n"
        "    try: kernel.call('f', cpu_s=60)\n"
        "    except Exception as fault: print(fault.ename)\n"
        "    print(*(name for name, active in pool.info.layers.items() if not active))\n",
        encoding="utf-8",
    )

    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, Path(__file__).with_name("container_profile.py"), script, SPECIMENS],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert done.stdout.splitlines() == [
        "unshare: Operation not permitted",
        "PermissionError",
        "namespaces cgroups",
    ], done.stderr
