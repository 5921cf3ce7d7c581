"""Decode the arguments of a call into Python values and torch tensors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.kernel.inside.torch_import import loaded_torch


def decode(buffers: Sequence[bytes]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the positional and keyword arguments held in a call's buffers."""
    args, kwargs = _decode_value(json.loads(buffers[0]), buffers[1:])
    return tuple(args), kwargs


def _decode_value(node: Any, arrays: Sequence[bytes]) -> Any:
    match node:
        case ["list", *items]:
            return [_decode_value(i, arrays) for i in items]
        case ["tuple", *items]:
            return tuple(_decode_value(i, arrays) for i in items)
        case ["dict", *pairs]:
            return {k: _decode_value(v, arrays) for k, v in pairs}
        case ["int", text]:
            return int(text, 16)
        case ["array", library, dtype, sent, shape, index]:
            array = np.frombuffer(bytearray(arrays[index]), dtype=sent).reshape(shape)
            return array if library == "numpy" else _tensor(array, dtype)
        case _:
            return node


def _tensor(array: np.ndarray[Any, Any], dtype: str) -> Any:
    import torch as by_name

    torch = loaded_torch() or by_name
    return torch.from_numpy(array).to(getattr(torch, dtype))
