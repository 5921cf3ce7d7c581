"""Visible checks find typical mistakes by properties alone, on any weights."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from grader.planted import planted

from .conftest import ASSIGNMENT, CHECKS, as_value, items, load

LENS, ACTIVATIONS = "logit_lens_analysis", "prompt_to_residual_stream_activations"
FACTS = ("model_sizes", "prompt_tokens", "vocabulary", "demarcation_token")
Answers = Callable[[str], dict[str, Any]]

MISTAKES = [
    ("kl_reversed", "have the two distributions the other way round"),
    ("kl_in_bits", "are in bits"),
    ("kl_mean_over_vocabulary", "are means over the vocabulary"),
    ("kl_target_without_softmax", "not finite"),
    ("kl_negative", "never below zero"),
    ("kl_to_last_position", "compare each position with the final prediction at the last one"),
    ("kl_to_previous_position", "compare each position with the final prediction at the one before"),
    ("kl_to_last_lens_layer", "compare with the last layer of your lens"),
    ("results_in_another_order", "You return (tokens, kl_divergences, top_unembedded_residual_stream_caches)"),
    (
        "lens_resid_post_ln_final",
        "layer 0 of your lens says the word of the MLP of layer 0; expected that of the attent",
    ),
    ("lens_resid_post", "layer 0 of your lens says the word of the MLP of layer 0"),
    ("lens_resid_mid", "are those of a stream that is not normalised"),
    ("lens_ln1", "layer 0 of your lens says the word of the embedding"),
    ("lens_shifted_by_a_layer", "layer 0 of your lens says the word of the attention of layer 1"),
    ("lens_without_bos", "the first token, which marks the beginning of the text, is missing"),
    ("lens_another_prompt", "tokens: "),
    ("top_least_likely", "at which end of the order"),
    ("axes_swapped", "the axes are swapped"),
    ("batch_dimension_kept", "extra axis of length 1"),
    ("last_position_only", "the position axis is missing"),
    ("last_token_of_prompt", "your function reads position 14, "),
    ("demarcation_token_itself", "your function reads position 4, ' :'"),
    ("one_token_too_far", "your function reads position 6, "),
    ("last_demarcation_token", "your function reads position 10, "),
    ("demarcation_written_down", "the first token after the (first) ' said' is"),
    ("mean_over_tokens", "your function mixes 6 positions"),
    ("activations_softmax", "more than the residual stream"),
    ("activations_added_up", "mixes several activations"),
    ("all_positions", "the number of axes is 3 instead of 2"),
    ("activations_axes_swapped", "the axes are swapped"),
    ("activations_resid_mid", "not normalised"),
    ("activations_ln1", "0 attention and 0 MLP layers wrote; expected 1 attention and 0 MLP layers"),
    ("activations_without_bos", "so the model ran on other tokens"),
]
"""What a student reads who makes a mistake."""


def said(names: dict[str, Any], exercise: str, variant: str) -> Iterator[str]:
    """Yield what the visible checks say of a variant where only a model's facts are known.

    Each call runs the model, as a student's function does.
    """

    def value(*args: Any) -> Any:
        names["_run"].cache_clear()
        return as_value(names[variant](*args))

    facts = {name: (lambda *a, f=names[name]: as_value(f(*a))) for name in FACTS}
    student, reference = SimpleNamespace(**{exercise: value}), SimpleNamespace(**facts)
    for _, model, check, parameters, _ in items(load(f"checks/visible/{CHECKS[exercise]}")):
        try:
            if model == "planted":
                with planted(names["gpt2_small"]):
                    check(student, reference, **parameters)
            elif "figure" not in check.__code__.co_varnames:
                check(student, reference, **parameters)
        except AssertionError as failure:
            yield f"{failure} {getattr(failure, 'mismatch', SimpleNamespace(hint='')).hint}"
        except AttributeError:  # it asks for answers of the reference
            assert set(check.__code__.co_names) & {"check", "check_top_tokens", "check_divergences"}


@pytest.mark.parametrize(
    ("model", "exercise"),
    [
        ("embedded", ACTIVATIONS),
        ("random", LENS),
        pytest.param("embedded", LENS, marks=pytest.mark.exhaustive),
        pytest.param("random", ACTIVATIONS, marks=pytest.mark.exhaustive),
    ],
)
def test_right_answers_pass_on_any_weights(exercise: str, model: str, answers: Answers) -> None:
    """However they are computed from the notebook's model."""
    names = answers(model)
    own = ("float64_model", "less_processed_model")  # signals in the notebook's model do not reach a model of their own

    for variant in (exercise, *(v for v in names["VARIANTS"][exercise] if not v.endswith(own))):
        assert (variant, [*said(names, exercise, variant)]) == (variant, [])


@pytest.mark.parametrize("model", ["embedded", "random"])
@pytest.mark.parametrize(("mistake", "words"), [pytest.param(m, w, id=m) for m, w in MISTAKES])
def test_a_typical_mistake_is_named(mistake: str, words: str, model: str, answers: Answers) -> None:
    """A visible check says what is wrong, without recorded answers too."""
    names = answers(model)
    found = [*said(names, LENS if mistake in names["LENS"] else ACTIVATIONS, mistake)]

    assert [sentence for sentence in found if words in sentence], found


def test_the_model_is_left_as_it_was(answers: Answers) -> None:
    """After a check, also one that failed, the model says what it said before."""
    names = answers("random")
    before = names["gpt2_small"]("one : two")

    assert [*said(names, LENS, "lens_ln1")]

    assert names["gpt2_small"]("one : two").equal(before)


def test_the_visible_checks_do_not_hold_the_solution() -> None:
    """They neither name the place that the exercise reads nor compute it from a model."""
    files = [f for f in (ASSIGNMENT / "checks").rglob("*.py") if f.parent.name != "hidden"]
    code = "".join(ast.unparse(ast.parse(file.read_text(encoding="utf-8"))) for file in files)

    assert not [word for word in ("ln2", "hook_normalized", "kl_div(", "log_softmax", "run_with_cache") if word in code]


@pytest.mark.parametrize("change", ["half", "double"])
def test_a_model_is_as_it_was_after_signals_whatever_a_function_did_to_it(change: str, answers: Answers) -> None:
    """A notebook goes on with it."""
    model = answers("embedded")["gpt2_small"]
    before = {name: weight.clone() for name, weight in model.named_parameters()}

    with planted(model):
        getattr(model, change)()

    assert [name for name, weight in model.named_parameters() if not weight.equal(before[name])] == []
