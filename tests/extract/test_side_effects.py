"""Side effects on provided objects and the process count above the function only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.extract import Extraction

Extracted = Callable[..., Extraction]
Ran = Callable[[Extraction], dict[str, Any]]

READ = "def answer(x): return [x, *model.spots]"
READ_SEEN = "def answer(x): return [x, *seen]"
KEPT: dict[str, list[str]] = {
    "attribute": ["model.spots = [1]", READ],
    "attribute in the function's own cell": [f"model.spots = [1]\n{READ}"],
    "attribute in a condition": ["if model.cfg.n_layers:\n    model.spots = [1]", READ],
    "attribute in a try": ["try:\n    model.spots = [1]\nexcept ValueError:\n    pass", READ],
    "attribute that is filled later": ["model.spots = []", "model.spots.append(1)", READ],
    "attribute that is filled in a loop": ["model.spots = []", "for i in [1]:\n    model.spots.append(i)", READ],
    "attribute with an item": ["model.spots = {}", "model.spots[1] = 0", READ],
    "attribute of a part": ["model.cfg.spots = [1]", "def answer(x): return [x, *model.cfg.spots]"],
    "attribute of a part in a loop": [
        "for part in [model.cfg]:\n    part.spots = [1]",
        "def answer(x): return [x, *model.cfg.spots]",
    ],
    "setattr": ["setattr(model, 'spots', [1])", READ],
    "setattr in a loop": ["for n, v in {'spots': [1]}.items():\n    setattr(model, n, v)", READ],
    "setattr of a made name": [
        "for i in [1]:\n    setattr(model, f'spots{i}', [i])",
        "def answer(x): return [x, *model.spots1]",
    ],
    "setattr and getattr of made names": [
        "for i in [1]:\n    setattr(model, f'spots{i}', [i])",
        "def answer(x): return [x, *[getattr(model, f'spots{i}')[0] for i in [1]]]",
    ],
    "by a helper that makes its name": [
        "def put(m, i): setattr(m, f'spots{i}', [i])",
        "put(model, 1)",
        "def answer(x): return [x, *model.spots1]",
    ],
    "in its dictionary": ["model.__dict__['spots'] = [1]", READ],
    "in its variables": ["vars(model)['spots'] = [1]", READ],
    "updated": ["vars(model).update(spots=[1])", READ],
    "updated with a dictionary": ["model.__dict__.update({'spots': [1]})", READ],
    "registered": ["model.register_buffer('spots', [1])", READ],
    "read from its dictionary": ["model.spots = [1]", "def answer(x): return [x, *vars(model)['spots']]"],
    "read with getattr": ["model.spots = [1]", "def answer(x): return [x, *getattr(model, 'spots')]"],
    "attribute through an alias": ["m = model", "m.spots = [1]", READ],
    "read by a helper": ["model.spots = [1]", "def spots(): return model.spots", "def answer(x): return [x, *spots()]"],
    "put there by a helper": ["def attach(m):\n    m.spots = [1]", "attach(model)", READ],
    "put there by a helper that names the model": ["def attach():\n    model.spots = [1]", "attach()", READ],
    "made of what the notebook has": ["A = [1]", "model.spots = A", READ],
    "set again": ["model.spots = [5]", "model.spots = [1]", READ],
    "set again by a later experiment": ["model.spots = [1]", READ, "model.spots = [7]"],
    "altered by a later experiment": ["model.spots = [1]", READ, "model.spots.append(7)"],
    "filled by a hook without a name": ["seen = []", "model.call(lambda v: seen.append(v))", READ_SEEN],
    "filled by a hook in a loop": ["seen = []", "for i in [1]:\n    model.call(lambda v: seen.append(v))", READ_SEEN],
    "filled by a hook that is defined in a loop": [
        "seen = []",
        "for i in [1]:\n    def save(v): seen.append(v)\n    model.call(save)",
        READ_SEEN,
    ],
    "filled by a hook through the model": [
        "model.spots = []",
        "for i in [1]:\n    model.call(lambda v: model.spots.append(v))",
        READ,
    ],
    "filled by a method": ["seen = {}", "model.call(lambda v: seen.__setitem__(1, v))", READ_SEEN],
    "filled by a partial function": [
        "from functools import partial",
        "seen = []\ndef save(v, store): store.append(v)",
        "model.call(partial(save, store=seen))",
        READ_SEEN,
    ],
    "filled by what a function makes": [
        "seen = []\ndef make(store):\n    def save(v): store.append(v)\n    return save",
        "model.call(make(seen))",
        READ_SEEN,
    ],
    "filled by an object that is a hook": [
        "class Saves:\n    def __init__(self): self.seen = []\n    def __call__(self, v): self.seen.append(v)",
        "saves = Saves()",
        "model.register_hook(saves)",
        "def answer(x): return [x, *saves.seen]",
    ],
    "filled by an object's method": [
        "class Saves:\n    def __init__(self): self.seen = []\n    def save(self, v): self.seen.append(v)",
        "saves = Saves()",
        "for i in [1]:\n    model.register_hook(saves.save)",
        "def answer(x): return [x, *saves.seen]",
    ],
    "hook below, the only one": [
        "seen = []\ndef save(v): seen.append(v)",
        "def answer(x): return [x, *seen]",
        "model.add_hook(save)\nsave(1)",
    ],
}


@pytest.mark.parametrize("kind", KEPT)
def test_what_is_put_on_a_provided_object_comes_along(kind: str, extracted: Extracted, ran: Ran) -> None:
    """An attribute that the function reads is set, in any way, if that stands above it."""
    assert ran(extracted(*KEPT[kind]))["answer"](2) == [2, 1]


def test_a_hook_below_the_function_does_not_count_where_one_stands_above(extracted: Extracted, ran: Ran) -> None:
    """A later experiment with the function's own hook is not run."""
    names = ran(
        extracted(
            "seen = []\ndef save(v): seen.append(v)",
            "model.add_hook(save)",
            "def answer(x): return len(seen)",
            "for i in range(3):\n    model.add_hook(save)",
        )
    )

    assert len(names["model"].hooks) == 1


