"""Whatever fails but the student's answer is our error, graded again at no cost."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.messages import check_not_run
from grader.plugin.check_verdict import verdict
from grader.report import staff_page
from grader.result import ExerciseStatus, GradingResult, Outcome, SubmissionStatus, redact
from tests.first_of_each import first_of_each

from .conftest import Done, add, check, hide_pair

Graded = Callable[..., GradingResult]

ADDS = "def scale(numbers):\n    return np.asarray(numbers, 'float32') + factor\n"
SQUARES = "def scale(numbers):\n    return np.asarray(numbers, 'float32') ** 2\n"
WRONG_PAIR = "def pair(number):\n    return 5, 11\n"


def decide(tiny: Path, id: str, line: str) -> None:
    file = tiny / "assignment.toml"
    file.write_text(f"{file.read_text()}\n[misconceptions.{id}]\n{line}\n")


def break_bank(tiny: Path, id: str, body: str) -> None:
    """Give a misconception another body."""
    bank = tiny / "misconceptions.py"
    head = f"def {id}(numbers):\n"
    assert head in bank.read_text()
    bank.write_text(bank.read_text().replace(head, f"{head}    {body}\n"))


BODIES = {
    "a library's assertion": "import numpy\n    numpy.testing.assert_equal(student.pair(5)[1], 10)",
    "a library's other assertion": "import unittest\n    unittest.TestCase().assertEqual(student.pair(5)[1], 10)",
    "a value that cannot be compared with": "import numpy\n"
    "    compare.close(student.pair(5)[1], numpy.array(10.0), axes=(), name='x')",
    "a skip": "pytest.skip('no such machine')",
    "an expected failure": "pytest.xfail('not yet')",
    "a skip by an import": "pytest.importorskip('nothing_like_it')",
    "an error in the check": "student.pair(5).shape",
    "an exit": "raise SystemExit(0)",
}


@pytest.mark.parametrize("how", first_of_each(BODIES, lambda how: how.split()[1], str))
def test_a_check_that_gives_no_verdict_is_our_error(graded: Graded, tiny: Path, how: str) -> None:
    """What a library asserts, and what was not carried out, says nothing about the student."""
    add(tiny, f"def test_new(student):\n    {BODIES[how]}")

    result = graded(pair=WRONG_PAIR)

    assert (check(result, "test_new").outcome, result.status) == (Outcome.ERROR, SubmissionStatus.ERROR)
    assert "test_new" in result.message


VERDICTS = {
    "an assertion": "assert student.pair(5)[1] == 10",
    "a failure": "if student.pair(5)[1] != 10: pytest.fail('It is not ten.')",
    "no exception": "with pytest.raises(Exception): student.pair(5)",
    "an assertion in a helper": "must_be_ten(student.pair(5)[1])",
}
HELPER = "def must_be_ten(number):\n    assert number == 10, 'It is not ten.'"


@pytest.mark.parametrize("body", VERDICTS.values(), ids=VERDICTS)
def test_what_the_check_itself_says_is_a_verdict(graded: Graded, tiny: Path, body: str) -> None:
    """What the assignment's own files say is a verdict, in every form that pytest has."""
    add(tiny, f"def test_new(student):\n    {body}\n\n\n{HELPER}")

    result = graded(pair=WRONG_PAIR)

    assert (check(result, "test_new").outcome, result.status) == (Outcome.FAILED, SubmissionStatus.GRADED)


@pytest.mark.parametrize("mark", ["skip('not now')", "skipif(True, reason='not now')"])
def test_a_check_that_is_marked_to_be_skipped_is_our_error(graded: Graded, tiny: Path, mark: str) -> None:
    """Its points would be lost to everybody."""
    add(tiny, f"@pytest.mark.{mark}\ndef test_new(student):\n    pass")

    assert check(graded(), "test_new").outcome is Outcome.ERROR


@pytest.mark.parametrize("body", ["assert False, 'no data'", "yield\n    assert False", "pytest.fail('no data')"])
def test_a_fixture_that_fails_is_our_error(graded: Graded, tiny: Path, body: str) -> None:
    """What an author prepares or puts away says nothing about the student."""
    fixture = f"@pytest.fixture\ndef data():\n    {body}\n\n\n"
    add(tiny, "def test_new(data):\n    pass")
    checks = tiny / "checks" / "visible" / "test_checks.py"
    checks.write_text(
        checks.read_text().replace("@pytest.mark.exercise('pair')\n", f"{fixture}@pytest.mark.exercise('pair')\n")
    )

    result = graded()

    assert (check(result, "test_new").outcome, result.status) == (Outcome.ERROR, SubmissionStatus.ERROR)


