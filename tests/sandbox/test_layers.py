"""Each layer does what it says, on its own, in a process that was started to try it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import SandboxUnavailableError
from grader.sandbox import allowed_syscalls, environment, landlock, layers, libc, probe, require, seccomp

Run = Callable[..., str]


@pytest.mark.parametrize("version", [1, None])
def test_landlock_alone_closes_files(run: Run, tmp_path: Path, version: int | None) -> None:
    """Under any version of Landlock alone, an allowed folder can be read and another not."""
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "file").write_text("x", encoding="utf-8")
    (tmp_path / "closed").write_text("x", encoding="utf-8")

    out = run(
        "root = sys.argv[1]\nprivileges.no_new_privileges()\n"
        f"landlock.restrict([landlock.PathRule(root + '/open', landlock.READ)], version={version})\n"
        "print(try_(lambda: open(root + '/open/file')), '|', try_(lambda: open(root + '/closed')), '|', "
        "try_(lambda: open(root + '/open/new', 'w')), '|', try_(lambda: os.execv('/bin/true', ['true'])))",
        tmp_path,
    )

    assert out == "done | Permission denied | Permission denied | Permission denied"


def test_seccomp_alone_closes_system_calls(run: Run) -> None:
    """Under seccomp alone there are no sockets and no processes, but threads and files."""
    out = run(
        "import threading\nprivileges.no_new_privileges()\n"
        "seccomp.load(seccomp.compile_filter(allowed_syscalls.rules(starting=False)))\n"
        "print(try_(socket.socket), '|', try_(os.fork), '|', try_(lambda: os.execv('/bin/true', ['true'])), '|', "
        "try_(lambda: os.kill(os.getppid(), 0)), '|', try_(lambda: threading.Thread(target=int).start()), '|', "
        "try_(lambda: open('/etc/passwd')), '|', try_(lambda: os.memfd_create('x')))"
    )

    no = "Operation not permitted"
    assert out == f"{no} | {no} | {no} | {no} | done | done | {no}"


def test_calls_about_a_process_reach_oneself_alone(run: Run) -> None:
    """Under the filter a process can signal itself alone, and learns nothing of others."""
    out = run(
        "import ctypes, signal\nprivileges.no_new_privileges()\n"
        "seccomp.load(seccomp.itself_only(os.getpid(), seccomp.numbers(allowed_syscalls.ABOUT_OTHERS)))\n"
        "parent = os.getppid()\n"
        "print(try_(lambda: signal.raise_signal(signal.SIGURG)), ctypes.CDLL(None).tgkill(parent, parent, 0))\n"
        "asked = (os.getpgid, os.getsid, os.sched_getaffinity, os.sched_getscheduler, os.sched_getparam)\n"
        "for pid in (0, os.getpid(), parent, 999999): print(*(try_(lambda: ask(pid)) for ask in asked), sep=', ')"
    )

    no = "Operation not permitted"
    others = f"{no}, {no}, Function not implemented, done, done"
    assert out.splitlines() == [
        "done -1",
        "done, done, done, done, done",
        "done, done, done, done, done",
        others,
        others,
    ]


def test_the_clock_of_another_process_cannot_be_read(run: Run) -> None:
    """The processor time of another process would tell that it is there and what it does."""
    out = run(
        "import time\nprivileges.no_new_privileges()\n"
        "other = (~os.getppid() << 3) | 2\nprint(try_(lambda: time.clock_gettime(other)))\n"
        "seccomp.load(seccomp.compile_filter(allowed_syscalls.rules(starting=False)))\n"
        "print(try_(lambda: time.clock_gettime(other)), try_(time.thread_time), try_(time.process_time))"
    )

    assert out.splitlines() == ["done", "Function not implemented done done"]


def test_what_landlock_does_not_know_is_refused(run: Run, tmp_path: Path) -> None:
    """A kernel empties no file by its path, and takes no lock that others would feel."""
    (tmp_path / "file").write_text("x", encoding="utf-8")

    out = run(
        "import fcntl\nprivileges.no_new_privileges()\n"
        "serving = seccomp.compile_filter(allowed_syscalls.rules(starting=False))\n"
        "landlock.restrict([landlock.PathRule(sys.argv[1], landlock.READ)], version=1)\n"
        "seccomp.load(serving)\nfile = open(sys.argv[1] + '/file')\n"
        "print(try_(lambda: os.truncate(file.name, 0)), '|', try_(lambda: fcntl.flock(file, fcntl.LOCK_EX)), '|', "
        "try_(lambda: fcntl.lockf(file, fcntl.LOCK_SH)))",
        tmp_path,
    )

    assert out == "Operation not permitted | Operation not permitted | Function not implemented"
    assert (tmp_path / "file").read_text(encoding="utf-8") == "x"


def test_the_scheduler_is_not_touched(run: Run) -> None:
    """Asking for another scheduler, for whichever process, succeeds and does nothing."""
    out = run(
        "privileges.no_new_privileges()\nseccomp.load(seccomp.compile_filter(allowed_syscalls.rules(starting=False)))\n"
        "batch = lambda pid: os.sched_setscheduler(pid, os.SCHED_BATCH, os.sched_param(0))\n"
        "print(try_(lambda: batch(0)), try_(lambda: batch(999999)), os.sched_getscheduler(0))"
    )

    assert out == "done done 0"


def test_files_without_a_name_cannot_be_made(run: Run, tmp_path: Path) -> None:
    """What could grow on disk unseen is refused: nameless files, shared mappings, allocation.

    Tempfile still works.
    """
    out = run(
        "import mmap, tempfile\nprivileges.no_new_privileges()\n"
        "seccomp.load(seccomp.compile_filter(allowed_syscalls.rules(starting=False)))\nos.chdir(sys.argv[1])\n"
        "fd = os.open('x', os.O_RDWR | os.O_CREAT)\nos.write(fd, bytes(4096))\n"
        "print(try_(lambda: os.open('.', os.O_TMPFILE | os.O_RDWR)), '|', try_(lambda: mmap.mmap(fd, 4096)), '|', "
        "try_(lambda: os.posix_fallocate(fd, 0, 9999)), '|', "
        "try_(lambda: mmap.mmap(fd, 4096, flags=mmap.MAP_PRIVATE)), '|', try_(tempfile.TemporaryFile))",
        tmp_path,
    )

    no = "Operation not permitted"
    assert out == f"{no} | {no} | {no} | done | done"


def test_memory_is_bounded(run: Run) -> None:
    """An allocation beyond the budget is a MemoryError, one within it is not."""
    out = run(
        "rlimits.limit(memory_mb=64, cpu_s=120, file_mb=16)\n"
        "print(try_(lambda: bytearray(32 << 20)), try_(lambda: bytearray(256 << 20)))"
    )

    assert out == "done MemoryError"


def test_files_are_bounded(run: Run, tmp_path: Path) -> None:
    """A file cannot grow beyond its limit, nor can files be opened without end."""
    out = run(
        "import signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "rlimits.limit(memory_mb=2048, cpu_s=120, file_mb=1, open_files=32)\n"
        "held = []\ndef flood():\n    while True: held.append(os.open('/dev/null', os.O_RDONLY))\n"
        "print(try_(lambda: open(sys.argv[1] + '/x', 'wb').write(bytes(2 << 20))), '|', try_(flood))",
        tmp_path,
    )

    assert out == "File too large | Too many open files"


def test_no_privilege_is_left(run: Run) -> None:
    """After the drop every capability set is empty and no_new_privs is set."""
    out = run(
        "privileges.drop_capabilities()\nprivileges.no_new_privileges()\n"
        "status = dict(l.split(':', 1) for l in open('/proc/self/status'))\n"
        "print(*(status[k].strip() for k in ('CapInh', 'CapPrm', 'CapEff', 'CapAmb', 'NoNewPrivs')))"
    )

    assert out == " ".join(["0" * 16] * 4 + ["1"])


def test_all_other_descriptors_are_closed(run: Run, tmp_path: Path) -> None:
    """Only the standard three and the control descriptor are left, wherever they stood."""
    out = run(
        "import contextlib\n"
        "control, log = os.open('/dev/zero', os.O_RDONLY), os.open(sys.argv[1], os.O_CREAT | os.O_RDWR)\n"
        "for fd in range(50, 60): os.dup2(0, fd)\n"
        "descriptors.keep_only(control, log)\n"
        "found = []\n"
        "for fd in range(4096):\n    with contextlib.suppress(OSError): os.fstat(fd); found.append(fd)\n"
        "os.write(1, repr(found + [os.read(3, 1)]).encode())",
        tmp_path / "log",
    )

    assert out == ""
    assert (tmp_path / "log").read_text(encoding="utf-8") == "[0, 1, 2, 3, b'\\x00']"


def test_a_process_with_threads_is_not_locked(run: Run, tmp_path: Path) -> None:
    """A second thread would stay free, so the lock refuses."""
    out = run(
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "config = KernelConfig(scratch=sys.argv[1], sockets=sys.argv[1])\n"
        "print(try_(lambda: lockdown.Lockdown.prepare().enter(config)), flush=True)\nos._exit(0)",
        tmp_path,
    )

    assert out == "SandboxUnavailableError"


@pytest.mark.parametrize("hole", ["landlock", "seccomp"])
def test_a_lock_with_a_hole_is_refused(run: Run, tmp_path: Path, hole: str) -> None:
    """When a layer silently does nothing, the self-check notices and the lock does not close."""
    gap = "landlock.restrict = lambda rules: 0" if hole == "landlock" else "seccomp.load = lambda *a, **k: None"
    out = run(
        f"{gap}\nconfig = KernelConfig(scratch=sys.argv[1], sockets=sys.argv[1], forbidden=('/etc/passwd',))\n"
        "lock = lockdown.Lockdown.prepare()\nlock.enter(config)\n"
        "print(try_(lambda: lock.seal(config)), flush=True)\nos._exit(0)",
        tmp_path,
    )

    assert out == "SandboxUnavailableError"


def test_what_is_hidden_is_not_among_the_rules(tmp_path: Path) -> None:
    """A folder of something hidden, or a link to it, is allowed by its other entries."""
    for name in ("site/torch", "site/grader/deep", "site/other"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "site" / "alias").symlink_to(tmp_path / "site" / "grader")

    rules = landlock.allow([tmp_path / "site"], [tmp_path / "site" / "grader"])

    assert [Path(r.path).name for r in rules] == ["other", "torch"]


@pytest.mark.parametrize(("root", "hidden"), [("a/b", "a"), ("a", "a"), ("link", "a")])
def test_a_root_below_something_hidden_is_not_allowed(tmp_path: Path, root: str, hidden: str) -> None:
    """Hiding wins over allowing, through links as well."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "a")

    assert landlock.allow([tmp_path / root], [tmp_path / hidden]) == ()


