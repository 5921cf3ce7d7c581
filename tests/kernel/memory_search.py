"""A search of a kernel's own memory for planted names that it must not know."""

from __future__ import annotations

import secrets
from pathlib import Path

# Looks for a word and eight letters after it, of which it is told the reverse: what it is told is not what it seeks.
SEARCH = r"""
import ctypes, gc, os, sys, types

reader, writer = os.pipe()
libc = ctypes.CDLL(None)
libc.sbrk.restype = ctypes.c_void_p
PAGE, ARENA = 4096, 1 << 20


def page(address):
    if libc.write(writer, ctypes.c_void_p(address), PAGE) == PAGE:
        return os.read(reader, PAGE)


def search(told):
    gc.unfreeze()
    seen = {}

    def look(text, where):
        if isinstance(text, str):
            text = text.encode("utf-8", "surrogatepass")
        for width in (1, 4):
            word = b"".join(bytes([c]) + bytes(width - 1) for c in b"planted-")
            at = text.find(word)
            while at >= 0:
                tail = text[at + 8 * width : at + 16 * width : width][::-1].decode("latin-1")
                if tail in told:
                    seen.setdefault(told[tail], []).append(where)
                at = text.find(word, at + 1)

    def look_at(part, where):
        if isinstance(part, (str, bytes)):
            look(part, where)
        elif isinstance(part, types.CodeType):
            look(part.co_filename, "code")
            for constant in part.co_consts:
                look_at(constant, "code")

    arenas = set()
    for thing in gc.get_objects():
        arenas.add(id(thing) // ARENA)
        for part in gc.get_referents(thing):
            arenas.add(id(part) // ARENA)
            look_at(part, type(thing).__name__)
    for part in (*sys.argv, *sys.orig_argv, *sys.path, *sys.path_importer_cache, *os.environ.values()):
        look(part, "sys")
    start = ctypes.c_void_p.in_dll(libc, "program_invocation_name").value // PAGE * PAGE
    while data := page(start):  # the arguments and the environment that the process was started with
        look(data, "stack")
        start += PAGE
    end = libc.sbrk(0) // PAGE * PAGE - PAGE
    while data := page(end):
        look(data, "heap")
        end -= PAGE
    for arena in arenas:
        look(b"".join(page(arena * ARENA + at) or b"" for at in range(0, ARENA, PAGE)), "arena")
    return {name: sorted(set(places)) for name, places in seen.items()}
"""


def planted(tmp_path: Path, name: str, found: dict[str, str]) -> Path:
    """Make a folder whose name can be found again."""
    word = secrets.token_hex(4)
    found[word[::-1]] = name
    folder = tmp_path / f"planted-{word}"
    folder.mkdir()
    (folder / "name").write_text(name)
    return folder
