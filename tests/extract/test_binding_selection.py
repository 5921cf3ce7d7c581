"""Which binding of an exercise's name is graded, and what the student is told if none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.extract import Extraction, extract
from grader.result import ExerciseStatus

Extracted = Callable[..., Extraction]
Ran = Callable[[Extraction], dict[str, Any]]

STUB = 'def answer(x):\n    """Add one."""\n    y = x\n    # your code\n    return z'

NOT_ATTEMPTED = {
    "untouched": STUB,
    "untouched but for comments and the docstring": 'def answer(x):\n    """Mine."""\n    y = x  # hm\n\n    return z',
    "untouched with annotations": "def answer(x: int) -> int:\n    y = x\n    return z",
    "lines taken away": "def answer(x):\n    return z",
    "pass": "def answer(x):\n    pass",
    "dots": "def answer(x): ...",
    "docstring": 'def answer(x):\n    """Add one."""',
    "docstring and comments": 'def answer(x):\n    """Add one."""\n    # todo\n    ...',
    "NotImplementedError": "def answer(x):\n    raise NotImplementedError",
    "NotImplementedError with words": "def answer(x):\n    raise NotImplementedError('todo')",
    "blank": "def answer(x):\n    y = x + 1\n    return ____",
    "blank method": "def answer(x):\n    return x.____(1)",
    "blank that is called": "def answer(x):\n    return ___(x)",
    "dots for code": "def answer(x):\n    y = x\n    ...\n    return z",
}


@pytest.mark.parametrize("kind", NOT_ATTEMPTED)
def test_not_attempted_is_told_from_wrong(kind: str, extracted: Extracted) -> None:
    """A function still to be written is not run, counts as not attempted, and is shown."""
    extraction = extracted(NOT_ATTEMPTED[kind], stub=(STUB,))

    function = extraction.functions["answer"]
    assert function.status is ExerciseStatus.NOT_ATTEMPTED
    assert function.message.startswith("`answer` in cell 1 has not been attempted: ")
    assert [s.text for s in function.source] == [NOT_ATTEMPTED[kind]]
    assert extraction.segments == ()


ATTEMPTED = {
    "one line added to the stub": "def answer(x):\n    y = x\n    z = y\n    return z",
    "wrong": "def answer(x):\n    return 7",
    "underscores that are bound": "def answer(x):\n    ___, y = x, x\n    return ___",
    "ellipsis as an index": "def answer(x):\n    return x[..., 0]",
    "raises something": "def answer(x):\n    raise ValueError",
    "pass among code": "def answer(x):\n    if x:\n        pass\n    return x",
}


@pytest.mark.parametrize("kind", ATTEMPTED)
def test_an_attempt_is_an_attempt(kind: str, extracted: Extracted) -> None:
    """A function with something of the student's own in it is called, however wrong it is."""
    assert extracted(ATTEMPTED[kind], stub=(STUB,)).functions["answer"].status is None


def test_last_definition_counts(extracted: Extracted, ran: Ran) -> None:
    """Of several definitions the last counts, and the others are reported."""
    extraction = extracted("def answer(x): return 1", "def answer(x): return 2")

    assert ran(extraction)["answer"](0) == 2
    assert len(extraction.segments) == 1
    assert extraction.functions["answer"].remarks == (
        "`answer` is defined more than once (cell 1, cell 2); the one in cell 2 counts.",
    )


@pytest.mark.parametrize(
    "later",
    [
        STUB,
        "answer = answer(3)",
        "answer, more = answer(3)[:2]",
        "answer = answer(3).T.numpy()",
        "r = answer(3)\nanswer, more = r[:2]",
        "for answer in range(3):\n    print(answer)",
        "def answer(x): ...",
        "answer = 3",
        "answer = answer(3, 'model')",
        "answer: list = [answer(x) for x in range(3)]",
        "answer, b = 1, {}",
        "answer = list(map(str, answer(3)))",
        "answer += 1",
        "print(answer := 'x')",
    ],
)
def test_attempt_counts_over_what_is_none(later: str, extracted: Extracted, ran: Ran) -> None:
    """Neither a copy of the stub nor a result under its name hides an attempt above."""
    extraction = extracted("def answer(x): return x + 1", later, stub=(STUB,))

    assert ran(extraction)["answer"](2) == 3
    assert "assigned again in cell 2" in extraction.functions["answer"].remarks[0]


