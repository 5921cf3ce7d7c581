"""Mutants of the solution: a function that an exercise calls, with one small change."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.assignment import Assignment
from grader.validation.mutations import exchanged_names, mutations


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of a file of the solution: the ``source`` with it, a ``diff`` for people."""

    file: Path
    line: int
    kind: str
    source: str
    diff: str


class SolutionFile:
    """A file of the solution, with its functions and the names that it imports."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text(encoding="utf-8")
        self.tree = ast.parse(self.text)

    @cached_property
    def functions(self) -> dict[str, ast.FunctionDef]:
        """Functions and methods by name."""
        return {n.name: n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef)}

    @cached_property
    def modules(self) -> frozenset[str]:
        """Names that imports bind; most of them are modules."""
        imports = (n for n in ast.walk(self.tree) if isinstance(n, ast.Import | ast.ImportFrom))
        return frozenset(a.asname or a.name.partition(".")[0] for n in imports for a in n.names)

    def imported(self) -> Iterator[str]:
        """Yield the dotted names of all imports, those of modules and of names in a module."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (a.name for a in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module
                yield from (f"{node.module}.{a.name}" for a in node.names)


def mutants(assignment: Assignment, exercise: str) -> list[Mutant]:
    """Return the mutants of all functions that an exercise's reference calls."""
    found: dict[tuple[Path, str], Mutant] = {}
    for file, function in _called_functions(_solution_files(assignment), exercise):
        for mutant in _function_mutants(file, function, assignment.interchangeable):
            found.setdefault((file.path, ast.dump(ast.parse(mutant.source))), mutant)
    return list(found.values())


def _solution_files(assignment: Assignment) -> list[SolutionFile]:
    """Return the solution's file and all that it imports from the folders it may read."""
    files = [SolutionFile(f) for f in assignment.solution_files[:1]]
    for file in files:  # the loop appends to it
        for name in file.imported():
            for folder in assignment.solution_reads:
                path = folder.parent.joinpath(*name.split(".")).with_suffix(".py")
                if path.is_file() and folder in path.parents and path not in [f.path for f in files]:
                    files.append(SolutionFile(path))
    return files


def _called_functions(files: Sequence[SolutionFile], name: str) -> list[tuple[SolutionFile, ast.FunctionDef]]:
    """Return the function ``name`` and all whose names it mentions, directly or through those."""
    names, found = [name], []
    for wanted in names:  # the loop appends to it
        for file in files:
            if function := file.functions.get(wanted):
                found.append((file, function))
                names += [n for n in _mentioned_names(function) if n not in names]
    return found


def _mentioned_names(function: ast.FunctionDef) -> list[str]:
    """Return the names and attributes in a function, without its own parameters."""
    own = {n.arg for n in ast.walk(function) if isinstance(n, ast.arg)}
    found = (getattr(n, "id", None) or getattr(n, "attr", None) for n in ast.walk(function))
    return [name for name in dict.fromkeys(found) if name and name not in own]


def _function_mutants(
    file: SolutionFile, function: ast.FunctionDef, interchangeable: Sequence[str]
) -> Iterator[Mutant]:
    lines = file.text.splitlines(keepends=True)
    end = function.end_lineno or function.lineno
    before, own, after = lines[: function.lineno - 1], lines[function.lineno - 1 : end], lines[end:]
    for changed in exchanged_names("".join(own), interchangeable):
        yield _mutant(file, "name", "".join([*before, changed, *after]))
    for mutation in mutations(function, file.modules):
        yield _mutant(file, mutation.kind, _replace_node(lines, mutation.old, mutation.new))


def _replace_node(lines: Sequence[str], old: ast.expr, new: str) -> str:
    """Return the text with a node's source replaced; ast counts columns in bytes."""
    first, last = old.lineno - 1, (old.end_lineno or old.lineno) - 1
    head = lines[first].encode()[: old.col_offset].decode()
    tail = lines[last].encode()[old.end_col_offset :].decode()
    if head.endswith("(") and tail.startswith(")"):  # not two pairs of parentheses
        new = new[1:-1] if new.startswith("(") and new.endswith(")") else new
    return "".join([*lines[:first], head, new, tail, *lines[last + 1 :]])


def _mutant(file: SolutionFile, kind: str, source: str) -> Mutant:
    diff = list(difflib.unified_diff(file.text.splitlines(), source.splitlines(), n=0, lineterm=""))[2:]
    line = int(diff[0].split()[1].lstrip("-").partition(",")[0])
    return Mutant(file.path, line, kind, source, "\n".join(d for d in diff if not d.startswith("@@")))
