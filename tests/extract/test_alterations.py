"""What a student did to a provided object counts, or is undone, as in the whole notebook."""

from __future__ import annotations

import contextlib
import types
from collections.abc import Callable
from typing import Any

import pytest

from grader.extract import Extraction

Extracted = Callable[..., Extraction]
Hook = Callable[[int], int | None]


class Handle:
    """Takes a hook off again."""

    def __init__(self, point: Point, hook: Hook) -> None:
        self.remove = lambda: point.hooks.remove(hook)


class Point:
    """A place in a model for hooks."""

    def __init__(self) -> None:
        self.hooks: list[Hook] = []

    def register_forward_hook(self, hook: Hook) -> Handle:
        self.hooks.append(hook)
        return Handle(self, hook)

    add_hook = register_forward_hook

    def remove_hooks(self) -> None:
        self.hooks.clear()


class TwoPlaceModel:
    """A model of two places, with one weight and one setting."""

    def __init__(self) -> None:
        self.cfg = types.SimpleNamespace(layers=3)
        self.blocks = [Point(), Point()]
        self.hook_dict = dict(zip("ab", self.blocks, strict=True))
        self.W = [1, 1]
        self.unembed = types.SimpleNamespace(W=self.W)

    def __call__(self, value: int, hook: Hook | None = None) -> int:
        value += self.cfg.layers + sum(self.W)
        for change in [*self.blocks[0].hooks, *self.blocks[1].hooks, *([hook] if hook else [])]:
            changed = change(value)
            value = value if changed is None else changed
        return value

    def add_hook(self, name: str, hook: Hook) -> None:
        self.hook_dict[name].add_hook(hook)

    def reset_hooks(self, **_: bool) -> None:
        for point in self.blocks:
            point.remove_hooks()

    remove_all_hook_fns = reset_hooks

    def load_state_dict(self, weights: dict[str, list[int]]) -> None:
        self.W[:] = weights["W"]


def ran(cells: list[str]) -> Any:
    """Run cells and return what the function answers."""
    names: dict[str, Any] = {"model": TwoPlaceModel(), "load": TwoPlaceModel, "__name__": "__main__"}
    for cell in cells:
        with contextlib.suppress(ZeroDivisionError):
            exec(compile(cell, "<cell>", "exec", dont_inherit=True), names)
    return names["answer"](2)


STORE = """acts = {}
def save(v): acts['v'] = v
def zero(v):
    acts['v'] = v
    return 0"""
ADD = "model.add_hook('a', zero)\nmodel(1)"
SAVES = "def answer(x):\n    return model(x, hook=save), dict(acts)"
WEIGHS = "W = model.W\nsaved = [*W]\nW *= 0"
USES = "def answer(x):\n    return model(x), sum(W), len(W)"
COUNTS = "def answer(x):\n    return model(x), model.cfg.layers"

