"""All that a function needs is extracted, however it is written, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.extract import Extraction

RIGHT: dict[str, tuple[list[str], Any]] = {
    # answer(2) must be the value given
    "plain": (["def answer(x):\n    return x + 1"], 3),
    "helper above": (["def helper(x):\n    return x + 1", "def answer(x):\n    return helper(x)"], 3),
    "helper below": (["def answer(x):\n    return helper(x)", "def helper(x):\n    return x + 1"], 3),
    "helper of a helper": (["def a(x): return b(x)\ndef b(x): return x + 1", "def answer(x): return a(x)"], 3),
    "helpers that call each other": (
        ["def even(n): return n == 0 or odd(n - 1)\ndef odd(n): return n != 0 and even(n - 1)", "answer = even"],
        True,
    ),
    "method that adds to it as a decorator": (
        [
            "from functools import singledispatch",
            "@singledispatch\ndef f(x): raise TypeError",
            "@f.register\ndef _(x: int): return x + 1",
            "@f.register(str)\ndef _(x): return x",
            "def answer(x): return f(x)",
        ],
        3,
    ),
    "import": (["import math", "def answer(x): return math.sqrt(x * 2)"], 2.0),
    "import with an alias": (["import math as m", "def answer(x): return m.sqrt(x * 2)"], 2.0),
    "import from": (["from math import sqrt as root", "def answer(x): return root(x * 2)"], 2.0),
    "import in a later cell": (["def answer(x): return math.sqrt(x * 2)", "import math"], 2.0),
    "import inside the function": (["def answer(x):\n    import math\n    return math.sqrt(x * 2)"], 2.0),
    "import of a submodule": (["import os", "import os.path", "def answer(x): return os.path.join('a', 'b')"], "a/b"),
    "two submodules of one package": (
        ["import xml.dom", "import xml.sax", "def answer(x): return xml.dom.Node.ELEMENT_NODE + x"],
        3,
    ),
    "import in a try": (
        ["try:\n    import no_such_module as fast\nexcept ImportError:\n    import math as fast", "answer = fast.sqrt"],
        2**0.5,
    ),
    "star import": (["from math import *", "def answer(x): return sqrt(x * 2)"], 2.0),
    "constant": (["OFFSET = 1", "def answer(x): return x + OFFSET"], 3),
    "constant below": (["def answer(x): return x + OFFSET", "OFFSET = 1"], 3),
    "constant from a constant": (["A = 1", "B = A + 1", "def answer(x): return x + B"], 4),
    "constant from a helper": (["def f(): return 1", "B = f()", "def answer(x): return x + B"], 3),
    "constant from the model": (["N = model.cfg.n_layers", "def answer(x): return x + N"], 5),
    "constant rebound below": (["A = 5", "def answer(x): return x + A", "A = 1"], 3),
    "constant used before it is rebound": (["A = 1", "B = A + 1", "A = 5", "def answer(x): return x + A + B"], 9),
    "annotated constant": (["A: int = 1", "def answer(x): return x + A"], 3),
    "annotation without a value": (["A: int", "A = 1", "def answer(x): return x + A"], 3),
    "tuple target": (["A, (B, *C) = 1, (2, 3, 4)", "def answer(x): return [x, A, B, C]"], [2, 1, 2, [3, 4]]),
    "chained target": (["A = B = 1", "def answer(x): return x + B"], 3),
    "walrus": (["print(A := 1)", "def answer(x): return x + A"], 3),
    "walrus in a comprehension": (["[A := i for i in range(3)]", "def answer(x): return x + A"], 4),
    "augmented assignment": (["A = 1", "A += 1", "def answer(x): return x + A"], 4),
    "item assignment": (["T = {}", "T['k'] = 1", "def answer(x): return x + T['k']"], 3),
    "item assignment below": (["T = {}", "def answer(x): return x + T['k']", "T['k'] = 1"], 3),
    "nested item assignment": (["T = {'a': {}}", "T['a']['b'] = 1", "def answer(x): return x + T['a']['b']"], 3),
    "item deleted": (["T = {1: 1, 2: 2}", "del T[1]", "def answer(x): return list(T)"], [2]),
    "attribute assignment": (
        ["class Box: pass", "box = Box()", "box.a = 1", "def answer(x): return x + box.a"],
        3,
    ),
    "attribute set on the function": (["def answer(x): return x + answer.offset", "answer.offset = 1"], 3),
    "setattr": (["class B: pass", "b = B()", "setattr(b, 'a', 1)", "def answer(x): return x + b.a"], 3),
    "append": (["L = []", "L.append(1)", "def answer(x): return L + [x]"], [1, 2]),
    "append in a loop": (["L = []", "for i in range(2):\n    L.append(i)", "def answer(x): return L + [x]"], [0, 1, 2]),
    "append under another name": (["L = []", "M = L", "M.append(1)", "def answer(x): return L + [x]"], [1, 2]),
    "loop that binds": (["A = 0", "for i in range(3):\n    A = A + i", "def answer(x): return x + A"], 5),
    "loop variable": (["for i in range(3): pass", "def answer(x): return x + i"], 4),
    "while loop": (["A = 0", "while A < 3:\n    A += 1", "def answer(x): return x + A"], 5),
    "with": (
        ["import contextlib", "with contextlib.nullcontext(1) as A:\n    B = A", "def answer(x): return x + A + B"],
        4,
    ),
    "condition": (["FAST = False", "if FAST:\n    A = 5\nelse:\n    A = 1", "def answer(x): return x + A"], 3),
    "condition that does not bind": (["A = 1", "if A > 5:\n    A = 7", "def answer(x): return x + A"], 3),
    "conditional helper": (
        ["if True:\n    def h(x): return x + 1\nelse:\n    def h(x): return x", "def answer(x): return h(x)"],
        3,
    ),
    "the exercise under a condition": (["if True:\n    def answer(x):\n        return x + 1"], 3),
    "the exercise in a try": (["try:\n    def answer(x):\n        return x + 1\nfinally:\n    pass"], 3),
    "match": (["match 1:\n    case A: pass", "def answer(x): return x + A"], 3),
    "class": (["class H:\n    def go(self, x): return x + 1", "def answer(x): return H().go(x)"], 3),
    "class with a base": (["class A:\n    n = 1", "class B(A): pass", "def answer(x): return x + B.n"], 3),
    "class body that reads": (["N = 1", "class A:\n    n = N", "def answer(x): return x + A.n"], 3),
    "class attribute set later": (["class A: pass", "A.n = 1", "def answer(x): return x + A.n"], 3),
    "method that needs a helper": (
        ["def h(x): return x + 1", "class A:\n    def go(self, x): return h(x)", "def answer(x): return A().go(x)"],
        3,
    ),
    "method with a local of the helper's name": (
        ["h = 1", "class A:\n    h = 5\n    def go(self): return h", "def answer(x): return x + A().go()"],
        3,
    ),
    "dataclass": (
        [
            "from dataclasses import dataclass",
            "@dataclass\nclass P:\n    a: int\n    b: int = 1",
            "def answer(x): return P(x).a + P(x).b",
        ],
        3,
    ),
    "decorator": (
        ["def inc(f):\n    return lambda x: f(x) + 1", "@inc\ndef answer(x):\n    return x"],
        3,
    ),
    "decorator with functools": (
        [
            "import functools",
            "def inc(f):\n    @functools.wraps(f)\n    def g(*a):\n        return f(*a) + 1\n    return g",
            "@inc\ndef answer(x): return x",
        ],
        3,
    ),
    "cache": (["import functools", "@functools.lru_cache(None)\ndef answer(x): return x + 1"], 3),
    "partial": (["from functools import partial", "def add(a, b): return a + b", "answer = partial(add, 1)"], 3),
    "lambda": (["answer = lambda x: x + 1"], 3),
    "lambda that needs": (["A = 1", "answer = lambda x, a=A: x + a"], 3),
    "annotated lambda": (["answer: object = lambda x: x + 1"], 3),
    "bound by another name": (["def my_answer(x): return x + 1", "answer = my_answer"], 3),
    "wrapped by assignment": (
        ["def inc(f): return lambda x: f(x) + 1", "def answer(x): return x", "answer = inc(answer)"],
        3,
    ),
    "made by a factory": (["def make(n):\n    def f(x): return x + n\n    return f", "answer = make(1)"], 3),
    "method of an object": (["class S:\n    def answer(self, x): return x + 1", "answer = S().answer"], 3),
    "default argument": (["A = 1", "def answer(x, a=A): return x + a"], 3),
    "keyword-only default": (["A = 1", "def answer(x, *, a=A): return x + a"], 3),
    "annotations": (
        ["from typing import Optional", "Int = Optional[int]", "def answer(x: Int) -> Int: return x + 1"],
        3,
    ),
    "annotations of the future": (
        ["from __future__ import annotations\ndef answer(x: Nothing) -> None: return x + 1"],
        3,
    ),
    "nested function": (["A = 1", "def answer(x):\n    def go():\n        return x + A\n    return go()"], 3),
    "nonlocal": (
        ["def answer(x):\n    n = x\n    def go():\n        nonlocal n\n        n += 1\n    go()\n    return n"],
        3,
    ),
    "comprehension": (["A = 1", "def answer(x): return [i + A for i in range(x)]"], [1, 2]),
    "nested comprehension": (["R = [1, 2]", "def answer(x): return [a * b for a in R for b in R if b == x]"], [2, 4]),
    "generator": (["A = 1", "def answer(x): return sum(i + A for i in range(x))"], 3),
    "f-string": (["A = 1", "def answer(x): return f'{x + A}'"], "3"),
    "global statement": (["A = 0", "def answer(x):\n    global A\n    A = x + 1\n    return A"], 3),
    "global set by a helper": (["def setup():\n    global A\n    A = 1", "setup()", "def answer(x): return x + A"], 3),
    "filled by a helper": (
        ["T = {}", "def fill(n):\n    T[n] = n + 1", "for i in range(3):\n    fill(i)", "def answer(x): return T[x]"],
        3,
    ),
    "filled by a helper's helper": (
        ["T = {}", "def put(n): T[n] = n + 1\ndef fill():\n    put(2)", "fill()", "def answer(x): return T[x]"],
        3,
    ),
    "handed to a helper that fills it": (
        ["T = {}", "def put(d):\n    d['k'] = 1", "put(T)", "def answer(x): return x + T['k']"],
        3,
    ),
    "handed to a helper that appends": (
        ["L = []", "def put(a):\n    a.append(1)", "put(a=L)", "def answer(x): return L + [x]"],
        [1, 2],
    ),
    "handed to the library": (
        ["import heapq", "L = [3, 1, 2]", "heapq.heapify(L)", "def answer(x): return L[0] + x"],
        3,
    ),
    "filled by a hook": (
        [
            "seen = {}",
            "def save(v):\n    seen['v'] = v",
            "model.add_hook(save)",
            "save(1)",
            "def answer(x): return x + seen['v']",
        ],
        3,
    ),
    "model configured through an alias": (
        ["cfg = model.cfg", "cfg.use_attn_result = 1", "def answer(x): return x + model.cfg.use_attn_result"],
        3,
    ),
    "a module imported again": (
        [
            "import os\nos.environ['GRADER_SPECIMEN'] = '1'",
            "import os",
            "def answer(x): return os.environ['GRADER_SPECIMEN']",
        ],
        "1",
    ),
    "a result of its own as a baseline": (
        ["def answer(x):\n    return 1 if x is None else x + base", "base = answer(None)"],
        3,
    ),
    "appended under its first name": (["L = []", "M = L", "L.append(1)", "def answer(x): return M + [x]"], [1, 2]),
    "two names at once": (["L = M = []", "L.append(1)", "def answer(x): return M + [x]"], [1, 2]),
    "held by another": (["L = []", "T = {'l': L}", "L.append(1)", "def answer(x): return T['l'] + [x]"], [1, 2]),
    "held under another name": (
        ["def f(x): return x + K", "K = 5", "g = f", "def answer(x): return g(x)", "K = 1"],
        3,
    ),
    "a module's name for something else": (
        ["import math as L\nL = [1]\nL.append(2)", "def answer(x): return L"],
        [1, 2],
    ),
    "local of a provided name": (["def answer(t):\n    repeat = t + 1\n    return repeat"], 3),
    "local of an experiment's name": (["def answer(x):\n    cache = x + 1\n    return cache", "cache = 1 / 0"], 3),
    "cells in the wrong order": (["B = f() + 1", "def f(): return A", "A = 1", "def answer(x): return x + B"], 4),
    "cells in reverse order": (["def answer(x): return x + B", "B = f() + 1", "A = 1", "def f(): return A"], 4),
    "helper deleted after its test": (["def h(x): return x + 1", "def answer(x): return h(x)", "del h"], 3),
    "statements on one line": (["A = 1; B = 2; print(1 / 0)", "def answer(x): return x + A + B"], 5),
    "one of the statements on a line": (["1 / 0; A = 1; 1 / 0", "def answer(x): return x + A"], 3),
    "multi-line statement that shares a line": (
        ["A = [\n  1,\n]; B = 2", "def answer(x): return A + [B, x]"],
        [1, 2, 2],
    ),
    "string over several lines": (['A = """a\n  b\n"""', "def answer(x): return A"], "a\n  b\n"),
    "names in another script": (["π = 1; ü = 'äöü'; n = 2", "def answer(x): return x + π + n"], 5),
    "async helper": (
        ["import asyncio", "async def h(x): return x + 1", "def answer(x): return asyncio.run(h(x))"],
        3,
    ),
    "guarded by the module's name": (["if __name__ == '__main__':\n    A = 1", "def answer(x): return x + A"], 3),
    "exec": (["exec('A = 1')", "def answer(x): return x + A"], 3),
    "globals": (["globals()['A'] = 1", "def answer(x): return x + A"], 3),
    "global of the main module": (
        ["def g(x): return x + 1", "import __main__\n__main__.look = g", "def answer(x): return look(x)"],
        3,
    ),
    "global of the main module over another": (
        ["look = None", "import __main__", "def answer(x): return look(x)", "__main__.look = lambda x: x + 1"],
        3,
    ),
    "main module under another name": (
        ["import __main__ as m", "m.look = lambda x: x + 1", "def answer(x): return look(x)"],
        3,
    ),
    "main module out of the list of modules": (
        ["import sys", "setattr(sys.modules[__name__], 'A', 1)", "def answer(x): return x + A"],
        3,
    ),
    "item of the globals over a placeholder": (["A = None", "globals()['A'] = 1", "def answer(x): return x + A"], 3),
    "the answer set on the main module": (["import __main__", "__main__.answer = lambda x: x + 1"], 3),
    "comprehension that appends": (
        ["L = []", "[L.append(i) for i in range(2)]", "def answer(x): return L + [x]"],
        [0, 1, 2],
    ),
    "append handed to map": (["L = []", "_ = list(map(L.append, 'ab'))", "def answer(x): return L"], ["a", "b"]),
    "append in a condition": (["L = []", "x = 1 and L.append(1)", "def answer(x): return L + [x]"], [1, 2]),
    "popped into another": (["L = [1, 2]", "first = L.pop(0)", "def answer(x): return L + [x]"], [2, 2]),
    "next of an iterator": (["i = iter([1, 3])", "one = next(i)", "def answer(x): return next(i)"], 3),
    "changed in place by a method": (
        [
            "class T(list):\n    def fill_(self, x):\n        self.append(x)\n        return self",
            "a = T()\nb = a.fill_(1)",
            "def answer(x): return a + [x]",
        ],
        [1, 2],
    ),
    "changed in place by a function": (
        [
            "import types",
            "nn = types.SimpleNamespace(ones_=lambda x: x.append(1))",
            "L = []\nb = nn.ones_(L)",
            "def answer(x): return L + [x]",
        ],
        [1, 2],
    ),
    "output argument": (
        ["def put(a, out): out.append(a)\nf = [put][0]", "L = []", "r = f(1, out=L)", "def answer(x): return L + [x]"],
        [1, 2],
    ),
    "put into builtins": (["import builtins", "builtins.look = lambda x: x + 1", "def answer(x): return look(x)"], 3),
    "builtin under another name, then its own": (
        ["range_ = range", "def range(*a): return range_(*a)", "def answer(x): return list(range(x))"],
        [0, 1],
    ),
    "builtin wrapped below": (
        ["def answer(x): return sum([x])", "from functools import partial", "sum = partial(sum, start=1)"],
        3,
    ),
    "builtin read as a value": (["def answer(x): return x + max", "max = 1"], 3),
    "eval inside": (["A = 1", "def answer(x): return eval('x + A')"], 3),
    "globals inside": (["A = 1", "def answer(x): return x + globals()['A']"], 3),
}


@pytest.mark.parametrize("style", RIGHT)
def test_right_answers_work_in_any_style(
    style: str, extracted: Callable[..., Extraction], ran: Callable[[Extraction], dict[str, Any]]
) -> None:
    """A right function gives its answer when only the extracted segments are run."""
    cells, expected = RIGHT[style]

    extraction = extracted(*cells)

    assert extraction.functions["answer"].status is None
    assert ran(extraction)["answer"](2) == expected


OVERWRITTEN: dict[str, list[str]] = {
    # cell 1 defines h, the last cell puts something else under its name
    "by a part of the answer": ["def h(x): return x + 1", "def answer(x): return h(x)", "h, more = answer((1, 2))"],
    "by the answer": ["def h(x): return x + 1", "def answer(x): return h(x)", "h = answer(1)"],
    "by a part of the answer under another name": [
        "def h(x): return x + 1",
        "def answer(x): return h(x)",
        "r = answer(1)\nr = r[0]\na, h = r",
    ],
    "in a block": ["def h(x): return x + 1", "def answer(x): return h(x)", "with open(a):\n    h = answer(1).T"],
    "by a number": ["def h(x): return x + 1", "def answer(x): return h(x)", "h = 5"],
    "by a list": ["h = lambda x: x + 1", "def answer(x): return h(x)", "h = [answer(i) for i in range(3)]"],
    "by its own result": [
        "def h(x): return 3 if x > 2 else h(x + 1)",
        "look = h",
        "def answer(x): return look(x)",
        "h = h(1)",
    ],
    "by a number under which it called itself": [
        "def h(x): return 3 if x > 2 else h(x + 1)",
        "answer = h",
        "h: int = 3",
    ],
    "by the object of a class that makes itself": [
        "class h:\n    def go(self, x): return x + 1 if x else h().go(2)",
        "look = h()",
        "def answer(x): return look.go(0)",
        "h = h()",
    ],
}


@pytest.mark.parametrize("kind", OVERWRITTEN)
def test_a_function_that_an_experiment_overwrote_is_meant(
    kind: str, extracted: Callable[..., Extraction], ran: Callable[[Extraction], dict[str, Any]]
) -> None:
    """A helper's name later bound to a value still means the helper, and a remark says so."""
    cells = OVERWRITTEN[kind]

    extraction = extracted(*cells)

    assert ran(extraction)["answer"](2) == 3
    assert extraction.functions["answer"].remarks == (
        f"`h` is assigned again in cell {len(cells)}; what it was before counts.",
    )


