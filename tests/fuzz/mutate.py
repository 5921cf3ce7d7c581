"""Damage a notebook at random: its bytes, its JSON, the text of its cells."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any

Document = dict[str, Any]

# fmt: off
PIECES = (
    b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xfe\xff", b"null", b"1e999",
    b"NaN", b"-Infinity", b"\r", b"\n", b"\f", b"\\ud800", b"\\u0000", b"<<<<<<< A\n", b">>>>>>> B\n", b"9" * 5000,
    b'"cells"', b'"outputs":[', b'"outputs":{', b'"source":', b'"worksheets":[]', b"[" * 3000, b'{"a":' * 3000,
)
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 0.5, 1e308, float("nan"), 10**400, "", "text", "\ud800", [], {}, [[]], [None], {"": {}},
    ["a", 1, None], "\0", "x" * 5000, {"cell_type": "code"}, [{"source": 1}], "code", "markdown", 3, 4, 5, [""] * 2000,
)
KEYS = ("cells", "worksheets", "cell_type", "source", "input", "outputs", "metadata", "id", "language", "nbformat", "")
FRAGMENTS = (
    "(", ")", "[", "]", "{", "}", '"', "'", '"""', "'''", "\\", "#", ":", ";", ",", ".", "=", ":=", "@", "*", "~", "$",
    "\t", "\f", "\0", "\r", "\v", "\n", "\n\n\n", "    ", "\u2028", "\x85", "\ufeff", "\u202e", "\ud800", "\u0301", "é",
    "\u210c", "\U0001d41a", "²", "٣", "%", "%%", "!", "?", "??", ">>> ", "In [1]: ", "____", "...", "0x", "1e999", "1_",
    "9" * 5000, "lambda x: ", "yield ", "await ", "return ", "global t\n", "nonlocal t\n", "del t\n", "async ", "pass",
    "match x:\n", "exec('a = 1')\n", "globals()['t'] = 1\n", "import __main__\n", "__main__.t = 1\n", "exit()\n",
    "from a import *\n", "from __future__ import annotations\n", "import a.b as t\n", "%run helper.py\n", "%time ",
    "!ls (\n", "%cd 'x\n", "%%time\n", "%%bash\n", "%%writefile helper.py\n", "%%writefile -a a.py\n", "def f(): ",
    "class A: ", "for t in f():\n", "logit_lens_analysis", "prompt_to_residual_stream_activations", "gpt2_small",
    "if x:\n", "else:\n", "try:\n", "with a:\n", "(" * 300, "[" * 300 + "]" * 300, "-" * 900 + "1", "a" + ".b" * 900,
    "f'{" * 3, "f'{x!r:{y}}'", "if x:\n " * 120,
)
# fmt: on


def mutated(base: Document, rng: random.Random) -> bytes:
    """Return a notebook's bytes with one to eight kinds of damage done, one after the other."""
    document = json.loads(json.dumps(base))
    for _ in range(rng.choice((0, 1, 1, 2, 4))):
        rng.choice((_structure, _structure, _shape))(document, rng)
    for _ in range(rng.choice((0, 1, 1, 2, 4, 8))):
        _text(document, rng)
    data = _written(document, rng)
    for _ in range(rng.choice((0, 0, 0, 0, 0, 1, 2, 6))):
        data = _bytes(data, rng)
    return rng.choice(ENDS)(data) if rng.random() < 0.1 else data


def _written(document: Document, rng: random.Random) -> bytes:
    ascii_ = rng.random() < 0.5
    text = json.dumps(
        document, ensure_ascii=ascii_, indent=rng.choice((None, None, 1, 4)), sort_keys=rng.random() < 0.2
    )
    encoding = rng.choice(("utf-8",) * 12 + ("utf-16", "utf-16-be", "utf-8-sig", "latin-1", "utf-32"))
    return text.replace("@DEEP@", _deep(rng)).encode(
        encoding, errors="surrogatepass" if "utf" in encoding else "replace"
    )


def _deep(rng: random.Random) -> str:
    depth = rng.choice((10, 500, 5000, 50_000))
    return rng.choice(('"' + "[" * depth + "]" * depth + '"', '"' + '{"a":' * depth))


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) of a JSON document."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        keys = list(inner) if isinstance(inner, dict) else range(len(inner)) if isinstance(inner, list) else ()
        found += [(inner, key) for key in keys]
        waiting += [inner[key] for key in keys]
    return found


def _value(rng: random.Random) -> Any:
    return copy.deepcopy(rng.choice(VALUES))


