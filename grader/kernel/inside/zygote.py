"""Start of the zygote, or of one cold kernel, run by path: ``python -I -B zygote.py FOLDER PRELUDE HIDDEN...``.

The rest of the grader must not be importable here, nor anything beside the installed libraries; so the two rooms that
are needed are loaded from their folders under stand-in packages, and ``sys.path`` loses all that an editable install
added.
"""

from __future__ import annotations

import importlib.util
import sys
import sysconfig
import types
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]


def _load_rooms() -> None:
    for name in ("grader", "grader.kernel"):
        stand_in = types.ModuleType(name)
        stand_in.__path__ = []
        sys.modules[name] = stand_in
    _load("grader.errors", PACKAGE / "errors.py")
    _load("grader.sandbox", PACKAGE / "sandbox" / "__init__.py")
    _load("grader.kernel.inside", PACKAGE / "kernel" / "inside" / "__init__.py")


def _load(name: str, file: Path) -> None:
    folders = [str(file.parent)] if file.name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=folders)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} cannot be loaded")
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
    # An editable install may also have added finders of its own.
    sys.meta_path[:] = [f for f in sys.meta_path if not str(getattr(f, "__module__", "")).startswith("__editable__")]


if __name__ == "__main__":
    # ipykernel would spend half a second on importing a debugger that no kernel here may have.
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    _keep_libraries()
    _load_rooms()
    from grader.sandbox import namespaces  # only now is there a package to import it from

    if "--off" not in sys.argv:
        if refused := namespaces.missing():
            print(f"no namespaces: {refused}", file=sys.stderr, flush=True)
            if "--strict" in sys.argv:
                sys.exit(1)
        else:
            namespaces.enter()  # while there is one thread, and little to copy
            sys.argv.append("--apart")
    if "--cold" in sys.argv:
        from grader.kernel.inside import cold

        cold.main(sys.argv[1], sys.argv[2])
    else:
        from grader.kernel.inside.serve import main

        main(sys.argv[1], sys.argv[2], sys.argv[3:])