TAKEN_OVER: dict[str, list[str]] = {
    # what Python or a module gives is put under another thing's name
    "by a number": ["def answer(x): return sum([x, 1])", "sum = 0"],
    "by a number above": ["sum = 0", "def answer(x): return sum([x, 1])"],
    "by what is added to it": ["def answer(x): return sum([x, 1])", "for i in [1, 2]:\n    sum = sum + i", "sum += 1"],
    "by what is found below": ["def answer(x): return max(x, 3)", "a = [1]", "max = a.count(1)", "max = max(a)"],
    "by what a call returns above": ["class A: pass", "abs = A()", "def answer(x): return abs(x) + 1"],
    "in a pair": ["def answer(x): return max(x, min(3, 4))", "a = [1]", "min, max = a.count(1), 5"],
    "by a loop": ["def answer(x): return sum([x, 1])", "for sum in range(3): print(sum)"],
    "where it is a class": ["def answer(x): return 3 * isinstance([x], (list, tuple))", "list = [1, 2]"],
    "where it is handed on": ["def answer(x): return [*map(int, '13')][1]", "int = 5"],
    "a module, by a number": ["import math as F", "def answer(x): return F.ceil(x + 0.5)", "F = 3"],
    "a module, by a list": ["from os import path as F", "def answer(x): return len(F.join('a', ''))  + 1", "F = [3]"],
}


