# ruff: noqa: ANN001, ANN201 - as short as an author may write it
"""A prelude whose models are numbers."""

import numpy as np

MODELS = ("two", "three")


def load(name):
    return {"two": 2.0, "three": 3.0}[name]


def digest(name):
    return name


def identify(names):
    return {2.0: "two", 3.0: "three"}.get(names.get("factor"), "")


def provide(model):
    return {"factor": model, "np": np}
