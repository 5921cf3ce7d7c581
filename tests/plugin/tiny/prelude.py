# ruff: noqa: ANN001, ANN201 - as short as an author may write it
"""A prelude whose models are numbers."""

import numpy as np

MODELS = ("two", "three")


def load(name):
    return {"two": 2.0, "three": 3.0}[name]


def digest(name):
    return name


def facts(names):
    return {"model_fingerprint": lambda: [names["factor"]]} if "factor" in names else {}


def provide(model):
    return {"factor": model, "np": np}
