"""The README of a release: how a student sets up, checks and hands in."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

from grader.assignment import Assignment
from grader.english import plural
from grader.intake import read_stub
from grader.release_lookup import TESTS

_ANY_WHEEL = "interp_grader-*.whl"
_README = """\
# {title}

Your notebook is `{notebook}`. It asks you to write

{exercises}

Keep all files of this folder together: `{slug}/` holds the checks, and the model that they run on.

## Set up, once

In the folder with these files, with Python 3.11 to 3.13, in a virtual environment, which keeps other projects as they
are:

    python3 -m venv .venv
    . .venv/bin/activate
    pip install torch
    pip install jupyter ./{wheel}

(On Windows the first two lines are `py -m venv .venv` and `.venv\\Scripts\\activate`.) PyTorch goes first and alone. It
is large: on Linux the usual build, made for NVIDIA GPUs, takes more than 5 GB; the one for CPUs, which is enough here,
less than 1 GB (https://pytorch.org/get-started/locally/ gives the command). All else takes about 1.2 GB more. From then
on nothing needs the network, except what the notebook itself downloads.
{missing}
## Work

    . .venv/bin/activate
    jupyter notebook {notebook}

Run the first cell with code first: it makes the checks ready.
{checking}
## Or work on Colab

Open `{notebook}` there{upload} and run its first cell with code, which {fetches} the checks and installs them. Colab
forgets them when a session ends; then {repeat} again.

## Check your answers

Save the notebook, then

    . .venv/bin/activate
    grader check {notebook}

It says of each visible check whether it passes, what differs, and which well-known mistake that looks like. These are
the checks that grade you, in the same words. Further ones{further} run at grading. The first time you are asked
whether you trust the checks in `{slug}/`, because they run on your computer.

On Linux your code runs in the sandbox in which it will be graded. On macOS and Windows there is none: your code runs as
in any notebook.

In the notebook, a cell with `%grader check` checks the functions as they are there, and shows the same below the cell
(`%grader trust` once, before).

## Hand in

Restart the kernel, run all cells from the top, save, and hand in `{notebook}`, with the files of your own that it
uses, if there are any, and nothing else of this folder. Leave the names of the functions as they are.
"""
_CHECKING = """
The last line of each exercise's cell, such as `{call}`,
checks your function inside the notebook; run that cell as often as you like.
"""


def readme(assignment: Assignment, wheel: Path | None, url: str = "") -> str:
    """Return the text of a release's README.

    ``wheel`` is None where students get the grader some other way; ``url`` is where its archive is published, or "".
    """
    filled = _README.format(
        title=assignment.title,
        slug=assignment.slug,
        notebook=assignment.notebook.name,
        exercises="\n".join(f"- `{e.name}`: {e.title}, {plural(e.points, 'point')}" for e in assignment.exercises),
        wheel=wheel.name if wheel else _ANY_WHEEL,
        further=f" ({assignment.further})" if assignment.further else "",
        upload="" if url else f", upload `{assignment.slug}.zip` (in the left margin: Files)",
        fetches="fetches" if url else "unpacks",
        repeat="run that cell" if url else "do both",
        missing="" if wheel else f"\nYour course gives you the wheel, `{_ANY_WHEEL}`; put it into this folder first.\n",
        checking=_CHECKING.format(call=call) if (call := _checking_call(assignment)) else "",
    )
    return "\n\n".join(map(_wrapped, filled.split("\n\n")))


def _wrapped(paragraph: str) -> str:
    """Return a paragraph in lines of a readable length; lists and commands as they are."""
    plain = not paragraph.lstrip("\n").startswith(("#", "-", "    "))
    return textwrap.fill(paragraph, 100, break_long_words=False, break_on_hyphens=False) if plain else paragraph


def _checking_call(assignment: Assignment) -> str:
    """Return the last line of the first cell that calls something beside the notebook, or "".

    The cell is one of the exercise's.
    """
    modules = {Path(TESTS).stem, *(file.stem for file in assignment.handout if file.suffix == ".py")}
    imported: set[str] = set()
    for cell in read_stub(assignment).cells:
        try:
            body = ast.parse(cell.source).body if cell.cell_type == "code" else []
        except SyntaxError:  # of IPython's, or a blank to fill in
            continue
        for node in body:
            if isinstance(node, ast.ImportFrom) and node.module in modules:
                imported |= {alias.asname or alias.name for alias in node.names}
        defined = {node.name for node in body if isinstance(node, ast.FunctionDef)}
        match body:
            case [*_, ast.Expr(value=ast.Call(func=ast.Name(id=name)) as call)]:
                if name in imported and not defined.isdisjoint(assignment.names):
                    return ast.unparse(call)
    return ""
