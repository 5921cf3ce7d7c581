"""Answer requests for a GPU with the CPU, so that code written for one runs."""

from __future__ import annotations

import collections
import contextlib
import functools
import importlib
import re
import time
import types
from collections.abc import Callable, Iterable
from typing import Any

from grader.kernel.inside.torch_import import loaded_torch

_ACCELERATOR = re.compile(r"(cuda|mps|xpu|hip|hpu|xla|mtia)(:\d+)?")
_TYPE = re.compile(r"torch\.(cuda|xpu|mps)\.")
_MOVES = ("to", "cuda", "xpu", "hpu", "mtia")
_DEVICE_MODULES = ("torch.cuda", "torch.mps", "torch.xpu", "torch.accelerator", "torch.cuda.nvtx")
_NOTHING = (
    "synchronize", "empty_cache", "empty_host_cache", "init", "ipc_collect", "manual_seed", "manual_seed_all", "mark",
    "range_pop", "range_push", "reset_accumulated_memory_stats", "reset_max_memory_allocated",
    "reset_max_memory_cached", "reset_peak_memory_stats", "seed", "seed_all", "set_device", "set_device_idx",
    "set_device_index", "set_per_process_memory_fraction", "set_rng_state", "set_rng_state_all",
    "set_stream", "set_sync_debug_mode",
)  # fmt: skip
_NOUGHT = (
    "current_allocated_memory", "current_device", "current_device_idx", "current_device_index",
    "driver_allocated_memory",
    "max_memory_allocated", "max_memory_cached", "max_memory_reserved", "memory_allocated", "memory_cached",
    "memory_reserved", "memory_usage", "utilization",
)  # fmt: skip


class Event:
    """Stands for an event of a device: it happens when it is recorded."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._at = time.perf_counter()

    def record(self, stream: Any = None) -> None:
        """Take the time."""
        self._at = time.perf_counter()

    def elapsed_time(self, end_event: Event) -> float:
        """Return the milliseconds from this event to another."""
        return 1000 * (end_event._at - self._at)

    def query(self) -> bool:
        """Tell that all work is done."""
        return True

    def synchronize(self, *args: Any) -> None:
        """Wait for nothing."""

    wait = wait_event = wait_stream = synchronize


class Stream(Event, contextlib.AbstractContextManager["Stream"]):
    """Stands for a queue of a device's work, and for the choice of one in a ``with``."""

    def __exit__(self, *exc_info: object) -> None:
        return None

    def record_event(self, event: Event | None = None) -> Event:
        """Return an event that happens now."""
        event = event or Event()
        event.record()
        return event


_MEMORY = 1 << 34  # bytes: what is there in all; who counts on some of it must not divide by nought
_INSTEAD: dict[str, Any] = {
    **dict.fromkeys(_NOTHING),
    **dict.fromkeys(_NOUGHT, 0),
    "get_device_name": "cpu",
    "get_device_capability": (0, 0),
    "get_device_properties": types.SimpleNamespace(
        name="cpu",
        total_memory=_MEMORY,
        major=0,
        minor=0,
        multi_processor_count=1,
        warp_size=32,
        is_integrated=0,
        max_threads_per_multi_processor=1024,
    ),
    "get_memory_info": (_MEMORY, _MEMORY),
    "mem_get_info": (_MEMORY, _MEMORY),
    "memory_stats": collections.defaultdict(int),
    "memory_summary": "",
    "recommended_max_memory": _MEMORY,
    "is_bf16_supported": False,
}
_CLASSES = {
    "Event": Event,
    **dict.fromkeys(("Stream", "current_stream", "default_stream", "device", "device_of", "stream"), Stream),
}


def keep_on_cpu() -> None:
    """Let torch, here and in forks, take every device but ``meta`` for the CPU from now on.

    It must have been imported.
    """
    import torch

    _keep_functions()
    _keep_default_device()
    _keep_generators()
    torch.serialization.register_package(
        0, lambda _: None, lambda storage, place: storage if _ACCELERATOR.fullmatch(place) else None
    )
    for name in _DEVICE_MODULES:
        with contextlib.suppress(ImportError):
            _stand_in(importlib.import_module(name))


