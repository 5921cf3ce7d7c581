"""Separability and pictures, on points whose answer is known."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import torch
from transformer_lens import HookedTransformer

from reference.lens import logit_lens_analysis
from reference.plots import plot_activation_separability, plot_logit_lens
from reference.separability import principal_components, separability


def clouds(distance: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Two clouds whose centres lie apart along the first axis.

    Each has 40 prompts, 1 layer, 5 dimensions.
    """
    generator = torch.Generator().manual_seed(0)
    a, b = torch.randn(2, 40, 1, 5, generator=generator)
    return a - torch.eye(5)[0] * distance / 2, b + torch.eye(5)[0] * distance / 2


def test_clouds_far_apart_are_separable() -> None:
    """A line parts clouds that do not touch."""
    assert separability(*clouds(20)).tolist() == [1.0]


def test_mixed_clouds_are_not_separable() -> None:
    """No line parts clouds that lie in one place."""
    assert separability(*clouds(0))[0] < 0.7


def test_a_difference_outside_the_plane_is_not_seen() -> None:
    """A small difference outside the two components does not count, though it parts clouds."""
    a, b = clouds(0)
    stretch = torch.tensor([0.01, 10, 10, 1, 1])
    a, b = a * stretch, b * stretch
    a[..., 0] -= 1
    b[..., 0] += 1
    assert separability(a, b)[0] < 0.7


def test_components_are_those_of_both_sets_together() -> None:
    """The projection is the one of the singular value decomposition of all points, up to sign."""
    a, b = clouds(5)
    both = torch.cat([a, b])[:, 0].double()
    u, s, _ = torch.linalg.svd(both - both.mean(0), full_matrices=False)
    found = np.concatenate(principal_components(a, b, layer=0))
    np.testing.assert_allclose(np.abs(found), (u * s)[:, :2].abs().numpy(), atol=1e-9)


def test_lens_plot_names_every_token(embedded: HookedTransformer) -> None:
    """The grid has a text per position and layer, and draws without a warning."""
    prompt = "hot : heiß\n$5"
    tokens, best, kl = logit_lens_analysis(embedded, prompt)
    figure = plot_logit_lens(embedded.tokenizer, tokens[0], best, kl)
    figure.canvas.draw()
    assert len(figure.axes[0].texts) == best.numel()


def test_scatter_plot_shows_every_activation() -> None:
    """Each set is drawn with all its points."""
    figure = plot_activation_separability(*clouds(5), layer=0)
    figure.canvas.draw()
    assert [len(drawn.get_offsets()) for drawn in figure.axes[0].collections] == [40, 40]


def test_pictures_need_no_window() -> None:
    """Figures stand outside pyplot, which would keep them."""
    before = plt.get_fignums()
    plot_activation_separability(*clouds(5), layer=0)
    assert plt.get_fignums() == before
