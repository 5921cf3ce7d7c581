"""Activations of the residual stream where a prompt's task becomes clear.

Source: Turner et al., "Activation Addition: Steering Language Models Without Optimization", arXiv:2308.10248. A prompt
such as "fast : slow" says after its colon what is to be done with the word; the first token there carries the task.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor
from transformer_lens import HookedTransformer

from reference.lens import residual_stream
from reference.pairs import DEMARCATION


def prompt_to_residual_stream_activations(model: HookedTransformer, prompt: str, demarcation_token: int) -> Tensor:
    """Return the stream (layer, width) at the first token after the first demarcation token.

    What follows in the prompt is cut off. Raises ValueError when the demarcation token is missing or the last.
    """
    tokens = model.to_tokens(prompt)
    position = tokens[0].tolist().index(demarcation_token)
    if position + 1 == tokens.shape[1]:
        raise ValueError(f"{prompt!r} ends with the demarcation token: there is no token after it.")
    _, residual = residual_stream(model, tokens[:, : position + 2])
    return residual[-1]


def create_activation_dataset(
    model: HookedTransformer, pairs: Iterable[tuple[str, str]], demarcation: str = DEMARCATION
) -> tuple[Tensor, Tensor]:
    """Return the activations of the pairs' first and second prompts.

    Each has the axes (pair, layer, width).
    """
    token = model.tokenizer.encode(demarcation)[-1]
    rows = [[prompt_to_residual_stream_activations(model, prompt, token) for prompt in pair] for pair in pairs]
    first, second = zip(*rows, strict=True)
    return torch.stack(first), torch.stack(second)
