"""A zygote that outlives whoever started it, and is found again."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import gc
import os
import shutil
import signal
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.assignment import Assignment, load_assignment, prelude_digest
from grader.code_digest import code_digest
from grader.errors import AssignmentError, KernelError
from grader.kernel import KernelPool
from grader.kernel.lasting_zygote import LastingZygote, serving_zygotes, stop_zygotes, zygotes_folder
from grader.kernel.zygote_connection import Connection
from grader.kernel.zygote_plan import ZygotePlan
from grader.settings import zygotes_dir

PLAN = ZygotePlan("0" * 64, "/course/prelude.py", ("/course",), ("/course",), "on")


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder of the test's own, where zygotes stay for a second by default."""
    monkeypatch.setenv("GRADER_STATE", str(tmp_path))
    monkeypatch.setenv("GRADER_IDLE_S", "1")
    yield zygotes_dir()
    with contextlib.suppress(IsADirectoryError):
        stop_zygotes()


def test_it_serves_one_pool_after_the_other_and_ends_when_nobody_comes(light: Assignment, state: Path) -> None:
    """Two pools in turn have one zygote with locked kernels, which ends after both."""
    left_behind(state)
    with KernelPool(light) as first:
        address = first.address
        assert first._lasting is not None
        holder = _holder(first._lasting)
    with KernelPool(light) as second, second.kernel("narrow") as kernel:
        assert second.address == address
        assert second.info.sandbox
        assert kernel.alive
    os.waitid(os.P_PID, holder, os.WEXITED | os.WNOWAIT)

    assert not any(state.iterdir())


def left_behind(state: Path) -> None:
    """Make the files of a zygote that was killed with all who used it."""
    state.mkdir(exist_ok=True)
    for suffix in (".address", ".users", ".start", ".tried"):
        (state / f"{PLAN.kind()}{suffix}").write_text("/nowhere")


def test_what_killed_ones_left_is_removed_unless_it_is_used(state: Path) -> None:
    """Stopping the others does so; whoever waits for a zygote keeps its lock."""
    left_behind(state)
    with contextlib.closing(LastingZygote(PLAN, None)):
        stop_zygotes()
        used = {*state.iterdir()}
    stop_zygotes()

    assert {file.suffix for file in used} >= {".users"}
    assert not any(state.iterdir())