def _structure(document: Document, rng: random.Random) -> None:
    places = _places(document)
    if not places:
        return
    container, key = rng.choice(places)
    match rng.randrange(7):
        case 0:
            container[key] = _value(rng)
        case 1:
            del container[key]
        case 2:
            other, at = rng.choice(places)
            container[key] = json.loads(json.dumps(other[at])) if at in other or isinstance(at, int) else None
        case 3 if isinstance(container, dict):
            container[rng.choice(KEYS)] = container.pop(key)
        case 4 if isinstance(container, list):
            container[key:key] = [_value(rng) for _ in range(rng.choice((1, 3, 300)))]
        case 5:
            container[key] = "@DEEP@"
        case _:
            container[key] = [container[key]]


def _shape(document: Document, rng: random.Random) -> None:
    """Change what tools change: the format, ids, the order and number of cells."""
    cells = document.get("cells")
    if not isinstance(cells, list) or not cells:
        return
    match rng.randrange(6):
        case 0:
            document["worksheets"] = [{"cells": document.pop("cells")}]
        case 1:
            rng.shuffle(cells)
        case 2:
            cells *= rng.choice((2, 2, 20))
        case 3:
            del cells[:: rng.choice((2, 3))]
        case 4:
            for cell in cells:
                if isinstance(cell, dict):
                    cell["id"], cell["metadata"] = "same", _value(rng)
        case _:
            cells[-1] = {"cell_type": "code", "outputs": [{"text": "tensor([0.1])\n" * 20_000}], "source": "1"}


def _text(document: Document, rng: random.Random) -> None:
    cells = document.get("cells")
    if not isinstance(cells, list):
        return
    code = [c for c in cells if isinstance(c, dict) and c.get("cell_type") == "code" and c.get("source")]
    if not code:
        return
    cell = rng.choice(code)
    source = (
        "".join(s for s in cell["source"] if isinstance(s, str)) if isinstance(cell["source"], list) else cell["source"]
    )
    if isinstance(source, str):
        cell["source"] = rng.choice(TEXTS)(source, rng)


def _dropped(source: str, rng: random.Random) -> str:
    lines = source.split("\n")
    del lines[rng.randrange(len(lines))]
    return "\n".join(lines)


def _doubled(source: str, rng: random.Random) -> str:
    lines = source.split("\n")
    at, to = rng.randrange(len(lines)), rng.randrange(len(lines))
    return "\n".join((*lines[:to], *lines[at : at + rng.randrange(1, 9)], *lines[to:]))


def _indented(source: str, rng: random.Random) -> str:
    lines = source.split("\n")
    at = rng.randrange(len(lines))
    lines[at] = rng.choice((" ", "\t", "    ", "\f")) + lines[at] if rng.random() < 0.5 else lines[at].lstrip()
    return "\n".join(lines)


def _inserted(source: str, rng: random.Random) -> str:
    at = rng.randrange(len(source) + 1)
    return source[:at] + rng.choice(FRAGMENTS) + source[at:]


def _put_in_front(source: str, rng: random.Random) -> str:
    lines = source.split("\n")
    lines.insert(rng.randrange(len(lines) + 1), rng.choice(FRAGMENTS))
    return "\n".join(lines)


def _cut(source: str, rng: random.Random) -> str:
    at = rng.randrange(len(source) + 1)
    return source[:at] if rng.random() < 0.5 else source[:at] + source[at + rng.randrange(1, 30) :]


def _named_otherwise(source: str, rng: random.Random) -> str:
    words = [w for w in source.replace("(", " ").replace(".", " ").split() if w.isidentifier()]
    return source.replace(rng.choice(words), rng.choice((*words, "t", "logit_lens_analysis"))) if words else source


TEXTS: tuple[Callable[[str, random.Random], str], ...] = (
    _dropped, _doubled, _indented, _inserted, _inserted, _put_in_front, _put_in_front, _cut, _named_otherwise,
)  # fmt: skip


def _bytes(data: bytes, rng: random.Random) -> bytes:
    at, length = rng.randrange(len(data) + 1), rng.choice((1, 2, 40, 4000))
    match rng.randrange(5):
        case 0:
            return data[:at] + rng.choice(PIECES) + data[at:]
        case 1:
            return data[:at] + data[at + length :]
        case 2:
            return data[:at] + data[at : at + length] + data[at:]
        case 3:
            return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
    return data.replace(rng.choice(PIECES[:12]), rng.choice(PIECES), rng.choice((1, 20, 1000)))


ENDS: tuple[Callable[[bytes], bytes], ...] = (
    lambda data: data[: len(data) * 2 // 3],
    lambda data: data[:20],
    lambda data: data * 2,
    lambda data: data + b"\0" * 5000,
    lambda data: b"\0" * 5000 + data,
    lambda data: data.replace(b"\\n", b"\n"),
    lambda data: data.replace(b"\n", b"\r\n"),
    lambda data: b"PK\x03\x04" + data,
    lambda data: b"\xef\xbb\xbf" * 2 + data,
    lambda data: data.swapcase(),
)