@pytest.mark.parametrize(
    "later",
    [
        "answer = compute()",
        "answer = max(4, 5)",
        "import builtins\nanswer = builtins.sorted",
        "with open('/dev/null') as answer: pass",
        "from nowhere_at_all import answer",
        "answer = [print][0]",
        "if True:\n    answer = max(4, 5)",
    ],
)
def test_a_function_counts_until_there_is_another(later: str, extracted: Extracted, ran: Ran) -> None:
    """A later binding that only running can show to be a function counts if it is one."""
    extraction = extracted("def answer(x): return x + 1", "print()", later)

    answer = ran(extraction)["answer"]
    assert answer in (sorted, print) or answer(2) == 3
    assert extraction.functions["answer"].remarks[0].endswith("if that is not a function, the one in cell 1 counts.")


@pytest.mark.parametrize(
    "cells",
    [
        ("def answer(n):\n    def inner(x): return x + n\n    return inner", "answer = answer(1)"),
        ("def answer(n): return lambda x: x + n", "answer = answer(1)"),
        ("class answer:\n    def __call__(self, x): return x + 1", "answer = answer()"),
        ("def answer(x): return x + 1", "answer = answer"),
        ("def answer(x): return x", "from functools import partial\nanswer = partial(lambda f, x: f(x) + 1, answer)"),
        ("def outer():\n    global answer\n    def answer(x): return x + 1", "outer()"),
        ("def answer(x): return x + 1", "del answer"),
        ("exec('B = 1')\nC = 1", "def answer(x): return x + B + C - 1", "del answer, C"),
        ("if __name__ == '__main__':\n    def answer(x): return x + 1",),
        ("for i in range(2):\n    def answer(x): return x + i",),
        ("class A:\n    @staticmethod\n    def answer(x): return x + 1", "answer = A.answer"),
    ],
)
def test_what_a_running_notebook_would_have_counts(cells: tuple[str, ...], extracted: Extracted, ran: Ran) -> None:
    """What a running notebook would have counts, as when all cells are run.

    So do factories of functions, callable objects, ``global`` and deleted names.
    """
    assert ran(extracted(*cells))["answer"](2) == 3


def test_a_deleted_function_is_told(extracted: Extracted) -> None:
    """A function that is deleted later counts, and the remark names the line to remove."""
    function = extracted("def answer(x): return x", "a = 1\ndel answer, a").functions["answer"]

    assert function.remarks == ("`answer` is deleted in cell 2, line 2; the one in cell 1 counts. Remove that line.",)


UNBOUND = {
    "if False:\n    def answer(x): return x": "below `if False:` (line 1), and that part of the cell is not run",
    "a = 1\nif a:\n    if not a:\n        def answer(x): return x": "cell 1, line 4, below `if not a:` (line 3)",
    "while 0:\n    def answer(x): return x": "below `while 0:` (line 1)",
    "try:\n    1 / 0\n    def answer(x): return x\nexcept Exception: pass": "below `try:` (line 1)",
    "def d(f): print()\n@d\ndef answer(x): return x": "after its decorator `@d` (line 2) is applied",
    "from nowhere_at_all import *": "`from nowhere_at_all import *` in cell 1 was meant to define it, copy",
}


@pytest.mark.parametrize("source", UNBOUND)
def test_what_turns_out_to_be_no_function_is_explained(source: str, extracted: Extracted, ran: Ran) -> None:
    """Where only running tells that there is no function, the extraction holds a message."""
    extraction = extracted(source)

    assert extraction.functions["answer"].status is None
    assert not callable(ran(extraction).get("answer"))
    assert UNBOUND[source] in extraction.functions["answer"].if_missing


def test_an_empty_function_with_its_answer_elsewhere(extracted: Extracted) -> None:
    """An answer in a text cell or a comment below the unchanged function is pointed out."""
    text = extracted(STUB, "#md My answer:\ndef answer(x):\n    return x", stub=(STUB,)).functions["answer"]
    comment = extracted(f"{STUB}\n# def answer(x):\n#     return x", stub=(STUB,)).functions["answer"]

    assert text.message.endswith("which is a text cell and is not run; make it a code cell.")
    assert comment.message.endswith("where it is commented out; remove the `#` from line 6 on.")
    assert text.status is comment.status is ExerciseStatus.NOT_ATTEMPTED


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("answr = lambda x: x", "Did you mean `answr` in cell 1, line 1?"),
        ("def Answer(x): return x", "Did you mean `Answer` in cell 1, line 1?"),
        ("def ans(x): return x", "Did you mean `ans` in cell 1, line 1?"),
        ("class A:\n    def answr(x): return x", "It is inside the class `A`; move it to the top level."),
        ("```python\ndef answer(x):\n    return x\n```", "line 1 is Markdown, not Python; remove the lines that begin"),
        ("Def answer(x):\n    return x", "line 1 is not valid Python"),
        ("function answer(x) { return x }", "line 1 is not valid Python"),
    ],
)
def test_a_slip_is_named(source: str, says: str, extracted: Extracted) -> None:
    """A function that is inside another or nearly has the name is named with its place."""
    assert says in extracted(source).functions["answer"].message


