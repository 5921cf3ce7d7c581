"""Make the notebooks in ``samples/`` from ``samples/SAMPLES.md`` and the two notebooks of the assignment.

In the source a heading names a sample, a fence ``{code-cell} ID`` holds one of its cells, and ``{copy} ID ...`` stands
for cells of the solved notebook.

    python make_samples.py
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from make_notebooks import METADATA, SOURCE, build
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

SAMPLES = Path(__file__).resolve().parent / "samples"
FENCE = re.compile(r"^```\{(code-cell|copy)\} ([^\n]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def render(text: str, course: str) -> dict[str, str]:
    """Return the samples by file name, made from the text of SAMPLES.md and that of notebook.md."""
    solved = {cell.id: cell for cell in build(course, solved=True).cells}
    samples = {}
    for section in text.split("\n## ")[1:]:
        name, _, body = section.partition("\n")
        cells = [new_markdown_cell("# My solution", id="mine")]
        for kind, argument, source in FENCE.findall(body):
            if kind == "copy":
                cells += [solved[cell] for cell in argument.split()]
            else:
                cells.append(new_code_cell(source.removesuffix("\n"), id=argument))
        samples[f"{name}.ipynb"] = nbformat.writes(new_notebook(cells=cells, metadata=METADATA)) + "\n"
    unfilled = nbformat.writes(build(course, solved=False)) + "\n"
    samples["template_left_unfilled.ipynb"] = unfilled
    # A download that broke off.
    samples["broken_cut_short.ipynb"] = unfilled[: len(unfilled) // 8]
    return samples


if __name__ == "__main__":
    made = render((SAMPLES / "SAMPLES.md").read_text(encoding="utf-8"), SOURCE.read_text(encoding="utf-8"))
    for file, content in made.items():
        (SAMPLES / file).write_text(content, encoding="utf-8")
