"""Run pytest in a process that goes on afterwards, and leave that as it was."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

_CHECKS = "checks"
"""The folder of an assignment's checks, and the package under which pytest imports them."""

_LAST_ERROR = ("last_exc", "last_type", "last_value", "last_traceback")  # what %debug looks at


@contextlib.contextmanager
def kept_process() -> Iterator[None]:
    """Undo what a pytest run changes.

    That is environment variables, modules of checks, and the error that ``%debug`` shows. Modules of checks are
    imported anew each time, also where the student has a module of that name.
    """
    environment, no_bytecode = dict(os.environ), sys.dont_write_bytecode
    last = {name: getattr(sys, name) for name in _LAST_ERROR if hasattr(sys, name)}
    own = {name: sys.modules.pop(name) for name in _check_modules()}
    sys.dont_write_bytecode = True  # compiled code beside a release would make it one that is not trusted
    try:
        yield
    finally:
        for name in _check_modules():
            del sys.modules[name]
        sys.modules.update(own)
        for name in _LAST_ERROR:
            if name in last:
                setattr(sys, name, last[name])
            elif hasattr(sys, name):
                delattr(sys, name)
        sys.dont_write_bytecode = no_bytecode
        os.environ.clear()
        os.environ.update(environment)


def _check_modules() -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] == _CHECKS]
