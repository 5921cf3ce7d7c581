"""Random programs: the extracted code gives what the whole notebook gives."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from grader.extract import extract

NAMES = ("a", "b", "c", "d")
START = "a = 1\nb = [2]\nc = {'k': 3}\ndef d(x=0): return x"

# {0} to {2} are names drawn from the four; whatever raises is not run at all, so templates need not fit every type.
TEMPLATES = [
    "{0} = {1}",
    "{0} = {1}, {2}",
    "{0}, {1} = {1}, {2}",
    "{0} += 1",
    "{0} = [{1}]",
    "{0} = {{'k': {1}}}",
    "{0}['k'] = {1}",
    "{0}[0] = {1}",
    "{0}.append({1})",
    "{0}.update(z={1})",
    "{0} = {1}()",
    "{0}({1})",
    "{0} = lambda x=0: ({1}, x)",
    "def {0}(x=0): return {1}, x",
    "def {0}(x=0):\n    {1} = 5\n    return {1}, {2}",
    "def {0}(x=0):\n    global {1}\n    {1} = 7\n    return {2}",
    "def {0}(x=0):\n    {1}.append(8)\n    return x",
    "def {0}(x=0):\n    x['n'] = 1\n    return {1}",
    "def {0}(x={1}):\n    def inner(): return {2}, x\n    return inner()",
    "class {0}:\n    {1} = {2}\n    def __new__(cls, x=0): return ({1}, cls.{1})",
    "if {0}:\n    {1} = {2}\nelse:\n    {2} = 4",
    "if {0}:\n    {1} = {2}",
    "for i in range(2):\n    {0} = [{1}, {0}]",
    "while True:\n    {0} = {1}\n    break",
    "try:\n    {0} = {1}['k']\nexcept Exception as error:\n    {0} = {2}",
    "{0} = [{1} for {1} in range(2)]",
    "{0} = [({1}, y) for y in range(2) if {2}]",
    "print({0} := {1})",
    "{0}: object = {1}",
    "with open('/dev/null') as file:\n    {0} = {1}",
    "match {0}:\n    case {{'k': {1}}}: pass\n    case _: {2} = 6",
    "{0} = {1}; {1} = {2}",
    "import math as {0}",
]

STATEMENTS = st.builds(str.format, st.sampled_from(TEMPLATES), *[st.sampled_from(NAMES)] * 3)
PROGRAMS = st.lists(st.lists(STATEMENTS, min_size=1, max_size=4).map("\n".join), min_size=1, max_size=6)


def shown(value: Any, depth: int = 3) -> str:
    """Show a value so that two runs can be compared: functions by what they return."""
    if depth == 0:
        return "..."
    if callable(value):
        try:
            return f"calls to {shown(value(), depth - 1)}"
        except Exception as error:  # noqa: BLE001 - whatever it raises, both runs must
            return f"raises {type(error).__name__}"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}({', '.join(shown(v, depth - 1) for v in value)})"
    if isinstance(value, dict):
        return f"dict({', '.join(f'{k}: {shown(v, depth - 1)}' for k, v in value.items())})"
    return repr(value) if isinstance(value, int | str) else type(value).__name__


def run_all(cells: list[str]) -> dict[str, Any] | None:
    """Run whole cells one after the other; None when one of them raises."""
    namespace: dict[str, Any] = {"print": lambda *_: None, "__name__": "__main__"}
    try:
        for cell in cells:
            exec(compile(cell, "<cell>", "exec", dont_inherit=True), namespace)
    except Exception:  # noqa: BLE001 - such a program says nothing
        return None
    return namespace


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@example(["def b(x=0):\n    global a\n    a = 7\n    return a\na = b\nb = a()"], "a", "a", 0)
@example(["b[0] = c\nc[0] = a"], "a", "b", 0)
@given(PROGRAMS, st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(0, 5))
def test_extraction_means_what_run_all_means(cells: list[str], first: str, second: str, place: int) -> None:
    """A function anywhere gives the same in the extract as at the whole notebook's end."""
    program = [START, *cells]
    program.insert(min(place + 1, len(program)), f"def answer(): return {first}, {second}")
    whole = run_all(program)
    assume(whole is not None)
    notebook = {"cells": [{"cell_type": "code", "source": c} for c in program]}

    extraction = extract(notebook, ["answer"], [])
    part = run_all([s.source for s in extraction.segments])

    assert part is not None
    assert shown(part["answer"]()) == shown(whole["answer"]())
