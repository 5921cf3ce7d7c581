"""Turn a kernel's report of an error in the student's code into a fault with a sentence."""

from __future__ import annotations

import re
from typing import Any

from grader.errors import CallOutOfMemory, CallRaised, Frame, StudentFault
from grader.kernel import messages
from grader.sanitize import visible

_MAX_FRAMES = 20
_ALLOCATION = re.compile(
    r"can't allocate memory|DefaultCPUAllocator|not enough memory|Unable to allocate|Cannot allocate memory"
)
_CUDA = re.compile(
    r"not compiled with CUDA|No CUDA GPUs|NVIDIA driver|env variable CUDA_VISIBLE_DEVICES|Invalid CUDA"
    r"|invalid device ordinal|accelerator device when none|ATen_cuda"
)
_RAISES = re.compile(r"\s*(raise|assert)\b")
_NETWORK = re.compile(r"socket|ssl|http|urllib|requests|aiohttp|huggingface_hub")
_NETWORK_ERRORS = frozenset(
    {"gaierror", "URLError", "ConnectionError", "LocalEntryNotFoundError", "OfflineModeIsEnabled", "ConnectError"}
)
_ACTIVATION = re.compile(r"\bblocks\.(\d+)\.")
_PROGRAMS = re.compile(r"subprocess|os|posix|pty")
_STARTS_PROGRAMS = re.compile(r"\b(?:posix_spawnp?|exec[lv]p?e?)\s*\(")
_FORKS = re.compile(r"\b(forkpty|fork)\s*\(")
# What raises where a process, or what processes share, cannot be made; and the libraries that students call for it.
_MAKES_PROCESSES = re.compile(
    r"multiprocessing\.(synchronize|popen_\w+|util|resource_tracker|shared_memory|heap|forkserver|connection)"
    r"|concurrent\.futures\.process"
)
_PROCESS_LIBRARIES = re.compile(r"((?:torch\.)?multiprocessing|concurrent\.futures|joblib)\.")
_MOST_ENTERED = 20


def raised(data: dict[str, Any]) -> StudentFault:
    """Return the fault for what ``inside/describe_error.py`` told, without what does not fit."""
    ename, evalue, origin = (_beginning(data.get(k), n) for k, n in (("ename", 100), ("evalue", 500), ("origin", 100)))
    frames = read_frames(data.get("frames"))
    where = f" ({frames[-1].place})" if frames else ""
    if data.get("memory") is True or _ALLOCATION.search(evalue):
        return CallOutOfMemory(messages.out_of_memory(where, ename, evalue), frames)
    sentence = _special(ename, evalue, origin, where, frames[-1].text if frames else "")
    if process := _refused_process(ename, origin, data.get("entered"), frames):
        sentence = messages.no_processes(where, process, f"({ename}: {evalue})")
    return CallRaised(ename or "Exception", evalue, frames, sentence)


def _refused_process(ename: str, origin: str, entered: Any, frames: tuple[Frame, ...]) -> str:
    """Return what was called for a process that could not be had, else "".

    It is named as it may be imported. ``entered`` are the functions of libraries that were entered from the last of the
    ``frames``.
    """
    if _MAKES_PROCESSES.fullmatch(origin) and isinstance(entered, list):
        calls = [_beginning(c, 300) for c in entered[:_MOST_ENTERED]]
        for call, library in ((c, m[1]) for c in calls if (m := _PROCESS_LIBRARIES.match(c))):
            *_, owner, name = call.split(".")
            named_by_class = name in ("__init__", "__enter__", "start")
            return f"{library}.{owner.removeprefix('Base') if named_by_class else name}"
    by_itself = ename == "PermissionError" and frames and not entered
    fork = _FORKS.search(frames[-1].text) if by_itself else None
    return f"os.{fork[1]}" if fork else ""


def read_frames(data: Any) -> tuple[Frame, ...]:
    """Return the well-formed frames of a traceback, outermost first."""
    return tuple(_read_frame(f) for f in data[:_MAX_FRAMES] if _is_frame(f)) if isinstance(data, list) else ()


def _is_frame(data: Any) -> bool:
    match data:
        case {"cell": int(cell), "line": int(line), "function": str(), "text": str()}:
            in_file = cell == 0 and isinstance(data.get("file"), str) and data["file"]
            return (bool(in_file) or 0 < cell < 1 << 31) and 0 < line < 1 << 31
    return False


def _read_frame(data: dict[str, Any]) -> Frame:
    function, text = _beginning(data["function"], 100), _beginning(data["text"], 300)
    file = "" if data["cell"] else _beginning(data["file"], 100)
    return Frame(data["cell"], data["line"], function, text, file)


def _special(ename: str, evalue: str, origin: str, where: str, line: str) -> str | None:
    """Return a sentence for a cause that the error's own words do not explain, else None."""
    said = f"({ename}: {evalue})"
    if _CUDA.search(evalue) and not (origin == "__main__" and _RAISES.match(line)):
        return messages.no_gpu(where, said)
    offline = ename == "OSError" and "https://huggingface.co" in evalue
    if ename in _NETWORK_ERRORS or offline or (ename in ("PermissionError", "OSError") and _NETWORK.match(origin)):
        return messages.no_network(where, said)
    if ename == "ModuleNotFoundError":
        return messages.package_missing(where, evalue)
    if ename == "PermissionError" and (_PROGRAMS.fullmatch(origin.partition(".")[0]) or _STARTS_PROGRAMS.search(line)):
        return messages.no_programs(where, said)
    if ename == "PermissionError":
        return messages.not_allowed(where, said)
    if ename == "RuntimeError" and "can't start new thread" in evalue:
        return messages.no_more_threads(where, said)
    if ename == "FileNotFoundError":
        return messages.file_missing(where, said)
    if ename == "KeyError" and (asked := _ACTIVATION.search(evalue)):
        return messages.layer_missing(where, evalue) if int(asked[1]) else messages.activation_missing(where, evalue)
    if ename == "SystemExit":
        return messages.exits(where)
    if ename == "RecursionError":
        return messages.endless_recursion(where, said)
    if ename == "StdinNotImplementedError":
        return messages.asks_for_input(where)
    return None


def _beginning(value: Any, length: int) -> str:
    """Return the beginning of a text, made visible; anything else is empty."""
    return visible(value[:length]) if isinstance(value, str) else ""
