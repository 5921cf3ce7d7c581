"""A prelude that only needs torch: two tiny linear models that differ in width."""

import torch

MODELS = ("narrow", "wide")
_WIDTHS = {"narrow": 3, "wide": 5}


def load(name):
    torch.manual_seed(0)
    model = torch.nn.Linear(_WIDTHS[name], _WIDTHS[name]).requires_grad_(False)
    model.name = name
    return model


def digest(name):
    return name * 2


def provide(model):
    return {"torch": torch, "t": torch, "model": model, "WIDTH": model.in_features}
