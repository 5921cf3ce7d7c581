"""The two pictures of the exercises."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from reference.separability import principal_components


def plot_logit_lens(tokenizer: Any, tokens: Tensor, top_tokens: Tensor, kl_divergences: Tensor) -> Figure:
    """Draw each layer's best next token over each token of the prompt.

    The further from the final prediction, the redder. ``tokens`` (position,), ``top_tokens`` and ``kl_divergences``
    (position, layer).
    """
    positions, layers = top_tokens.shape
    figure = Figure(figsize=(max(6.0, 0.8 * positions), 1 + 0.5 * layers), layout="constrained")
    axes = figure.add_subplot()
    mesh = axes.pcolormesh(kl_divergences.T.detach().numpy(), cmap="Reds", edgecolors="black", linewidth=0.5)
    for position, layer in np.ndindex(positions, layers):
        text = _visible(tokenizer.decode([int(top_tokens[position, layer])]))
        axes.text(position + 0.5, layer + 0.5, text, ha="center", va="center", fontsize=8)
    names = [_visible(tokenizer.decode([token])) for token in tokens.tolist()]
    axes.set_xticks(np.arange(positions) + 0.5, names, rotation=45, ha="right")
    axes.set_yticks(np.arange(layers) + 0.5, [str(layer) for layer in range(layers)])
    axes.set(title="Logit lens", xlabel="Token", ylabel="Layer")
    figure.colorbar(mesh, label="KL(final ‖ layer) in nats")
    return figure


def plot_activation_separability(
    a: Tensor, b: Tensor, layer: int, labels: tuple[str, str] = ("opposite", "German")
) -> Figure:
    """Draw two tasks' activations at one layer in the plane of their principal components.

    Each has the axes (prompt, layer, width).
    """
    figure = Figure(layout="constrained")
    axes = figure.add_subplot()
    for points, label in zip(principal_components(a, b, layer), labels, strict=True):
        axes.scatter(points[:, 0], points[:, 1], alpha=0.5, label=label)
    axes.set(title=f"Activations at layer {layer}", xlabel="First component", ylabel="Second component")
    axes.legend()
    return figure


def _visible(text: str) -> str:
    """Show what would break a label: line ends and the dollar sign of formulas."""
    return text.replace("\n", "\\n").replace("$", r"\$")
