"""The tests that students run find typical mistakes and do not tell the solution."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ASSIGNMENT = Path(__file__).resolve().parents[2] / "assignments" / "transformer_interp"
LENS, ACTIVATIONS = "logit_lens_analysis", "prompt_to_residual_stream_activations"
Answers = Callable[[str], dict[str, Any]]

# What a student reads, and whether it is read on a model without recorded answers as well.
MISTAKES = [
    ("kl_reversed", "Which distribution is P and which is Q"),
    ("kl_in_bits", "bits"),
    ("kl_mean_over_vocabulary", "sum over the words"),
    ("kl_target_without_softmax", "not finite"),
    ("kl_negative", "never below zero"),
    ("kl_to_last_position", "Each of your positions has the divergence of the last one all the same"),
    ("results_in_another_order", "You return (tokens, kl_divergences, top_unembedded_residual_stream_caches)"),
    ("kl_to_last_lens_layer", "Your last layer agrees with it all the same"),
    ("lens_resid_post_ln_final", "Your last layer agrees with it all the same"),
    ("lens_resid_mid", "normalised"),
    ("lens_ln1", "yours sees it from layer"),
    ("lens_shifted_by_a_layer", "count your layers"),
    ("lens_without_bos", "the first token, which marks the beginning of the text, is missing"),
    ("top_least_likely", "yours says another"),
    ("axes_swapped", "the axes are swapped"),
    ("batch_dimension_kept", "extra axis of length 1"),
    ("last_position_only", "the position axis is missing"),
    ("last_token_of_prompt", "reads position"),
    ("demarcation_token_itself", "reads position 2, ' :'"),
    ("one_token_too_far", "reads position 4"),
    ("last_demarcation_token", "reads position"),
    ("mean_over_tokens", "mixes"),
    ("activations_softmax", "more than the residual stream"),
    ("all_positions", "the number of axes is 3 instead of 2"),
    ("activations_axes_swapped", "the axes are swapped"),
    ("activations_resid_mid", "not normalised"),
    ("activations_ln1", "0 attention and 0 MLP layers wrote; expected 1 and 0"),
    ("activations_without_bos", "no beginning of its tokens"),
]


def ask(in_notebook: ModuleType, names: dict[str, Any], function: Any, exercise: str) -> None:
    getattr(in_notebook, f"test_{exercise}")(function, names["gpt2_small"])


def forgetful(names: dict[str, Any], mistake: str) -> Callable[..., Any]:
    """Return a wrong variant that runs the model on each call, as a student's function does."""

    def function(*args: Any) -> Any:
        names["_run"].cache_clear()
        return names[mistake](*args)

    return function


@pytest.mark.parametrize("exercise", [LENS, ACTIVATIONS])
@pytest.mark.parametrize(("model", "values"), [("embedded", True), ("random", False)])
def test_the_solution_passes_and_is_told_what_was_checked(
    exercise: str,
    model: str,
    values: bool,
    answers: Answers,
    in_notebook: ModuleType,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The right function passes, and the text says if values were checked or properties."""
    names = answers(model)

    ask(in_notebook, names, names[exercise], exercise)

    said = capsys.readouterr().out
    assert "visible checks pass" in said
    assert ("recorded answers" in said) is values
    assert ("No answers are recorded for this model" in said) is not values


@pytest.mark.parametrize("model", ["embedded", "random"])
@pytest.mark.parametrize(("mistake", "words"), [pytest.param(m, w, id=m) for m, w in MISTAKES])
def test_a_typical_mistake_is_named(
    mistake: str, words: str, model: str, answers: Answers, in_notebook: ModuleType
) -> None:
    """A typical mistake fails with a sentence that points at it, without recorded answers too."""
    names = answers(model)
    exercise = LENS if mistake in names["LENS"] else ACTIVATIONS

    with pytest.raises(in_notebook.CheckFailed) as failure:
        ask(in_notebook, names, forgetful(names, mistake), exercise)

    assert words in str(failure.value)


def test_a_function_that_does_not_run_the_tested_model_is_not_failed_for_it(
    answers: Answers, in_notebook: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """A function with a model of its own is not failed, and the text says so.

    Signals planted in the tested model say nothing about it.
    """
    names = answers("random")
    copied = copy.deepcopy(names["gpt2_small"])

    getattr(in_notebook, f"test_{LENS}")(names[LENS], copied)

    assert "did not run the model that it is tested with" in capsys.readouterr().out


def test_an_unfinished_function_is_told_where_it_stopped(answers: Answers, in_notebook: ModuleType) -> None:
    """The untouched exercise says at which line it stopped and that this is as it should be."""

    def logit_lens_analysis(input_prompt: str) -> Any:
        return input_prompt, kl_divergences  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(in_notebook.CheckFailed, match="not finished yet") as failure:
        ask(in_notebook, answers("embedded"), logit_lens_analysis, LENS)

    assert "return input_prompt, kl_divergences" in str(failure.value)


def test_the_model_is_left_as_it_was(answers: Answers, in_notebook: ModuleType) -> None:
    """After a test, also one that failed, the model says what it said before."""
    names = answers("random")
    model = names["gpt2_small"]
    before = model("one : two")

    with pytest.raises(in_notebook.CheckFailed):
        ask(in_notebook, names, forgetful(names, "lens_ln1"), LENS)

    assert model("one : two").equal(before)


def test_recorded_answers_are_those_of_the_reference(answers: Answers, in_notebook: ModuleType) -> None:
    """answers.json knows the embedded model: run record_answers.py when this fails."""
    assert in_notebook._recorded_answers(answers("embedded")["gpt2_small"])


def test_a_failure_shows_no_code_of_the_tests(in_notebook: ModuleType) -> None:
    """In Jupyter a failed check is one message, without a traceback through the tests."""
    assert in_notebook.CheckFailed("Too short.")._render_traceback_() == ["CheckFailed: Too short."]


@pytest.mark.parametrize("file", ["tests.py", "planted.py"])
def test_the_tests_do_not_hold_the_solution(file: str) -> None:
    """What students get does not hold the solution.

    It neither reads the place of the exercise nor computes a KL divergence from logits.
    """
    code = ast.unparse(ast.parse((ASSIGNMENT / file).read_text(encoding="utf-8")))

    assert not [word for word in ("ln2", "hook_normalized", "kl_div(", "log_softmax", "run_with_cache") if word in code]
