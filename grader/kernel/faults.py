"""Errors of the student's code, from the data that a kernel sent to sentences that help."""

from __future__ import annotations

import re
from typing import Any

from grader.errors import CallOutOfMemory, CallRaised, Frame, StudentFault

_MAX_FRAMES = 20
_ALLOCATION = re.compile(
    r"can't allocate memory|DefaultCPUAllocator|not enough memory|Unable to allocate|Cannot allocate memory"
)
_CUDA = re.compile(
    r"not compiled with CUDA|No CUDA GPUs|NVIDIA driver|CUDA_VISIBLE_DEVICES|Invalid CUDA|invalid device ordinal"
)
_NETWORK = re.compile(r"socket|ssl|http|urllib|requests|aiohttp|huggingface_hub")
_NETWORK_ERRORS = frozenset(
    {"gaierror", "URLError", "ConnectionError", "LocalEntryNotFoundError", "OfflineModeIsEnabled", "ConnectError"}
)
_LAYER = re.compile(r"\bblocks\.\d+\.")
_PROCESSES = re.compile(r"subprocess|multiprocessing|os|posix|pty")


def raised(data: dict[str, Any]) -> StudentFault:
    """Return the fault for what ``inside/fault.py`` described; whatever does not fit is left out, never an error."""
    ename, evalue, origin = (_text(data.get(k), n) for k, n in (("ename", 100), ("evalue", 500), ("origin", 100)))
    frames = read_frames(data.get("frames"))
    where = f" (cell {frames[-1].cell}, line {frames[-1].line})" if frames else ""
    if data.get("memory") is True or _ALLOCATION.search(evalue):
        return CallOutOfMemory(f"Your code wanted more memory than it may use{where}: {ename}: {evalue}", frames)
    return CallRaised(ename or "Exception", evalue, frames, _special(ename, evalue, origin, where))


def read_frames(data: Any) -> tuple[Frame, ...]:
    """Return the well-formed frames of a traceback, outermost first."""
    return tuple(_frame(f) for f in data[:_MAX_FRAMES] if _is_frame(f)) if isinstance(data, list) else ()


def _is_frame(data: Any) -> bool:
    match data:
        case {"cell": int(cell), "line": int(line), "function": str(), "text": str()}:
            return 0 < cell < 1 << 31 and 0 < line < 1 << 31
    return False


def _frame(data: dict[str, Any]) -> Frame:
    return Frame(data["cell"], data["line"], _text(data["function"], 100), _text(data["text"], 300))


def _special(ename: str, evalue: str, origin: str, where: str) -> str | None:
    """Return a sentence for a cause that the error's own words do not explain, else None."""
    said = f"({ename}: {evalue})"
    if _CUDA.search(evalue):
        return f"Your code asked for a GPU{where}; there is none here. Use the device that the model is on. {said}"
    offline = ename == "OSError" and "https://huggingface.co" in evalue
    if ename in _NETWORK_ERRORS or offline or (ename in ("PermissionError", "OSError") and _NETWORK.match(origin)):
        return f"Your code tried to use the network{where}; there is none where it is graded. {said}"
    if ename == "ModuleNotFoundError":
        return f"Your code imports a package that is not installed where it is graded{where}: {evalue}"
    if ename == "PermissionError" and _PROCESSES.fullmatch(origin.partition(".")[0]):
        return f"Your code tried to start another program{where}; it may not where it is graded. {said}"
    if ename == "PermissionError":
        return f"Your code tried to reach a file or a part of the system that is closed to it{where}. {said}"
    if ename == "FileNotFoundError":
        return f"Your code tried to reach a file that is not there where it is graded{where}. {said}"
    if ename == "KeyError" and _LAYER.search(evalue):
        return (
            f"Your code asked for a layer that the model does not have{where}: {evalue}. It is also run on models with "
            "other numbers of layers than GPT-2 small: ask the model how many it has."
        )
    if ename == "SystemExit":
        return f"Your code called exit(){where}, which ends the program instead of returning an answer."
    if ename == "RecursionError":
        return f"Your code calls itself without end{where}. {said}"
    if ename == "StdinNotImplementedError":
        return f"Your code asks for input(){where}; nobody is there to type when it is graded."
    return None


def _text(value: Any, length: int) -> str:
    """Return text without control characters, cut to a length; anything else is empty."""
    if not isinstance(value, str):
        return ""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in value[:length])
