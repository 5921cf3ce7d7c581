"""``grade``: one submission's result, whatever the submission is."""

from __future__ import annotations

import dataclasses
import json
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.result import (
    ExerciseResult,
    ExerciseStatus,
    GradingResult,
    Outcome,
    SubmissionStatus,
    Visibility,
    redact,
)
from tests.first_of_each import first_of_each

from .conftest import add, check, hide_pair

Graded = Callable[..., GradingResult]

ADDS = "def scale(numbers):\n    return np.asarray(numbers, 'float32') + factor\n"


def exercise(result: GradingResult, name: str) -> ExerciseResult:
    return next(e for e in result.exercises if e.name == name)


def test_a_right_notebook_gets_full_marks(graded: Graded) -> None:
    """All points, the figure that the check attached, and everything needed to do it again."""
    result = graded(seed=7)

    assert (result.status, result.score, result.max_score, result.message) == (SubmissionStatus.GRADED, 6.0, 6.0, "")
    assert [e.status for e in result.exercises] == [ExerciseStatus.PASSED] * 2
    assert result.provenance.seed == 7
    assert {"grader", "assignment", "model", "python", "torch"} <= result.provenance.to_json().keys()
    figure = check(result, "test_scale[short]").figure
    assert figure is not None
    assert figure.title == "Numbers"
    assert "def scale(numbers):" in exercise(result, "scale").source[0].text


def test_a_wrong_exercise_costs_its_own_points(graded: Graded) -> None:
    """A wrong exercise has its finding and named mistake, and the other keeps its points."""
    result = graded(scale=ADDS)

    found = check(result, "test_scale[equal]")
    assert (result.score, exercise(result, "scale").status) == (2.0, ExerciseStatus.FAILED)
    assert (found.outcome, found.points, found.max_points) == (Outcome.FAILED, 0.0, 1.0)
    assert found.mismatch is not None
    assert (found.mismatch.kind, found.mismatch.where) == ("close", "i 0")
    assert [d.id for d in found.diagnoses] == ["scale_adds"]
    assert (found.title, found.hint) == ("It scales.", "Multiply by factor.")


def test_some_checks_passed_is_partial(graded: Graded) -> None:
    """A factor written down is right on one model only."""
    result = graded(scale="def scale(numbers):\n    return np.asarray(numbers, 'float32') * 2\n")

    scale = exercise(result, "scale")
    assert (scale.status, scale.score) == (ExerciseStatus.PARTIAL, 3.0)
    assert check(result, "test_scale_by_three").outcome is Outcome.FAILED
    assert scale.message == "The visible checks pass, but 1 on other inputs does not."


def test_a_hidden_checks_findings_are_not_in_the_exercises_message(graded: Graded) -> None:
    """What the student's page is made from holds no hidden input, from whichever field."""
    result = graded(
        scale="def scale(numbers):\n    if numbers[0] > 4000:\n        raise ValueError(numbers)\n    return 0\n"
    )

    assert check(result, "test_scale_secret").visibility is Visibility.HIDDEN
    assert "4711" in check(result, "test_scale_secret").message
    assert "4711" not in json.dumps(redact(result).to_json())


@pytest.mark.parametrize(
    ("pair", "status"),
    [
        ("def pair(n):\n    return 1 / 0\n", ExerciseStatus.CRASHED),
        ("def pair(n):\n    while True: pass\n", ExerciseStatus.TIMED_OUT),
        ("import os\ndef pair(n):\n    os._exit(0)\n", ExerciseStatus.CRASHED),
        ("def pair(n):\n    return bytearray(1 << 40)\n", ExerciseStatus.OUT_OF_MEMORY),
        ("def pear(n):\n    return n, 2 * n\n", ExerciseStatus.MISSING),
        ("def pair(n:\n    return n, 2 * n\n", ExerciseStatus.SYNTAX_ERROR),
        ("def pair(n):\n    return n\n", ExerciseStatus.FAILED),
        ("def pair(n):\n    return 5, 11\n", ExerciseStatus.FAILED),
    ],
)
def test_whatever_one_function_does_the_other_is_graded(graded: Graded, pair: str, status: ExerciseStatus) -> None:
    """Each way to fail has its status and a sentence; the other exercise keeps its points."""
    result = graded(pair=pair)

    assert result.status is SubmissionStatus.GRADED
    assert (exercise(result, "scale").score, exercise(result, "pair").score) == (4.0, 0.0)
    assert exercise(result, "pair").status is status
    assert exercise(result, "pair").message