def _here(value: Any) -> Any:
    """Return the CPU for an accelerator, its name or its number, and anything else as it is."""
    device = loaded_torch().device
    named = isinstance(value, device | str) and _ACCELERATOR.fullmatch(str(value))
    return device("cpu") if named or type(value) is int else value


def _keep_functions() -> None:
    import torch
    from torch.utils import _device

    factories = _device._device_constructors()  # before they are wrapped: it knows them by identity
    factories |= {torch.normal, *(getattr(torch, name) for name in dir(torch) if name.endswith("_like"))}
    for owner in (torch, torch.fft, torch.nested):
        _wrap(owner, [n for n, f in vars(owner).items() if _is_in(f, factories)])
    _wrap(torch.Tensor, [n for n in dir(torch.Tensor) if n.startswith("new")])
    for kind in (torch.Tensor, torch.nn.Module):
        for name in filter(functools.partial(hasattr, kind), _MOVES):
            move = getattr(kind, name)
            setattr(kind, name, _moving(move) if name == "to" else _staying(move))
    for name in ("pin_memory", "record_stream"):
        setattr(torch.Tensor, name, _staying(getattr(torch.Tensor, name)))
    torch.Tensor.type = _typed(torch.Tensor.type)  # type: ignore[method-assign]


def _is_in(value: Any, functions: set[Any]) -> bool:
    return callable(value) and not isinstance(value, type) and value in functions


def _wrap(owner: Any, names: Iterable[str]) -> None:
    from torch.jit import _builtins

    for name in names:
        function = getattr(owner, name)
        setattr(owner, name, _made_here(function))
        # torch.jit.script would else look for the Python source of it.
        if operator := _builtins._find_builtin(function):  # type: ignore[no-untyped-call]
            _builtins._register_builtin(getattr(owner, name), operator)


def _made_here(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def made_here(*args: Any, **kwargs: Any) -> Any:
        if "device" in kwargs:
            kwargs["device"] = _here(kwargs["device"])
        if kwargs.get("pin_memory"):
            del kwargs["pin_memory"]
        return function(*args, **kwargs)

    return made_here


def _moving(move: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(move)
    def to(self: Any, *args: Any, **kwargs: Any) -> Any:
        if "device" in kwargs:
            kwargs["device"] = _here(kwargs["device"])
        return move(self, *map(_here, args[:1]), *args[1:], **kwargs)

    return to


def _typed(typed: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(typed)
    def type_(self: Any, dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
        return typed(self, _TYPE.sub("torch.", dtype) if isinstance(dtype, str) else dtype, *args, **kwargs)

    return type_


def _staying(move: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(move)
    def stay(self: Any, *args: Any, **kwargs: Any) -> Any:
        return self

    return stay


def _keep_default_device() -> None:
    from torch.utils import _device

    begin = _device.DeviceContext.__init__

    def __init__(self: Any, device: Any) -> None:  # noqa: N807 - it replaces one of that name
        begin(self, _here(device))

    _device.DeviceContext.__init__ = __init__  # type: ignore[method-assign]


def _keep_generators() -> None:
    import torch

    plain = torch.Generator

    class Kind(type(plain)):  # type: ignore[misc]
        def __instancecheck__(cls, value: Any) -> bool:
            return isinstance(value, plain)

    class Generator(plain, metaclass=Kind):  # type: ignore[misc,valid-type]
        def __new__(cls, device: Any = "cpu") -> Any:
            return plain.__new__(cls, _here(device))  # type: ignore[call-arg]

    torch.Generator = Generator  # type: ignore[misc]


def _stand_in(module: types.ModuleType) -> None:
    """Replace what a device's module would ask of the device, as far as it has such a thing."""
    for name in filter(vars(module).__contains__, (*_INSTEAD, *_CLASSES)):
        setattr(module, name, _own(_INSTEAD[name]) if name in _INSTEAD else type(name, (_CLASSES[name],), {}))
    import torch

    if module is torch.cuda:
        torch.cuda.get_rng_state = lambda *args: torch.get_rng_state()
        for name in [n for n in dir(module) if n.endswith("Tensor") and hasattr(torch, n)]:
            setattr(module, name, getattr(torch, name))


def _own(answer: Any) -> Callable[..., Any]:
    """Return a function of its own for each name: torch's compiler keeps a table of them."""
    return lambda *args, **kwargs: answer
