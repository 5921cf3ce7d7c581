"""Make ``exercise.ipynb`` and ``solution.ipynb`` from ``notebook.md``.

The one is for students, the other for instructors. The source is Markdown. A fence ``{code-cell} ID`` opens a code
cell; the text between two code cells is a cell of text. In a code cell, the lines between ``# begin solution`` and ``#
end solution`` are the answer: students get its comments.

    python make_notebooks.py
"""

from __future__ import annotations

import re
from itertools import zip_longest
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "notebook.md"
CODE_CELL = re.compile(r"^```\{code-cell\} ([\w-]+)\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
ANSWER = re.compile(r"^    # begin solution\n(.*?)\n    # end solution$", re.MULTILINE | re.DOTALL)
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def build(source: str, *, solved: bool) -> nbformat.NotebookNode:
    """Return the notebook that ``source`` describes, with the answers or without."""
    # Splitting by a pattern with two groups gives text, id, code, text, id, code, ..., text.
    parts = CODE_CELL.split(source)
    cells = []
    for number, (text, name, code) in enumerate(zip_longest(parts[::3], parts[1::3], parts[2::3])):
        if text.strip():
            cells.append(new_markdown_cell(text.strip(), id=f"text-{number:02}"))
        if name:
            cells.append(new_code_cell(ANSWER.sub(_solved if solved else _blank, code), id=name))
    return new_notebook(cells=cells, metadata=METADATA)


def _solved(answer: re.Match[str]) -> str:
    return answer[1]


def _blank(answer: re.Match[str]) -> str:
    return "\n\n".join(line for line in answer[1].splitlines() if line.lstrip().startswith("#"))


def render(source: str) -> dict[str, str]:
    """Return the text of both notebooks by file name."""
    return {
        name: nbformat.writes(build(source, solved=solved)) + "\n"
        for name, solved in (("exercise.ipynb", False), ("solution.ipynb", True))
    }


if __name__ == "__main__":
    for file, text in render(SOURCE.read_text(encoding="utf-8")).items():
        (HERE / file).write_text(text, encoding="utf-8")
