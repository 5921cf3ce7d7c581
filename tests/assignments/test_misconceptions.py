"""The bank of misconceptions: readable as data, one function each, and no check lets one of them pass."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.assignment import load_assignment
from grader.diagnose import Case, load_bank, match

Failures = Callable[[str, str], Iterator[tuple[str, float]]]
ASSIGNMENT = Path(__file__).resolve().parents[2] / "assignments" / "transformer_interp"
TREE = ast.parse((ASSIGNMENT / "misconceptions.py").read_text(encoding="utf-8"))
BANK = next(
    ast.literal_eval(node.value)
    for node in TREE.body
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "MISCONCEPTIONS"
)
EACH = [pytest.param(entry, id=entry["id"]) for entry in BANK]
FUNCTIONS = {node.name: [a.arg for a in node.args.args] for node in TREE.body if isinstance(node, ast.FunctionDef)}
TELLING = "hot : cold water, new : neu, big : small, the end"
PARAMETERS = {
    "logit_lens_analysis": ["input_prompt"],
    "prompt_to_residual_stream_activations": ["prompt", "demarcation_token"],
}


def test_every_misconception_is_a_function_and_none_is_left_over() -> None:
    """The bank's ids and the module's public functions are the same names, each once."""
    assert Counter(entry["id"] for entry in BANK) == Counter(name for name in FUNCTIONS if not name.startswith("_"))


@pytest.mark.parametrize("entry", EACH)
def test_a_misconception_is_called_like_its_exercise(entry: dict[str, str]) -> None:
    """A wrong variant has the parameters of the function that it stands for."""
    assert FUNCTIONS[entry["id"]] == PARAMETERS[entry["exercise"]]


@pytest.mark.parametrize("entry", EACH)
def test_a_hint_is_short_and_keeps_the_line_to_itself(entry: dict[str, str]) -> None:
    """A hint has at most forty words and holds no piece of the solution's code."""
    given_away = ("ln2", "hook_", "log_softmax", "softmax(", ".sum", "reduction", "stack(", "+ 1", "+ 2")

    assert len(entry["hint"].split()) <= 40
    assert not [piece for piece in given_away if piece in entry["hint"]]


@pytest.mark.parametrize("entry", EACH)
def test_the_checks_catch_a_misconception(entry: dict[str, str], failures: Failures) -> None:
    """Each wrong variant fails a check of its exercise."""
    assert next(failures(entry["exercise"], entry["id"]), None)


@pytest.mark.parametrize("model", ["embedded", "random"])
@pytest.mark.parametrize("entry", EACH)
def test_a_misconception_is_diagnosed_as_itself(
    entry: dict[str, str], model: str, called: Callable[[str], SimpleNamespace]
) -> None:
    """On a prompt that tells them apart, the first diagnosis of a wrong variant is its own, and it is sure."""
    functions, exercise = called(model), entry["exercise"]
    bank = load_bank(load_assignment(str(ASSIGNMENT))).of(exercise)
    arguments = (TELLING,) if exercise == "logit_lens_analysis" else (TELLING, functions.demarcation_token(" :"))
    expected = getattr(functions, exercise)(*arguments)
    variants = {m.id: getattr(functions, m.id)(*arguments) for m in bank.misconceptions}

    [diagnosis] = match([Case(variants[entry["id"]], expected, variants.__getitem__)], bank)

    assert diagnosis.id == entry["id"]
    assert diagnosis.confidence >= 0.9


@pytest.mark.parametrize("exercise", PARAMETERS)
def test_the_checks_pass_the_reference(exercise: str, failures: Failures) -> None:
    """The right answer passes every check."""
    assert list(failures(exercise, exercise)) == []


@pytest.mark.parametrize("name", ["last_token_of_prompt", "last_demarcation_token"])
def test_only_telling_prompts_catch_a_wrong_token(name: str, failures: Failures) -> None:
    """A token that is right on every pair of the notebook passes the visible prompts, and the hidden ones catch it."""
    failed = {check for check, _ in failures("prompt_to_residual_stream_activations", name)}

    assert failed
    assert "test_values" not in failed
