"""The logit lens against the same thing computed by hand from Hugging Face's GPT-2."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from transformer_lens import HookedTransformer
from transformers import GPT2LMHeadModel

from reference.lens import kl_divergence, logit_lens_analysis, look, top_margins
from reference.models import EMBEDDED

PROMPTS = [
    "James Potter went to school. James",
    "Alice and Bob went to the store. Alice gave the milk to",
    "hot : heiß\nThe cat",
    "a",
]


@pytest.fixture(scope="module")
def gpt2() -> GPT2LMHeadModel:
    """Hugging Face's GPT-2 in float64."""
    return GPT2LMHeadModel.from_pretrained(EMBEDDED, dtype=torch.float64).eval().requires_grad_(False)


def by_hand(gpt2: GPT2LMHeadModel, tokens: Tensor) -> tuple[Tensor, Tensor]:
    """Return log-probabilities and the final ones, with plain torch.

    The axes are (position, layer, vocabulary) and (position, vocabulary). The processed model folds the weights of the
    final norm into the unembedding, so what it unembeds at a layer is: the stream after attention, normalised without
    weights, then scaled and shifted as the final norm does.
    """
    body = gpt2.transformer
    stream = body.wte(tokens) + body.wpe.weight[: tokens.shape[1]]
    layers = []
    for block in body.h:
        stream = stream + block.attn(block.ln_1(stream))[0]
        normal = torch.nn.functional.layer_norm(stream, stream.shape[-1:], eps=1e-5)
        layers.append(gpt2.lm_head(normal * body.ln_f.weight + body.ln_f.bias)[0])
        stream = stream + block.mlp(block.ln_2(stream))
    final = gpt2.lm_head(body.ln_f(stream))[0]
    return torch.stack(layers, dim=1).log_softmax(-1), final.log_softmax(-1)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_lens_is_the_unembedded_stream_of_each_layer(
    embedded: HookedTransformer, gpt2: GPT2LMHeadModel, prompt: str
) -> None:
    """Each layer's log-probabilities are those computed by hand in float64."""
    lens = look(embedded, prompt)
    layers, final = by_hand(gpt2, lens.tokens)
    torch.testing.assert_close(lens.by_layer.double(), layers, atol=2e-4, rtol=0)
    torch.testing.assert_close(lens.final.double(), final, atol=2e-4, rtol=0)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_kl_is_cross_entropy_minus_entropy(embedded: HookedTransformer, gpt2: GPT2LMHeadModel, prompt: str) -> None:
    """The divergence is H(final, layer) - H(final), by hand in float64."""
    tokens, _, kl = logit_lens_analysis(embedded, prompt)
    layers, final = by_hand(gpt2, tokens)
    cross_entropy = -torch.einsum("pv,plv->pl", final.exp(), layers)
    entropy = -(final.exp() * final).sum(-1)
    torch.testing.assert_close(kl.double(), cross_entropy - entropy[:, None], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_best_tokens_are_those_of_the_lens(embedded: HookedTransformer, gpt2: GPT2LMHeadModel, prompt: str) -> None:
    """The best token is the one computed by hand wherever its lead is not a tie."""
    tokens, best, _ = logit_lens_analysis(embedded, prompt)
    layers, _ = by_hand(gpt2, tokens)
    clear = top_margins(layers) > 1e-3
    assert torch.equal(best[clear], layers.argmax(-1)[clear])


def test_analysis_has_the_shapes_of_the_contract(model: HookedTransformer) -> None:
    """Tokens are (1, position), best tokens and divergences (position, layer).

    The beginning of text counts as a position.
    """
    tokens, best, kl = logit_lens_analysis(model, PROMPTS[0])
    assert tokens.shape == (1, 8)
    assert best.shape == kl.shape == (8, model.cfg.n_layers)
    assert (best.dtype, kl.dtype) == (torch.int64, torch.float32)
    assert (kl > -1e-5).all()


def test_kl_has_a_direction() -> None:
    """KL(P ‖ Q) of a sure P and an even Q is ln 2 - H(P), not the reverse."""
    p, q = torch.tensor([0.75, 0.25]), torch.tensor([0.5, 0.5])
    assert kl_divergence(p.log(), q.log()).item() == pytest.approx(0.75 * 0.405465 - 0.25 * 0.693147, abs=1e-5)


def test_margin_is_the_lead_over_the_second_best() -> None:
    """The margin is first minus second, whatever their order, and zero on a tie."""
    margins = top_margins(torch.tensor([[-3.0, -1.0, -1.5], [-2.0, -2.0, -9.0]]))
    assert margins.tolist() == [0.5, 0.0]