@pytest.mark.parametrize("kind", TAKEN_OVER)
def test_a_builtin_or_module_that_an_experiment_took_over_is_meant(
    kind: str, extracted: Callable[..., Extraction], ran: Callable[[Extraction], dict[str, Any]]
) -> None:
    """``sum = 0`` in a later cell does not break a function that calls ``sum``."""
    extraction = extracted(*TAKEN_OVER[kind])

    assert ran(extraction)["answer"](2) == 3
    assert "is assigned again in cell" in extraction.functions["answer"].remarks[0]


def test_a_name_that_was_imported_may_become_something_else(
    extracted: Callable[..., Extraction], ran: Callable[[Extraction], dict[str, Any]]
) -> None:
    """A value under an import's name counts if it has the attributes that the function reads."""
    cells = ["from functools import cache", "cache = {2: 3}", "def answer(x): return cache.get(x)"]

    assert ran(extracted(*cells))["answer"](2) == 3


def test_a_function_wrapped_or_replaced_by_another_is_the_last(
    extracted: Callable[..., Extraction], ran: Callable[[Extraction], dict[str, Any]]
) -> None:
    """A callable that replaces a function counts, also where it is made from that function."""
    cells = ["import functools", "def h(x): return x and h(x - 1)", "answer = h", "h = functools.partial(pow, 3)"]

    assert ran(extracted(*cells))["answer"](2) == 3


