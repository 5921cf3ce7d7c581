"""Encode what a function returned in the form that ``grader/value_codec.py`` describes."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping, Set
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.kernel.inside.torch_import import loaded_torch

if TYPE_CHECKING:
    import torch

MAX_DEPTH = 32
MAX_NODES = 100_000
MAX_INT_BITS = 4096
MAX_ARRAYS = 5000
MAX_TEXT = 1 << 20
MAX_PARTS = 64


class Refused(Exception):  # noqa: N818 - an answer, not an error of ours
    """A value that does not cross; the text completes "it returned"."""


def encode(value: Any, limit: int) -> tuple[Any, list[bytes]]:
    """Return a value's structure and its arrays.

    Raises Refused when it is too large, too deep or too long.
    """
    encoder = _AnswerEncoder(limit)
    if (parts := _unpacked_parts(value)) is not None:
        return ["unpacks", type(value).__name__[:100], *(encoder.node(p, 1) for p in parts)], encoder.buffers
    return encoder.node(value, 0), encoder.buffers


def _unpacked_parts(value: Any) -> list[Any] | None:
    """Return the parts of an answer that unpacks like a tuple and is none, else None."""
    own = isinstance(value, tuple) and hasattr(value, "_fields")
    plain = value is None or isinstance(
        value, bool | int | float | str | bytes | bytearray | list | tuple | Mapping | Set
    )
    if not own and (plain or _is_tensor(value) or isinstance(value, np.ndarray | np.generic | type)):
        return None
    # What can be read only once, as a generator, is more likely a `yield` in the place of a `return`.
    if isinstance(value, Iterator) or not hasattr(type(value), "__iter__"):
        return None
    try:
        parts = list(itertools.islice(value, MAX_PARTS + 1))
    except Exception:  # noqa: BLE001 - it does not unpack, whatever it is
        return None
    return parts if len(parts) <= MAX_PARTS else None


def _is_tensor(value: Any) -> bool:
    return loaded_torch() is not None and isinstance(value, loaded_torch().Tensor)


def _sparse() -> tuple[torch.layout, ...]:
    torch = loaded_torch()
    return torch.sparse_coo, torch.sparse_csr, torch.sparse_csc, torch.sparse_bsr, torch.sparse_bsc


def _plain(value: torch.Tensor, dtype: str) -> torch.Tensor:
    """Return an ordinary contiguous tensor on the CPU, of a type that numpy knows."""
    plain: torch.Tensor = loaded_torch().Tensor.detach(value).cpu()
    plain = plain.to_dense() if plain.layout in _sparse() else plain
    plain = plain.dequantize() if plain.is_quantized else plain
    if dtype.startswith(("bfloat16", "float8")):
        plain = plain.float()
    elif dtype == "complex32":
        plain = plain.to(loaded_torch().complex64)
    return plain.resolve_conj().resolve_neg().contiguous()


class _AnswerEncoder:
    def __init__(self, limit: int) -> None:
        self.room = limit
        self.limit = limit
        self.nodes = 0
        self.buffers: list[bytes] = []

    def node(self, value: Any, depth: int) -> Any:
        """Return a value as JSON data that names arrays by index; raises Refused."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise Refused(f"more than {MAX_NODES} items")
        if depth > MAX_DEPTH:
            raise Refused(f"a structure nested more than {MAX_DEPTH} deep")
        if _is_tensor(value):
            return self._tensor(value)
        if isinstance(value, np.ndarray | np.generic):
            return self._array(np.asarray(value), "numpy", np.asarray(value).dtype.name)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float | str):
            return self._scalar(value)
        return self._container(value, depth)

    def _scalar(self, value: int | float | str) -> Any:
        if isinstance(value, str):
            self._take(len(value))
            if len(value) > MAX_TEXT:
                raise Refused(f"a text of more than {MAX_TEXT} characters")
            return str.__str__(value)
        if isinstance(value, float):
            return float.__float__(value)
        number = int.__int__(value)
        if number.bit_length() <= 53:
            return number
        if number.bit_length() > MAX_INT_BITS:
            raise Refused(f"a whole number of more than {MAX_INT_BITS} bits")
        return ["int", hex(number)]

    def _container(self, value: Any, depth: int) -> Any:
        if isinstance(value, list | tuple):
            kind = "list" if isinstance(value, list) else "tuple"
            return [kind, *(self.node(item, depth + 1) for item in value)]
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            value = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        if isinstance(value, Mapping) and all(isinstance(k, str) for k in value):
            return ["dict", *([self._scalar(k), self.node(v, depth + 1)] for k, v in value.items())]
        return ["opaque", type(value).__name__[:100]]

    def _tensor(self, value: torch.Tensor) -> Any:
        torch = loaded_torch()
        try:
            # A subclass may have its own idea of every operation, attributes included.
            with torch.no_grad(), torch._C.DisableTorchFunctionSubclass():
                if value.is_meta or value.layout not in (torch.strided, *_sparse()):
                    return ["opaque", f"{type(value).__name__} ({'meta' if value.is_meta else value.layout})"]
                self._take(value.numel() * value.element_size(), keep=False)
                dtype = str(value.dtype).removeprefix("torch.")
                array = _plain(value, dtype).numpy()
        except (RuntimeError, TypeError, NotImplementedError):  # a wrapper that holds no numbers of its own
            return ["opaque", type(value).__name__[:100]]
        return self._array(array, "torch", dtype)

    def _array(self, array: Any, library: str, dtype: str) -> Any:
        if array.dtype.kind not in "biufc":
            return ["opaque", f"numpy.ndarray of {array.dtype}"[:100]]
        if array.dtype.itemsize > 16 or array.dtype in (np.longdouble, np.clongdouble):
            array = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)
        self._take(array.nbytes)
        if len(self.buffers) == MAX_ARRAYS:
            raise Refused(f"more than {MAX_ARRAYS} tensors")
        self.buffers.append(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())
        return ["array", library, dtype, array.dtype.name, list(array.shape), len(self.buffers) - 1]

    def _take(self, size: int, *, keep: bool = True) -> None:
        if size > self.room:
            raise Refused(f"more than {self.limit >> 20} MB")
        if keep:
            self.room -= size