@pytest.mark.parametrize(
    "experiment",
    [
        "model.add_hook(print)",
        "model.W = 0",
        "model.cfg.scale = 2",
        "t.grad = None",
        "t.set_grad_enabled(None)",
        "setattr(model, 'W', 0)",
        "def spoil(m):\n    m.W = 0\nspoil(model)",
        "import sys\nsys.setrecursionlimit(70)",
    ],
)
def test_a_later_cell_changes_nothing(experiment: str, extracted: Extracted) -> None:
    """A later cell that changes the model, the libraries or the process is not run."""
    extraction = extracted(
        "t.set_grad_enabled(False)", "def answer(x): return [x, model.W, model.cfg.scale]", experiment
    )

    assert {s.cell for s in extraction.segments} == {1, 2}


@pytest.mark.parametrize(
    "setting",
    [
        "model.spots = [1]",
        "object.__setattr__(model, 'spots', [1])",
        "model.__setattr__('spots', [1])",
        "type(model).spots = [1]",
        "model.__class__.spots = [1]",
    ],
)
def test_what_is_set_on_a_provided_object_is_needed_where_it_is_read(setting: str, extracted: Extracted) -> None:
    """In whatever way it is set, on the object or on its class."""
    assert {s.cell for s in extracted(setting, "def answer(x): return model.spots").segments} == {1, 2}


SET_UP = {
    "call on a module": "import fakes\nfakes.apply()",
    "import from": "from fakes import apply\napply()",
    "under another name": "from fakes import apply as allow\nallow()",
    "imported in a call": "__import__('fakes').apply()",
    "imported by a function": "import importlib\nimportlib.import_module('fakes').apply()",
    "by a function of one's own": "import fakes\ndef set_up():\n    fakes.apply()\nset_up()",
    "in a try": "try:\n    import fakes\n    fakes.patch_all()\nexcept ImportError:\n    pass",
    "working folder": "import os\nos.chdir('.')",
    "recursion": "import sys\nsys.setrecursionlimit(5000)",
    "environment": "import os\nos.environ['A'] = '1'",
    "environment by name": "from os import environ\nenviron.setdefault('A', '1')",
    "environment by functions": "import os\nos.environ.update(A='1'); os.putenv('A', '1')",
    "environment by a magic": "%env A=1",
    "environment by another magic": "%set_env A 1",
    "import path": "import sys\nsys.path.append('lib')",
}


@pytest.mark.parametrize("kind", SET_UP)
def test_a_cell_that_sets_the_process_up_is_tried(kind: str, extracted: Extracted) -> None:
    """A cell that configures the process is optional: if it fails, the function counts."""
    extraction = extracted(SET_UP[kind], "def answer(x): return x")

    assert [(s.cell, bool(s.optional)) for s in extraction.segments] == [(1, True), (2, False)]


def test_exercises_have_kernels_of_their_own_where_one_alters_the_model(extracted: Extracted) -> None:
    """Exercises get separate kernels where one alters the model.

    Else code above one function would change what another returns.
    """
    shared = extracted("def answer(x): return x", "def other(x): return x", exercises=("answer", "other"))
    altered = extracted(
        "def answer(x): return x",
        "model.spots = [1]",
        "def other(x): return model.spots",
        exercises=("answer", "other"),
    )

    assert not shared.separate_kernels
    assert altered.separate_kernels
