"""No check lets a misconception pass, and each is named for what it is."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from grader.assignment import load_assignment
from grader.diagnosis import ComparedCall, Misconception, diagnose, load_misconceptions
from grader.result import Diagnosis
from grader.value import Tensor, Value
from reference.lens import logit_lens_analysis

from .conftest import as_value

Failures = Callable[..., Iterator[tuple[str, float]]]
Diagnose = Callable[[str, str, Callable[[Callable[[str], Value]], Value]], tuple[Diagnosis, ...]]

LENS, ACTIVATIONS = "logit_lens_analysis", "prompt_to_residual_stream_activations"
ASSIGNMENT = Path(__file__).resolve().parents[2] / "assignments" / "transformer_interp"
KNOWN = load_misconceptions(load_assignment(str(ASSIGNMENT)))
EACH = [pytest.param(m, id=m.id) for m in KNOWN.singles]
MODELS = ["embedded", "random"]


@pytest.fixture(scope="session")
def diagnosed(
    called: Callable[[str], SimpleNamespace], hidden_lens_checks: ModuleType, hidden_activations_checks: ModuleType
) -> Diagnose:
    """Diagnose answers to prompts that nobody has seen.

    It takes a model, an exercise, and what makes an answer out of the wrong variants' answers by their ids.
    """

    def calls(functions: SimpleNamespace, exercise: str) -> Sequence[tuple[Any, ...]]:
        if exercise == LENS:
            return [("".join(hidden_lens_checks.fresh_prompt(random.Random(4711))),)]  # noqa: S311 - prompts, not secrets
        prompt = "".join(hidden_activations_checks.telling_prompt(random.Random(4711)))  # noqa: S311
        return [(prompt, functions.demarcation_token(token)) for token in (" :", " said")]

    def of(model: str, exercise: str, make: Callable[[Callable[[str], Value]], Value]) -> tuple[Diagnosis, ...]:
        functions = called(model)

        def variant(args: tuple[Any, ...]) -> Callable[[str], Value]:
            def answer(id: str) -> Value:
                first, _, second = id.partition("+")
                return functions.both(first, second, *args) if second else getattr(functions, first)(*args)

            return answer

        cases = [
            ComparedCall(make(variant(args)), getattr(functions, exercise)(*args), variant(args))
            for args in calls(functions, exercise)
        ]
        return diagnose(cases, KNOWN.of(exercise))

    return of


def test_every_misconception_is_a_function_and_none_is_left_over(answers: Callable[[str], dict[str, Any]]) -> None:
    """Their ids are those of the wrong variants, each once, and there are enough of them."""
    names = answers("embedded")

    assert Counter(m.id for m in KNOWN.singles) == Counter([*names["LENS"], *names["ACTIVATIONS"]])
    assert len(KNOWN.singles) >= 45


@pytest.mark.parametrize("misconception", EACH)
def test_what_is_said_of_a_mistake_is_short_and_keeps_the_line_to_itself(misconception: Misconception) -> None:
    """Title and hint have fewer than forty words and hold no piece of the solution's code."""
    given_away = ("ln2", "hook_", "log_softmax", "softmax(", ".sum", "reduction", "stack(", "+ 1", "+ 2")
    read = f"{misconception.title} {misconception.hint}"

    assert misconception.hint
    assert len(read.split()) < 40
    assert not [piece for piece in given_away if piece in read]


@pytest.mark.parametrize("misconception", EACH)
def test_a_misconception_says_where_the_computation_goes_wrong(misconception: Misconception) -> None:
    """Its stage is one of the exercise's."""
    assert misconception.stage in {stage.id for stage in KNOWN.stages[misconception.exercise]}


@pytest.mark.parametrize("misconception", EACH)
def test_a_visible_check_catches_a_misconception(misconception: Misconception, failures: Failures) -> None:
    """Each wrong variant fails a check that students can make themselves."""
    assert next(failures(misconception.exercise, misconception.id, visible=True), None)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("misconception", EACH)
