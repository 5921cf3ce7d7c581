"""Encode calls to a kernel and decode its replies.

The other halves stand in ``inside/decode.py`` and ``inside/encode.py``; :mod:`grader.value_codec` describes the form.
Whatever comes in is a claim of the student's code: everything is checked before it is used, and anything that does not
fit is a BadAnswer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from grader.errors import BadAnswer, FunctionUnavailable
from grader.kernel import messages
from grader.kernel.student_faults import raised
from grader.value import Value
from grader.value_codec import decode, encode

MAX_JSON = 5 << 20
MAX_ARRAYS = 5000
_MAX_PARTS = 200_000  # numbers come in arrays: more single values than this would keep the examiner busy for minutes


def encode_call(args: Sequence[Any], kwargs: dict[str, Any]) -> list[bytes | memoryview]:
    """Return the buffers of a call; raises TypeError for an argument that cannot cross."""
    structure, arrays = encode([list(args), kwargs])
    return [json.dumps(structure).encode(), *arrays]


def decode_reply(buffers: Sequence[bytes], name: str) -> Value:
    """Return the value that a reply holds, or raise the fault that it reports.

    Anything else is a BadAnswer.
    """
    try:
        reply = _structure(buffers)
        if "value" in reply:
            return decode(reply["value"], buffers[1:])
        fault = _decode_fault(reply, name)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError, MemoryError) as error:
        raise BadAnswer(messages.UNREADABLE_ANSWER) from error
    raise fault


def too_many_parts(text: bytes) -> bool:
    """Return whether JSON text holds too many values, without the cost of reading them."""
    return sum(map(text.count, (b",", b"[", b"{"))) > _MAX_PARTS


def _structure(buffers: Sequence[bytes]) -> dict[str, Any]:
    text = bytes(buffers[0][: MAX_JSON + 1])
    if len(text) > MAX_JSON:
        raise ValueError("too long")
    if too_many_parts(text):
        raise BadAnswer(messages.TOO_MANY_VALUES)
    reply = json.loads(text)
    if not isinstance(reply, dict) or len(reply) != 1:
        raise ValueError("not a reply")
    return reply


def _decode_fault(reply: dict[str, Any], name: str) -> Exception:
    match reply:
        case {"error": dict(error)}:
            return raised(error)
        case {"missing": ""}:
            return FunctionUnavailable(messages.no_such_function(name), "missing")
        case {"missing": str(kind)}:
            return FunctionUnavailable(messages.no_function(name, kind[:100]), "missing")
        case {"refused": str(reason)}:
            return BadAnswer(messages.ungradable_answer(reason[:200]))
    raise ValueError("not a reply")