LOST = {
    "returned": "return student.pair(5)[1] == 10",
    "in a thread": (
        "import threading\n    answer = student.pair(5)[1]\n    def judge(): assert answer == 10\n"
        "    thread = threading.Thread(target=judge)\n    thread.start()\n    thread.join()"
    ),
}


@pytest.mark.parametrize("body", LOST.values(), ids=LOST)
def test_a_verdict_that_is_lost_is_our_error(graded: Graded, tiny: Path, body: str) -> None:
    """A check that returns its verdict, or asserts in a thread, is an error.

    pytest takes no notice of those, so such a check would pass everybody.
    """
    add(tiny, f"def test_new(student):\n    {body}")

    result = graded(pair=WRONG_PAIR)

    assert (check(result, "test_new").outcome, result.status) == (Outcome.ERROR, SubmissionStatus.ERROR)


def test_a_check_may_not_be_expected_to_fail(graded: Graded, tiny: Path) -> None:
    """The author hears of it; nobody is graded by such a check."""
    add(tiny, "@pytest.mark.xfail\ndef test_new(student):\n    pass")

    result = graded()

    assert result.status is SubmissionStatus.ERROR
    assert "test_new: a check may not be marked xfail" in result.message


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("checks/visible/test_more.py", "import pytest\npytest.skip('not here', allow_module_level=True)\n"),
        ("checks/visible/test_more.py", "import pytest\npytest.importorskip('nothing_like_it')\n"),
        (
            "checks/visible/test_a_check.py",
            "import pytest\n@pytest.mark.exercise('pair')\ndef test_new(): pytest.exit('no', 0)\n",
        ),
        ("conftest.py", "def pytest_collection_modifyitems(items): items[:] = items[:1]\n"),
        ("conftest.py", "import pytest\ndef pytest_runtest_setup(item): pytest.skip('not now')\n"),
    ],
)
def test_checks_that_did_not_run_are_our_error(graded: Graded, tiny: Path, file: str, text: str) -> None:
    """Skipped with their file, ended early, deselected: none of them is passed."""
    (tiny / file).write_text(text)

    assert graded().status is SubmissionStatus.ERROR


@pytest.mark.parametrize(
    "answer", [pytest.param({}, marks=pytest.mark.exhaustive), {"scale": SQUARES}], ids=["right", "wrong"]
)
@pytest.mark.parametrize("body", ["import os; os._exit(1)", "raise MemoryError", "return 10**4000", "assert False"])
def test_a_reference_that_does_not_answer_is_our_error(
    graded: Graded, tiny: Path, body: str, answer: dict[str, str]
) -> None:
    """Whatever the student returned."""
    solution = tiny / "solution.py"
    solution.write_text(solution.read_text().replace("def scale(numbers):\n", f"def scale(numbers):\n    {body}\n"))

    result = graded(**answer)

    assert result.status is SubmissionStatus.ERROR
    assert check(result, "test_scale[short]").outcome is Outcome.ERROR


DEATHS = first_of_each(["import os; os._exit(1)", "raise MemoryError", "return 10**4000"], type, str)


@pytest.mark.parametrize("body", DEATHS)
def test_an_accepted_mistake_that_does_not_answer_is_our_error(graded: Graded, tiny: Path, body: str) -> None:
    """The student's answer may have been that one."""
    decide(tiny, "scale_adds", "accepted = true")
    break_bank(tiny, "scale_adds", body)

    result = graded(scale=ADDS)

    assert result.status is SubmissionStatus.ERROR
    assert "scale_adds" in check(result, "test_scale[short]").message


def test_an_accepted_mistake_that_raises_has_no_answer(graded: Graded, tiny: Path) -> None:
    """Some do, on some inputs: the student's answer is not that one."""
    decide(tiny, "scale_raises", "accepted = true")

    result = graded(scale=ADDS)

    assert (result.status, check(result, "test_scale[short]").outcome) == (SubmissionStatus.GRADED, Outcome.FAILED)


