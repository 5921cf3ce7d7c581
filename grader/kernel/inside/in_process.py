"""Run in this process what libraries would give to a compiler or to other processes."""

from __future__ import annotations

import functools
import inspect
import os
import queue
import types
from multiprocessing import pool
from typing import Any

from grader.kernel.inside.torch_import import once_imported

_WORKERS = ("num_workers", "timeout", "multiprocessing_context", "prefetch_factor", "persistent_workers", "pin_memory")


def work_in_process() -> None:
    """Have torch, data loaders and joblib work in this process.

    ``torch.compile`` gives back what it is given, and joblib uses one worker. Pools of threads work without the
    semaphores of processes. To be called before joblib is imported.
    """
    os.environ["JOBLIB_MULTIPROCESSING"] = "0"
    once_imported(_keep_torch_in_process)
    _pool_threads()


def _keep_torch_in_process() -> None:
    import torch
    from torch.utils.data import DataLoader

    torch.compile = _compile
    begin, signature = DataLoader.__init__, inspect.signature(DataLoader.__init__)

    @functools.wraps(begin)
    def __init__(*args: Any, **kwargs: Any) -> None:  # noqa: N807 - it replaces one of that name
        given = signature.bind(*args, **kwargs).arguments
        begin(**{name: value for name, value in given.items() if name not in _WORKERS})

    DataLoader.__init__ = __init__  # type: ignore[method-assign]


def _pool_threads() -> None:
    """Let thread pools use a queue of threads, since one of processes wants a semaphore."""
    context: Any = types.SimpleNamespace(SimpleQueue=queue.SimpleQueue)
    any_pool: Any = pool.Pool
    threads: Any = pool.ThreadPool
    wait = any_pool._wait_for_updates

    def __init__(self: Any, processes: Any = None, initializer: Any = None, initargs: Any = ()) -> None:  # noqa: N807
        pool.Pool.__init__(self, processes, initializer, initargs, context=context)

    def wait_for_updates(sentinels: Any, notes: Any, timeout: Any = None) -> None:
        if isinstance(notes, queue.SimpleQueue):
            notes.get()
        else:
            wait(sentinels, notes, timeout)

    threads.__init__ = __init__
    threads._get_sentinels = lambda self: []
    any_pool._wait_for_updates = staticmethod(wait_for_updates)


def _compile(model: Any = None, **options: Any) -> Any:
    """Return a function or module as it is, or with options alone a decorator that does."""
    return model if model is not None else lambda function: function
