"""Make the notebooks in ``samples/`` from ``samples/SAMPLES.md``.

The two notebooks of the assignment are their source as well. In the source a heading names a sample, a fence
``{code-cell} ID`` holds one of its cells, ``{copy} ID ...`` stands for cells of the solved notebook, and ``{output}
KIND`` holds what the cell above it had shown when it was handed in: a ``stream``, or an ``error`` whose first line says
which.

    python make_samples.py
"""

from __future__ import annotations

import copy
import re
from pathlib import Path

import nbformat
from make_notebooks import METADATA, SOURCE, build
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

SAMPLES = Path(__file__).resolve().parent / "samples"
FENCE = re.compile(r"^```\{(code-cell|copy|output)\} ([^\n]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def render(text: str, course: str) -> dict[str, str]:
    """Return the samples by file name.

    They are made from the text of SAMPLES.md and that of notebook.md.
    """
    solved = {cell.id: cell for cell in build(course, solved=True).cells}
    samples = {}
    for section in text.split("\n## ")[1:]:
        name, _, body = section.partition("\n")
        cells = [new_markdown_cell("# My solution", id="mine")]
        for kind, argument, source in FENCE.findall(body):
            if kind == "copy":
                cells += [copy.deepcopy(solved[cell]) for cell in argument.split()]
            elif kind == "output":
                cells[-1].outputs.append(_output(argument, source))
            else:
                cells.append(new_code_cell(source.removesuffix("\n"), id=argument))
        for count, cell in enumerate(cells[1:], start=1):
            cell.execution_count = count
        samples[f"{name}.ipynb"] = nbformat.writes(new_notebook(cells=cells, metadata=METADATA)) + "\n"
    unfilled = nbformat.writes(build(course, solved=False)) + "\n"
    samples["template_left_unfilled.ipynb"] = unfilled
    # A download that broke off.
    samples["broken_cut_short.ipynb"] = unfilled[: len(unfilled) // 8]
    return samples


def _output(kind: str, text: str) -> nbformat.NotebookNode:
    if kind == "stream":
        return new_output("stream", name="stdout", text=text)
    ename, _, evalue = text.partition("\n")[0].partition(": ")
    return new_output("error", ename=ename, evalue=evalue, traceback=text.splitlines())


if __name__ == "__main__":
    made = render((SAMPLES / "SAMPLES.md").read_text(encoding="utf-8"), SOURCE.read_text(encoding="utf-8"))
    for file, content in made.items():
        (SAMPLES / file).write_text(content, encoding="utf-8")