NOT_RUN: dict[str, list[str]] = {
    "test call": ["def answer(x): return x", "from tests import test_answer", "test_answer(answer, model)"],
    "plot": ["import plotting as plt", "def answer(x): return x", "plt.plot(answer(1))\nplt.show()"],
    "print": ["A = 1", "def answer(x): return A", "print(A)"],
    "experiment": ["def answer(x): return x", "tokens, top = answer('a')"],
    "experiment in a loop": ["def answer(x): return x", "for tokens in range(3):\n    print(answer(tokens))"],
    "shell line": ["!pip install x", "def answer(x): return x"],
    "exit": ["def answer(x): return x", "exit()"],
    "assertion": ["def answer(x): return x", "assert answer(1) == 1"],
    "memo filled by an experiment": ["MEMO = {}", "def answer(x):\n    MEMO[x] = x\n    return x", "out = answer(3)"],
    "names of the results left unbound": [
        "def answer(x): return tokens, top",
        "tokens, top = answer('a')",
        "print(top)",
    ],
    "hook on the model": ["def answer(x): return model", "model.add_hook(print)"],
    "plot through a module that the function needs": [
        "from matplotlib import pyplot as plt",
        "def answer(x): return plt",
        "plt.plot(1)",
    ],
    "hook on an alias of the model": ["m = model", "def answer(x): return m", "m.add_hook(print)"],
}


