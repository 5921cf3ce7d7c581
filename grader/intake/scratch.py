"""A private folder for what is unpacked, for as long as a batch runs."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader.errors import UsageError
from grader.intake.files import SCRATCH

if sys.platform != "win32":
    import fcntl


@contextlib.contextmanager
def scratch_in(out: Path) -> Iterator[Path]:
    """Give an empty folder that only its owner may enter, inside ``out``; it is removed afterwards.

    Folders of batches that were killed are removed too: a lock on each says whether its batch still runs. Raises
    UsageError when ``out`` cannot be written.
    """
    with contextlib.ExitStack() as stack:
        try:
            out.mkdir(parents=True, exist_ok=True)
            for left in out.glob(f"{SCRATCH}*"):
                _remove_left(left)
            folder = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=out)).resolve()
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            stack.enter_context(_locked(folder))
        except OSError as error:
            raise UsageError(f"cannot write to {out}: {error.strerror}; choose another folder with -o.") from error
        yield folder


def _remove_left(folder: Path) -> None:
    with contextlib.suppress(OSError), _locked(folder):
        shutil.rmtree(folder)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    if sys.platform == "win32":  # which has no such lock, and grades no batches
        yield
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
