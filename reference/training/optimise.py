"""Train the network: six hundred steps that are enough for the course's phenomena."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own convention

from reference.training.batches import Packer
from reference.training.corpus import Writer
from reference.training.muon import Muon
from reference.training.network import GPT2


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the weights, together with the text."""

    layers: int = 8
    width: int = 128
    heads: int = 4
    context: int = 256
    steps: int = 600
    tokens_per_step: int = 24 * 64
    first_length: int = 32
    length: int = 64
    warm_up: int = 60
    matrix_rate: float = 0.01
    other_rate: float = 3e-3
    seed: int = 0


def train(tokenizer: Tokenizer, recipe: Recipe, tell: Callable[[str], None]) -> GPT2:
    """Return the trained network; the same recipe gives the same weights on the same machine."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(recipe.seed)
    network = GPT2(
        vocabulary=tokenizer.get_vocab_size(),
        context=recipe.context,
        width=recipe.width,
        layers=recipe.layers,
        heads=recipe.heads,
    )
    packer = Packer(tokenizer, Writer(seed=1000 + recipe.seed))
    optimisers = _optimisers(network, recipe)
    schedules = [torch.optim.lr_scheduler.LambdaLR(o, lambda step: _rate(step, recipe)) for o in optimisers]
    for step in range(recipe.steps):
        loss = _loss(network, *_batch(packer, step, recipe))
        for optimiser in optimisers:
            optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        for optimiser, schedule in zip(optimisers, schedules, strict=True):
            optimiser.step()
            schedule.step()
        if (step + 1) % 50 == 0:
            tell(f"step {step + 1} of {recipe.steps}: loss {loss.item():.3f}")
    return network.eval()


def _optimisers(network: GPT2, recipe: Recipe) -> list[torch.optim.Optimizer]:
    """Muon for the blocks' matrices, AdamW for embeddings, norms and biases."""
    matrices = [p for name, p in network.named_parameters() if p.ndim == 2 and ".h." in name]
    others = [p for name, p in network.named_parameters() if not (p.ndim == 2 and ".h." in name)]
    adam = torch.optim.AdamW(others, lr=recipe.other_rate, betas=(0.9, 0.95), weight_decay=0.0, fused=True)
    return [Muon(matrices, lr=recipe.matrix_rate), adam]


def _rate(step: int, recipe: Recipe) -> float:
    """Return the share of the full rate.

    A linear start, then half a cosine down to three hundredths.
    """
    cosine = 0.5 * (1 + math.cos(math.pi * step / recipe.steps))
    return min(1.0, (step + 1) / recipe.warm_up) * (0.97 * cosine + 0.03)


def _batch(packer: Packer, step: int, recipe: Recipe) -> tuple[Tensor, Tensor]:
    """Return the rows of a step: short ones at first, those of full length every 25th time.

    So every position is learnt.
    """
    length = recipe.first_length if step < recipe.steps // 2 else recipe.length
    if step % 25 == 24:
        length = recipe.context - 1
    return packer.batch(recipe.tokens_per_step // length, length + 1)


def _loss(network: GPT2, tokens: Tensor, weights: Tensor) -> Tensor:
    """Return the weighted cross entropy of the next token."""
    logits = network(tokens[:, :-1])
    entropies = F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten(), reduction="none")
    weights = weights[:, 1:].flatten()
    return (entropies * weights).sum() / weights.sum()