@pytest.mark.parametrize("kind", NOT_RUN)
def test_experiments_are_not_run(kind: str, extracted: Callable[..., Extraction]) -> None:
    """Code that only tries a function out is not run."""
    code = "\n".join(s.source for s in extracted(*NOT_RUN[kind]).segments)

    for word in ("test_answer", "plt.plot", "print", "tokens, top =", "pip", "exit", "assert", "out =", "add_hook"):
        assert word not in code


def test_model_loaded_under_another_name_comes_along(extracted: Callable[..., Extraction]) -> None:
    """A second name for the model is bound as the student bound it.

    An experiment on it is not run.
    """
    extraction = extracted(
        "from lib import HookedTransformer",
        "net = HookedTransformer.from_pretrained('gpt2-small')\nnet.set_use_attn_result(True)\nnet.add_hook(print)",
        "def answer(x): return net",
    )

    code = "\n".join(s.source for s in extraction.segments)
    assert "from_pretrained" in code
    assert "set_use_attn_result" in code
    assert "add_hook" not in code


def test_settings_of_what_is_provided_hold(
    extracted: Callable[..., Extraction], ran: Callable[[Extraction], dict[str, Any]]
) -> None:
    """Switches set on the model and the library are set, also if a function names neither."""
    names = ran(
        extracted(
            "t.set_grad_enabled(False)",
            "model.set_use_attn_result(True)",
            "model.add_hook(print)",
            "answer = lambda x: x",
        )
    )

    assert names["t"].grad is False
    assert names["model"].cfg.use_attn_result is True
    assert names["model"].hooks == []


