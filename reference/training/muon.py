"""The Muon optimiser: momentum whose matrices are made orthogonal before each step.

Source: Keller Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024,
https://kellerjordan.github.io/posts/muon/; step size 0.2 * sqrt(longest side) from Liu et al., "Muon is scalable for
LLM training", arXiv:2502.16982. ``torch.optim.Muon`` works in bfloat16 and one matrix at a time: slow on a CPU.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

_ITERATIONS = 5


def orthogonalise(matrices: Tensor) -> Tensor:
    """Push the singular values of each of ``matrices`` (matrix, row, column) towards one.

    They may be wide or square. Five Newton-Schulz steps ``X <- aX + (bA + cA²)X`` with ``A = XXᵀ`` and the coefficients
    of the source.
    """
    x: Tensor = matrices / (matrices.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(_ITERATIONS):
        a = x @ x.mT
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * (a @ a)) @ x
    return x


class Muon(torch.optim.Optimizer):
    """Muon for the weight matrices of a GPT-2.

    A matrix three times as wide as high is taken as its q, k and v.
    """

    def __init__(self, matrices: Iterable[nn.Parameter], lr: float, momentum: float = 0.95, decay: float = 0.1) -> None:
        super().__init__(matrices, {"lr": lr, "momentum": momentum, "decay": decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override] # no closure is ever needed here
        """Take one step down the gradients."""
        for group in self.param_groups:
            self._step_group(group)

    def _step_group(self, group: dict[str, Any]) -> None:
        # Matrices of one shape are orthogonalised together: one large product costs less than many small ones.
        by_shape: dict[tuple[int, int], list[tuple[Tensor, Tensor]]] = defaultdict(list)
        for weight in group["params"]:
            update = self._momentum(weight, group["momentum"])
            parts = 3 if weight.shape[1] == 3 * weight.shape[0] else 1
            for part, change in zip(weight.data.chunk(parts, 1), update.chunk(parts, 1), strict=True):
                tall = part.shape[0] > part.shape[1]
                part, change = (part.T, change.T) if tall else (part, change)
                by_shape[part.shape[0], part.shape[1]].append((part, change))
        for shape, items in by_shape.items():
            changes = orthogonalise(torch.stack([change for _, change in items]))
            rate = group["lr"] * 0.2 * max(shape) ** 0.5
            for (part, _), change in zip(items, changes, strict=True):
                part.mul_(1 - group["lr"] * group["decay"]).add_(change, alpha=-rate)

    def _momentum(self, weight: Tensor, momentum: float) -> Tensor:
        """Return the Nesterov momentum of a weight's gradient."""
        average = self.state[weight].setdefault("average", torch.zeros_like(weight))
        assert weight.grad is not None  # noqa: S101 - tells the type checker; step() follows backward()
        average.lerp_(weight.grad, 1 - momentum)
        return weight.grad.lerp(average, momentum)
