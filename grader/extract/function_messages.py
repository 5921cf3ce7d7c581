"""Sentences to students on functions: unreadable, not attempted, missing, or which counts."""

from __future__ import annotations

from collections.abc import Sequence

from grader.extract.messages import character_name, quote, replacement_advice

_MAX_QUOTED = 60
_MAX_CELLS = 8

EMPTY_BODY = "its body is empty."
ONLY_RAISES = "it only raises NotImplementedError."
UNCHANGED = "it is still as it was handed out."

# a function that cannot be read ------------------------------------------------------------------------------------


def unreadable_cell(name: str, cell: int, problem: str) -> str:
    """For an exercise whose cell is not Python as a whole, such as one too deep."""
    return f"`{name}` cannot be read: cell {cell} {problem}."


def unreadable_character(name: str, cell: int, line: int, column: int, character: str) -> str:
    """For an exercise whose cell holds a character that Python refuses."""
    place = f"cell {cell}, line {line}, column {column} holds {character_name(character)}"
    return f"`{name}` cannot be read: {place}; {replacement_advice(character)}."


def unreadable_markdown(name: str, cell: int, line: int) -> str:
    """For an exercise whose code cell has a fence of Markdown in it."""
    place = f"cell {cell}, line {line} is Markdown, not Python"
    return f"`{name}` cannot be read: {place}; remove the lines that begin with ````."


def unreadable_indentation(name: str, cell: int, line: int) -> str:
    """For an exercise whose cell mixes tabs and spaces beyond repair."""
    place = f"cell {cell}, line {line} is indented with a tab where other lines use spaces"
    return f"`{name}` cannot be read: {place}; use spaces only."


def unreadable_line(name: str, cell: int, line: int, reason: str, text: str) -> str:
    """For an exercise whose cell has a syntax error of any other kind."""
    return f"`{name}` cannot be read: cell {cell}, line {line} is not valid Python ({reason}): {quote(text, 200)}"


def does_not_compile(name: str, cell: int, line: int, reason: str) -> str:
    """For an exercise that Python parses and does not compile, as a `return` outside."""
    return f"`{name}` cannot be read: cell {cell}, line {line} is not valid Python ({reason})."


# a function that is not attempted, or not there --------------------------------------------------------------------


def blank_left(line: int) -> str:
    """Say why an exercise is not attempted: a blank of the task is left in it."""
    return f"a blank is still to be filled in on line {line}."


def not_attempted(name: str, cell: int, reason: str, misplaced: str) -> str:
    """For an exercise as it was handed out; ``misplaced`` tells of an attempt elsewhere."""
    return f"`{name}` in cell {cell} has not been attempted: {reason} {misplaced}".strip()


def function_place(cell: int, line: int) -> str:
    """Name the place of a function."""
    return f"cell {cell}, line {line}"


def no_function(name: str) -> str:
    """Begin what is said of an exercise of whose name there is no function."""
    return f"There is no function `{name}` in the notebook."


def missing(name: str) -> str:
    """For an exercise of which nothing at all was found."""
    return f"{no_function(name)} Define it in a code cell, not indented: `def {name}(...):`"


def missing_but_inside(name: str, place: str, inside: str, character: str) -> str:
    """``character`` is one that the name is written with and should not be, or ""."""
    sentences = [no_function(name), f"The one in {place} is inside {inside}; move it to the top level."]
    if character:
        sentences.append(f"Its name is written with {character_name(character)}; {replacement_advice(character)}.")
    return " ".join(sentences)


def missing_but_misplaced(name: str, misplaced: str) -> str:
    """For an exercise whose function stands where it is not run."""
    return f"No code cell defines `{name}`. {misplaced}"


def missing_but_near(name: str, near: str, place: str, inside: str) -> str:
    """For an exercise without a function where another one's name is nearly its."""
    moved = f" It is inside {inside}; move it to the top level." if inside else ""
    return f"{no_function(name)} Did you mean `{near}` in {place}? Rename it to `{name}`.{moved}"


def star_import(first_line: str, cell: int) -> str:
    """For an exercise without a function where a star import may bring one."""
    return f"If `{first_line}` in cell {cell} was meant to define it, copy the function into a code cell."


