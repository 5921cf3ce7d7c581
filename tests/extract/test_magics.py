"""Magics and shell lines become Python, and every other line keeps its number."""

from __future__ import annotations

import ast

import pytest

from grader.extract.magics import plain_python

SPECIMENS = {
    "plain": ("a = 1\nb = 2", "a = 1\nb = 2"),
    "line magic": ("%matplotlib inline\na = 1", "pass\na = 1"),
    "shell line": ("!pip install x\na = 1", "pass\na = 1"),
    "continued shell line": ("!pip install \\\n  x \\\n  y\na = 1", "pass\n\n\na = 1"),
    "magic in a block": ("if a:\n    %pip install x\nb = 1", "if a:\n    pass\nb = 1"),
    "magics in and below blocks": (
        "if a:\n    for b in c:\n        !ls (\n        x = 1\n    %cd 'a\nelse:\n\ty = !ls",
        "if a:\n    for b in c:\n        pass\n        x = 1\n    pass\nelse:\n\ty = get_ipython().getoutput('ls')",
    ),
    "brackets and quotes in shell lines": ('!a (\n!b \'\n!c """\nd = (1,\n  2)', "pass\npass\npass\nd = (1,\n  2)"),
    "file that is run": ("%run -t ./my-helper.py 3\na = 1", "from my_helper import *\na = 1"),
    "help": ("a?\nb = 1", "pass\nb = 1"),
    "help on a member": ("if a:\n    model.cfg??\nb = 1", "if a:\n    pass\nb = 1"),
    "more help": ("?a\nb = 1", "pass\nb = 1"),
    "timed statement": ("%time a = 1\nb = 2", "a = 1\nb = 2"),
    "timed statement with options": ("%timeit -n 10 -r 2 f(1)\nb = 2", "f(1)\nb = 2"),
    "timed value": ("a = %time 1 + 1\nb = 2", "a = 1 + 1\nb = 2"),
    "timed cell": ("%%time\na = 1", "\na = 1"),
    "two cell magics": ("%%time\n%%capture out\na = 1", "\n\na = 1"),
    "cell magic below a comment": ("# why\n\n%%time\na = 1", "# why\n\n\na = 1"),
    "unknown cell magic": ("%%wandb\na = 1", "\na = 1"),
    "timed cell with magics in it": ("%%time\n%pip install x\na = 1", "\npass\na = 1"),
    "shell cell": ("%%bash\na = 1\nls -la", "\n\n"),
    "file cell": ("%%writefile a.py\na = 1", "\n"),
    "percent in a string": ("%pip install x\na = '''\n%time\n!ls\n'''", "pass\na = '''\n%time\n!ls\n'''"),
    "pasted prompts": (">>> a = 1\n>>> b = 2", "a = 1\nb = 2"),
    "pasted cell": ("In [1]: a = 1\n   ...: b = 2", "a = 1\nb = 2"),
    "indented cell": ("    a = 1\n    b = 2", "a = 1\nb = 2"),
}


@pytest.mark.parametrize("kind", SPECIMENS)
def test_cells_become_plain_python(kind: str) -> None:
    """Each kind of notebook syntax becomes Python with the same lines."""
    source, expected = SPECIMENS[kind]

    found = plain_python(source)

    assert [line.rstrip() for line in found.split("\n")] == expected.split("\n")
    ast.parse(found)


def test_shell_output_bound_to_a_name_stays() -> None:
    """A name bound to a command's output stays bound.

    Using it raises an error that names the shell call.
    """
    assert plain_python("files = !ls\na = 1").split("\n") == ["files = get_ipython().getoutput('ls')", "a = 1"]


def test_what_is_not_python_keeps_its_lines() -> None:
    """A cell that is not Python keeps its lines, so that the error's line is the student's."""
    assert plain_python("%pip install x\na = (1\n").count("\n") == 2
