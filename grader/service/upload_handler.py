"""Where Django puts the files of a request while it reads them."""

from __future__ import annotations

import contextlib

from django.core.files.uploadhandler import TemporaryFileUploadHandler


class RemovingUploadHandler(TemporaryFileUploadHandler):
    """Puts each file on disk, and leaves no part of one that the disk has no room for."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a part of a file; raises OSError where it cannot be written."""
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError:
            with contextlib.suppress(OSError):  # of what is still to be written
                self.file.close()  # which removes it
            raise
