"""Whatever a student's code left in its folder is removed without harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.extract import Segment
from grader.kernel import KernelPool
from grader.kernel.inside.remove_tree import remove

NEST = """
import os

def f():
    for name in ["long" * 60] * 17 + ["d"] * 1100:
        os.mkdir(name)
        os.chdir(name)
"""


def test_the_folder_of_a_kernel_that_nested_folders_without_end_goes(pool: KernelPool) -> None:
    """A nest deeper than Python recurses and than a path may be long neither stays nor raises."""
    with pool.kernel("narrow") as kernel:
        folder = kernel._provisioner.folder
        kernel.run([Segment(1, f"{NEST}\nf()", frozenset())])

    assert folder is not None
    assert not folder.exists()


def test_folders_without_permissions_go(tmp_path: Path) -> None:
    """A folder that nobody may list, with a file in it, is opened up and removed."""
    folder = tmp_path / "folder"
    (folder / "shut" / "shut").mkdir(parents=True)
    (folder / "shut" / "shut" / "file").touch()
    (folder / "shut" / "shut").chmod(0)
    (folder / "shut").chmod(0)

    remove(folder)

    assert not folder.exists()


@pytest.mark.parametrize("at", ["", "inner"])
def test_what_a_link_leads_to_stays(tmp_path: Path, at: str) -> None:
    """Links are removed and not followed, at any depth."""
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o755)
    (kept / "file").touch()
    folder = tmp_path / "folder"
    (folder / at).mkdir(parents=True)
    (folder / at / "link").symlink_to(kept)

    remove(folder)

    assert not folder.exists()
    assert (kept / "file").exists()
    assert kept.stat().st_mode & 0o777 == 0o755


def test_a_folder_that_is_gone_already_is_no_error(tmp_path: Path) -> None:
    """Removing what is not there does nothing."""
    remove(tmp_path / "nowhere")