def test_missing_function_says_so(extracted: Extracted) -> None:
    """A notebook without the function says which one is missing."""
    function = extracted("x = 1").functions["answer"]

    assert function.status is ExerciseStatus.MISSING
    assert function.message == (
        "There is no function `answer` in the notebook. Define it in a code cell, not indented: `def answer(...):`"
    )
    assert function.source == ()


def test_near_miss_is_offered(extracted: Extracted) -> None:
    """A function with a typing error in its name is pointed out with its place, ungraded."""
    extraction = extracted("x = 1", "\ndef logit_lense_analysis(p): return p", exercises=("logit_lens_analysis",))

    missing = extraction.functions["logit_lens_analysis"]
    assert missing.status is ExerciseStatus.MISSING
    assert "Did you mean `logit_lense_analysis` in cell 2, line 2?" in missing.message


NEAR = ("x = 1", "K = 1\ndef logit_lense_analysis(p): return helper(p) + K", "def helper(p): return p")


def test_near_miss_is_graded_where_that_is_allowed(notebook: Callable[..., Any], ran: Ran) -> None:
    """With ``near_miss``, a function of a mistyped name is graded with all it needs.

    A remark says so.
    """
    extraction = extract(notebook(*NEAR), ["logit_lens_analysis"], (), near_miss=True)

    assert ran(extraction)["logit_lens_analysis"](2) == 3
    assert extraction.functions["logit_lens_analysis"].remarks == (
        "`logit_lense_analysis` in cell 2 is graded as `logit_lens_analysis`; give it that name.",
    )


def test_near_miss_stands_in_for_nothing_that_is_there(notebook: Callable[..., Any], ran: Ran) -> None:
    """An old version of a similar name, or another exercise, is not graded instead.

    That is so where the exercise itself exists.
    """
    cells = ("def answers(x): return 1", "def answer(x): return 2", "def answer_2(x): return 3")

    extraction = extract(notebook(*cells), ["answer", "answer_2", "answer_3"], (), near_miss=True)

    assert ran(extraction)["answer"](0) == 2
    assert extraction.functions["answer"].remarks == ()
    assert extraction.functions["answer_3"].status is None
    assert "`answers` in cell 1 is graded" in extraction.functions["answer_3"].remarks[0]


def test_near_miss_that_was_not_attempted_is_not_attempted(notebook: Callable[..., Any]) -> None:
    """A near miss that only has an empty body counts as not attempted."""
    extraction = extract(notebook("def answr(x): ..."), ["answer"], (), near_miss=True)

    assert extraction.functions["answer"].status is ExerciseStatus.NOT_ATTEMPTED


def test_near_miss_is_offered_when_running_code_binds_nothing(extracted: Extracted) -> None:
    """Where only running can bind the function, a message is ready in case it does not."""
    function = extracted("exec('answer_old = 1')", "def answr(x): return x").functions["answer"]

    assert function.status is None
    assert "Did you mean `answr` in cell 2, line 1?" in function.if_missing


@pytest.mark.parametrize(
    "hidden",
    ["class A:\n    def answer(self, x): return x", "def f():\n    def answer(x): return x\n    return answer"],
)
def test_methods_and_inner_functions_are_not_the_exercise(hidden: str, extracted: Extracted) -> None:
    """A function of the right name inside something else is not it; a message says where."""
    function = extracted(hidden).functions["answer"]

    assert function.status is ExerciseStatus.MISSING
    assert "cell 1, line 2 is inside the " in function.message
    assert "move it to the top level" in function.message


