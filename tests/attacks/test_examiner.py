"""Attacks on the examiner's memory, time and import path, with and without its layers.

One attack for each layer, and those that none has to stop; ``python -m tests.attacks`` carries the others out as well.
Every run carries out one for each limit.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.attacks.examiner import EXAMINED, LAYERS, MEASURES, REPRESENTED, doubts
from tests.attacks.isolated_run import run_attacks
from tests.attacks.specimens import Attack
from tests.first_of_each import first_of_each


@pytest.fixture(scope="module")
def examined(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What became of the attacks that this session asks for, with all layers and without some."""
    items = (item for item in request.session.items if isinstance(item, pytest.Function))
    asked = [item.callspec.params["attack"].name for item in items if "examined" in item.fixturenames]
    found: dict[str, Any] = run_attacks("--examiner", *asked)["examined"]
    return found


@pytest.mark.parametrize("attack", first_of_each(REPRESENTED, lambda a: a.one("Takes"), lambda a: a.name))
def test_an_examiner_is_harmed_only_without_the_layers_that_are_named(attack: Attack, examined: dict[str, Any]) -> None:
    """Without all of its layers an attack passes its limit or runs; with any one it does not."""
    assert list(doubts(attack, examined[attack.name])) == []


@pytest.mark.parametrize("layer", LAYERS)
def test_what_removes_a_layer_is_there(layer: str) -> None:
    """Under the name by which it is removed."""
    assert [n for owner, values in LAYERS[layer] for n in values if not hasattr(owner, n)] == []


def test_every_layer_of_an_examiner_is_needed() -> None:
    """For each there is an attack that it stops and that gets through without it (see above)."""
    assert {layer for attack in REPRESENTED for layer in attack.layers} == set(LAYERS)


@pytest.mark.parametrize("attack", [pytest.param(a, id=a.name) for a in EXAMINED])
def test_an_attack_on_an_examiner_says_what_it_takes(attack: Attack) -> None:
    """That is one of the limits; otherwise it brings files that want to be run."""
    assert attack.beside if not attack.one("Takes") else attack.one("Takes") in MEASURES
