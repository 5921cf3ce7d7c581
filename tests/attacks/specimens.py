"""The attacks that are written down in ``specimens/*.md``, and their notebooks.

A page is a category and a heading names an attack; the first sentence below says what it tries. Then come:

``Stopped by:``   the layers, each of which stops it alone; with all of them removed it gets through. Landlock may
                  need a version for it: ``landlock (ABI 6)``. A layer that is no part of the lock is in plain words
``Proof:``        ``none``, and why it is not tried with layers removed: it would do harm, or would fail all the same
``Answer:``       a regular expression for what the attack itself sees
``Verdict:``      status and score of ``predict`` and ``pair`` when the notebook is graded (a probe's are crashed or
                  failed 0, passed 2), or ``unreadable``
``File:``         the name under which it is handed in
``Never:``        text that no page may hold as it stands
``Leaves:``       what is left of it afterwards, if anything
``Takes:``        for an attack on the examiner, the limit that it must keep to; see examiner.py

A fence ``{probe}`` is the body of a function ``attack(w)`` that is given the targets (see targets.py) and returns what
it got; nothing, or an exception, is no success. A fence ``{cell}`` is a cell of a notebook, ``{text}`` a text cell, and
``{file}`` an expression for the bytes of a file that need be no notebook: ``cells(...)`` gives those of a right one
whose first cells are the ones given, ``document`` is a right one as data. ``{beside}`` names files that lie beside it.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.sandbox import landlock

PAGES = Path(__file__).parent / "specimens"
_LAYER = re.compile(r"(\w+)(?: \(ABI (\d+)\))?")
_FENCE = re.compile(r"^```\{(probe|cell|text|file|beside)\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^([A-Z][a-z ]+): (.*)$", re.MULTILINE)
_KEYS = {"Stopped by", "Proof", "Answer", "Verdict", "File", "Never", "Leaves", "Takes"}

PREDICT = "def predict(numbers):\n    return t.softmax(model(t.tensor(numbers)), dim=-1)\n"
PAIR = "def pair(number):\n    return number, 2 * number\n"
# What probes have at hand: system calls by their names, which Python has no functions for.
_HELPERS = """
import ctypes, os, signal, socket, sys, threading, time

def call(name, *args):
    number = ctypes.CDLL("libseccomp.so.2").seccomp_syscall_resolve_name(name.encode())
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    result = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(a) if isinstance(a, int) else a for a in args))
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result

"""

# What a probe gets is handed in as an answer, so that it would be seen in the feedback.
_HAND_IN = "def predict(numbers):\n    raise RuntimeError(repr(attack(WORLD)))\n"


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack: category, code and the lines beside it; a probe's or a whole notebook's."""

    category: str
    name: str
    tries: str
    probe: str
    cells: tuple[tuple[str, str], ...]
    said: dict[str, tuple[str, ...]]
    beside: tuple[str, ...]

    def one(self, key: str, default: str = "") -> str:
        """Return the first line with a key."""
        return self.said.get(key, (default,))[0]

    @property
    def plain(self) -> bool:
        """Whether it is a notebook of Python alone, whose function is meant to be called."""
        kinds = {kind for kind, _ in self.cells}
        magic = any(source.lstrip().startswith("%") for _, source in self.cells)
        return bool(kinds) and "file" not in kinds and not magic and not self.one("Verdict").startswith("not_attempted")

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that stop it, each alone; of Landlock only where the machine's version does."""
        found = (_LAYER.fullmatch(layer) for layer in self.one("Stopped by").split(", "))
        return tuple(m[1] for m in found if m and int(m[2] or 0) <= landlock.abi())

    @property
    def proved(self) -> bool:
        """Whether it is tried with its layers removed."""
        return bool(self.probe) and not self.one("Proof").startswith("none")

    @property
    def source(self) -> str:
        """The probe as a function."""
        return _HELPERS + "def attack(w):\n" + textwrap.indent(self.probe, "    ")

    @property
    def file(self) -> str:
        """The name of its file."""
        return self.one("File", f"{self.category}_{self.name}.ipynb").encode().decode("unicode_escape")

    def notebook(self, world: dict[str, Any]) -> bytes:
        """Return the notebook that carries the attack out on the targets described by ``world``."""
        if self.cells and self.cells[0][0] == "file":
            names = {"cells": _right, "document": json.loads(_right()), "json": json}
            return bytes(eval(self.cells[0][1], names))  # noqa: S307 - our own page
        if self.probe:
            cells = [new_code_cell(s) for s in (f"WORLD = {world!r}", self.source, _HAND_IN, PAIR)]
        else:
            cells = [{"cell": new_code_cell, "text": new_markdown_cell}[kind](source) for kind, source in self.cells]
        return _written(cells)


def read(page: Path) -> Iterator[Attack]:
    """Yield the attacks of a page; raises ValueError for a line that has no meaning."""
    for section in page.read_text(encoding="utf-8").split("\n## ")[1:]:
        name, _, body = section.partition("\n")
        fences = _FENCE.findall(body)
        prose = _FENCE.sub("", body)
        said: dict[str, tuple[str, ...]] = {}
        for key, value in _LINE.findall(prose):
            if key not in _KEYS:
                raise ValueError(f"{page.name}, {name}: {key!r} has no meaning")
            said[key] = (*said.get(key, ()), value)
        probes = [source for kind, source in fences if kind == "probe"]
        cells = tuple((kind, source.removesuffix("\n")) for kind, source in fences if kind not in ("probe", "beside"))
        tries = _LINE.sub("", prose).strip()
        beside = tuple(name for kind, source in fences if kind == "beside" for name in source.split())
        yield Attack(page.stem, name, tries, "".join(probes), cells, said, beside)


ATTACKS = tuple(attack for page in sorted(PAGES.glob("*.md")) for attack in read(page))
PROBES = tuple(attack for attack in ATTACKS if attack.probe)


def honest(count: int) -> Iterator[tuple[str, bytes]]:
    """Yield the names and notebooks of students who do as they were asked, right or wrong."""
    ways = (
        PREDICT,
        "W, B = model.weight, model.bias\ndef predict(numbers):\n    x = t.tensor(numbers) @ W.T + B\n"
        "    return x.exp() / x.exp().sum()\n",
        "import numpy as np\ndef predict(numbers):\n    x = model(t.tensor(numbers)).numpy()\n"
        "    return t.from_numpy(np.exp(x) / np.exp(x).sum())\n",
        "def predict(numbers):\n    return t.softmax(model(t.tensor(numbers)).flip(0), dim=-1)\n",
        "def predict(numbers):\n    return model(t.tensor(numbers))\n",
    )
    pairs = (PAIR, "def pair(number):\n    return number + 1, 2\n", "def pair(number):\n    return number / 0\n", "")
    for index in range(count):
        cells = [new_code_cell(ways[index % len(ways)]), new_code_cell(pairs[index // len(ways) % len(pairs)])]
        yield f"honest_{index:02}.ipynb", _written(cells)


def _right(*first: str) -> bytes:
    return _written([new_code_cell(source) for source in (*first, PREDICT, PAIR)])


def _written(cells: list[Any]) -> bytes:
    return str(nbformat.writes(new_notebook(cells=cells))).encode()
