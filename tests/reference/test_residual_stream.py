"""Activations at the token where the task becomes clear."""

from __future__ import annotations

import pytest
import torch
from transformer_lens import HookedTransformer

from reference.activations import create_activation_dataset, prompt_to_residual_stream_activations
from reference.pairs import DEMARCATION, load_pairs


def colon(model: HookedTransformer) -> int:
    """The demarcation token, as the course finds it."""
    return model.tokenizer.encode(DEMARCATION)[-1]


def test_activations_are_the_normalised_stream_after_attention(model: HookedTransformer) -> None:
    """Layer i holds the stream after attention i at the token after the colon.

    It is centred and scaled by hand.
    """
    prompt = "fast : slow"
    _, cache = model.run_with_cache(prompt)
    found = prompt_to_residual_stream_activations(model, prompt, colon(model))
    assert found.shape == (model.cfg.n_layers, model.cfg.d_model)
    for layer, activation in enumerate(found):
        stream = cache[f"blocks.{layer}.hook_resid_mid"][0, 3].double()
        stream = stream - stream.mean()
        expected = stream / (stream.square().mean() + model.cfg.eps).sqrt()
        torch.testing.assert_close(activation.double(), expected, atol=1e-4, rtol=0)


def test_what_follows_the_first_token_after_the_colon_is_cut_off(model: HookedTransformer) -> None:
    """Further words and further colons change nothing."""
    short = prompt_to_residual_stream_activations(model, "fast : slow", colon(model))
    long = prompt_to_residual_stream_activations(model, "fast : slow and steady. big : small", colon(model))
    torch.testing.assert_close(short, long)


def test_prompt_without_the_demarcation_token_is_refused(embedded: HookedTransformer) -> None:
    """There is no position to read without a colon."""
    with pytest.raises(ValueError, match="is not in list"):
        prompt_to_residual_stream_activations(embedded, "fast slow", colon(embedded))


def test_prompt_that_ends_with_the_demarcation_token_is_refused(embedded: HookedTransformer) -> None:
    """There is no token after the colon to read."""
    with pytest.raises(ValueError, match="ends with the demarcation token"):
        prompt_to_residual_stream_activations(embedded, "fast :", colon(embedded))


def test_dataset_keeps_the_order_of_the_pairs(embedded: HookedTransformer) -> None:
    """Row i of each half belongs to pair i."""
    pairs = load_pairs()[:3]
    first, second = create_activation_dataset(embedded, pairs)
    assert first.shape == second.shape == (3, embedded.cfg.n_layers, embedded.cfg.d_model)
    for row, (opposite, german) in enumerate(pairs):
        assert torch.equal(first[row], prompt_to_residual_stream_activations(embedded, opposite, colon(embedded)))
        assert torch.equal(second[row], prompt_to_residual_stream_activations(embedded, german, colon(embedded)))


def test_pairs_share_their_word() -> None:
    """Both prompts of a pair are one word and its completion, parted by the demarcation."""
    pairs = load_pairs()
    assert len(pairs) == 97
    for opposite, german in pairs:
        assert opposite.split(" : ")[0] == german.split(" : ")[0]
        assert opposite.count(" : ") == german.count(" : ") == 1
