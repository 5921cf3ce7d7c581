"""Jupyter channels with capped sizes, on which malformed messages never raise."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets import Instance, Integer, Type

from grader.kernel import codec

MALFORMED = "malformed"
"""The type of the message that stands for one that could not be read."""

_OUTPUT_MESSAGE = 16 << 20
_HEADER = 4 << 10  # each text in it is held against what a date looks like
_MAX_MESSAGE_FRAMES = codec.MAX_ARRAYS + 16
_TURN = 1000  # frames, after which others have a turn
_QUEUE = 8  # messages that wait here; more wait in the kernel, or are dropped there


class CappedChannel(AsyncZMQSocketChannel):
    """A channel of dictionaries in the protocol's shape, else of the type ``malformed``."""

    async def _recv(self, **kwargs: Any) -> dict[str, Any]:  # type: ignore[override] # as its own base class does
        frames = await self._frames(**kwargs)
        try:
            _, parts = self.session.feed_identities(frames)
            sizes = [len(part) for part in parts[:5]]
            if sum(sizes) > codec.MAX_JSON or max(sizes[1:3]) > _HEADER or self.socket.get(zmq.RCVMORE):
                return _malformed()
            if codec.too_many_parts(b"".join(cast("list[bytes]", parts[:5]))):
                return _malformed()
            message = self.session.deserialize(parts)
        except Exception:  # noqa: BLE001 - the student's code can send any bytes with a valid signature
            return _malformed()
        shaped = all(isinstance(message.get(k), dict) for k in ("header", "parent_header", "content"))
        return message if shaped and isinstance(message.get("msg_type"), str) else _malformed()

    async def _frames(self, **kwargs: Any) -> list[bytes]:
        """Return the first ``_MAX_MESSAGE_FRAMES`` frames of the next message.

        What is left of the one before it is skipped.
        """
        skipped = 0
        while self.socket.get(zmq.RCVMORE):
            await self.socket.recv()
            skipped += 1
            if skipped % _TURN == 0:
                await asyncio.sleep(0)
        frames = [await self.socket.recv(**kwargs)]
        while self.socket.get(zmq.RCVMORE) and len(frames) < _MAX_MESSAGE_FRAMES:
            frames.append(await self.socket.recv())
        return frames


class CappedClient(AsyncKernelClient):
    """A client of capped channels.

    A larger frame than ``reply_bytes`` ends the connection before it is read.
    """

    reply_bytes = Integer(64 << 20)
    shell_channel_class = Type(CappedChannel)
    iopub_channel_class = Type(CappedChannel)

    def connect_shell(self, identity: bytes | None = None) -> zmq.Socket[Any]:
        """Connect for replies, whose arrays may be as large as a result."""
        self._cap(self.reply_bytes)
        return super().connect_shell(identity)

    def connect_iopub(self, identity: bytes | None = None) -> zmq.Socket[Any]:
        """Connect for output, which is never large."""
        self._cap(_OUTPUT_MESSAGE)
        return super().connect_iopub(identity)

    def _cap(self, size: int) -> None:
        # Options of the context are what its next socket starts with; after the connection it would be too late.
        self.context.setsockopt(zmq.MAXMSGSIZE, size)
        self.context.setsockopt(zmq.RCVHWM, _QUEUE)


class SandboxKernelManager(AsyncKernelManager):
    """A kernel manager that is given its kernel specification instead of a name to look up."""

    spec = Instance(KernelSpec)

    @property
    def kernel_spec(self) -> KernelSpec:
        """The specification."""
        return self.spec


def _malformed() -> dict[str, Any]:
    header = {"msg_id": "", "msg_type": MALFORMED}
    return {
        "header": header,
        "msg_id": "",
        "msg_type": MALFORMED,
        "parent_header": {},
        "metadata": {},
        "content": {},
        "buffers": [],
    }