def test_a_plain_assert_says_the_authors_words(graded: Graded) -> None:
    """With words they are the message; without, pytest's explanation is."""
    first = graded(pair="def pair(n):\n    return 4, 10\n")
    second = graded(pair="def pair(n):\n    return 5, 11\n")

    assert check(first, "test_pair").message == "The first number is the one that was given."
    assert "11 == 10" in check(second, "test_pair").message


def test_the_untouched_notebook_is_not_attempted(graded: Graded, tiny: Path) -> None:
    """No points, and no blame."""
    result = graded(path=tiny / "exercise.ipynb")

    assert result.score == 0
    assert [e.status for e in result.exercises] == [ExerciseStatus.NOT_ATTEMPTED] * 2
    assert {c.outcome for e in result.exercises for c in e.checks} == {Outcome.NOT_ATTEMPTED}


def test_a_file_that_is_no_notebook_is_unreadable(graded: Graded, tiny: Path) -> None:
    """The message says why; nothing is run."""
    result = graded(path=tiny / "prelude.py")

    assert (result.status, result.score, result.max_score) == (SubmissionStatus.UNREADABLE, 0.0, 6.0)
    assert "prelude.py could not be read" in result.message


def test_hidden_checks_can_be_left_for_later(graded: Graded) -> None:
    """They are listed as skipped, and what ran decides as far as it goes."""
    result = graded(hidden=False)

    assert check(result, "test_scale_secret").outcome is Outcome.SKIPPED
    assert [e.status for e in result.exercises] == [ExerciseStatus.INCOMPLETE, ExerciseStatus.PASSED]
    assert result.score == 4.0


def test_a_remark_on_a_right_answer_is_told(graded: Graded) -> None:
    """Another type with right values passes, with a sentence."""
    result = graded(scale="def scale(numbers):\n    return np.asarray(numbers) * factor\n")

    assert result.score == 6.0
    assert (
        check(result, "test_scale[short]").message == "numbers: float64 where the reference has float32. That is fine."
    )


@pytest.mark.parametrize(
    "body",
    [
        "def test_new(reference):\n    reference.breaks()",
        "def test_new(student):\n    student.pear(1)",
        "def test_new(figure):\n    figure({})",
    ],
)
def test_a_broken_check_is_our_error_and_costs_nothing(graded: Graded, tiny: Path, body: str) -> None:
    """The submission is marked to be graded again, and staff reads which check it was."""
    add(tiny, body)

    result = graded()

    assert result.status is SubmissionStatus.ERROR
    assert result.message.startswith("The check test_new could not be carried out.")
    assert check(result, "test_new").outcome is Outcome.ERROR
    assert exercise(result, "pair").status is ExerciseStatus.ERROR


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("points(2)", "points(3)", "the checks of pair are worth 3 points, the exercise 2."),
        ("import pytest\n", "import pytest\nimport nothing_like_it\n", "nothing_like_it"),
        ("    assert second", "   assert second", "IndentationError"),
    ],
)
def test_an_assignment_that_breaks_a_rule_grades_nobody(
    graded: Graded, tiny: Path, before: str, after: str, said: str
) -> None:
    """Points that do not add up and checks that cannot be read are errors of ours, in words."""
    checks = tiny / "checks" / "visible" / "test_checks.py"
    checks.write_text(checks.read_text().replace(before, after))

    result = graded()

    assert (result.status, result.exercises) == (SubmissionStatus.ERROR, ())
    assert said in result.message


def test_a_zygote_that_is_gone_is_our_error(graded: Graded, tmp_path: Path) -> None:
    """No student pays for a machine that broke down."""
    result = graded(address=str(tmp_path / "gone"))

    assert result.status is SubmissionStatus.ERROR
    assert result.message


def test_no_text_of_a_student_carries_control_characters(graded: Graded) -> None:
    """Not in messages, tracebacks or sources, wherever the student put them."""
    bad = "\x1b[31m\x07\u202e"
    result = graded(
        scale=f"# {bad}\ndef scale(numbers):\n    raise ValueError('{bad}')\n",
        pair=r"def pair(n):" + "\n" + r"    raise ValueError('\x1b[31m\ud800')",
    )

    text = json.dumps(dataclasses.asdict(result), ensure_ascii=False)
    assert "ValueError" in text
    assert not set(bad) - set("[31m") & set(text)
    assert text.encode()