def misplaced(cell: int, first_line: str, remedy: str, *, also: bool) -> str:
    """Tell of code for an exercise that is not run; ``remedy`` says why and what to do."""
    return f"It {'also ' * also}stands in cell {cell} ({quote(first_line)}), {remedy}."


def in_other_cell_type(cell_type: str) -> str:
    """Say why code in a text or raw cell is not run."""
    kind = "text" if cell_type == "markdown" else "raw"
    return f"which is a {kind} cell and is not run; make it a code cell"


def below_cell_magic(magic: str) -> str:
    """Say why code below a cell magic defines nothing."""
    return f"which begins with `{magic}` and so defines nothing in the notebook; remove that line"


def commented_out(line: int) -> str:
    """Say why code behind `#` defines nothing."""
    return f"where it is commented out; remove the `#` from line {line} on"


NOT_DEFINED_THERE = "where running the cell does not define it; move it to the top level of a code cell of its own"


def undone_by_decorator(name: str, cell: int, decorator: str, line: int) -> str:
    """For an exercise that a decorator makes something else than a function."""
    return (
        f"`{name}` in cell {cell} is not a function after its decorator `@{decorator[:_MAX_QUOTED]}` (line {line}) "
        "is applied; let the decorator return a function, or remove it."
    )


def in_unused_block(name: str, cell: int, line: int, header: str, header_line: int) -> str:
    """For an exercise below an `if` or the like that is not entered."""
    return (
        f"`{name}` is defined in cell {cell}, line {line}, below {quote(header)} (line {header_line}), and that part "
        "of the cell is not run; move it out of there, to the top level of the cell."
    )


# which binding counts ----------------------------------------------------------------------------------------------


def defined_more_than_once(name: str, cells: Sequence[int], counts: int) -> str:
    """Remark on which of several functions of one name is graded."""
    places = [f"cell {cell}" for cell in dict.fromkeys(cells)]
    if len(places) > _MAX_CELLS + 1:
        places[_MAX_CELLS:-1] = ["..."]
    return f"`{name}` is defined more than once ({', '.join(places)}); the one in cell {counts} counts."


def is_class(name: str, cell: int) -> str:
    """Remark on an exercise's name that is bound to a class."""
    return f"`{name}` in cell {cell} is a class, so calling it makes an object of that class; hand in a function."


def bound_again(name: str, cell: int, line: int) -> str:
    """Return the beginning of a sentence."""
    return f"`{name}` is assigned again in cell {cell}, line {line}"


def bound_again_in_doubt(again: str, counts: int) -> str:
    """Remark on a later binding that only running can tell about."""
    return f"{again}; if that is not a function, the one in cell {counts} counts."


def bound_again_not_attempted(again: str, counts: int) -> str:
    """Remark on a later function that is still as it was handed out."""
    return f"{again}, where it has not been attempted; the one in cell {counts} counts."


def bound_again_to_value(again: str, cell: int, counts: int) -> str:
    """Remark on a later binding to no function, which does not count."""
    return (
        f"{again}, to something that is not a function: when the notebook is run, it takes the function's place. "
        f"The one in cell {counts} counts; give what is in cell {cell} another name."
    )


def deleted(name: str, cell: int, line: int, counts: int) -> str:
    """Remark on a `del` below an exercise, which does not count."""
    return f"`{name}` is deleted in cell {cell}, line {line}; the one in cell {counts} counts. Remove that line."


def also_in_broken_cell(name: str, cell: int, problem: str, counts: int) -> str:
    """Remark on another function of the name, in a cell that is no Python."""
    return f"Cell {cell} also defines `{name}`, but {problem}; the one in cell {counts} counts."


def near_miss(name: str, other: str, cell: int) -> str:
    """Remark on a function that counts although its name is spelled otherwise."""
    return f"`{other}` in cell {cell} is graded as `{name}`; give it that name."


def confusable_name(name: str, cell: int, character: str) -> str:
    """Remark on a function that counts although its name has a look-alike character."""
    written = f"The name of `{name}` in cell {cell} is written with {character_name(character)}"
    return f"{written}; {replacement_advice(character)}."
