"""A kernel welcomes whoever subscribes to its output: the examiner waits for that."""

from __future__ import annotations

import zmq
from jupyter_client.session import Session

from grader.kernel.inside.output_thread import OutputThread


def test_who_subscribes_while_output_is_sent_is_welcomed() -> None:
    """Sending takes notice of a subscription, of which ZeroMQ then tells no more."""
    with zmq.Context() as context, context.socket(zmq.XPUB) as output, context.socket(zmq.SUB) as examiner:
        output.bind("inproc://output")
        thread = OutputThread(output, pipe=False, session=Session(key=b"key"))
        examiner.subscribe(b"")
        examiner.connect("inproc://output")

        thread.send_multipart([b"starting"])  # at once, as the thread does not run

        received = []
        while examiner.poll(0):
            received.append(examiner.recv_multipart())
        thread.io_loop.close(all_fds=True)

    assert received[0] == [b"starting"]
    assert b"iopub_welcome" in b"".join(received[-1])