def test_the_surroundings_of_an_assignment_do_not_change_a_grade(graded: Graded, tiny: Path) -> None:
    """A configuration or conftest above the assignment is not read."""
    (tiny.parent / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (tiny.parent / "conftest.py").write_text("raise RuntimeError('not to be run')\n")

    assert graded().score == 6.0


DRAWS = """
def test_new(student, reference, rng):
    number = rng.randrange(10**9)
    assert student.pair(number)[0] == reference.pair(number)[0] == -1, f"drawn: {number}"
"""


def drawn(result: GradingResult) -> tuple[str, int]:
    return check(result, "test_new").message, result.provenance.seed


def test_drawn_inputs_follow_from_the_submissions_bytes(graded: Graded, tiny: Path) -> None:
    """Grading again asks the same, another submission something else.

    The seed in the result repeats it.
    """
    add(tiny, DRAWS.strip())

    mine, again, other = graded(), graded(), graded(sha256="f" * 64)

    assert drawn(mine)[0].startswith("drawn: ")
    assert drawn(again) == drawn(mine)
    assert drawn(other)[0] != drawn(mine)[0]
    assert drawn(graded(seed=other.provenance.seed)) == drawn(other)


def test_drawn_inputs_cannot_be_foretold_from_the_submission(graded: Graded, tiny: Path, tmp_path: Path) -> None:
    """Checks and notebook do not give the seed: the installation's secret is private."""
    add(tiny, DRAWS.strip())
    secret = tmp_path / "state" / "secret"

    mine = graded()
    assert secret.stat().st_mode & 0o077 == 0
    secret.write_text("another" * 10)

    assert drawn(graded())[0] != drawn(mine)[0]


def test_two_checks_draw_different_inputs(graded: Graded, tiny: Path) -> None:
    """What one check shows tells nothing about what another asks."""
    add(tiny, "@pytest.mark.parametrize('n', [1, 2])\n" + DRAWS.strip().replace("rng)", "rng, n)"))

    result = graded()

    assert check(result, "test_new[1]").message != check(result, "test_new[2]").message


def test_what_a_drawn_input_asked_for_is_not_kept(graded: Graded, tiny: Path, tmp_path: Path) -> None:
    """What a drawn input asked for is not kept.

    Every submission would fill the store with answers that nobody asks for again.
    """
    graded()
    kept = len(list((tmp_path / "cache").rglob("*.npz")))
    assert kept
    add(tiny, DRAWS.strip())

    graded(sha256="1" * 64)
    with_drawing = len(list((tmp_path / "cache").rglob("*.npz")))
    graded(sha256="2" * 64)

    assert len(list((tmp_path / "cache").rglob("*.npz"))) == with_drawing


DECIDE = "\n[misconceptions.scale_adds]\n{}\n"
SQUARES = "def scale(numbers):\n    return np.asarray(numbers, 'float32') ** 2\n"
NEGATES_AND_ADDS = ADDS.replace("return np", "return -(np").replace("factor", "factor)")


def decide(tiny: Path, line: str) -> None:
    file = tiny / "assignment.toml"
    file.write_text(file.read_text() + DECIDE.format(line))


def test_an_accepted_mistake_is_a_right_answer_with_a_remark(graded: Graded, tiny: Path) -> None:
    """The instructor decides, in the assignment's own file; hidden checks pass it too."""
    decide(tiny, "accepted = true")

    result = graded(scale=ADDS)

    assert (result.score, exercise(result, "scale").status) == (6.0, ExerciseStatus.PASSED)
    assert check(result, "test_scale[short]").message == "Accepted as another right answer: It adds."
    assert check(result, "test_scale[short]").diagnoses == ()


def test_another_mistake_beside_an_accepted_one_is_alone_in_being_wrong(graded: Graded, tiny: Path) -> None:
    """An accepted answer passes, and beside it only another mistake is named."""
    decide(tiny, "accepted = true")

    result = graded(scale=ADDS.replace("return", "return (1 if len(numbers) < 3 else -1) * (") + ")")

    assert check(result, "test_scale[short]").outcome is Outcome.PASSED
    assert check(result, "test_scale[equal]").outcome is Outcome.FAILED
    assert [d.id for d in check(result, "test_scale[equal]").diagnoses] == ["scale_negates"]


DRAWS_TWICE = """

DRAWN = []


@pytest.mark.exercise("scale")
def test_new(student, reference, rng):
    DRAWN.append(rng.random())
    assert len(set(DRAWN)) == 1
    compare.close(student.scale(DRAWN[:1]), reference.scale(DRAWN[:1]), axes=("i",), name="numbers")
"""


def test_an_accepted_mistake_is_held_against_the_same_drawn_inputs(graded: Graded, tiny: Path) -> None:
    """A check asks an accepted answer what it asked the reference's."""
    decide(tiny, "accepted = true")
    checks = tiny / "checks" / "visible" / "test_checks.py"
    checks.write_text(checks.read_text() + DRAWS_TWICE)

    assert check(graded(scale=ADDS), "test_new").outcome is Outcome.PASSED


def test_a_mistake_may_leave_some_of_the_points(graded: Graded, tiny: Path) -> None:
    """The check is not passed, and the student reads what the mistake leaves."""
    decide(tiny, "credit = 0.5")

    result = graded(scale=ADDS)

    found = check(result, "test_scale[short]")
    assert (found.outcome, found.points, result.score) == (Outcome.FAILED, 0.5, 3.0)
    assert exercise(result, "scale").status is ExerciseStatus.PARTIAL
    assert found.note == "This mistake leaves 50% of the points."


def test_how_a_hidden_check_alone_fails_is_not_the_exercises_status(graded: Graded, tiny: Path) -> None:
    """A student's code could choose that too."""
    hide_pair(tiny)

    result = graded(pair="def pair(number):\n    raise ValueError(number)\n")

    assert exercise(result, "pair").status is ExerciseStatus.FAILED


def test_two_mistakes_at_once_leave_nothing(graded: Graded, tiny: Path) -> None:
    """What an instructor decided about one mistake is not meant for another beside it."""
    decide(tiny, "credit = 0.5")

    result = graded(scale=NEGATES_AND_ADDS)

    assert [d.id for d in check(result, "test_scale[short]").diagnoses] == ["scale_adds+scale_negates"]
    assert exercise(result, "scale").score == 0.0


def test_where_no_mistake_is_known_that_is_said(graded: Graded) -> None:
    """Honest words, not a guess."""
    result = graded(scale=SQUARES)

    assert check(result, "test_scale[equal]").diagnoses == ()
    assert check(result, "test_scale[equal]").note == "No known mistake explains these values."


@pytest.mark.parametrize(
    "body",
    first_of_each(
        ["raise ValueError('broken')", "return 10**400", "return [np.zeros(2), 'a', None]"], lambda b: b.split()[0], str
    ),
)
def test_a_diagnosis_that_fails_costs_no_verdict(graded: Graded, tiny: Path, body: str) -> None:
    """Whatever the code of misconceptions does, the check has failed, and that is all."""
    misconceptions = tiny / "misconceptions.py"
    misconceptions.write_text(
        misconceptions.read_text().replace('    return np.asarray(numbers, "float32") + factor', f"    {body}")
    )

    result = graded(scale=ADDS)

    assert (result.status, check(result, "test_scale[short]").outcome) == (SubmissionStatus.GRADED, Outcome.FAILED)


def test_a_bank_that_breaks_a_rule_grades_nobody(graded: Graded, tiny: Path) -> None:
    """The author hears of it, instead of students who miss a diagnosis."""
    (tiny / "misconceptions.py").write_text("MISCONCEPTIONS = 1\n")

    result = graded()

    assert result.status is SubmissionStatus.ERROR
    assert "misconceptions.py: MISCONCEPTIONS must be" in result.message


ODD = ["0.5", "[np.float32(1.0)]", "np.ones((1, 1, 3))", "10**20", "[[1.0], [2.0, 3.0]]", "None", "'text'", "np"]


@pytest.mark.parametrize("answer", first_of_each(ODD, lambda answer: answer[0] == "[", str))
def test_an_odd_answer_is_wrong_and_no_error_of_ours(graded: Graded, answer: str) -> None:
    """Each is refused with a sentence, and the student's grade is not withheld."""
    result = graded(scale=f"def scale(numbers):\n    return {answer}\n")

    assert result.status is SubmissionStatus.GRADED
    assert exercise(result, "scale").status is ExerciseStatus.FAILED


def test_code_that_compiles_to_gigabytes_ends_within_its_own_limits(graded: Callable[..., GradingResult]) -> None:
    """Code that compiles to gigabytes costs its exercise alone, within its limits."""
    body = "x = 1"
    for _ in range(19):  # the compiler writes what stands in a finally twice
        body = f"try:\n pass\nfinally:\n{textwrap.indent(body, ' ')}"

    result = graded(scale=f"def scale(numbers):\n{textwrap.indent(body, ' ')}\n return numbers\n")

    scale, pair = result.exercises
    assert scale.status in ("timed_out", "out_of_memory")
    assert (scale.score, pair.score) == (0.0, 2.0)
