"""What a fork of the zygote does: lock itself down, then serve as a kernel."""

from __future__ import annotations

import builtins
import json
import os
import random
import socket
import sys
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import replace
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import Any, Never

import numpy as np

from grader.errors import AssignmentError
from grader.kernel.inside import describe_error
from grader.kernel.inside.kernel_app import KernelApp, connect
from grader.kernel.inside.load_models import Begin, Preloaded, assignment_code
from grader.kernel.inside.torch_import import loaded_torch, once_imported
from grader.kernel_config import KernelConfig
from grader.sandbox import Lockdown, descriptors
from grader.sandbox.landlock import LIST, READ, PathRule

_CONTROL = 3
_MAX_CONFIG = 1 << 16


def become_kernel(preloaded: Preloaded, control: int) -> Never:
    """Read the config, lock this process, report that it is ready or why not, and serve."""
    own = socket.socket(fileno=os.dup(control))
    data, fds, _, _ = socket.recv_fds(own, _MAX_CONFIG, 1)
    if not fds:
        os._exit(70)
    descriptors.keep_only(own.fileno(), fds[0], at=_CONTROL)
    own.detach()
    with socket.socket(fileno=_CONTROL) as report:
        try:
            app = _lock_and_connect(preloaded, KernelConfig.from_bytes(data), report)
        except BaseException as error:
            if isinstance(error, AssignmentError):
                report.send(error.to_bytes())
            else:
                report.send(json.dumps({"failed": traceback.format_exc()[-4000:]}).encode())
            raise
        report.send(b'{"ready": true}')
    app.start()
    os._exit(0)


def _lock_and_connect(preloaded: Preloaded, config: KernelConfig, report: socket.socket) -> KernelApp:
    _reseed()
    tempfile.tempdir = None
    lock = preloaded.lock or Lockdown(b"", b"")
    config = replace(config, sandbox=config.sandbox and preloaded.lock is not None)
    root = "" if config.solution else preloaded.root  # a solution may lie anywhere
    lock.enter(config, _readable_rules(preloaded, config), root)
    connect(preloaded.app, config)
    provide(preloaded, config, report.send)
    forget_ourselves()
    lock.seal(config)
    import_from_folder(config)
    return preloaded.app


def provide(preloaded: Preloaded, config: KernelConfig, begin: Begin) -> None:
    """Put the names that come with the model, and the solution's, into the kernel.

    ``begin`` is told of each file that runs. Raises AssignmentError for what the assignment's own code raises, and for
    a name that it does not give.
    """
    names, prelude = preloaded.app.kernel.shell.user_ns, Path(str(preloaded.prelude.__file__))
    with assignment_code(prelude, begin):
        names.update(preloaded.prelude.provide(preloaded.models[config.model]))
    for name in config.provided:
        if name not in names and not hasattr(builtins, name):
            raise AssignmentError(prelude, f"provide() does not give {name!r}, which assignment.toml names.")
    if config.solution:
        with assignment_code(prelude, begin):
            names.update(getattr(preloaded.prelude, "facts", dict)(names))
        with assignment_code(Path(config.solution), begin):
            _run_solution(config, names)


def import_from_folder(config: KernelConfig) -> None:
    """Let code import what lies in its folder, once this process is locked."""
    if not config.solution:
        sys.path.insert(0, "")
        describe_error.own_folders = config.scratch, os.path.join(config.scratch, config.working)


def _readable_rules(preloaded: Preloaded, config: KernelConfig) -> tuple[PathRule, ...]:
    solution = [path for path in (config.solution, *config.reads) if path]
    return (
        *preloaded.rules,
        *(PathRule(path, READ) for path in solution),
        *(PathRule(str(Path(p).parent), LIST) for p in config.reads),
    )


def _run_solution(config: KernelConfig, names: dict[str, Any]) -> None:
    sys.meta_path.insert(0, _Reads(config.reads))
    source = Path(config.solution).read_text(encoding="utf-8")
    exec(compile(source, config.solution, "exec"), names)  # noqa: S102 - the assignment's own file


class _Reads:
    """Finds the modules that a solution reads by name, and nothing that lies beside them."""

    def __init__(self, reads: Sequence[str]) -> None:
        self._places = {Path(read).stem: read for read in reads}

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return the place of a module of one of these names."""
        if (place := self._places.get(name)) is None:
            return None
        if os.path.isfile(place):
            return spec_from_file_location(name, place)
        return PathFinder.find_spec(name, [os.path.dirname(place)])


def _reseed() -> None:
    """Give this fork random numbers of its own."""
    seed = int.from_bytes(os.urandom(4), "little")
    random.seed(seed)
    np.random.seed(seed)
    once_imported(lambda: loaded_torch().manual_seed(seed))


def forget_ourselves() -> None:
    """Take our modules off the list of imported ones.

    ``import grader`` then fails as if there were no such package.
    """
    for name in [n for n in sys.modules if n.partition(".")[0] in ("grader", "prelude")]:
        del sys.modules[name]
    sys.modules["grader"] = None  # type: ignore[assignment] # its folder's name can be seen, which would do for a package
