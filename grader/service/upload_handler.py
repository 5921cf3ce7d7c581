"""Where Django puts the files of a request while it reads them."""

from __future__ import annotations

import contextlib
from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler

from grader.service.blob_store import require_room


class RemovingUploadHandler(TemporaryFileUploadHandler):
    """Puts each file on disk, and leaves no part of one that the disk has no room for."""

    _length = 0

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *rest: Any) -> None:  # noqa: N803
        """Take note of the length of all that comes."""
        self._length = content_length

    def new_file(self, *given: Any, **named: Any) -> None:
        """Begin a file; raises OSError where there is no room for it."""
        require_room(self._length)
        super().new_file(*given, **named)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a part of a file; raises OSError where it cannot be written."""
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError:
            with contextlib.suppress(OSError):  # of what is still to be written
                self.file.close()  # which removes it
            raise
