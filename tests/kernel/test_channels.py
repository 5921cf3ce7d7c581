"""Whatever frames come in, channels read one message and keep no examiner busy."""

from __future__ import annotations

import asyncio
import json

import pytest
import zmq
import zmq.asyncio
from jupyter_client.session import Session

from grader.kernel import codec
from grader.kernel.channels import MALFORMED, CappedChannel

KEY = b"known to the student too"


def message(kind: str = "status", *buffers: bytes, **header: object) -> list[bytes]:
    """Return the frames of a message with a valid signature."""
    parts = [json.dumps(p).encode() for p in ({"msg_id": kind, "msg_type": kind} | header, {}, {}, {})]
    return [b"<IDS|MSG>", Session(key=KEY).sign(parts), *parts, *buffers]


def received(*sent: list[bytes]) -> list[str]:
    """Send messages and return the types of those that a channel makes of them."""

    async def receive() -> list[str]:
        context = zmq.asyncio.Context()
        ours, theirs = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
        try:
            ours.bind("inproc://here")
            theirs.connect("inproc://here")
            for frames in sent:
                await theirs.send_multipart(frames)
            channel = CappedChannel(ours, Session(key=KEY), asyncio.get_running_loop())
            return [(await channel.get_msg(timeout=10))["msg_type"] for _ in sent]
        finally:
            context.destroy(linger=0)

    return asyncio.run(receive())


@pytest.mark.parametrize(
    "frames",
    [
        [b""],
        [b"<IDS|MSG>", b"", b"", b"", b"", b""],
        message(date=["2020-01-01T00:00:00Z"] * 1000),
        message("status", *[b"x"] * (2 * codec.MAX_ARRAYS)),
    ],
    ids=["nothing", "no signature", "dates", "pieces"],
)
def test_what_cannot_be_read_in_no_time_is_malformed(frames: list[bytes]) -> None:
    """A message that takes long to read is malformed, and the next one is read.

    The client looks for dates in headers, and puts pieces together, while no deadline is kept.
    """
    assert received(frames, message("next")) == [MALFORMED, "next"]


def test_an_ordinary_message_keeps_its_buffers() -> None:
    """As many as an answer may have arrays."""
    assert received(message("call_reply", *[b"x"] * codec.MAX_ARRAYS)) == ["call_reply"]
