"""What is honest in strangers' zips is found; what is not is refused and harms nothing."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.intake import Found, find, find_one, scratch_in, zips

GOOD = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 2}'

FindIn = Callable[..., Found]


def packed(**files: bytes) -> bytes:
    """Return a zip of these files; ``__`` in a name stands for a dot."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in files.items():
            zipped.writestr(name.replace("__", "."), content)
    return data.getvalue()


@pytest.fixture
def find_in(tmp_path: Path) -> FindIn:
    """Find what is in a folder that holds a good notebook and these files."""
    folder, scratch = tmp_path / "in", tmp_path / "scratch"
    folder.mkdir()
    scratch.mkdir()

    def _find_in(**files: bytes) -> Found:
        for name, content in ({"good__ipynb": GOOD} | files).items():
            (folder / name.replace("__", ".")).write_bytes(content)
        return find([folder], scratch=scratch)

    return _find_in


def reason(found: Found, label: str) -> str:
    """Return why a file was refused, after seeing that the others were not."""
    assert {s.label for s in found.submissions if not s.refused} >= {"good.ipynb"}
    return next(s.refused for s in found.submissions if s.label == label)


def test_notebooks_in_zips_in_zips_are_found(find_in: FindIn) -> None:
    """A zip counts as a folder, and what is in it can be read."""
    found = find_in(a__zip=packed(b__zip=packed(c__ipynb=GOOD)))

    assert [(s.label, s.refused) for s in found.submissions] == [("a.zip/b.zip/c.ipynb", ""), ("good.ipynb", "")]
    assert found.submissions[0].path.read_bytes() == GOOD


def test_a_zip_for_each_student_names_the_student(find_in: FindIn) -> None:
    """Zips of one notebook each name their students, also together in one zip."""
    found = find_in(a__zip=packed(eve__zip=packed(x__ipynb=GOOD), dan__ipynb=GOOD), bob__zip=packed(y__ipynb=GOOD))

    assert [s.student for s in found.submissions] == ["eve", "dan", "bob", "good"]


def test_zips_may_not_nest_without_end(find_in: FindIn) -> None:
    """What lies too deep is refused, and said."""
    archive = packed(x__ipynb=GOOD)
    for _ in range(zips.MAX_NESTING):
        archive = packed(z__zip=archive)

    assert "zip in a zip" in reason(find_in(a__zip=archive), "a.zip/z.zip/z.zip/z.zip")


