"""After a kill, a full disk or a second grader corrections are never poorer."""

from __future__ import annotations

import csv
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.corrections import OVERRIDES, Override, read_overrides
from grader.export import write_results
from grader.output_folder import render
from grader.result import GradingResult
from grader.review import correct, now

from .conftest import SECOND

Build = Callable[..., GradingResult]
Correct = Callable[..., Override]

WRITES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.link", "os.symlink", "os.truncate"})


@pytest.fixture
def out(tmp_path: Path, build: Build) -> Path:
    """A batch of two people; one has a correction, with a comment beside it."""
    folder = tmp_path / "out"
    folder.mkdir()
    write_results(folder / "results.jsonl", [build("ada"), build("ben", sha256=SECOND)])
    render(folder)
    set_points(folder, "ada", 8.0)
    with (folder / OVERRIDES).open("a") as file:
        file.write("# agreed with Cara\n")
    return folder


def set_points(out: Path, person: str, points: float) -> None:
    correct(out, person, Override("", "", "cara", now(), points=points))


def in_child(act: Callable[[], object]) -> int:
    """Return how a fork of this process ended that did something: 0, or minus a signal, or 1."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            act()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(step: int, folder: Path, act: Callable[[], object]) -> int:
    """Do something in a process that is killed before it changes a folder for the n-th time."""

    def hooked() -> None:
        left = step

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal left
            opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
            if (opened or event in WRITES) and str(arguments[0]).startswith(str(folder)):
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        act()

    return in_child(hooked)


def finals(out: Path) -> dict[str, str]:
    with (out / "grades.csv").open(newline="") as file:
        return {row["student"]: row["final_score"] for row in csv.DictReader(file)}


def steps(folder: Path, act: Callable[[], object]) -> Iterator[int]:
    """Kill at each step, until there is none left to be killed at."""
    for step in range(200):
        code = killed_at(step, folder, act)
        assert code in (0, -signal.SIGKILL)
        yield step
        if code == 0:
            return
    pytest.fail("it never ends")


def test_a_kill_leaves_the_old_corrections_or_the_new(out: Path) -> None:
    """Whenever it comes, and pages and gradebook say the same once somebody corrects again."""
    rows, text = (out / "results.jsonl").read_bytes(), (out / OVERRIDES).read_text()
    seen = set()
    for step in steps(out, lambda: set_points(out, "ada", 9.0)):
        points = [o.points for o in read_overrides(out / OVERRIDES)]
        seen.add(tuple(points))
        assert points in ([8.0], [8.0, 9.0]), step
        assert (out / OVERRIDES).read_text().startswith(text), step
        assert (out / "results.jsonl").read_bytes() == rows, step
        set_points(out, "ben", 7.0)
        assert finals(out) == {"ada": f"{points[-1]:g}", "ben": "7"}, step
        page = (out / "feedback" / "ada_1.html").read_text()
        assert f"<h1>{points[-1]:g} of 20 points</h1>" in page, step
        (out / OVERRIDES).write_text(text)
        render(out)
    assert seen == {(8.0,), (8.0, 9.0)}
    assert step > 5


def test_a_kill_while_pages_are_made_leaves_corrections_and_results(out: Path) -> None:
    """All else follows from them, and is there after the next render."""
    kept = {name: (out / name).read_bytes() for name in ("results.jsonl", OVERRIDES)}
    for step in steps(out, lambda: render(out)):
        assert {name: (out / name).read_bytes() for name in kept} == kept, step
    assert step > 5
    assert finals(out) == {"ada": "8", "ben": "10"}


@pytest.mark.parametrize("size", [0, 100, 400, 2000, 20_000])
@pytest.mark.parametrize("ends", [-signal.SIGXFSZ, 1], ids=["killed", "refused"])
def test_a_write_that_ends_half_way_leaves_the_old_corrections_or_the_new(out: Path, size: int, ends: int) -> None:
    """A kill within a write, or a disk that takes no more, makes no file shorter."""
    rows, text, names = (out / "results.jsonl").read_bytes(), (out / OVERRIDES).read_text(), sorted(out.rglob("*"))

    def with_little_room() -> None:
        if ends < 0:
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        set_points(out, "ada", 9.0)

    assert in_child(with_little_room) == ends

    assert (out / OVERRIDES).read_text().startswith(text)
    assert [o.points for o in read_overrides(out / OVERRIDES)] in ([8.0], [8.0, 9.0])
    assert (out / "results.jsonl").read_bytes() == rows
    assert [p for p in sorted(out.rglob("*")) if ends == 1 or p in names] == names  # a kill may leave what it began
    set_points(out, "ben", 7.0)
    assert finals(out)["ada"] in ("8", "9")


def test_a_full_disk_is_one_sentence(out: Path) -> None:
    """Exit code 3, with what the system says."""
    done = subprocess.run(  # noqa: S603 - our own program, and no threads
        [sys.executable, "-P", "-m", "grader", "review", str(out), "set", "ada", "--points", "9"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 3
    assert done.stderr.startswith("grader: ")
    assert done.stderr.count("\n") == 1
    assert "File too large" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a file system of its own")
def test_a_file_system_that_is_full_takes_nothing_away(out: Path, tmp_path: Path) -> None:
    """A small one in memory, filled to the last byte, where this user may mount one."""
    program = f"""
mount -t tmpfs -o size=1m none {tmp_path}/small || exit 77
cp -r {out} {tmp_path}/small/out
dd if=/dev/zero of={tmp_path}/small/fill bs=4096 2>/dev/null
{sys.executable} -P -m grader review {tmp_path}/small/out set ada --points 9
echo "code $?"
cmp {out}/results.jsonl {tmp_path}/small/out/results.jsonl
cmp {out}/{OVERRIDES} {tmp_path}/small/out/{OVERRIDES}
ls -A {tmp_path}/small/out
"""
    (tmp_path / "small").mkdir()
    command = ["unshare", "--mount", "--map-root-user", "sh", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)  # noqa: S603
    if "code" not in done.stdout:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")

    code, *listed = done.stdout.splitlines()
    assert code in ("code 2", "code 3")
    assert "No space left on device" in done.stderr
    assert sorted(listed) == sorted(p.name for p in out.iterdir())


def test_two_graders_lose_nothing(out: Path) -> None:
    """They correct at the same time, in processes of their own, and each correction is there."""
    children = []
    for points in (1.0, 2.0, 3.0, 4.0):
        child = os.fork()
        if child == 0:
            try:
                set_points(out, "ben", points)
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)

    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0, 0]
    assert sorted(o.points or 0.0 for o in read_overrides(out / OVERRIDES)) == [1.0, 2.0, 3.0, 4.0, 8.0]
    last = read_overrides(out / OVERRIDES)[-1].points
    assert finals(out) == {"ada": "8", "ben": f"{last:g}"}
