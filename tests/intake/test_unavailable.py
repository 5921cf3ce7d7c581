"""What this machine cannot read is found, and told from what is damaged."""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.intake import find

Write = Callable[..., Path]

FIND = """
import json, sys
from pathlib import Path
from grader.intake import find
found = find([Path(sys.argv[1])], scratch=Path(sys.argv[2]), functions=("scale",))
print(json.dumps({s.label: [s.student, s.refused, s.unavailable] for s in found.submissions}))
"""


def as_nobody_special() -> None:
    """Let this process open what its user may, were that root."""
    prctl, drop = ctypes.CDLL(None).prctl, 24
    for capability in (1, 2):  # to pass over permissions
        prctl(drop, capability)


def find_here(tmp_path: Path, *, program: str = FIND) -> subprocess.CompletedProcess[str]:
    """Find what is in the folder ``in``, in a process of its own."""
    (tmp_path / "scratch").mkdir()
    return subprocess.run(  # noqa: S603 - our own program, and no threads
        [sys.executable, "-c", program, str(tmp_path / "in"), str(tmp_path / "scratch")],
        preexec_fn=as_nobody_special,
        capture_output=True,
        text=True,
        check=False,
    )


def found_in(tmp_path: Path) -> dict[str, tuple[str, str, str]]:
    """Return what stands against each submission in the folder ``in``, and its student.

    Both are by label.
    """
    done = find_here(tmp_path)
    assert not done.returncode, done.stderr
    return {label: tuple(told) for label, told in json.loads(done.stdout).items()}


def test_a_file_that_may_not_be_read_is_unavailable(written: Write, tmp_path: Path) -> None:
    """The notebook and the zip that permissions close are not damaged, and others are found."""
    for name in ("anna.ipynb", "bert.ipynb", "cora.zip"):
        written(b"{}", f"in/{name}")
    for name in ("bert.ipynb", "cora.zip"):
        (tmp_path / "in" / name).chmod(0)

    assert found_in(tmp_path) == {
        "anna.ipynb": ("anna", "", ""),
        "bert.ipynb": ("bert", "", "bert.ipynb could not be read: Permission denied."),
        "cora.zip": ("cora", "", "cora.zip could not be read: Permission denied."),
    }


def test_a_folder_that_may_not_be_listed_is_somebody_s_submission(written: Write, tmp_path: Path) -> None:
    """Whose it is follows from its name as it would for the files in it.

    It is not passed over in silence.
    """
    written(b"{}", "in/submitted/anna/ps1/hw.ipynb")
    written(b"{}", "in/submitted/bert/ps1/hw.ipynb").parent.chmod(0)

    found = found_in(tmp_path)
    (tmp_path / "in/submitted/bert/ps1").chmod(0o700)

    assert found == {
        "submitted/anna/ps1/hw.ipynb": ("anna", "", ""),
        "submitted/bert/ps1/ps1": ("bert", "", "The folder ps1 could not be listed: Permission denied."),
    }


def test_what_is_closed_may_be_the_one_that_counts(written: Write, tmp_path: Path) -> None:
    """No draft is graded instead of a notebook or folder that cannot be read."""
    for person, name in (("Jane Doe_1", "final.ipynb"), ("Jo Ray_2", "more")):
        folder = f"in/{person}_assignsubmission_file"
        written(b"{}", f"{folder}/xdraft.ipynb")
        written(b"{}", f"{folder}/{name}" if "." in name else f"{folder}/{name}/final.ipynb")
        (tmp_path / folder / name).chmod(0)

    found = found_in(tmp_path)
    (tmp_path / "in/Jo Ray_2_assignsubmission_file/more").chmod(0o700)

    assert [(student, bool(why)) for student, _, why in found.values()] == [("Jane Doe", True), ("Jo Ray", True)]


def test_a_file_that_breaks_while_it_is_read_is_unavailable() -> None:
    """A memory image is a file like others, but for the error with which the system answers."""
    [image] = find([Path("/proc/self/mem")]).submissions

    assert image.unavailable == "mem could not be read: Input/output error."


def test_a_whole_download_that_may_not_be_read_is_no_row(written: Write, tmp_path: Path) -> None:
    """Whoever gives a zip of a class is told why it cannot be read, and nobody is graded."""
    written(b"", "in/class.zip").chmod(0)

    done = find_here(tmp_path, program=FIND.replace("[Path(sys.argv[1])]", "[Path(sys.argv[1]) / 'class.zip']"))

    assert "GraderError: class.zip could not be read: Permission denied." in done.stderr


def test_a_disk_without_room_stops_everything(tmp_path: Path) -> None:
    """A full disk ends the command with one sentence, and makes no file a damaged one."""
    (tmp_path / "in").mkdir()
    with zipfile.ZipFile(tmp_path / "in" / "class.zip", "w") as zipped:
        zipped.writestr("anna.ipynb", b"{}" * 10_000)
    small = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"

    done = find_here(tmp_path, program=small + FIND)

    assert "MachineError: cannot unpack into" in done.stderr
    assert "File too large" in done.stderr


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damaged_data_of_any_packing_is_damaged(tmp_path: Path, method: int) -> None:
    """Some ways of unpacking report damage as if the system had failed.

    It is the file's all the same.
    """
    with zipfile.ZipFile(tmp_path / "anna.zip", "w", method) as zipped:
        zipped.writestr("anna.ipynb", b"0123456789" * 1000)
    data = bytearray((tmp_path / "anna.zip").read_bytes())
    start = data.index(b"anna.ipynb") + len("anna.ipynb") + 9  # what comes before tells LZMA how to begin
    data[start : start + 24] = bytes(24)
    (tmp_path / "anna.zip").write_bytes(data)
    (tmp_path / "bert.ipynb").write_bytes(b"{}")
    (tmp_path / "scratch").mkdir()

    [anna, bert] = find([tmp_path / "anna.zip", tmp_path / "bert.ipynb"], scratch=tmp_path / "scratch").submissions

    assert "damaged" in anna.refused
    assert (anna.unavailable, bert.refused) == ("", "")
