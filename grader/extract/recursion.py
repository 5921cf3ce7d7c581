"""Run a function with a deep recursion limit, for code that is nested deeply."""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

STACK_MB = 256
"""Address space for the thread's stack in megabytes; little of it is ever used."""

_RECURSION_LIMIT = 30_000  # Python compiles some 3,000 levels, and a visitor takes up to six frames for one


def with_deep_recursion(function: Callable[P, T]) -> Callable[P, T]:
    """Make a function run in a thread that bears deep recursion.

    It has a large stack and a recursion limit of 30,000 frames. It raises MemoryError when there is no memory for the
    stack or the outcome, and whatever the function raises.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        future: Future[T] = Future()

        def work() -> None:
            sys.setrecursionlimit(max(frames, _RECURSION_LIMIT))  # before anything recurses
            try:
                future.set_result(function(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - raised where it belongs
                future.set_exception(error)

        frames, stack = sys.getrecursionlimit(), threading.stack_size(STACK_MB << 20)
        try:
            thread = threading.Thread(target=work)
            try:
                thread.start()
            except RuntimeError as error:
                raise MemoryError("there is no memory for a stack") from error
            thread.join()
        finally:
            threading.stack_size(stack)
            sys.setrecursionlimit(frames)
        if not future.done():
            raise MemoryError("there was no memory to tell the outcome")
        return future.result()

    return run
