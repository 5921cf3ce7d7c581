"""Make a clean environment for the process that kernels are forked from.

The first environment of a process stays readable in its memory, so the zygote is started with a clean one rather than
made to forget.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

HUB = "HF_HUB_CACHE"
_FOLDER_VARIABLE = re.compile(r"GRADER_\w+_DIR")


def clean(home: Path, source: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the whole environment for a zygote whose home is ``home``.

    From ``source`` (the process's environment) only :func:`model_folders` are taken, never a token.
    """
    source = os.environ if source is None else source
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "TMPDIR": str(home),
        "IPYTHONDIR": str(home),
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": str(home / "matplotlib"),
        # One thread: the thread pools of these libraries do not survive a fork.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "TOKENIZERS_PARALLELISM": "false",
        "CUDA_VISIBLE_DEVICES": "",
        **model_folders(source),
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "WANDB_MODE": "disabled",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def model_folders(source: Mapping[str, str]) -> dict[str, str]:
    """Return where models lie: Hugging Face's cache and each ``GRADER_..._DIR``.

    They are for the process that loads models; no student's kernel may see them.
    """
    return {HUB: str(_hub_cache(source))} | {n: v for n, v in source.items() if v and _FOLDER_VARIABLE.fullmatch(n)}


def move_into(scratch: str, working: str = "") -> None:
    """Make ``scratch`` the home, go to ``working`` in it, and forget where models lie."""
    for name in model_folders(os.environ):
        os.environ.pop(name, None)
    for name in ("HOME", "TMPDIR", "IPYTHONDIR", "MPLCONFIGDIR"):
        os.environ[name] = scratch
    os.chdir(os.path.join(scratch, working))


def _hub_cache(source: Mapping[str, str]) -> Path:
    if named := source.get("HF_HUB_CACHE"):
        return Path(named)
    home = source.get("HF_HOME") or Path(source.get("HOME", "/nonexistent")) / ".cache" / "huggingface"
    return Path(home) / "hub"
