"""Load libraries, prelude, models and filters once, before any fork."""

from __future__ import annotations

import contextlib
import gc
import importlib.metadata
import importlib.util
import platform
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.errors import AssignmentError
from grader.kernel.inside.cpu_only import keep_on_cpu
from grader.kernel.inside.in_process import work_in_process
from grader.kernel.inside.kernel_app import KernelApp, build_app
from grader.kernel.inside.protocol import FAULT, running
from grader.kernel.inside.readable_paths import tree
from grader.kernel.inside.torch_import import loaded_torch, once_imported, watch_for_torch
from grader.sandbox import Lockdown, layers
from grader.sandbox.landlock import PathRule
from grader.zygote_info import ZygoteInfo

Begin = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Preloaded:
    """What every fork starts from.

    ``lock`` is None where this machine cannot lock a kernel down. ``root`` is the tree of files for kernels, and empty
    where there are no namespaces.
    """

    app: KernelApp
    prelude: ModuleType
    models: Mapping[str, Any]
    rules: tuple[PathRule, ...]
    root: str
    lock: Lockdown | None
    info: ZygoteInfo


def preload(
    prelude: Path,
    packages: Sequence[str],
    rules: tuple[PathRule, ...],
    folder: str,
    *,
    locked: bool,
    apart: bool,
    also: Sequence[str] = (),
) -> Preloaded:
    """Import the prelude, load its models and prepare a kernel.

    What fails here fails the zygote. ``packages`` are those whose versions are told. ``rules`` say what kernels may
    read. ``apart`` says that this process has namespaces of its own: the tree for kernels is then made in ``folder``.
    ``also`` are models to load beside the prelude's MODELS.
    """
    watch_for_torch()
    once_imported(lambda: loaded_torch().set_num_threads(1))
    lock = Lockdown.prepare() if locked else None
    once_imported(keep_on_cpu)
    work_in_process()
    with told_in(folder) as begin, assignment_code(prelude, begin):
        module = _run_prelude(prelude)
        models = {name: module.load(name) for name in (*module.MODELS, *also)}
        digests = {name: _model_digest(module, name) for name in models}
    app = build_app()
    root = tree(folder) if apart else ""
    preloaded = Preloaded(app, module, models, rules, root, lock, _info(packages, digests, locked, apart))
    gc.collect()
    gc.freeze()  # else the first collection in a kernel touches, and so copies, every object made here
    return preloaded


@contextlib.contextmanager
def told_in(folder: str) -> Iterator[Begin]:
    """Keep, for whoever started this process, which file runs or what it raised."""
    file = Path(folder) / FAULT
    try:
        yield file.write_bytes
    except AssignmentError as error:
        file.write_bytes(error.to_bytes())
        raise
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    file.unlink(missing_ok=True)


@contextlib.contextmanager
def assignment_code(file: Path, begin: Begin) -> Iterator[None]:
    """Turn what the assignment's own code in a file raises into an AssignmentError.

    Memory is not its own. ``begin`` is told that it runs, for the case that it ends the process.
    """
    begin(running(str(file)))
    try:
        yield
    except MemoryError:
        raise
    except BaseException as error:
        raise AssignmentError.of(error, file) from error


def _run_prelude(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("prelude", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules["prelude"] = module
    spec.loader.exec_module(module)
    return module


def _model_digest(prelude: Any, name: str) -> str:
    digest = prelude.digest(name)
    if not isinstance(digest, str):
        raise TypeError(f"digest({name!r}) gives no text")
    return digest


def _info(packages: Sequence[str], digests: Mapping[str, str], locked: bool, apart: bool) -> ZygoteInfo:
    return ZygoteInfo(
        python=platform.python_version(),
        packages={name: _version(name) for name in ("torch", *packages)},
        models=digests,
        layers={layer.name: layer.active for layer in layers(enabled=locked, apart=apart)},
        sandbox=locked,
    )


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
