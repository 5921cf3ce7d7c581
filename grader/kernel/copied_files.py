"""Copy the files that were handed in beside a notebook into the folder of one kernel.

Each kernel has copies of its own, so that what its code writes reaches neither the originals nor another kernel.
"""

from __future__ import annotations

import os
import posixpath
import shutil
from collections.abc import Sequence
from pathlib import Path

from grader.errors import KernelError
from grader.kernel import messages
from grader.submission import SupportingFile

_FOLDER = "notebook"


def working_folder(files: Sequence[SupportingFile]) -> str:
    """Return the folder, inside a kernel's own, in which its code runs.

    It lies so deep that what a file's name reaches above it is in the kernel's own folder too.
    """
    return "/".join([_FOLDER] * max((f.name.split("/").count("..") for f in files), default=0))


def copy_files(files: Sequence[SupportingFile], scratch: Path) -> None:
    """Copy files to where code in a kernel's working folder finds them.

    Raises KernelError for a file that is no longer as it was listed.
    """
    working = working_folder(files)
    os.makedirs(scratch / working, exist_ok=True)
    for file in files:
        place = posixpath.normpath(posixpath.join(working, file.name))
        if place.startswith(("../", "/")):
            raise KernelError(messages.cannot_lie_beside(file.name))
        target = scratch / place
        try:
            os.makedirs(target.parent, exist_ok=True)
            if os.lstat(file.path).st_size != file.size:
                raise KernelError(messages.changed_beside(file.name))
            shutil.copyfile(file.path, target, follow_symlinks=False)
        except OSError as error:
            raise KernelError(messages.not_put_beside(file.name, error.strerror)) from error
