# ruff: noqa: ANN001, ANN201 - as short as an author may write it
"""A linear model."""

import torch

MODELS = ("narrow",)


def load(name):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    return torch.nn.Linear(3, 4).requires_grad_(False)


def digest(name):
    return name


def provide(model):
    return {"model": model, "t": torch, "torch": torch}
