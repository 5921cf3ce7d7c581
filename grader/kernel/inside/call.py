"""Answer a call: decode its arguments, run one function, encode its value or error."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from grader.kernel.inside.decode import decode
from grader.kernel.inside.describe_error import cell_of, describe
from grader.kernel.inside.encode import Refused, encode

MAX_STRUCTURE = 4 << 20


def answer(
    names: dict[str, Any],
    name: str,
    buffers: Sequence[bytes],
    limit: int,
    find_cell: Callable[[str], int | None] = cell_of,
) -> list[bytes]:
    """Call ``names[name]`` with the arguments in ``buffers``.

    Return the reply's buffers, of at most ``limit`` bytes. The first buffer is JSON with one key: ``value`` (the
    structure, whose arrays are the other buffers), ``error`` (what was raised), ``missing`` (there is no such function)
    or ``refused`` (a phrase: why the value does not cross). ``find_cell`` is as in ``describe``.
    """
    function = names.get(name)
    if not callable(function):
        return [_to_json({"missing": type(function).__name__ if name in names else ""})]
    try:
        args, kwargs = decode(buffers)
        value = function(*args, **kwargs)
        structure, arrays = encode(value, limit)
    except Refused as refusal:
        return [_to_json({"refused": str(refusal)})]
    except BaseException as error:  # noqa: BLE001 - KeyboardInterrupt and SystemExit are answers here as well
        return [_to_json({"error": describe(error, find_cell)})]
    text = _to_json({"value": structure})
    if len(text) > MAX_STRUCTURE:
        return [_to_json({"refused": f"more than {MAX_STRUCTURE >> 20} MB of numbers and texts outside arrays"})]
    return [text, *arrays]


def _to_json(data: dict[str, Any]) -> bytes:
    return json.dumps(data).encode()