def test_the_serving_filter_refuses_what_only_the_start_needs() -> None:
    """Binding, listening and further filters are allowed at the start and refused after."""
    starting = {r.call for r in allowed_syscalls.rules(starting=True) if r.allowed}
    serving = {r.call for r in allowed_syscalls.rules(starting=False) if r.allowed}

    assert starting - serving == {*allowed_syscalls.STARTING, "socket"}
    assert not serving - starting


def test_no_call_is_both_allowed_and_refused() -> None:
    """The plain lists do not overlap."""
    assert not set(allowed_syscalls.ALLOWED) & set(allowed_syscalls.REFUSED)


def test_the_environment_is_the_same_for_everyone(tmp_path: Path) -> None:
    """Of the examiner's environment only the places of models are taken, and no token."""
    mine = {
        "HOME": "/home/me",
        "HF_TOKEN": "secret",
        "AWS_SECRET": "secret",
        "HF_HOME": "/data/hf",
        "GRADER_GPT2_DIR": "/data/gpt2",
        "GRADER_CACHE": "/home/me/answers",
        "PATH": "/home/me/bin",
    }

    clean = environment.clean(tmp_path, mine)

    assert clean["HF_HUB_CACHE"] == "/data/hf/hub"
    assert clean["GRADER_GPT2_DIR"] == "/data/gpt2"
    assert "secret" not in clean.values()
    assert "/home/me" not in " ".join(clean.values())


