"""Everything slow, once: the prelude, its models, an IPython kernel that only lacks its sockets, and the filters."""

from __future__ import annotations

import contextlib
import gc
import importlib.metadata
import importlib.util
import json
import os
import platform
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from grader.errors import AssignmentError
from grader.kernel.inside.app import KernelApp, prepare
from grader.kernel.inside.devices import keep_on_cpu
from grader.kernel.inside.in_process import work_in_process
from grader.kernel.inside.order import FAULT
from grader.sandbox import Lock, layers, mounts
from grader.sandbox.landlock import LIST, WRITE_DEVICE, Rule, allow

_SYSTEM = ("/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/share", "/usr/local/lib", "/lib", "/lib64")
_FILES = (
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/fonts",
    "/sys/devices/system/cpu",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
)
_HIDDEN_NAMES = ("grader", "reference", "assignments")


@dataclass(frozen=True, slots=True)
class Warm:
    """What every fork starts from; ``lock`` is None where this machine cannot lock a kernel down.

    ``root`` is the tree of files for kernels, and empty where there are no namespaces.
    """

    app: KernelApp
    prelude: ModuleType
    models: Mapping[str, Any]
    rules: tuple[Rule, ...]
    root: str
    lock: Lock | None
    hello: bytes


def warm_up(prelude: Path, hidden: Sequence[str], folder: str, *, locked: bool, apart: bool) -> Warm:
    """Import the prelude, load its models and prepare a kernel; what fails here fails the zygote.

    ``apart`` says that this process has namespaces of its own: the tree for kernels is then made in ``folder``.
    """
    torch.set_num_threads(1)
    lock = Lock.prepare() if locked else None
    keep_on_cpu()
    work_in_process()
    try:
        with author_s(prelude):
            module = _run(prelude)
            models = {name: module.load(name) for name in module.MODELS}
            digests = {name: module.digest(name) for name in module.MODELS}
    except AssignmentError as error:  # for whoever started this process; the log tells the rest
        (Path(folder) / FAULT).write_bytes(error.to_bytes())
        raise
    forget_model_places()
    app = prepare()
    rules = readable(hidden) if locked else ()
    root = _tree(folder) if apart else ""
    warm = Warm(app, module, models, rules, root, lock, _hello(digests, locked, apart))
    gc.collect()
    gc.freeze()  # else the first collection in a kernel touches, and so copies, every object made here
    return warm


def forget_model_places() -> None:
    """Take the folder of the model cache, which tells whose home it is in, out of the libraries that know it."""
    if cache := os.environ.get("HF_HUB_CACHE"):
        known = [m for n, m in sys.modules.items() if n.partition(".")[0] in ("huggingface_hub", "transformers")]
        for module in known:
            for name, value in list(vars(module).items()):
                if isinstance(value, str | Path) and str(value).startswith(str(Path(cache).parent)):
                    setattr(module, name, type(value)("/nonexistent"))


@contextlib.contextmanager
def author_s(file: Path) -> Iterator[None]:
    """Turn what the assignment's own code in a file raises into an AssignmentError; memory is not its own."""
    try:
        yield
    except MemoryError:
        raise
    except BaseException as error:
        raise AssignmentError.of(error, file) from error


def readable(hidden: Sequence[str]) -> tuple[Rule, ...]:
    """Return the allow-list for reading: libraries of the system and of this interpreter, without what is hidden."""
    libraries, sites = _libraries(), {site.resolve() for site in _sites()}
    concealed = {Path(h) for h in hidden} | {p for site in sites if site.is_dir() for p in _masked(site)}
    return (
        *allow((*_SYSTEM, *_FILES, *libraries, *sites), concealed),
        *(Rule(str(site), LIST) for site in sites),  # importlib.metadata and late imports list the folder
        Rule("/dev/null", WRITE_DEVICE),
    )


def _libraries() -> set[Path]:
    return {Path(sysconfig.get_path(k)) for k in ("stdlib", "platstdlib")} | {Path(sys.base_prefix) / "lib"}


def _sites() -> set[Path]:
    return {Path(sysconfig.get_path(k)) for k in ("purelib", "platlib")} | {
        Path(p) for p in sys.path if p.endswith("-packages")
    }


def _tree(folder: str) -> str:
    root = Path(folder) / "root"
    root.mkdir()
    mounts.build(str(root), map(str, (*_SYSTEM, *_FILES, "/dev/null", *_libraries(), *_sites())), folder)
    return str(root)


def _masked(site: Path) -> list[Path]:
    return [
        p
        for p in site.iterdir()
        if p.name in _HIDDEN_NAMES or p.name.startswith(("grader-", "reference-", "__editable__")) or p.suffix == ".pth"
    ]


def _run(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("prelude", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules["prelude"] = module
    spec.loader.exec_module(module)
    return module


def _hello(digests: Mapping[str, str], locked: bool, apart: bool) -> bytes:
    return json.dumps(
        {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "transformer_lens": _version("transformer_lens"),
            "models": digests,
            "sandbox": "on" if locked else "off",
            "layers": {layer.name: layer.active for layer in layers(enabled=locked, apart=apart)},
        }
    ).encode()


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