ELSEWHERE = {
    "text cell": (
        ("#md Here it is:\n\ndef answer(x):\n    return x",),
        "cell 1 (`#md Here it is:`), which is a text cell",
    ),
    "fenced in a text cell": (("#md\n```python\ndef answer(x):\n    return x\n```",), "make it a code cell"),
    "commented out": (("a = 1\n# def answer(x):\n#     return x",), "remove the `#` from line 2 on"),
    "another language's cell": (("%%bash\ndef answer(x):\n    return x",), "begins with `%%bash`"),
    "written to a file": (("%%html\n<pre>\ndef answer(x): 1\n</pre>",), "begins with `%%html`"),
    "in a text": (('CODE = """\ndef answer(x):\n    return x\n"""',), "move it to the top level of a code cell"),
    "no-break space in a comment": (
        ("#\u00a0def\u00a0answer(x):\n#\u00a0   return x",),
        "remove the `#` from line 1 on",
    ),
}


@pytest.mark.parametrize("kind", ELSEWHERE)
def test_a_function_that_stands_elsewhere_is_found(kind: str, extracted: Extracted) -> None:
    """Of a function outside the code that is run, the message says where and what to do."""
    cells, says = ELSEWHERE[kind]
    function = extracted(*cells).functions["answer"]

    assert function.status is ExerciseStatus.MISSING
    assert says in function.message


def test_what_was_handed_out_is_no_answer(extracted: Extracted) -> None:
    """A handed-out text cell with the function's first line is no answer."""
    shown = "#md Begin with\n\ndef answer(x):"

    assert "It stands in" not in extracted(shown, stub=(shown,)).functions["answer"].message


