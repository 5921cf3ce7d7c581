"""Planted signals: something known is written into a silenced model's residual stream.

Where a function reads the stream shows in what it then returns, whatever the weights of the model are.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

WRITERS = ("hook_embed", "hook_pos_embed", "hook_attn_out", "hook_mlp_out")
Array = np.ndarray[Any, Any]


@contextlib.contextmanager
def planted(model: Any, writes: dict[str, torch.Tensor]) -> Iterator[list[torch.Tensor]]:
    """Silence everything that writes into the stream but ``writes``.

    Hook names, with (position, d_model) for each. Gives a list that collects the tokens the model is run on. The hooks
    are PyTorch's own, so that ``reset_hooks`` in a student's function does not take them away.
    """
    runs: list[torch.Tensor] = []
    bias = model.unembed.b_U.data

    def writer(name: str) -> Callable[..., torch.Tensor]:
        def write(module: Any, args: Any, output: torch.Tensor) -> torch.Tensor:
            written = torch.zeros_like(output)
            if name in writes:
                signal = writes[name][: output.shape[1]]  # a student may run the model on a shorter or a padded text
                written[:, : len(signal)] = signal.to(output)
            return written

        return write

    with contextlib.ExitStack() as stack:
        stack.enter_context(model.embed.register_forward_hook(lambda module, args, output: runs.append(args[0])))
        for name in model.hook_dict:
            if name.endswith(WRITERS):
                stack.enter_context(model.hook_dict[name].register_forward_hook(writer(name)))
        model.unembed.b_U.data = torch.zeros_like(bias)
        stack.callback(setattr, model.unembed.b_U, "data", bias)
        yield runs


def known_signal(model: Any, positions: int) -> torch.Tensor:
    """Return a different, repeatable vector for each position (position, d_model)."""
    return torch.randn(positions, model.cfg.d_model, generator=torch.Generator().manual_seed(0))


def distance_from_uniform(model: Any, tokens: torch.Tensor) -> Array:
    """Return how far the model's prediction is from one that knows nothing (position).

    It is given in nats.
    """
    prediction = torch.distributions.Categorical(logits=model(tokens)[0].float())
    return (math.log(model.cfg.d_vocab) - prediction.entropy()).cpu().numpy()


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What was found in an answer (layer, d_model).

    Which positions, and how many attentions and MLPs, per layer. ``tokens`` are those that the model was run on last;
    ``elsewhere`` is whether something was found where no mark is.
    """

    positions: Array
    attentions: Array
    mlps: Array
    tokens: list[int]
    elsewhere: bool


def read_marks(model: Any, tokens: torch.Tensor, ask: Callable[[], Array]) -> Marks:
    """Mark each position, attention and MLP by a dimension, and find them in an answer."""
    length, layers = tokens.shape[-1], model.cfg.n_layers
    marks = torch.eye(model.cfg.d_model)
    writes = {"hook_embed": marks[:length]}
    for layer in range(layers):
        writes[f"blocks.{layer}.hook_attn_out"] = marks[length + layer].expand(length, -1)
        writes[f"blocks.{layer}.hook_mlp_out"] = marks[length + layers + layer].expand(length, -1)
    with planted(model, writes) as runs:
        found = ask() > 1e-3
    return Marks(
        positions=found[:, :length],
        attentions=found[:, length : length + layers].sum(axis=1),
        mlps=found[:, length + layers : length + 2 * layers].sum(axis=1),
        tokens=runs[-1].reshape(-1, runs[-1].shape[-1])[0].tolist() if runs else [],
        elsewhere=bool(found[:, length + 2 * layers :].any()),
    )
