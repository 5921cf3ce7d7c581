"""Damage a right notebook as tools, platforms and accidents do.

Each function takes a right notebook and returns a file's bytes. Those of ``read_...`` must still get full marks, those
of ``unreadable_...`` must be reported as unreadable, with the text of ``REASONS``.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

REASONS = {
    "empty": "it is empty",
    "blank": "it holds nothing but blanks",
    "cut_off": "it is cut off",
    "zip": "it is a zip archive",
    "script": "it is a Python script",
    "merge_conflict": "is a merge conflict marker",
    "web_page": "it is a web page",
    "pdf": "it is a PDF",
    "lfs_pointer": "it is a Git LFS pointer",
    "other_json": "it is JSON, but not a notebook",
    "list": "it is JSON, but not a notebook",
    "nested_too_deeply": "nested too deeply",
    "two_notebooks": "two notebooks one after the other",
    "comma_lost": "it is not valid JSON",
}


def _bytes(notebook: dict[str, Any], **options: Any) -> bytes:
    return json.dumps(notebook, **options).encode()


def _umlaut(notebook: dict[str, Any]) -> str:
    notebook["cells"][0]["source"] = "# Lösung für die Übung\n" + "".join(notebook["cells"][0]["source"])
    return json.dumps(notebook, ensure_ascii=False)


def read_nbformat_3(notebook: dict[str, Any]) -> bytes:
    """IPython's old format: worksheets, and `input` instead of `source`."""
    cells = [
        {"cell_type": "code", "language": "python", "input": c["source"], "outputs": [], "collapsed": False}
        for c in notebook["cells"]
    ]
    worksheets = [{"cells": cells, "metadata": {}}]
    return _bytes({"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": worksheets})


def read_ids_missing(notebook: dict[str, Any]) -> bytes:
    """The platform stripped the ids and the cells' metadata."""
    for cell in notebook["cells"]:
        del cell["id"], cell["metadata"]
    return _bytes(notebook)


def read_ids_duplicated(notebook: dict[str, Any]) -> bytes:
    """Every cell has the same id."""
    for cell in notebook["cells"]:
        cell["id"] = "same"
    return _bytes(notebook)


def read_metadata_missing(notebook: dict[str, Any]) -> bytes:
    """Neither kernel nor version."""
    return _bytes({"cells": notebook["cells"]})


def read_kernel_of_another_language(notebook: dict[str, Any]) -> bytes:
    """Saved under an R kernel by mistake."""
    notebook["metadata"] = {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}}
    return _bytes(notebook)


def read_version_of_the_future(notebook: dict[str, Any]) -> bytes:
    """A minor version that does not exist yet, with keys that nobody knows."""
    return _bytes(notebook | {"nbformat_minor": 99, "signature": None, "orig_nbformat": 2})


def read_byte_order_mark(notebook: dict[str, Any]) -> bytes:
    """Windows' editor put a mark in front."""
    return b"\xef\xbb\xbf" + _umlaut(notebook).encode()


def read_windows_line_ends(notebook: dict[str, Any]) -> bytes:
    """Carriage returns in the file and in the cells."""
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")
    return _bytes(notebook, indent=1).replace(b"\n", b"\r\n")


def read_utf_16_with_mark(notebook: dict[str, Any]) -> bytes:
    """Saved as "Unicode" on Windows."""
    return _umlaut(notebook).encode("utf-16")


def read_utf_16_without_mark(notebook: dict[str, Any]) -> bytes:
    """Big-endian, and nothing says so."""
    return _umlaut(notebook).encode("utf-16-be")


def read_latin_1(notebook: dict[str, Any]) -> bytes:
    """A comment with umlauts from a Western European editor."""
    return _umlaut(notebook).encode("latin-1")


def read_trailing_nuls(notebook: dict[str, Any]) -> bytes:
    """A crashed disk filled the file's last block with zeros."""
    return _bytes(notebook) + b"\0" * 4096


def read_leftover_of_a_longer_file(notebook: dict[str, Any]) -> bytes:
    """An older, longer version was overwritten and not cut."""
    return _bytes(notebook) + b'\n  "nbformat": 4\n}\n'


def read_outputs_of_megabytes(notebook: dict[str, Any]) -> bytes:
    """Pictures and prints of 6 MB."""
    text = {"output_type": "stream", "name": "stdout", "text": ["tensor([[1.0]])\n"] * 200_000}
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * 3_000_000}}
    notebook["cells"][-1]["outputs"] = [text, picture]
    return _bytes(notebook)


def read_attachments(notebook: dict[str, Any]) -> bytes:
    """A text cell with a pasted picture."""
    attached = {"attachments": {"image.png": {"image/png": "iVBORw0KGgo="}}}
    cell = {"cell_type": "markdown", "id": "pasted", "metadata": {}, "source": "![image.png](attachment:image.png)"}
    return _bytes(notebook | {"cells": [cell | attached, *notebook["cells"]]})


