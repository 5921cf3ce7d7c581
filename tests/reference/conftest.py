"""The models, loaded once for all tests of the reference."""

from __future__ import annotations

import pytest
from transformer_lens import HookedTransformer

from reference.models import load_model


@pytest.fixture(scope="session")
def embedded() -> HookedTransformer:
    """The trained model."""
    return load_model("embedded")


@pytest.fixture(scope="session")
def untrained() -> HookedTransformer:
    """The random model."""
    return load_model("random")


@pytest.fixture(params=["embedded", "random"])
def model(
    request: pytest.FixtureRequest, embedded: HookedTransformer, untrained: HookedTransformer
) -> HookedTransformer:
    """Each of the two models in turn."""
    return embedded if request.param == "embedded" else untrained
