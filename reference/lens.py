"""The logit lens: what each layer of a transformer would predict if it were the last.

Source: nostalgebraist, "interpreting GPT: the logit lens", 2020; the distance to the final prediction as in Belrose
et al., "Eliciting Latent Predictions from Transformers with the Tuned Lens", arXiv:2303.08112.

Layer i is read where the course reads it: in the residual stream after the attention of block i, normalised on its way
into the block's feedforward (``blocks.{i}.ln2.hook_normalized``), and unembedded as it is, without the final norm.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from transformer_lens import HookedTransformer


@dataclass(frozen=True, slots=True, eq=False)
class Lens:
    """Log-probabilities (natural logarithm) of the next token at every position of a prompt.

    ``tokens`` (1, position), ``by_layer`` (position, layer, vocabulary), ``final`` (position, vocabulary).
    """

    tokens: Tensor
    by_layer: Tensor
    final: Tensor


def residual_stream(model: HookedTransformer, tokens: Tensor) -> tuple[Tensor, Tensor]:
    """Return the final logits and the residual stream.

    Their axes: (position, vocabulary) and (position, layer, width). ``tokens`` is (1, position).
    """
    logits, cache = model.run_with_cache(tokens, names_filter=lambda name: name.endswith("ln2.hook_normalized"))
    layers = [cache[f"blocks.{layer}.ln2.hook_normalized"][0] for layer in range(model.cfg.n_layers)]
    return logits[0], torch.stack(layers, dim=1)


def look(model: HookedTransformer, prompt: str) -> Lens:
    """Return the predictions of every layer, and of the whole model, for a prompt."""
    tokens = model.to_tokens(prompt)
    logits, residual = residual_stream(model, tokens)
    return Lens(tokens, model.unembed(residual).log_softmax(dim=-1), logits.log_softmax(dim=-1))


def logit_lens_analysis(model: HookedTransformer, prompt: str) -> tuple[Tensor, Tensor, Tensor]:
    """Return a prompt's tokens, each layer's best next token, and KL(final ‖ layer).

    Tokens are (1, position), best tokens int64 (position, layer), divergences (position, layer) in nats.
    """
    lens = look(model, prompt)
    return lens.tokens, lens.by_layer.argmax(dim=-1), kl_divergence(lens.final[:, None], lens.by_layer)


def kl_divergence(log_p: Tensor, log_q: Tensor) -> Tensor:
    """Return KL(P ‖ Q) = Σ P · (log P - log Q) over the last axis, in nats.

    Both are log-probabilities and broadcast. Source: Kullback and Leibler, "On Information and Sufficiency", 1951.
    """
    return (log_p.exp() * (log_p - log_q)).sum(dim=-1)


def top_margins(log_probabilities: Tensor) -> Tensor:
    """Return the lead of the best of the last axis over the second best.

    Near zero, either may come out as the best.
    """
    best = log_probabilities.topk(2, dim=-1).values
    return best[..., 0] - best[..., 1]
