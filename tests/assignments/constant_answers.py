# ruff: noqa: F821 - gpt2_small, t and the solution are there when this file runs, as in misconceptions.py
"""Answers that cost no thought: right in form at best, the same whatever is asked."""

from __future__ import annotations

from typing import Any

COLON = demarcation_token(" :")


def _lens_filled(input_prompt: str, top: Any, kl: Any) -> Any:
    tokens = gpt2_small.to_tokens(input_prompt)
    shape = tokens.shape[1], gpt2_small.cfg.n_layers
    return tokens, top(shape), kl(shape)


def lens_zeros(input_prompt: str) -> Any:
    return _lens_filled(input_prompt, lambda shape: t.zeros(shape, dtype=t.int64), t.zeros)


def lens_ones(input_prompt: str) -> Any:
    return _lens_filled(input_prompt, lambda shape: t.ones(shape, dtype=t.int64), t.ones)


def lens_random(input_prompt: str) -> Any:
    return _lens_filled(input_prompt, lambda shape: t.randint(gpt2_small.cfg.d_vocab, shape), t.rand)


def lens_empty(input_prompt: str) -> Any:
    return t.empty(1, 0), t.empty(0, dtype=t.int64), t.empty(0)


def lens_nothing(input_prompt: str) -> Any:
    return None


def lens_numbers(input_prompt: str) -> Any:
    return 10**20, 0.5, 0.5


def lens_texts(input_prompt: str) -> Any:
    return ["a"], "b", ["c"]


def lens_lists_of_numbers(input_prompt: str) -> Any:
    return [[1]], [[t.tensor(1.0)]], [t.tensor(1.0)]


def lens_of_three_axes(input_prompt: str) -> Any:
    return t.rand(1, 1, 3), t.zeros(1, 1, 3, dtype=t.int64), t.rand(1, 1, 3)


def lens_of_the_first_visible_prompt(input_prompt: str) -> Any:
    return logit_lens_analysis("James Potter went to school. James")


def lens_of_the_second_visible_prompt(input_prompt: str) -> Any:
    return logit_lens_analysis("Alice and Bob went to the store. Alice gave the milk to")


def lens_of_another_prompt(input_prompt: str) -> Any:
    return logit_lens_analysis("Nobody asks for this")


def activations_zeros(prompt: str, demarcation_token: int) -> Any:
    return t.zeros(gpt2_small.cfg.n_layers, gpt2_small.cfg.d_model)


def activations_ones(prompt: str, demarcation_token: int) -> Any:
    return t.ones(gpt2_small.cfg.n_layers, gpt2_small.cfg.d_model)


def activations_random(prompt: str, demarcation_token: int) -> Any:
    return t.randn(gpt2_small.cfg.n_layers, gpt2_small.cfg.d_model)


def activations_empty(prompt: str, demarcation_token: int) -> Any:
    return t.empty(0)


def activations_nothing(prompt: str, demarcation_token: int) -> Any:
    return None


def activations_number(prompt: str, demarcation_token: int) -> Any:
    return 0.5


def activations_huge_number(prompt: str, demarcation_token: int) -> Any:
    return 10**20


def activations_list_of_a_number(prompt: str, demarcation_token: int) -> Any:
    return [t.tensor(1.0)]


def activations_of_three_axes(prompt: str, demarcation_token: int) -> Any:
    return t.rand(1, 1, 3)


def activations_text(prompt: str, demarcation_token: int) -> Any:
    return "nothing"


def activations_of_a_visible_prompt(prompt: str, demarcation_token: int) -> Any:
    return prompt_to_residual_stream_activations("fast : slow", COLON)


def activations_of_another_prompt(prompt: str, demarcation_token: int) -> Any:
    return prompt_to_residual_stream_activations("nobody : asks", COLON)
