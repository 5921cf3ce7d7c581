"""Whichever prompts are drawn for a submission, right answers pass and no mistake does.

``FRESH_SEEDS=800 pytest -m "" tests/assignments/test_fresh_prompts.py`` tries more of them than every run can afford:
right answers, which take the longest, on each fourth seed. ``python -m tests.assignments.many_seeds`` asks whole
notebooks.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from grader.assignment import load_assignment
from grader.diagnosis import load_misconceptions
from tests.first_of_each import first_of_each

Failures = Callable[..., Iterator[tuple[str, float]]]

COUNT = int(os.environ.get("FRESH_SEEDS", "20"))
EACH_SEED = pytest.mark.parametrize("seed", first_of_each(range(COUNT), lambda seed: seed // 5, str))
KNOWN = load_misconceptions(
    load_assignment(str(Path(__file__).resolve().parents[2] / "assignments" / "transformer_interp"))
)
HIGHEST_KL = 16  # nats


@EACH_SEED
def test_no_drawn_prompt_lets_a_mistake_pass(seed: int, failures: Failures) -> None:
    """Every set of drawn prompts alone tells every mistake from the right answer."""
    passed = [m.id for m in KNOWN.singles if not any(failures(m.exercise, m.id, seed=seed, drawn=True))]

    assert passed == []


@pytest.mark.parametrize("seed", first_of_each(range(0, COUNT, 4), type, str))
def test_no_drawn_prompt_fails_a_right_answer(
    seed: int, failures: Failures, answers: Callable[[str], dict[str, Any]]
) -> None:
    """Whatever is drawn, precision, library and way of computing do not matter."""
    failed = [
        (variant, check)
        for exercise, variants in answers("embedded")["VARIANTS"].items()
        for variant in [exercise, *variants]
        for check, _ in failures(exercise, variant, seed=seed, drawn=True)
    ]

    assert failed == []


@EACH_SEED
def test_a_drawn_prompt_of_the_lens_has_no_extreme_divergences(
    seed: int, called: Callable[[str], SimpleNamespace], hidden_lens_checks: ModuleType
) -> None:
    """A drawn prompt has no extreme divergences.

    Where a layer gives a word next to no probability, right ways to compute a divergence differ.
    """
    prompt, _ = hidden_lens_checks.fresh_prompt(random.Random(seed))  # noqa: S311 - prompts, not secrets

    _, _, kl = called("embedded").logit_lens_analysis(prompt)

    assert kl.data.max() < HIGHEST_KL


@EACH_SEED
def test_a_drawn_prompt_of_the_activations_holds_what_tells_tokens_apart(
    seed: int, answers: Callable[[str], dict[str, Any]], hidden_activations_checks: ModuleType
) -> None:
    """A drawn prompt holds what tells tokens apart.

    That is an answer of two tokens, a sentence after it, a second demarcation token, and another token to ask for.
    """
    prompt, follows = hidden_activations_checks.telling_prompt(random.Random(seed))  # noqa: S311 - prompts, not secrets
    model = answers("embedded")["gpt2_small"]
    words = model.to_str_tokens(prompt + follows)
    colons = [i for i, word in enumerate(words) if word == " :"]

    assert len(colons) == 2
    assert "".join(words[colons[0] + 1 : colons[0] + 3]) == prompt.partition(" :")[2]
    assert ". " in follows
    assert words.index(" said") + 1 < colons[0]
    assert 3 not in {colons[0] + 1, words.index(" said") + 1}


@pytest.mark.exhaustive  # test_no_drawn_prompt_... ask the same of single functions
@pytest.mark.slow
@pytest.mark.usefixtures("kept")
def test_whole_notebooks_are_asked_for_many_prompts() -> None:
    """A notebook that caches is right on each seed; one with a mistake fails, and is named."""
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run(
        [sys.executable, "-m", "tests.assignments.many_seeds", "--seeds=2", "cached_functions", "divergence_reversed"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    failed = [line for line in run.stdout.splitlines() if ", seed " in line]

    assert run.returncode == 1, run.stderr
    assert "cached_functions: 4 of 4 passed" in run.stdout
    assert len(failed) == 2
    assert all(line.startswith("divergence_reversed") and line.endswith("['kl_reversed']") for line in failed)


def test_prompts_differ_between_submissions(
    hidden_lens_checks: ModuleType, hidden_activations_checks: ModuleType
) -> None:
    """Hardly any two of two hundred seeds draw the same prompt."""
    for make in (hidden_lens_checks.fresh_prompt, hidden_activations_checks.telling_prompt):
        assert len({make(random.Random(seed)) for seed in range(200)}) > 190  # noqa: S311 - prompts, not secrets