def read_widget_state(notebook: dict[str, Any]) -> bytes:
    """Colab kept the state of progress bars in the metadata."""
    state = {"application/vnd.jupyter.widget-state+json": {"state": {str(i): {"value": i} for i in range(1000)}}}
    notebook["metadata"]["widgets"] = state
    return _bytes(notebook)


def read_numbers_that_json_does_not_know(notebook: dict[str, Any]) -> bytes:
    """NaN, infinities, and an integer of 10,000 digits."""
    notebook["metadata"] |= {"loss": float("nan"), "best": float("-inf"), "seed": "SEED"}
    return _bytes(notebook).replace(b'"SEED"', b"9" * 10_000)


def read_outputs_nested_deeply(notebook: dict[str, Any]) -> bytes:
    """An output that is nested deeper than Python's own reader goes."""
    notebook["cells"][0]["outputs"] = ["DEEP"]
    return _bytes(notebook).replace(b'"DEEP"', b"[" * 50_000 + b"]" * 50_000)


def read_control_characters(notebook: dict[str, Any]) -> bytes:
    """Tabs and line breaks stand raw inside the strings."""
    return _bytes(notebook).replace(b"\\n", b"\n")


def read_odd_cells(notebook: dict[str, Any]) -> bytes:
    """Cells of unknown type, without source, and no cells at all in between."""
    odd: list[Any] = [{"cell_type": "sql", "source": "select 1"}, {"cell_type": "code"}, None, 7, {}]
    return _bytes(notebook | {"cells": [*odd, *notebook["cells"]]})


def read_lines_as_strings(notebook: dict[str, Any]) -> bytes:
    """Sources as one string, keys sorted, everything on one line."""
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return _bytes(notebook, sort_keys=True, separators=(",", ":"))


def unreadable_empty(notebook: dict[str, Any]) -> bytes:
    """An upload that failed."""
    return b""


def unreadable_blank(notebook: dict[str, Any]) -> bytes:
    """Nothing but line ends and zeros."""
    return b"\n \r\n" + b"\0" * 100


def unreadable_cut_off(notebook: dict[str, Any]) -> bytes:
    """A download that broke off."""
    return (whole := _bytes(notebook))[: len(whole) * 2 // 3]


def unreadable_zip(notebook: dict[str, Any]) -> bytes:
    """A zip that was renamed."""
    with zipfile.ZipFile(buffer := io.BytesIO(), "w") as archive:
        archive.writestr("homework.ipynb", _bytes(notebook))
    return buffer.getvalue()


def unreadable_script(notebook: dict[str, Any]) -> bytes:
    """A Python file that was renamed."""
    return b"import torch as t\n\ndef logit_lens_analysis(input_prompt):\n    return t.zeros(1)\n"


def unreadable_merge_conflict(notebook: dict[str, Any]) -> bytes:
    """git asked, and nobody answered."""
    text = json.dumps(notebook, indent=1)
    return text.replace('\n "cells"', '\n<<<<<<< HEAD\n=======\n>>>>>>> mine\n "cells"', 1).encode()


def unreadable_web_page(notebook: dict[str, Any]) -> bytes:
    """GitHub's page of the notebook was saved."""
    return b"\n<!DOCTYPE html>\n<html><body>" + _bytes(notebook) + b"</body></html>"


def unreadable_pdf(notebook: dict[str, Any]) -> bytes:
    """Printed, then renamed."""
    return b"%PDF-1.7\n1 0 obj\n"


def unreadable_lfs_pointer(notebook: dict[str, Any]) -> bytes:
    """The repository was downloaded without its large files."""
    return b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


def unreadable_other_json(notebook: dict[str, Any]) -> bytes:
    """A package.json."""
    return _bytes({"name": "homework", "version": "1.0.0"})


def unreadable_list(notebook: dict[str, Any]) -> bytes:
    """Only the cells."""
    return _bytes({"x": notebook["cells"]})[6:-1]


def unreadable_nested_too_deeply(notebook: dict[str, Any]) -> bytes:
    """Brackets without end, outside of the outputs."""
    notebook["metadata"]["deep"] = "DEEP"
    return _bytes(notebook).replace(b'"DEEP"', b"[" * 100_000 + b"]" * 100_000)


def unreadable_two_notebooks(notebook: dict[str, Any]) -> bytes:
    """Two files were joined."""
    return _bytes(notebook) * 2


def unreadable_comma_lost(notebook: dict[str, Any]) -> bytes:
    """Edited by hand."""
    return _bytes(notebook, indent=1).replace(b'",\n', b'"\n', 1)
