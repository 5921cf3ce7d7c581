"""Entry point of the zygote, and of one local kernel; run by its path.

The rest of the grader must not be importable here, nor anything beside the installed libraries. So the two packages
that are needed, and the module that a prelude may import, are loaded from their folders under stand-in packages, and
``sys.path`` loses all that an editable install added.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
import types
from collections.abc import Mapping
from importlib.machinery import SourceFileLoader
from importlib.util import LazyLoader
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[2]  # not resolved: a link stands for it where it is nobody's business


def _load_packages() -> None:
    for name in ("grader", "grader.kernel"):
        stand_in = types.ModuleType(name)
        stand_in.__path__ = []
        sys.modules[name] = stand_in
    for name in ("typed_json", "errors", "kernel_config", "zygote_info"):
        _load_module(f"grader.{name}", PACKAGE / f"{name}.py")
    _load_module("grader.sandbox", PACKAGE / "sandbox" / "__init__.py")
    _load_module("grader.kernel.inside", PACKAGE / "kernel" / "inside" / "__init__.py")
    # For preludes; numpy may start threads, for which it is too early.
    _load_module("grader.planted", PACKAGE / "planted.py", lazily=True)


def _load_module(name: str, file: Path, *, lazily: bool = False) -> None:
    folders = [str(file.parent)] if file.name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=folders)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} cannot be loaded")
    if lazily:
        spec.loader = LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


def _keep_libraries() -> None:
    """Leave the standard library and site-packages on ``sys.path``, and nothing else."""
    paths = sysconfig.get_paths()
    standard = [Path(paths[k]).resolve() for k in ("stdlib", "platstdlib")]
    kept = []
    for entry in sys.path:
        path = Path(entry).resolve()
        inside = any(path == s or path.parent == s for s in standard) or path.suffix == ".zip"
        if inside or path.name in ("site-packages", "dist-packages", "DLLs"):
            kept.append(entry)
    sys.path[:] = kept
    for entry in [e for e in sys.path_importer_cache if e not in kept]:
        del sys.path_importer_cache[entry]
    # An editable install may also have added finders of its own.
    sys.meta_path[:] = [f for f in sys.meta_path if not str(getattr(f, "__module__", "")).startswith("__editable__")]


def _read_bytecode_of(*places: str) -> None:
    """Have Python compile what is imported from anywhere else.

    Bytecode beside an assignment's files is in no digest.
    """
    path_stats = SourceFileLoader.path_stats

    def stats(loader: SourceFileLoader, path: str) -> Mapping[str, Any]:
        if not path.startswith(tuple(os.path.join(place, "") for place in places)):
            raise OSError
        return path_stats(loader, path)

    setattr(SourceFileLoader, "path_stats", stats)  # noqa: B010 - it is typed as no variable


def _stay_behind_links() -> None:
    """Have no library learn what the links stand for, as this process would remember it.

    ``inspect``, for one, keeps the resolved path of every module.
    """
    links, real = f"{PACKAGE.parent}/", os.path.realpath

    def realpath(path: Any, **options: Any) -> Any:
        given = os.path.abspath(path)
        return given if os.fsdecode(given).startswith(links) else real(path, **options)

    setattr(os.path, "realpath", realpath)  # noqa: B010 - it is typed as no variable


if __name__ == "__main__":
    if PACKAGE.is_symlink():  # bytecode there would name files by the path at which they were compiled
        _stay_behind_links()
    # ipykernel would spend half a second on importing a debugger that no kernel here may have.
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    _keep_libraries()
    _read_bytecode_of(*sys.path, *() if PACKAGE.is_symlink() else (str(PACKAGE),))
    _load_packages()
    from grader.sandbox import namespaces  # only now is there a package to import it from

    end, groups = sys.argv.index("--"), None
    packages = sys.argv[end + 1 :]
    del sys.argv[end:]
    if "--local" not in sys.argv:
        from grader.kernel.inside import cleanup_process

        groups = cleanup_process.keep(Path(sys.argv[1]), bounded="--off" not in sys.argv)
    if "--off" not in sys.argv:
        if refused := namespaces.missing():
            print(f"no namespaces: {refused}", file=sys.stderr, flush=True)
            if "--strict" in sys.argv:
                sys.exit(1)
        else:
            namespaces.enter()  # while there is one thread, and little to copy
            sys.argv.append("--apart")
    if "--local" in sys.argv:
        from grader.kernel.inside import local_kernel

        local_kernel.main(sys.argv[1], sys.argv[2], packages)
    else:
        from grader.kernel.inside.zygote_server import main

        main(sys.argv[1], sys.argv[2], packages, sys.argv[3:], groups)