def test_a_zip_that_grows_beyond_measure_is_refused(find_in: FindIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither one file nor many small ones may fill the disk.

    The space goes back to the others.
    """
    monkeypatch.setattr(zips, "MAX_MB", 4)
    monkeypatch.setattr(zips, "MAX_UNPACKED_MB", 30)
    bomb = packed(**{f"n{i}__ipynb": bytes(3 * 2**20) for i in range(30)})
    honest = packed(**{f"n{i}__ipynb": os.urandom(3 * 2**20) for i in range(4)})
    found = find_in(a__zip=packed(x__ipynb=GOOD, bomb__zip=bomb), b__zip=honest)

    assert "beyond all measure" in reason(found, "a.zip/bomb.zip")
    assert [s.label for s in found.submissions if s.refused] == ["a.zip/bomb.zip"]


def test_all_zips_together_have_a_limit(find_in: FindIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the batch may take on the disk is counted over all of them."""
    monkeypatch.setattr(zips, "MAX_UNPACKED_MB", 5)
    big = packed(x__ipynb=bytes(3 * 2**20))
    found = find_in(a__zip=big, b__zip=big)

    assert reason(found, "a.zip/x.ipynb") == ""
    assert "beyond all measure" in reason(found, "b.zip")


def test_one_person_s_zip_has_a_smaller_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a service it would fill the disk that everybody's uploads lie on."""
    monkeypatch.setattr(zips, "MAX_UNPACKED_ONE_MB", 1)
    file = tmp_path / "mine.zip"
    file.write_bytes(packed(**{f"{n}.ipynb": b"{" + bytes([n]) * 600_000 for n in range(2)}))
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    found = find_one(file, scratch=scratch)

    assert "grows beyond all measure" in found.refused
    assert [p for p in scratch.rglob("*") if p.is_file()] == []


def test_an_allowance_that_is_given_back_leaves_nothing_behind() -> None:
    """Who is refused has cost nobody anything."""
    total = zips.Allowance(100)
    inner = zips.Allowance(80, zips.Allowance(90, total))
    inner.spend(60)
    with pytest.raises(zips.RefusedError):
        inner.spend(30)
    inner.refund()

    assert (total.left, total.spent) == (100, 0)


def test_an_entry_too_large_is_refused_alone(find_in: FindIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit for a notebook holds in a zip too; its neighbours are read."""
    monkeypatch.setattr(zips, "MAX_MB", 2)
    found = find_in(a__zip=packed(x__ipynb=bytes(3 * 2**20), y__ipynb=GOOD))

    assert "3 MB large, and at most 2 MB are read" in reason(found, "a.zip/x.ipynb")
    assert reason(found, "a.zip/y.ipynb") == ""


def test_a_zip_of_too_many_files_is_refused(find_in: FindIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of entries is bounded."""
    monkeypatch.setattr(zips, "MAX_ENTRIES", 2)

    assert "more than 2 files" in reason(find_in(a__zip=packed(x=b"", y=b"", z=b"")), "a.zip")


def test_a_list_of_entries_that_fills_the_memory_is_not_read(find_in: FindIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list is measured before it is parsed."""
    monkeypatch.setattr(zips, "_DIRECTORY_MB", 0.001)
    many = packed(**{f"n{i}": b"" for i in range(100)})

    assert "more than" in reason(find_in(a__zip=many), "a.zip")


def test_a_locked_zip_is_refused(find_in: FindIn) -> None:
    """A password is named as the reason."""
    data = bytearray(packed(x__ipynb=GOOD))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1

    assert "password" in reason(find_in(a__zip=bytes(data)), "a.zip")


def test_a_damaged_entry_is_refused_alone(find_in: FindIn) -> None:
    """Bytes that changed on the way are noticed, and cost only the file that they are in."""
    data = bytearray(packed(x__ipynb=GOOD, y__ipynb=GOOD))
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 16, 0)
    found = find_in(a__zip=bytes(data))

    assert "damaged inside" in reason(found, "a.zip/x.ipynb")
    assert reason(found, "a.zip/y.ipynb") == ""


@pytest.mark.parametrize(
    "name", ["../x.ipynb", "/etc/x.ipynb", "a/../../x.ipynb", "C:\\x.ipynb", "..\\x.ipynb", "\\\\host\\x.ipynb"]
)
def test_no_name_leads_out(find_in: FindIn, tmp_path: Path, name: str) -> None:
    """Such an entry has a row and no file."""
    found = find_in(a__zip=packed(**{name: GOOD}))
    [refused] = [s for s in found.submissions if s.label != "good.ipynb"]

    assert "leads out of the zip" in refused.refused
    assert not refused.path.exists()
    assert refused.path.is_relative_to(tmp_path / "scratch")


def test_no_name_is_longer_than_a_file_may_have(find_in: FindIn) -> None:
    """What platforms name files like is searched for in it, and that takes its square."""
    found = find_in(a__zip=packed(**{f"{'a_' * 20_000}.ipynb": GOOD, f"{'b' * 30_000}/hw.ipynb": GOOD}))

    labels = [Path(s.label) for s in found.submissions if s.label != "good.ipynb"]
    assert sorted({label.suffix for label in labels}) == [".ipynb"]
    assert [len(part) for label in labels for part in label.parts if len(part) > 255] == []
    assert len(labels) == 2


def test_names_of_old_archivers_are_read(find_in: FindIn) -> None:
    """UTF-8 that is not marked as such and backslashes are what the student's computer meant."""
    data = packed(**{"J\u00f6rg\\h\u00e4.ipynb": GOOD})
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(signature) + flags
        data = data[:at] + struct.pack("<H", 0) + data[at + 2 :]

    assert {s.label for s in find_in(a__zip=data).submissions} == {"a.zip/Jörg/hä.ipynb", "good.ipynb"}


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"no zip", packed(x=b"")[:-10], packed()],
    ids=["nothing", "two bytes", "text", "cut", "empty"],
)
def test_what_is_no_zip_is_a_row(find_in: FindIn, content: bytes) -> None:
    """However a file named .zip is broken, it has a sentence."""
    assert reason(find_in(a__zip=content), "a.zip").endswith("hand in the .ipynb file itself.")


def test_a_student_s_zip_without_a_notebook_is_told_what_is_in_it(find_in: FindIn) -> None:
    """Who handed in nothing but a PDF in a zip has a row, and the PDF can be opened to say so."""
    [row] = [s for s in find_in(ann_1_22_hw__zip=packed(hw__pdf=b"%PDF")).submissions if s.student == "ann"]

    assert (row.label, row.path.read_bytes()) == ("ann_1_22_hw.zip/hw.pdf", b"%PDF")


def test_only_refused_zips_are_a_usage_error(tmp_path: Path) -> None:
    """A sentence with the file's name says what is wrong when there is nothing else."""
    (tmp_path / "a.zip").write_bytes(b"PK")
    with pytest.raises(UsageError, match=r"^a\.zip cannot be graded: it is damaged"):
        find([tmp_path / "a.zip"], scratch=tmp_path)


def test_the_folder_for_unpacking_is_private_and_goes_away(tmp_path: Path) -> None:
    """Nobody else may enter it.

    What a killed batch left is removed, and what a running one has is not.
    """
    (tmp_path / ".unpacked-dead").mkdir()
    with scratch_in(tmp_path) as first:
        assert first.stat().st_mode & 0o77 == 0
        with scratch_in(tmp_path):
            assert first.is_dir()

    assert list(tmp_path.iterdir()) == []
