"""The thread that sends a kernel's output, and a welcome to whoever subscribes to it."""

from __future__ import annotations

from typing import Any

import zmq
from ipykernel.iostream import IOPubThread


class OutputThread(IOPubThread):  # type: ignore[misc]
    """ipykernel's thread, which welcomes those too who subscribe while it sends.

    ZeroMQ reports a subscription once. Where that happens during a send, the thread's loop never hears of it, and the
    examiner would wait in vain for its welcome.
    """

    def _really_send(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        super()._really_send(msg, *args, **kwargs)
        if not self._xpub_stream.closed():
            self._xpub_stream.flush(zmq.POLLIN)
