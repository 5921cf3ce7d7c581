"""A private folder for what is unpacked, for as long as a batch runs."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from grader.errors import UsageError
from grader.intake.listing import SCRATCH
from grader.messages import cannot_write

LOCK = ".lock"


@contextlib.contextmanager
def scratch_in(out: Path) -> Iterator[Path]:
    """Give an empty folder that only its owner may enter, inside ``out``.

    It is removed afterwards. Folders of batches that were killed are removed too: a lock on each says whether its batch
    still runs. Raises UsageError when ``out`` cannot be written.
    """
    with contextlib.ExitStack() as stack:
        try:
            out.mkdir(parents=True, exist_ok=True)
            for left in out.glob(f"{SCRATCH}*"):
                _remove_left(left)
            folder = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=out)).resolve()
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            stack.enter_context(FileLock(folder / LOCK, timeout=0))
        except OSError as error:
            raise UsageError(cannot_write(out, error.strerror)) from error
        yield folder


def _remove_left(folder: Path) -> None:
    with contextlib.suppress(OSError, Timeout), FileLock(folder / LOCK, timeout=0):
        shutil.rmtree(folder)
