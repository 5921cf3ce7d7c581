"""Mutations: which small changes of a function are made, and that each is still Python."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.validation.mutants import mutants
from grader.validation.mutations import exchanged_names, mutations

ASSIGNMENT = Path(__file__).resolve().parents[2] / "assignments" / "transformer_interp"


def changes(line: str) -> set[str]:
    """Return the expressions that a line of a function's body may be changed to."""
    [function] = ast.parse(f"def f(a, b, c):\n    {line}").body
    assert isinstance(function, ast.FunctionDef)
    return {mutation.new.strip("()") for mutation in mutations(function, frozenset({"torch"}))}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("return a - b", {"a + b", "b - a", "a", "b"}),
        ("return a < b", {"a <= b", "a >= b"}),
        ("return not a", {"a"}),
        ("return a and b", {"a or b"}),
        ("return a if b else c", {"a", "c"}),
        ("return -1", {"0", "-2", "1"}),
        ("return 'x'", {"'xx'"}),
        ("return torch.stack(a, b)", {"torch.stack(b, a"}),
        ("return a.argmax(dim=0)", {"a.argmax", "a.argmin(dim=0", "a", "1", "-1"}),
        ("return a[b:]", {"a", ":"}),
        ("return a, b", {"b, a"}),
        ("return range(a)", {"range(1, (a", "range((a) - 1"}),
        ("raise ValueError(f'{a - b}')", set()),
        ("a: 'int' = b", set()),
    ],
)
def test_every_kind_of_mutation_is_made(line: str, expected: set[str]) -> None:
    """Operators, comparisons, constants, indices, arguments; no messages, no annotations."""
    assert changes(line) == expected


def test_an_interchangeable_name_is_changed_in_all_its_places_at_once() -> None:
    """A hook point's name is both a key and a filter: changing one would miss the other."""
    text = 'cache["blocks.0.ln2.hook_normalized"], name.endswith("ln2.hook_normalized")'
    names = load_assignment(str(ASSIGNMENT)).interchangeable

    assert 'cache["blocks.0.hook_resid_mid"], name.endswith("hook_resid_mid")' in list(exchanged_names(text, names))
    assert len(list(exchanged_names(text, names))) == 6


@pytest.mark.parametrize("exercise", ["logit_lens_analysis", "prompt_to_residual_stream_activations"])
def test_every_mutant_of_the_course_is_another_program(exercise: str) -> None:
    """Each parses, differs from the solution and all others, and shows its difference."""
    made = mutants(load_assignment(str(ASSIGNMENT)), exercise)
    programs = {(m.file, ast.dump(ast.parse(m.source))) for m in made}
    originals = {(m.file, ast.dump(ast.parse(m.file.read_text(encoding="utf-8")))) for m in made}

    assert len(programs) == len(made) > 50
    assert not programs & originals
    assert all({"-", "+"} == {line[0] for line in m.diff.splitlines()} for m in made)
