"""Control groups, on files that look like the system's, as few machines delegate them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.errors import SandboxUnavailableError
from grader.sandbox import cgroups, probe, require


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A delegated group with two processes in it, as it looks at first."""
    for name, text in {"cgroup.controllers": "cpu memory pids\n", "cgroup.subtree_control": "\n"}.items():
        (tmp_path / name).write_text(text, encoding="ascii")
    (tmp_path / "cgroup.procs").write_text("100\n101\n", encoding="ascii")
    return tmp_path


def test_a_kernel_gets_a_group_with_limits(home: Path) -> None:
    """Memory and processes are bounded, nothing is swapped, and the process is put into it."""
    group = cgroups.make(home, "mine", 512, 64)
    group.add(4711)

    written = {name: (group.folder / name).read_text(encoding="ascii") for name in os.listdir(group.folder)}
    assert group.folder.parent == home
    assert written == {
        "memory.max": str(512 << 20),
        "memory.swap.max": "0",
        "pids.max": "64",
        "cgroup.procs": "4711",
    }


def test_the_group_itself_is_emptied_before_it_hands_limits_down(home: Path) -> None:
    """Its processes move into a group of their own, else the system refuses."""
    cgroups.claim(home)

    assert (home / "cgroup.subtree_control").read_text(encoding="ascii") == "+memory +pids"
    assert (home / "grader" / "cgroup.procs").read_text(encoding="ascii") == "101"


def test_a_group_that_hands_limits_down_already_is_left_as_it_is(home: Path) -> None:
    """The second zygote moves nobody."""
    (home / "cgroup.subtree_control").write_text("memory pids", encoding="ascii")

    cgroups.claim(home)

    assert not (home / "grader").exists()


@pytest.mark.parametrize(("events", "expected"), [("oom 1\noom_kill 1\n", True), ("oom 0\noom_kill 0\n", False)])
def test_the_end_for_want_of_memory_is_told(tmp_path: Path, events: str, expected: bool) -> None:
    """What the system did to the process stands in the group."""
    (tmp_path / "memory.events").write_text(events, encoding="ascii")

    assert cgroups.Group(tmp_path).ran_out_of_memory() is expected


def test_a_group_that_is_gone_tells_nothing(tmp_path: Path) -> None:
    """Neither asking nor removing raises."""
    group = cgroups.Group(tmp_path / "gone")
    group.remove()

    assert not group.ran_out_of_memory()


def test_the_groups_in_an_owner_s_name_go_with_it(home: Path) -> None:
    """Whoever survives a zygote needs to know no more than its name; groups of others stay."""
    for name in ("kernel-mine-1", "kernel-mine-2", "kernel-mine2-1", "grader"):
        (home / name).mkdir()

    cgroups.remove_all(home, "mine")

    assert {path.name for path in home.iterdir() if path.is_dir()} == {"kernel-mine2-1", "grader"}


def test_what_is_not_delegated_says_so(home: Path) -> None:
    """Missing controllers and missing permission are told apart."""
    assert cgroups._missing_in(home) == ""
    (home / "cgroup.controllers").write_text("cpu pids", encoding="ascii")

    assert cgroups._missing_in(home) == "the group of this process does not control memory"


def test_strict_names_every_layer_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Strict alone demands all layers, and says what is missing and what to do."""
    monkeypatch.setattr(probe.cgroups, "missing", lambda: "not delegated")
    monkeypatch.setattr(probe.namespaces, "missing", lambda: "unshare: Operation not permitted")

    require()
    with pytest.raises(SandboxUnavailableError, match=r"namespaces: unshare: .*cgroups: not delegated.*--sandbox=on"):
        require(strict=True)


def test_strict_is_content_with_all_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that has everything it refuses nothing."""
    monkeypatch.setattr(probe.cgroups, "missing", lambda: "")
    monkeypatch.setattr(probe.namespaces, "missing", lambda: "")

    require(strict=True)