def test_another_machine_s_are_left_alone(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a home folder is shared, what nobody can be found by here may serve there."""
    left_behind(state)
    monkeypatch.setattr("socket.gethostname", lambda: "another")
    stop_zygotes()

    assert len([*state.iterdir()]) == 4


def test_a_lock_on_a_file_that_was_removed_is_none(state: Path) -> None:
    """Who waited for it meanwhile locks the file that has the name now."""
    left_behind(state)
    file, taken = state / f"{PLAN.kind()}.users", []
    with file.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        waits = threading.Thread(target=lambda: taken.append(LastingZygote(PLAN, None)))
        waits.start()
        while [os.path.realpath(fd) for fd in Path("/proc/self/fd").iterdir()].count(str(file)) < 2:
            pass
        file.unlink()
    waits.join()

    with contextlib.closing(taken[0]), file.open("a") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_whoever_started_it_is_not_warned_that_it_goes_on(
    light: Assignment, state: Path, recwarn: pytest.WarningsRecorder
) -> None:
    """That is what it is for."""
    with KernelPool(light) as pool:
        assert pool.address
    del pool
    gc.collect()

    assert not recwarn.list


def test_a_zygote_that_cannot_start_says_why(light: Assignment, state: Path, tmp_path: Path) -> None:
    """The author of a prelude reads the same as without."""
    prelude = tmp_path / "prelude.py"
    prelude.write_text("MODELS = ()\nnothing\n")

    with (
        KernelPool(dataclasses.replace(light, prelude=prelude)) as pool,
        pytest.raises(AssignmentError, match=r"prelude\.py: line 2: NameError"),
    ):
        _ = pool.address


def test_one_that_was_killed_is_replaced(light: Assignment, state: Path) -> None:
    """With whoever held it; its address still stands there."""
    with KernelPool(light, idle_s=60) as first:
        address = first.address
        assert first._lasting is not None
        os.kill(_holder(first._lasting), signal.SIGKILL)
        os.waitid(os.P_PID, _holder(first._lasting), os.WEXITED | os.WNOWAIT)
        assert [*state.glob("*.address")]
    with contextlib.suppress(KernelError, ConnectionResetError), contextlib.closing(Connection(address)) as connection:
        assert connection._socket.recv(1) == b""

    with KernelPool(light) as second, second.kernel("narrow") as kernel:
        assert second.address != address
        assert kernel.alive


def _holder(kept: LastingZygote) -> int:
    assert kept._holder is not None
    return kept._holder.pid


def _its_zygote(kept: LastingZygote) -> int:
    children = Path(f"/proc/{_holder(kept)}/task/{_holder(kept)}/children")
    while not (found := children.read_text().split()):
        pass
    return int(found[0])


@pytest.mark.parametrize("killed", [_holder, _its_zygote])
def test_one_that_is_killed_while_it_starts_is_not_waited_for(
    killed: Callable[[LastingZygote], int], pool: KernelPool, state: Path
) -> None:
    """Neither by whoever started it nor by whoever comes later."""
    with (
        contextlib.closing(LastingZygote(pool._plan, 60)) as first,
        contextlib.closing(LastingZygote(pool._plan, 60)) as second,
    ):
        assert second._holder is None
        os.kill(killed(first), signal.SIGKILL)
        assert not first.wait()
        assert second.wait()


def _bytes(place: Path) -> None:
    place.write_bytes(b"\xff\0\n" * 5000)


def _zeros(place: Path) -> None:
    place.write_bytes(b"\0abstract")


def _nowhere(place: Path) -> None:
    place.write_text("/nowhere/at/all")


def _folder(place: Path) -> None:
    place.mkdir()


def _pipe(place: Path) -> None:
    os.mkfifo(place)


def _silent(place: Path) -> Iterator[None]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        server.bind(str(place.parent / "silent"))
        server.listen()
        place.write_text(str(place.parent / "silent"))
        yield


@pytest.mark.parametrize("leave", [_bytes, _zeros, _nowhere, _folder, _pipe, _silent], ids=lambda f: f.__name__[1:])
def test_an_address_that_no_zygote_answers_at_is_none(
    leave: Callable[[Path], Iterator[None] | None], short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stands in its file, nothing is raised, and nothing is waited for."""
    monkeypatch.setenv("GRADER_STATE", str(short))
    monkeypatch.setattr("grader.kernel.lasting_zygote._ANSWER_S", 0.01)
    left = leave(zygotes_folder() / f"{PLAN.kind()}.address")
    if left:
        next(left)

    with contextlib.closing(LastingZygote(PLAN, None)) as kept:
        assert kept.wait() == ""
        assert not serving_zygotes()


@pytest.mark.parametrize("place", ["/proc/grader", "/dev/full/grader", "file"])
def test_without_a_place_to_be_found_by_a_pool_has_its_own(
    place: str, light: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It starts one as if nothing were to last."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("GRADER_STATE", str(tmp_path / place))

    pool = KernelPool(light, idle_s=60)
    pool.close()

    assert pool._zygote is not None
    assert not pool.lasts


def test_a_place_that_fills_up_leaves_a_pool_its_own(light: Assignment, state: Path) -> None:
    """The holder cannot say where its zygote serves."""
    with KernelPool(light, idle_s=60) as pool:
        [users] = state.glob("*.users")
        users.with_suffix(".address").mkdir()
        assert pool.info.models
        assert not pool.lasts


def test_others_may_not_say_where_a_zygote_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that others may write is closed to them, a link is not followed."""
    monkeypatch.setenv("GRADER_STATE", str(tmp_path))
    (folder := zygotes_dir()).mkdir()
    folder.chmod(0o777)

    LastingZygote(PLAN, None).close()
    mode = folder.stat().st_mode
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")

    assert stat.S_IMODE(mode) == 0o700
    with pytest.raises(PermissionError):
        LastingZygote(PLAN, None)


def test_one_that_is_used_ends_after_that(light: Assignment, state: Path) -> None:
    """It is found no more from the moment on at which it was to stop."""
    with KernelPool(light, idle_s=60) as pool:
        address = pool.address
        assert [z.label for z in stop_zygotes()] == [light.root.name]
        assert not serving_zygotes()
        with pool.kernel("narrow") as kernel:
            assert kernel.alive
    with contextlib.closing(Connection(address)) as connection:
        assert connection._socket.recv(1) == b""


def test_what_was_tried_is_known_as_long_as_it_serves(light: Assignment, state: Path) -> None:
    """Of another one nothing is known."""
    with KernelPool(light) as first:
        first.address  # noqa: B018 - it serves from then on
        first.remember("this")
    with KernelPool(light) as second:
        assert second.tried("this")
        assert not second.tried("that")
        [file] = state.glob("*.tried")
        file.write_text("/another/address\nthis")
        assert not second.tried("this")


def test_an_author_who_changes_a_check_finds_it_again(light: Assignment, tmp_path: Path) -> None:
    """Changes of checks, mistakes, notebooks and the solution load nothing anew."""
    root = shutil.copytree(light.root, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__"))
    before = prelude_digest(load_assignment(str(root)))

    (root / "checks").mkdir(exist_ok=True)
    for name in ("checks/test_more.py", "conftest.py", "misconceptions.py", "more.ipynb", light.solution.name):
        (root / name).write_text("# changed\n")
    same = prelude_digest(load_assignment(str(root)))
    (root / "words.txt").write_text("one more")
    other = prelude_digest(load_assignment(str(root)))

    assert same == before != other


@pytest.mark.parametrize(
    "change",
    [{"digest": "1" * 64}, {"prelude": "/other/prelude.py"}, {"sandbox": "off"}, {"hidden": ("/usr/lib/secret",)}],
    ids=lambda change: next(iter(change)),
)
def test_another_zygote_is_not_taken_for_it(change: dict[str, object]) -> None:
    """What decides what a kernel holds and may read decides which zygote is found."""
    assert dataclasses.replace(PLAN, **change).kind() != PLAN.kind()


def test_models_that_lie_elsewhere_are_another_zygote_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are loaded once, from where the environment says."""
    before = PLAN.kind()
    monkeypatch.setenv("GRADER_GPT2_DIR", "/models")

    assert PLAN.kind() != before


@pytest.mark.parametrize("change", ["model", "package", "code"])
def test_what_changes_where_it_lies_is_another_zygote_s(
    change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model's weights, an installed package, the grader's own code."""
    monkeypatch.setenv("GRADER_GPT2_DIR", str(tmp_path))
    monkeypatch.setattr("site.getsitepackages", lambda: [str(tmp_path)])
    monkeypatch.setattr("grader.code_digest._PACKAGE", tmp_path)
    monkeypatch.setattr("grader.kernel.zygote_plan.code_digest", code_digest.__wrapped__)  # read once a process
    before = PLAN.kind()
    monkeypatch.setenv("GRADER_GPT2_DIR", str(tmp_path / "models"))
    (tmp_path / "models").mkdir()
    place = {"model": "models/weights.bin", "package": "torch-9.dist-info", "code": "loader.py"}[change]
    same = PLAN.kind()
    (tmp_path / place).write_text("new")

    assert PLAN.kind() != same != before


def test_what_no_kernel_could_read_is_hidden_by_every_zygote(tmp_path: Path) -> None:
    """So a cache that lies elsewhere makes no difference."""
    assert dataclasses.replace(PLAN, hidden=("/course", str(tmp_path))).kind() == PLAN.kind()
