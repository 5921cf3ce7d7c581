"""Provided names are not rebuilt from a student's cells, unless the student meant it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.extract import Extraction, extract

Extracted = Callable[..., Extraction]
Ran = Callable[[Extraction], dict[str, Any]]

REBUILDS = {
    "assignment": "model = load('big')",
    "annotated assignment": "model: object = load('big')",
    "moved to a device": "model = model.to('cuda')",
    "loop variable": "for model in range(3):\n    print(model)",
    "with": "with load() as model:\n    pass",
    "walrus": "print(model := 3)",
    "handed-out import": "from einops import repeat",
    "handed-out import in a try": "try:\n    from einops import repeat\nexcept ImportError:\n    repeat = None",
    "deleted": "del model",
}


@pytest.mark.parametrize("way", REBUILDS)
@pytest.mark.parametrize("below", [False, True])
def test_provided_names_are_not_rebuilt(way: str, below: bool, extracted: Extracted) -> None:
    """A statement that only binds provided names is not run, above the function or below."""
    function = "def answer(x): return model, repeat"
    cells = [function, REBUILDS[way]] if below else [REBUILDS[way], function]

    assert [s.source.strip() for s in extracted(*cells).segments] == [function]


BESIDE = {
    "tuple": "model, K = 3, 1",
    "loop": "L = []\nfor t in range(3):\n    L.append(t)\nK = len(L) - 2",
    "condition": "if True:\n    device = 'cuda'\n    K = 1",
    "import": "from operator import (\n  abs as repeat,\n  pos as K,\n)\nK = K(1)",
}


@pytest.mark.parametrize("way", BESIDE)
def test_what_stands_beside_a_provided_name_is_bound(way: str, extracted: Extracted, ran: Ran) -> None:
    """A statement that binds a name beside a provided one is run, and that one restored."""
    names = ran(extracted(BESIDE[way], "def answer(x): return x + K, model, t, device"))

    total, model, library, device = names["answer"](2)
    assert total == 3
    assert model.cfg.n_layers == 3
    assert library.stack is list
    assert device == "cpu"


def test_star_import_leaves_provided_names(extracted: Extracted, ran: Ran) -> None:
    """A star import may bring what is needed, and overwrites nothing that is provided."""
    names = ran(extracted("from itertools import *", "def answer(x): return list(islice(repeat(x, 3), 2))"))

    assert names["answer"](2) == [2, 2]
    assert names["repeat"](1, 2) == [1, 1]


def test_own_import_of_a_provided_name_counts(extracted: Extracted, ran: Ran) -> None:
    """A function below ``from itertools import repeat`` means that one, and is told so."""
    extraction = extracted("from itertools import repeat", "def answer(x): return next(repeat(x))")

    assert ran(extraction)["answer"](2) == 2
    assert extraction.functions["answer"].remarks == (
        "`repeat` is your own, from cell 1, not the one that was handed out; that one is used.",
    )


def test_import_of_what_was_not_handed_out_gives_no_remark(extracted: Extracted) -> None:
    """Importing a provided name that was not handed out gives no remark."""
    extraction = extracted("import sys as device", "def answer(x): return device")

    assert extraction.functions["answer"].remarks == ()


def test_own_import_below_does_not_count(extracted: Extracted, ran: Ran) -> None:
    """An import for a later experiment does not change what the function above it means."""
    extraction = extracted("def answer(x): return repeat(x, 2)", "from itertools import repeat", "print(repeat(1))")

    assert ran(extraction)["answer"](2) == [2, 2]


def test_handed_out_import_after_an_own_one_counts(extracted: Extracted, ran: Ran) -> None:
    """Of an own and the handed-out import above a function, the later one counts."""
    extraction = extracted(
        "from itertools import repeat", "from einops import repeat", "def answer(x): return repeat(x, 2)"
    )

    assert ran(extraction)["answer"](2) == [2, 2]


def test_own_helper_under_a_provided_name_counts(extracted: Extracted, ran: Ran) -> None:
    """A student's own function under a provided name is the one that the exercise calls."""
    extraction = extracted("def repeat(x): return x + 1", "def answer(x): return repeat(x)")

    assert ran(extraction)["answer"](2) == 3


def test_without_a_handed_out_notebook_imports_are_not_rebuilt(notebook: Callable[..., Any]) -> None:
    """Without a stub, no import of a provided name is run."""
    given = notebook("from einops import repeat, pack", "def answer(x): return repeat, pack")

    assert [s.source.strip() for s in extract(given, ["answer"], ["repeat"]).segments] == [
        "from einops import pack",
        "def answer(x): return repeat, pack",
    ]


def test_provided_name_in_the_fallback_stands(extracted: Extracted, ran: Ran) -> None:
    """Even when the whole notebook is run, the model is not loaded again."""
    names = ran(extracted("model = 5", "exec('A = 1')", "def answer(x): return x + A, model"))

    assert names["answer"](2)[1].cfg.n_layers == 3