UNDONE: dict[str, list[str]] = {
    "reset": [STORE, f"{ADD}\nmodel.reset_hooks()", SAVES],
    "reset in a cell of its own": [STORE, ADD, "model.reset_hooks()", SAVES],
    "reset with an argument": [STORE, ADD, "model.reset_hooks(including_permanent=True)", SAVES],
    "reset as a value": [STORE, ADD, "_ = model.reset_hooks()", SAVES],
    "reset under a condition": [STORE, ADD, "if model.blocks:\n    model.reset_hooks()", SAVES],
    "reset at the end of a try": [STORE, f"{ADD}\ntry:\n    1 / 0\nfinally:\n    model.reset_hooks()", SAVES],
    "reset twice": [STORE, f"{ADD}\nmodel.reset_hooks()", f"{ADD}\nmodel.reset_hooks()", SAVES],
    "all removed": [STORE, ADD, "model.remove_all_hook_fns(including_permanent=True)", SAVES],
    "reset through an alias": [STORE, "m = model\nm.add_hook('a', zero)\nm.reset_hooks()", SAVES],
    "added through an alias": [STORE, "m = model\nm.add_hook('a', zero)\nmodel.reset_hooks()", SAVES],
    "reset by a helper": [STORE, "def clean(m): m.reset_hooks()", f"{ADD}\nclean(model)", SAVES],
    "reset by a helper's helper": [
        STORE,
        "def clean(): model.reset_hooks()\ndef tidy():\n    clean()",
        f"{ADD}\ntidy()",
        SAVES,
    ],
    "reset by a lambda": [STORE, "clean = lambda: model.reset_hooks()", f"{ADD}\nclean()", SAVES],
    "reset by a helper in a condition": [
        STORE,
        "if model:\n    def clean(m): m.reset_hooks()",
        f"{ADD}\nclean(model)",
        SAVES,
    ],
    "reset by a method under a name": [STORE, "clean = model.reset_hooks", f"{ADD}\nclean()", SAVES],
    "removed from its place": [
        STORE,
        "model.hook_dict['a'].add_hook(zero)\nmodel.hook_dict['a'].remove_hooks()",
        SAVES,
    ],
    "removed from its place, by another way": [STORE, ADD, "model.blocks[0].remove_hooks()", SAVES],
    "removed from a place with a name": [STORE, "p = model.blocks[0]\np.add_hook(zero)\np.remove_hooks()", SAVES],
    "removed from all places": [STORE, ADD, "for p in model.blocks:\n    p.remove_hooks()", SAVES],
    "removed in a comprehension": [STORE, ADD, "[p.remove_hooks() for p in model.hook_dict.values()]", SAVES],
    "list of hooks cleared": [STORE, ADD, "model.blocks[0].hooks.clear()", SAVES],
    "list of hooks replaced": [STORE, ADD, "model.blocks[0].hooks = []", SAVES],
    "list of hooks emptied": [STORE, ADD, "del model.blocks[0].hooks[:]", SAVES],
    "handle": [STORE, "h = model.blocks[0].register_forward_hook(zero)", "model(1)\nh.remove()", SAVES],
    "handle under another name": [STORE, "h = model.blocks[0].add_hook(zero)\ng = h\ng.remove()", SAVES],
    "handles in a list": [
        STORE,
        "hs = []\nfor p in model.blocks:\n    hs.append(p.register_forward_hook(zero))",
        "for h in hs:\n    h.remove()",
        SAVES,
    ],
    "handles of a comprehension": [
        STORE,
        "hs = [p.register_forward_hook(zero) for p in model.blocks]",
        "[h.remove() for h in hs]",
        SAVES,
    ],
    "handles taken out": [STORE, "hs = [model.blocks[0].add_hook(zero)]", "while hs:\n    hs.pop().remove()", SAVES],
    "handles mapped": [
        STORE,
        "hs = [model.blocks[0].add_hook(zero)]",
        "_ = list(map(lambda h: h.remove(), hs))",
        SAVES,
    ],
    "handles removed by a helper": [
        STORE,
        "hs = [model.blocks[0].add_hook(zero)]",
        "def take_off():\n    for h in hs:\n        h.remove()",
        "take_off()",
        SAVES,
    ],
    "handles given by a helper": [
        STORE,
        "def ablate(m): return [p.register_forward_hook(zero) for p in m.blocks]",
        "hs = ablate(model)",
        "for h in hs: h.remove()",
        SAVES,
    ],
    "handles kept by a helper": [
        STORE,
        "hs = []\ndef ablate():\n    for p in model.blocks:\n        hs.append(p.register_forward_hook(zero))",
        "ablate()",
        "for h in hs: h.remove()",
        SAVES,
    ],
    "handle in an object": [
        STORE,
        "class Probe:\n"
        "    def __init__(self, m): self.h = m.blocks[0].register_forward_hook(zero)\n"
        "    def off(self): self.h.remove()",
        "probe = Probe(model)",
        "probe.off()",
        SAVES,
    ],
    "hook that only counts": [
        "seen = []\ndef note(v):\n    seen.append(1)\n    return 0",
        "model.add_hook('a', note)\nmodel(1)\nmodel.reset_hooks()",
        "def answer(x):\n    seen.append(x)\n    return model(x)",
    ],
    "loaded again": [STORE, ADD, "model = load()", SAVES],
    "loaded again with an annotation": [STORE, ADD, "model: object = load()", SAVES],
    "loaded again in the function's cell": [STORE, ADD, f"model = load()\n{SAVES}"],
    "loaded again in a try": [STORE, ADD, "try:\n    model = load()\nexcept OSError:\n    raise", SAVES],
    "setting, loaded again": ["model.cfg.layers = 9", "model = load()", COUNTS],
    "setting in a loop, loaded again": ["for n in [1, 2]:\n    model.cfg.layers = n", "model = load()", COUNTS],
    "setting by name, loaded again": ["setattr(model.cfg, 'layers', 9)", "model = load()", COUNTS],
    "weights filled again through the model": [f"{WEIGHS}\nmodel.unembed.W.extend(saved)", USES],
    "weights filled again in a block": [f"{WEIGHS}\nif saved:\n    model.W.extend(saved)", USES],
    "weights filled again by a helper": [
        f"{WEIGHS}\ndef restore(m): m.W.extend(saved)\nrestore(model)",
        USES,
    ],
    "weights loaded": [f"{WEIGHS}\nmodel.load_state_dict({{'W': saved}})", USES],
    "loaded names filled on the way": [
        STORE,
        "names = []\nfor n in 'a':\n    names.append(n)\n    model.add_hook(n, zero)",
        "model.reset_hooks()",
        "def answer(x): return model(x, hook=save), names",
    ],
}


