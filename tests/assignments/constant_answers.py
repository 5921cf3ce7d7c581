# ruff: noqa: F821 - gpt2_small, t and the solution are there when this file runs, as in misconceptions.py
"""Answers that cost no thought: right in form at best, the same numbers whatever is asked."""

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


def activations_of_a_visible_prompt(prompt: str, demarcation_token: int) -> Any:
    return prompt_to_residual_stream_activations("fast : slow", COLON)


def activations_of_another_prompt(prompt: str, demarcation_token: int) -> Any:
    return prompt_to_residual_stream_activations("nobody : asks", COLON)