def test_this_machine_has_the_required_layers() -> None:
    """The probe says that every required layer is active here, and require() agrees."""
    assert all(layer.active for layer in layers() if layer.required)
    require()


def test_a_missing_layer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Landlock the probe says why, and require() says so and what to do."""
    monkeypatch.setattr(landlock, "abi", lambda: 0)

    assert not next(layer for layer in probe.layers() if layer.name == "landlock").active
    with pytest.raises(SandboxUnavailableError, match=r"landlock: .*5\.13.*--sandbox=off"):
        require()


def test_an_unknown_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """System call numbers are never guessed."""
    monkeypatch.setattr(libc.platform, "machine", lambda: "riscv64")

    with pytest.raises(SandboxUnavailableError, match="riscv64"):
        libc.machine()


def test_a_missing_library_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libseccomp the error says which package brings it."""
    monkeypatch.setattr(seccomp, "_LIBRARY", "libseccomp.so.999")

    with pytest.raises(SandboxUnavailableError, match="apt install libseccomp2"):
        seccomp.library()


def test_switched_off_layers_say_so() -> None:
    """Under --sandbox=off the layers that lock are not active."""
    off = {layer.name for layer in layers(enabled=False) if not layer.active}

    assert {"privileges", "landlock", "seccomp"} <= off