def test_a_misconception_is_diagnosed_as_itself(misconception: Misconception, model: str, diagnosed: Diagnose) -> None:
    """On unseen prompts the one diagnosis of a wrong variant is its own, and it is sure."""
    [diagnosis] = diagnosed(model, misconception.exercise, lambda variant: variant(misconception.id))

    assert diagnosis.id == misconception.id
    assert diagnosis.confidence >= 0.9


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("first", "second"), [pytest.param(*pair, id="+".join(pair)) for pair in KNOWN.pairs])
def test_two_mistakes_that_meet_are_both_named(first: str, second: str, model: str, diagnosed: Diagnose) -> None:
    """A declared pair is told from each mistake alone, other pairs and the right answer."""
    exercise = next(m.exercise for m in KNOWN.singles if m.id == first)

    [diagnosis] = diagnosed(model, exercise, lambda variant: variant(f"{first}+{second}"))

    assert diagnosis.id == f"{first}+{second}"
    assert diagnosis.confidence >= 0.9


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("form", ["axes_in_another_order", "extra_axis"])
@pytest.mark.parametrize("id", ["kl_reversed", "lens_resid_post_ln_final", "lens_without_bos", "kl_in_bits"])
def test_a_mistake_in_a_wrong_form_is_named_with_it(id: str, form: str, model: str, diagnosed: Diagnose) -> None:
    """Swapped axes or a batch axis on top of a mistake are the second of two mistakes."""

    def rearranged(variant: Callable[[str], Value]) -> Value:
        tokens, *rest = variant(id)
        change = {"axes_in_another_order": lambda d: d.T, "extra_axis": lambda d: d[None]}[form]
        return (tokens, *(Tensor(change(part.data), part.dtype) for part in rest))

    assert [d.id for d in diagnosed(model, LENS, rearranged)] == [f"{id}+{form}"]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("top", ["top_least_likely", "top_of_the_final_prediction"])
@pytest.mark.parametrize("kl", ["kl_reversed", "kl_in_bits", "kl_to_last_position"])
def test_a_mistake_in_each_part_is_named_with_the_other(top: str, kl: str, model: str, diagnosed: Diagnose) -> None:
    """Best tokens and divergences may each be wrong in their own way."""

    def joined(variant: Callable[[str], Value]) -> Value:
        tokens, best, _ = variant(top)
        return tokens, best, variant(kl)[2]

    assert [d.id for d in diagnosed(model, LENS, joined)] == [f"{top}+{kl}"]


@pytest.mark.parametrize("model", MODELS)
def test_a_model_loaded_without_processing_is_named(
    model: str,
    answers: Callable[[str], dict[str, Any]],
    called: Any,
    hidden_lens_checks: ModuleType,
) -> None:
    """A model from ``from_pretrained_no_processing`` is named.

    Its unembedding does not hold the final norm.
    """
    prompt = "".join(hidden_lens_checks.fresh_prompt(random.Random(4711)))  # noqa: S311 - prompts, not secrets
    raw = answers(model)["HookedTransformer"].from_pretrained_no_processing("gpt2-small")
    functions = called(model)
    case = ComparedCall(
        as_value(logit_lens_analysis(raw, prompt)),
        functions.logit_lens_analysis(prompt),
        lambda id: getattr(functions, id)(prompt),
    )

    [diagnosis] = diagnose([case], KNOWN.of(LENS))

    assert "loaded without processing" in diagnosis.title


def test_no_two_mistakes_are_told_in_the_same_words_in_one_exercise() -> None:
    """A title stands for one mistake."""
    for exercise, entries in itertools.groupby(KNOWN.singles, key=lambda m: m.exercise):
        titles = Counter(m.title for m in entries)
        assert [title for title, count in titles.items() if count > 1] == [], exercise


@pytest.mark.parametrize("exercise", [LENS, ACTIVATIONS])
def test_the_checks_pass_the_reference(exercise: str, failures: Failures) -> None:
    """The right answer passes every check."""
    assert list(failures(exercise, exercise)) == []


@pytest.mark.parametrize(
    "name", ["last_token_of_prompt", "last_demarcation_token", "position_written_down", "demarcation_written_down"]
)
def test_a_token_that_is_right_on_the_notebooks_pairs_alone_fails_a_visible_check(
    name: str, failures: Failures
) -> None:
    """Students see that they read a wrong token before it costs them the hidden checks.

    A visible text goes on after the token.
    """
    assert [check for check, _ in failures(ACTIVATIONS, name, visible=True)] == [
        "test_place",
        "test_text_that_goes_on",
    ]
