"""``%grader check`` and ``%grader trust``, after ``%load_ext grader``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from grader.assignment import Assignment, load_assignment
from grader.errors import UsageError
from grader.notebook import messages
from grader.notebook.notebook_checks import check_functions, show
from grader.release_lookup import releases_in
from grader.trusted_releases import is_trusted, trust


def register(shell: Any) -> None:
    """Add the magic ``%grader`` to an IPython shell."""

    def grader(line: str, cell: str | None = None) -> None:
        """Check this notebook's functions; as %%grader after the code below it has run."""
        if cell is not None:
            shell.run_cell(cell)
        try:
            _run_words(shell.user_ns, line.split())
        except Exception as error:  # noqa: BLE001 - a student cannot mend it, so its traceback says nothing
            print(messages.not_run(error), file=sys.stderr)

    shell.register_magic_function(grader, "line_cell", "grader")


def _run_words(names: dict[str, Any], words: list[str]) -> None:
    match words:
        case ["check", *slug] if len(slug) < 2:
            assignment = _beside(*slug)
            if not is_trusted(assignment):
                raise UsageError(messages.not_trusted(str(assignment.root)))
            functions = {n: names[n] for n in assignment.names if callable(names.get(n))}
            if missing := [n for n in assignment.names if n not in functions]:
                print(messages.not_defined(", ".join(missing)))
            show(assignment, check_functions(assignment, functions, names))
        case ["trust", *slug] if len(slug) < 2:
            trust(assignment := _beside(*slug))
            print(messages.trusted_from_now(assignment.root))
        case _:
            print(messages.USAGE)


def _beside(slug: str = "") -> Assignment:
    """Return the release in the notebook's folder."""
    found = releases_in(Path.cwd())
    if slug or len(found) == 1:
        if folder := found.get(slug) if slug else next(iter(found.values())):
            return load_assignment(str(folder))
    elif found:
        raise UsageError(messages.several_releases(", ".join(found)))
    raise UsageError(messages.no_release(str(Path.cwd())))