@pytest.mark.parametrize("way", UNDONE)
def test_an_experiment_that_was_undone_changes_nothing(way: str, extracted: Extracted) -> None:
    """The function gives in the extract what it gives in the whole notebook."""
    cells = UNDONE[way]

    assert ran([s.source for s in extracted(*cells).segments]) == ran(cells)


BELOW: dict[str, list[str]] = {
    "hook that was taken off": [STORE, SAVES, f"{ADD}\nmodel.reset_hooks()"],
    "hook that was left": [STORE, SAVES, ADD],
    "handle": [STORE, SAVES, "h = model.blocks[0].register_forward_hook(zero)\nmodel(1)\nh.remove()"],
    "hook, where the function calls a helper": [
        STORE,
        "def run(x): return model(x, hook=save)\ndef answer(x): return run(x), dict(acts)",
        ADD,
    ],
    "hook, where something above fills what the function reads": [
        STORE,
        "save(1)",
        "def answer(x): return model(x), len(acts)",
        f"{ADD}\nmodel.reset_hooks()",
    ],
    "hook, where the function hands over what it fills": [
        STORE,
        "def run(x, store):\n    def keep(v): store['v'] = v\n    return model(x, hook=keep)",
        "def answer(x): return run(x, acts), dict(acts)",
        ADD,
    ],
    "hook, where the function fills it under another name": [
        STORE,
        "A = acts\ndef answer(x):\n    def keep(v): A['v'] = v\n    return model(x, hook=keep), dict(acts)",
        ADD,
    ],
    "hook, where a method fills it": [
        "class Store:\n"
        "    def __init__(self): self.acts = {}\n"
        "    def save(self, v): self.acts['v'] = v\n"
        "    def zero(self, v):\n        self.acts['v'] = v\n        return 0",
        "s = Store()\ndef answer(x): return model(x, hook=s.save), dict(s.acts)",
        "model.add_hook('a', s.zero)",
    ],
    "setting under another name": ["c = model.cfg\ndef answer(x): return model(x), c.layers", "c.layers = 9"],
    "weights": ["W = model.W", USES, "saved = [*W]\nW *= 0\nmodel.W.extend(saved)"],
}


@pytest.mark.parametrize("what", BELOW)
def test_an_experiment_below_the_function_does_not_count(what: str, extracted: Extracted) -> None:
    """The function gives in the extract what it gives without the experiment."""
    cells = BELOW[what]

    assert ran([s.source for s in extracted(*cells).segments]) == ran(cells[:-1])


def test_an_experiment_between_two_exercises_is_the_second_ones(extracted: Extracted) -> None:
    """Each exercise has a kernel of its own, and only the second one's sees the experiment."""
    cells = [STORE, SAVES, f"{ADD}\nmodel.reset_hooks()", SAVES.replace("answer", "other")]

    extraction = extracted(*cells, exercises=("answer", "other"))

    assert extraction.separate_kernels
    assert {s.cell for s in extraction.segments if "answer" in s.exercises} == {1, 2}
    assert {s.cell for s in extraction.segments if "other" in s.exercises} == {1, 3, 4}


@pytest.mark.parametrize(
    "left", ["model.add_hook('b', lambda v: 0)", "h = model.blocks[1].register_forward_hook(lambda v: v.zero_())"]
)
def test_a_hook_that_was_left_beside_the_functions_own_is_not_taken_up(left: str, extracted: Extracted) -> None:
    """The function's hook does not bring along an experiment's."""
    cells = ["acts = {}\ndef keep(v): acts['v'] = v", "model.add_hook('a', keep)", left]
    function = "def answer(x): return model(x), dict(acts)"

    extraction = extracted(*cells, function)

    assert {s.cell for s in extraction.segments} == {1, 2, 4}


def test_trying_an_exercise_out_undoes_nothing(extracted: Extracted) -> None:
    """A call of the other exercise, which empties its own dictionary, is not run for this one."""
    run = "def run(x):\n    acts.clear()\n    return model(x, hook=save)"
    cells = [STORE, run, "def other(x): return run(x)", f"{ADD}\nmodel.reset_hooks()", "print(other(1))"]

    extraction = extracted(*cells, "def answer(x): return run(x)", exercises=("answer", "other"))

    assert {s.cell for s in extraction.segments if "answer" in s.exercises} == {1, 2, 4, 6}