BROKEN = {
    "bracket": ("def answer(x):\n    return (x + 1", 2, "'(' was never closed"),
    "word": ("def answer(x):\n    y = x +\n    return y", 2, "invalid syntax"),
    "indent": ("def answer(x):\nreturn x", 2, "expected an indented block"),
    "python 2": ("def answer(x):\n    print 'a'", 2, "Missing parentheses"),
    "below the function": ("def answer(x):\n    return x\n\nanswer(3", 4, "'(' was never closed"),
    "bound by assignment": ("answer = lambda x: (x", 1, "'(' was never closed"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_syntax_error_names_cell_line_and_text(kind: str, extracted: Extracted) -> None:
    """The message names the line that makes the exercise's cell invalid Python."""
    source, line, reason = BROKEN[kind]

    function = extracted("A = 1", source).functions["answer"]

    assert function.status is ExerciseStatus.SYNTAX_ERROR
    assert f"cell 2, line {line} is not valid Python ({reason}" in function.message
    assert source.split("\n")[line - 1].strip() in function.message


def test_compile_errors_are_syntax_errors(extracted: Extracted) -> None:
    """What Python's parser accepts and its compiler rejects is a syntax error too."""
    function = extracted("def answer(x):\n    nonlocal y\n    return x").functions["answer"]

    assert function.status is ExerciseStatus.SYNTAX_ERROR
    assert "cell 1, line 2" in function.message


def test_broken_cell_elsewhere_costs_nothing(extracted: Extracted, ran: Ran) -> None:
    """A cell that is not Python costs only what it would have bound, and gets a remark."""
    extraction = extracted("helper = lambda x: (x", "def answer(x): return x + 1", "def other(x): return helper(x)")

    assert ran(extraction)["answer"](2) == 3
    assert extraction.functions["answer"].remarks == ()
    assert extraction.remarks == (
        "Cell 1 was left out: it is not valid Python (line 1: '(' was never closed). No exercise needs it.",
    )


@pytest.mark.parametrize(
    "source",
    ["def answer(x): return helper(x)", "exec('def answer(x): return 1')", "answr = 1", "def answer(x): ..."],
    ids=["its helper", "names that cannot be followed", "missing", "not attempted"],
)
def test_a_broken_cell_that_may_matter_is_not_said_to_be_harmless(source: str, extracted: Extracted) -> None:
    """The cell may hold what an exercise lacks."""
    assert "No exercise needs it" not in extracted("helper = (1", source).remarks[0]


def test_missing_helper_points_to_the_broken_cell(extracted: Extracted) -> None:
    """A needed name that only a broken cell mentions is reported with that cell."""
    function = extracted("def helper(x):\n  return (x", "def answer(x): return helper(x)").functions["answer"]

    assert function.status is None
    assert "`helper` is probably defined in cell 1, which is not valid Python" in function.remarks[0]


def test_broken_copy_does_not_hide_a_whole_one(extracted: Extracted, ran: Ran) -> None:
    """A definition that is Python counts over a later one that is not."""
    extraction = extracted("def answer(x): return x + 1", "def answer(x):\n    return (x")

    assert ran(extraction)["answer"](2) == 3
    assert extraction.functions["answer"].remarks[0].startswith("Cell 2 also defines `answer`, but is not valid Python")


def test_cells_in_another_order_are_reported(extracted: Extracted) -> None:
    """A remark says which cells are run in another order than that of the notebook."""
    function = extracted("B = f()", "def f(): return 1", "def answer(x): return B").functions["answer"]

    assert function.remarks == ("Cell 1 needs what cell 2 further down defines; it was run after it.",)


def test_fallback_is_reported(extracted: Extracted) -> None:
    """When names cannot be followed, the whole notebook is taken and the result says so."""
    extraction = extracted("exec('A = 1')", "B = 2", "def answer(x): return x + A")

    assert [s.source.strip() for s in extraction.segments] == ["exec('A = 1')", "B = 2", "def answer(x): return x + A"]
    assert "the whole notebook was run" in extraction.functions["answer"].remarks[0]


@pytest.mark.parametrize(
    "way",
    [
        "exec('def answer(x): return helper(x)')",
        "globals()['answer'] = helper",
        "for name, f in {'answer': helper}.items():\n    globals()[name] = f",
        "t = exec('def answer(x): return helper(x)')",
    ],
)
def test_an_exercise_bound_by_its_text_is_found(way: str, extracted: Extracted, ran: Ran) -> None:
    """For a function that only running code can bind, all is run, and a remark says so."""
    extraction = extracted("def helper(x): return x + 1", way)

    assert ran(extraction)["answer"](2) == 3
    assert "the whole notebook was run" in extraction.functions["answer"].remarks[0]


def test_what_is_not_known_to_be_needed_is_optional(extracted: Extracted) -> None:
    """When the whole notebook is run, what the function does not surely need is optional."""
    extraction = extracted("A = 1", "exec('B = 1')", "train()", "def answer(x): return x + A + B")

    assert [(s.text, bool(s.optional)) for s in extraction.segments] == [
        ("A = 1", False),
        ("exec('B = 1')", True),
        ("train()", True),
        ("def answer(x): return x + A + B", False),
    ]


def test_fallback_tries_nothing_on_the_model(extracted: Extracted, ran: Ran) -> None:
    """Hooks and changed weights of an experiment are not run with the whole notebook either."""
    cells = ("exec('A = 1')", "model.add_hook(print)", "model.W = 0", "def answer(x): return x + A")

    names = ran(extracted(*cells))

    assert names["answer"](2) == 3
    assert names["model"].hooks == []
    assert not hasattr(names["model"], "W")


def test_fallback_is_only_for_those_who_need_it(extracted: Extracted) -> None:
    """An exercise whose names can be followed is not run with the rest of the notebook."""
    extraction = extracted(
        "exec('A = 1')", "def answer(x): return x + A", "def other(x): return x", exercises=("answer", "other")
    )

    assert [s.source.strip() for s in extraction.segments if "other" in s.exercises] == ["def other(x): return x"]
    assert extraction.functions["other"].remarks == ()


@pytest.mark.parametrize("opaque", ["%run helpers.py", "from helpers import *", "vars()['A'] = 1"])
def test_opaque_bindings_lead_to_the_fallback(opaque: str, extracted: Extracted) -> None:
    """For a name that a star import or ``exec`` may bind, the whole notebook is run."""
    function = extracted(opaque, "def answer(x): return x + A").functions["answer"]

    assert "the whole notebook was run" in function.remarks[0]


def test_a_library_that_the_assignment_names_is_no_file_of_the_students(notebook: Callable[..., Any]) -> None:
    """Only a missing file of their own can have been meant to define a function."""
    cells = notebook("from course_library import *", "A = 1")

    own, library = (extract(cells, ["answer"], (), packages=names) for names in ((), ("course_library",)))

    assert "was meant to define it" in own.functions["answer"].if_missing
    assert library.functions["answer"].status is ExerciseStatus.MISSING


def test_opaque_code_that_nothing_needs_changes_nothing(extracted: Extracted) -> None:
    """Code that cannot be followed matters only to functions that need something of it."""
    function = extracted("exec('A = 1')", "from helpers import *", "def answer(x): return x").functions["answer"]

    assert function.remarks == ()
