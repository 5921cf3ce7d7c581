"""Parse the notebook that students were given, once for all submissions."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.extract.recursion import with_deep_recursion
from grader.extract.statements import read_cells
from grader.extract.syntax import Definition, definition_of, own_scope


@dataclass(frozen=True, slots=True)
class Stub:
    """The handed-out notebook as plain data, parsed once for all submissions.

    It can be pickled. ``cells`` are the sources of all cells. ``definitions`` maps each top-level function to the
    source of the statement that defines it last, ``origins`` each name to what it is imported from or defined as (see
    :func:`origins`).
    """

    cells: tuple[str, ...] = ()
    definitions: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def definition(self, name: str) -> Definition | None:
        """Return the last definition of a function, or None."""
        if (source := self.definitions.get(name)) is None:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the compiler warns of "\\d" in a string
            return definition_of(ast.parse(source).body[0], name)


@with_deep_recursion
def parse_stub(notebook: Any) -> Stub:
    """Return what extraction needs of the handed-out notebook (nbformat 4)."""
    definitions: dict[str, str] = {}
    found: dict[str, set[str]] = {}
    for statement in (s for c in read_cells(notebook) for s in c.statements):
        for node in own_scope(statement.node):
            if isinstance(node, Definition):
                definitions[node.name] = statement.text
        for name in statement.names.bound:
            found.setdefault(name, set()).update(origins(statement.node, name))
    return Stub(
        tuple(cell["source"] for cell in notebook["cells"]),
        definitions,
        {name: frozenset(texts) for name, texts in found.items() if texts},
    )


def origins(node: ast.stmt, name: str) -> set[str]:
    """Return, as text to compare, each import or definition of a name, but no assignments."""
    found = set()
    for part in own_scope(node):
        match part:
            case ast.Import(names=aliases):
                found |= {f"import {a.name}" for a in aliases if (a.asname or a.name.split(".")[0]) == name}
            case ast.ImportFrom(module=module, level=level, names=aliases):
                found |= {f"from {level}{module} import {a.name}" for a in aliases if (a.asname or a.name) == name}
            case ast.FunctionDef(name=defined) | ast.AsyncFunctionDef(name=defined) | ast.ClassDef(name=defined):
                if defined == name:
                    found.add(ast.dump(part))
    return found
