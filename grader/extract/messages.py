"""Sentences to students on a notebook's characters and cells, and on what functions need."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence

from grader.english import first_of, listed, plural
from grader.extract.confusable_characters import is_invisible, is_line_break, is_odd_space, meant_by

_MAX_QUOTED = 60
_MAX_CELLS = 8

TOO_MUCH_CODE = (
    "holds too much code to be read; delete what the functions do not need, such as generated code and long tables of "
    "data"
)
TOO_DEEP = "it is nested too deeply, or too long"
FORBIDDEN_CHARACTERS = "it holds characters that Python does not allow"


def quote(text: str, most: int = _MAX_QUOTED) -> str:
    """Return the beginning of some code, as code in a sentence."""
    return f"`{text[:most]}`"


# characters --------------------------------------------------------------------------------------------------------


def character_name(character: str) -> str:
    """Return a character, if it is visible, with its Unicode name and number."""
    identity = f"({unicodedata.name(character, 'a control character')}, U+{ord(character):04X})"
    if is_invisible(character):
        return f"an invisible character {identity}"
    return f"a space that is not an ordinary one {identity}" if is_odd_space(character) else f"`{character}` {identity}"


def replacement_advice(character: str) -> str:
    """Return what to do about a character that does not belong into code.

    It is the rest of a sentence.
    """
    if is_line_break(character):
        return "delete it and press Enter in its place"
    if is_invisible(character):
        return "delete it, or retype that line"
    return f"type {_as_typed(meant_by(character))} in its place"


def _as_typed(text: str) -> str:
    return f"the letter `{text}`" if text.isalpha() else f"`{text}`" if text.strip() else "an ordinary space"


def confusable_read(cell: int, line: int, column: int, character: str, more: int) -> str:
    """``more`` is how many others of the same character the cell holds."""
    others = f" (and {more} more)" if more else ""
    read = "ignored" if is_invisible(character) else f"read as {_as_typed(meant_by(character))}"
    return (
        f"Cell {cell}, line {line}, column {column} holds {character_name(character)}{others}, which was {read}; "
        f"{replacement_advice(character)}."
    )


def different_name(name: str, character: str) -> str:
    """Remark on a name that is used, and written with a look-alike character."""
    written = f"`{name}` is written with {character_name(character)} and is therefore a different name"
    return f"{written}; {replacement_advice(character)}."


# cells -------------------------------------------------------------------------------------------------------------


def invalid_python(line: int, reason: str) -> str:
    """Return what is wrong with a cell, to stand behind "Cell 3" or "it"."""
    return f"is not valid Python (line {line}: {reason})"


def newer_syntax(reason: str, version: tuple[int, int]) -> str:
    """For code that a newer Python may accept, with this Python's error."""
    return f"{reason}; Python {version[0]}.{version[1]}, which it is graded with, may not know this yet"


def cell_left_out(cell: int, problem: str, *, needed: bool) -> str:
    """Remark on a cell that is no Python; ``needed`` is whether an exercise may need it."""
    return f"Cell {cell} was left out: it {problem}.{'' if needed else ' No exercise needs it.'}"


def cell_continued(cell: int, part: int) -> str:
    """Remark on a statement that is spread over two cells."""
    return f"Cell {part} continues what cell {cell} begins; they were read as one."


def mixed_indentation(cell: int) -> str:
    """Remark on a cell whose tabs were read as spaces."""
    return f"Cell {cell} mixes tabs and spaces in its indentation; indent with four spaces throughout."


# what a function needs ---------------------------------------------------------------------------------------------


def whole_notebook(name: str) -> str:
    """Remark on code whose needs cannot be told, so that all cells were run."""
    reason = f"`{name}` uses exec, globals or %run, so the grader cannot tell what it needs"
    return f"{reason}: the whole notebook was run."


def files_used(paths: Sequence[str]) -> str:
    """Remark on which files beside the notebook an exercise needs."""
    return f"It uses {first_of(paths, _MAX_CELLS)} from beside the notebook."


def run_out_of_order(user: int, binder: int) -> str:
    """Remark on a name that is bound below the cell that needs it."""
    return f"Cell {user} needs what cell {binder} further down defines; it was run after it."


def earlier_value_counts(name: str, cell: int) -> str:
    """Remark on a later binding that the function cannot use."""
    return f"`{name}` is assigned again in cell {cell}; what it was before counts."


def earlier_value_may_count(name: str, cell: int) -> str:
    """Remark on a later binding of which only running tells whether it is used."""
    return f"`{name}` is assigned again in cell {cell}; if your function cannot use that, what it was before counts."


def graded_as_it_stood(names: Sequence[str], cells: Sequence[int], cell: int) -> str:
    """``names`` are those that ``cells`` below the function's ``cell`` change."""
    graded = f"our function was graded as it stood after cell {cell}."
    if not names:
        return f"Y{graded[:-1]}, without what the cells below do."
    changed = listed([f"`{n}`" for n in names[:_MAX_CELLS]])
    places = f"Cell{'s' * (len(cells) > 1)} {listed([*map(str, cells[:_MAX_CELLS])])}"
    return f"{places} give{'s' * (len(cells) == 1)} {changed} another value; y{graded}"


def own_instead_of_provided(name: str, cell: int) -> str:
    """Remark on a definition of a provided name that does not count."""
    return f"`{name}` is your own, from cell {cell}, not the one that was handed out; that one is used."


def unread_module(module: str, cell: int, line: int, text: str) -> str:
    """Remark on an import of a module that is not where the notebook is graded."""
    return (
        f"`{module}` is imported, and cell {cell}, line {line} ({quote(text)}) seems to bring it; that is not run "
        f"where it is graded. Put its code into a cell, or write it with `%%writefile {module}.py`."
    )


def needed_from_broken_cell(names: Collection[str], cell: int, problem: str) -> str:
    """Remark on names that nothing defines, and that stand in a cell that is no Python."""
    found = f"{listed([f'`{n}`' for n in sorted(names)])} {'is' if len(names) == 1 else 'are'} probably defined"
    return f"{found} in cell {cell}, which {problem}; mend that cell."


def more_remarks(count: int) -> str:
    """Say how many remarks are left out."""
    return f"There {'is' if count == 1 else 'are'} {plural(count, 'more remark')} like these."
