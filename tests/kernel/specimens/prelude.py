"""A prelude that only needs torch: two tiny linear models that differ in width."""

from typing import Any

import torch

MODELS = ("narrow", "wide")
_WIDTHS = {"narrow": 3, "wide": 5}


def load(name: str) -> torch.nn.Linear:
    """Return a model that knows its name."""
    torch.manual_seed(0)
    model = torch.nn.Linear(_WIDTHS[name], _WIDTHS[name]).requires_grad_(False)
    model.name = name
    return model


def digest(name: str) -> str:
    """Return something that identifies a model."""
    return name * 2


def provide(model: torch.nn.Linear) -> dict[str, Any]:
    """Return the names that every kernel starts with."""
    return {"torch": torch, "t": torch, "model": model, "WIDTH": model.in_features}