@pytest.mark.parametrize("body", DEATHS)
def test_a_mistake_that_may_leave_points_must_answer(graded: Graded, tiny: Path, body: str) -> None:
    """A check is an error if a mistake that may leave points does not answer.

    A hidden check, which it leaves nothing, has just failed.
    """
    decide(tiny, "scale_adds", "credit = 0.5")
    break_bank(tiny, "scale_adds", body)

    result = graded(scale=SQUARES)

    assert check(result, "test_scale[short]").outcome is Outcome.ERROR
    assert check(result, "test_scale_secret").outcome is Outcome.FAILED


def test_points_that_a_mistake_leaves_do_not_hang_on_another(graded: Graded, tiny: Path) -> None:
    """What is known for sure is known without those that do not answer."""
    decide(tiny, "scale_adds", "credit = 0.5")
    break_bank(tiny, "scale_negates", DEATHS[0].values[0])

    result = graded(scale=ADDS)

    assert (result.status, check(result, "test_scale[short]").points) == (SubmissionStatus.GRADED, 0.5)


@pytest.mark.parametrize("body", DEATHS)
def test_where_no_points_hang_on_it_a_diagnosis_may_fail(graded: Graded, tiny: Path, body: str) -> None:
    """Staff reads that it did, the student does not; other mistakes are still named."""
    break_bank(tiny, "scale_negates", body)

    first, second = graded(scale=SQUARES), graded(scale=ADDS)

    assert first.status is SubmissionStatus.GRADED
    assert "scale_negates" in check(first, "test_scale[short]").staff_note
    assert "The diagnosis is not complete" in staff_page(first)
    assert "The diagnosis is not complete" not in json.dumps(redact(first).to_json())
    assert [d.id for d in check(second, "test_scale[short]").diagnoses] == ["scale_adds"]


def test_an_exercise_is_passed_when_all_of_its_checks_ran(graded: Graded, tiny: Path) -> None:
    """An exercise whose hidden checks are left for later is not passed yet."""
    hide_pair(tiny)

    later, now = graded(hidden=False), graded()

    assert [e.status for e in later.exercises] == [ExerciseStatus.INCOMPLETE] * 2
    assert [e.status for e in now.exercises] == [ExerciseStatus.PASSED] * 2
    assert dataclasses.asdict(later.exercises[1].checks[0])["outcome"] == Outcome.SKIPPED


@pytest.mark.parametrize(("size", "outcome"), [(2 << 20, Outcome.FAILED), (1, Outcome.ERROR)])
def test_who_returned_more_than_was_asked_for_pays_for_the_memory(
    size: int, outcome: Outcome, tiny: Path, graded: Graded
) -> None:
    """Want of memory fails a check of large answers, and is our error for small ones."""
    checks = tiny / "checks" / "visible" / "test_checks.py"
    checks.write_text(checks.read_text().replace("assert first == 5", "raise MemoryError\n    assert first == 5"))

    found = check(graded(pair=f"def pair(number):\n    return np.zeros({size}, 'int8'), 2\n"), "test_pair")

    assert found.outcome is outcome
    assert ("returned more than can be compared" in found.message) == (outcome is Outcome.FAILED)


def test_what_an_examiner_may_use_is_bounded(run: Callable[..., Done]) -> None:
    """What an examiner may use ends in a MemoryError of its own.

    The system ends it before the batch and after kernels.
    """
    done = run(source=BACKSTOP)

    assert done.stdout.split() == ["bounded", "500"], done.stderr


BACKSTOP = """
from grader.sandbox import rlimits
rlimits.backstop(64)
try:
    bytearray(128 << 20)
except MemoryError:
    print("bounded")
print(open("/proc/self/oom_score_adj").read())
"""


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (TimeoutError(), "The check t could not be carried out. TimeoutError."),
        (KeyError("x"), "The check t could not be carried out. KeyError: 'x'."),
        (ValueError("Too large."), "The check t could not be carried out. ValueError: Too large."),
    ],
)
def test_an_error_of_ours_is_a_sentence_with_an_end(error: Exception, sentence: str) -> None:
    """Also where the exception says nothing: another sentence follows it in the log."""
    assert check_not_run("t", verdict(error, Path()).message) == sentence