def test_two_exercises_share_a_helper_and_not_their_own(extracted: Callable[..., Extraction]) -> None:
    """Each segment says which exercises need it."""
    extraction = extracted(
        "def h(x): return x\ndef answer(x): return h(x)\ndef other(x): return h(x)", exercises=("answer", "other")
    )

    found = [(s.source.strip().split("(")[0], sorted(s.exercises)) for s in extraction.segments]
    assert found == [("def h", ["answer", "other"]), ("def answer", ["answer"]), ("def other", ["other"])]
    assert [s.source.strip() for s in extraction.segments if "other" in s.exercises][-1] == "def other(x): return h(x)"


def test_lines_are_the_students(extracted: Callable[..., Extraction]) -> None:
    """Lines are those of the student's cells, which are counted with the markdown."""
    extraction = extracted("#md text", "%pip install x\n\nA = 1\nprint(A)\n\ndef answer(x):\n    # why\n    return A")

    [segment] = extraction.segments
    assert segment.cell == 2
    assert segment.source.split("\n")[5] == "def answer(x):"
    spans = extraction.functions["answer"].source
    assert [(s.cell, s.first_line, s.last_line) for s in spans] == [(2, 3, 3), (2, 6, 8)]
    assert spans[1].text == "def answer(x):\n    # why\n    return A"
