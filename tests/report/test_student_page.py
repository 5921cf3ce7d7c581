"""What a student reads, in which order, and what a student may not read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from grader.errors import Frame
from grader.person import Person
from grader.provenance import Provenance
from grader.report import messages, staff_page, status_texts, student_page
from grader.result import (
    CheckResult,
    Diagnosis,
    ExerciseResult,
    ExerciseStatus,
    Figure,
    FigureCells,
    GradingResult,
    Mismatch,
    Outcome,
    SubmissionStatus,
    Visibility,
)


def with_checks(result: GradingResult, *checks: CheckResult) -> GradingResult:
    exercise = replace(result.exercises[0], status=ExerciseStatus.FAILED, checks=checks, source=(), remarks=())
    return replace(result, exercises=(exercise,))


def test_the_score_comes_first(results: dict[str, Any], parse: Any) -> None:
    """The heading is the score, and the sentence below it names what to start with."""
    page = parse(student_page(results["reversed"]))

    assert page.one("h1").text == "16 of 20 points"
    assert page.one("p", class_="summary").text == (
        "1 of 2 exercises passes in full; start with Logit lens: "
        "“Your KL equals KL(lens || final); the task asks for KL(final || lens)”."
    )


def test_the_named_mistake_comes_before_the_checks(results: dict[str, Any]) -> None:
    """Within an exercise: what to look at first, then checks, then the figure, then the code."""
    text = student_page(results["reversed"])
    places = [
        text.index(mark)
        for mark in ("Look at this first", "In torch.nn", "Checks <", "beside the reference", "Your code as")
    ]

    assert places == sorted(places)


def test_failed_checks_come_before_passed_ones(results: dict[str, Any], parse: Any) -> None:
    """What is to be mended stands on top."""
    page = parse(student_page(results["reversed"]))
    order = [c.attrs["class"] for c in page.all("li", class_="check")]

    assert order == [*["check bad"] * 2, *["check good"] * 6]


def test_what_passes_waits_folded(results: dict[str, Any], parse: Any) -> None:
    """Between what is wrong and its picture stands nothing that is right."""
    page = parse(student_page(results["reversed"]))
    folded = [c.attrs["class"] for c in page.all("li", class_="check", within="details")]

    assert folded == ["check good"] * 6


def test_what_was_not_attempted_is_said_once(results: dict[str, Any], parse: Any) -> None:
    """The exercise alone says with its cell that it was not attempted; checks are folded."""
    told = "f in cell 15 has not been attempted."
    checks = tuple(
        CheckResult(f"t{n}", "T", Outcome.NOT_ATTEMPTED, 0.0, 1.0, message=told, hint="Return.") for n in range(2)
    )
    exercise = ExerciseResult("f", ExerciseStatus.NOT_ATTEMPTED, 0.0, 2.0, message=told, checks=checks)
    page = parse(student_page(replace(results["full"], exercises=(exercise,))))

    assert page.text.count(told) == 1
    assert "Return." not in page.text
    assert [s.text for s in page.all("summary")] == ["What will be checked"]


def test_a_failed_check_says_expected_actual_where_and_what_to_try(results: dict[str, Any], parse: Any) -> None:
    """The facts of a mismatch are a definition list, its hint is beside it."""
    page = parse(student_page(results["reversed"]))
    terms = [e.text for e in page.all("dt")]
    facts = [e.text for e in page.all("dd")]

    assert terms == ["Expected", "Actual", "Where"]
    assert facts == ["4.13 nats, to within 0.002", "4.96 nats", "position 3, layer 2"]
    assert "Hint Look at the direction." in page.text


def test_a_hint_is_given_once_and_not_beside_a_mistake_s_own(results: dict[str, Any], parse: Any) -> None:
    """A named mistake's hint replaces the check's, and what was said above is not said again."""
    named = parse(student_page(results["reversed"])).all("li", class_="check")[0].text
    plain = CheckResult(
        "t", "Title", Outcome.FAILED, 0.0, 1.0, message="Off by one.", hint="Count from zero.", note="No."
    )
    twice = with_checks(results["full"], plain, replace(plain, id="u", title="Other", message="Off by two."))

    assert "Hint Write the formula down" not in named
    assert parse(student_page(twice)).text.count("Hint Count from zero.") == 1
    assert [p.text for p in parse(student_page(twice)).all("p")].count("No.") == 1


def test_a_difference_in_places_is_told_once_with_its_token(results: dict[str, Any], lens: Figure, parse: Any) -> None:
    """Where facts say it all, the sentence is left out.

    The place has the figure's word and the first wrong layer.
    """
    places = {"worst": {"position": 3, "layer": 2}, "first": {"position": 1, "layer": 0}, "wrong": 9, "total": 112}
    about = Mismatch("kl", "4.13", "4.96 (off by 0.83)", "position 3, layer 2", **places)
    check = CheckResult("t", "Title", Outcome.FAILED, 0.0, 1.0, message="KL: wrong.", mismatch=about, figure=lens)
    page = parse(student_page(with_checks(results["full"], check)))

    assert [e.text for e in page.all("dd")] == [
        *(
            "4.13",
            "4.96 (off by 0.83)",
            "for example at position 3 (“·Bob”), layer 2. Over all positions, values are wrong from layer 0 on.",
        ),
    ]
    assert "KL: wrong." not in page.one("li", class_="check").text


def test_what_is_known_where_no_mistake_is_named_is_told(results: dict[str, Any], parse: Any) -> None:
    """Students and staff read that no known mistake explains the values."""
    note = "No known mistake explains these values."
    about = Mismatch("kl", "4.13", "4.96", "position 3", total=9, wrong=1)
    check = CheckResult("t", "Title", Outcome.FAILED, 0.0, 1.0, message="KL: wrong.", note=note, mismatch=about)
    result = with_checks(results["full"], check)

    assert note in parse(student_page(result)).text
    assert note in parse(staff_page(result)).text


def test_staff_see_where_a_computation_goes_wrong(results: dict[str, Any], parse: Any) -> None:
    """A mistake whose stage is known is placed in the computation."""
    found = Diagnosis("kl_reversed", "Reversed", "Swap.", 0.99, "the divergences")
    check = CheckResult("t", "Title", Outcome.FAILED, 0.0, 1.0, diagnoses=(found,))

    assert "99 % sure; goes wrong at the divergences" in parse(staff_page(with_checks(results["full"], check))).text


def test_the_same_mistake_on_another_input_is_folded_for_the_student(results: dict[str, Any], parse: Any) -> None:
    """A second check names its mistake with facts folded; staff have them in a sentence."""
    first = results["reversed"].exercises[0].checks[2]
    result = with_checks(results["reversed"], first, replace(first, id="test_kl[b]", message="Off by more."))
    student, staff = parse(student_page(result)), parse(staff_page(result))

    assert len(student.all("dl", within="details")) == len(student.all("details", class_="again")) == 1
    assert not staff.all("details", class_="again")
    assert "Off by more." in staff.all("li", class_="check")[1].text


def test_a_sentence_stands_on_top_or_in_its_check_and_not_in_both(results: dict[str, Any], parse: Any) -> None:
    """Where nothing else is known of the first failing check, the reader is not sent to it."""
    bare = CheckResult("t", "Title", Outcome.FAILED, 0.0, 1.0, message="There is no such function.")
    shape = replace(bare, mismatch=Mismatch("shape", "(2,)", "(3,)"))
    page, facts = (parse(student_page(with_checks(results["full"], c))) for c in (bare, shape))

    assert page.text.count("There is no such function.") == facts.text.count("There is no such function.") == 1
    assert [len(p.all("a", within="aside")) for p in (page, facts)] == [0, 1]


def test_what_fails_for_the_reason_of_another_says_only_so(results: dict[str, Any], parse: Any) -> None:
    """One wrong return value fails all checks; its facts stand once."""
    about = Mismatch("structure", "a tuple of 3", "a dict of 3", hint="Return a tuple.")
    check = CheckResult("t", "Title", Outcome.FAILED, 0.0, 1.0, message="Expected a tuple.", mismatch=about)
    page = parse(student_page(with_checks(results["full"], check, replace(check, id="u", title="Other"))))

    assert [e.text for e in page.all("dd")] == ["a tuple of 3", "a dict of 3"]
    assert page.text.count(messages.SAME_REASON) == 1


def test_a_crash_shows_the_lines_of_the_notebook(results: dict[str, Any], parse: Any) -> None:
    """Each frame names its cell and line, and the source marks the line with words."""
    page = parse(student_page(results["crashed"]))
    marked = page.one("span", class_="marked")

    assert "cell 9, line 3, in stack_layers" in page.text
    assert marked.text == "3    return t.stack(layers, dim=2) ← the error passes here"


def test_the_code_stands_with_its_cells_and_their_line_numbers(results: dict[str, Any], parse: Any) -> None:
    """The extracted source names cell and lines and counts as the notebook does."""
    page = parse(student_page(results["reversed"]))

    code = next(s.text for s in page.all("summary") if s.text.startswith("Your code"))
    assert "cell 3, line 2; cell 17, lines 4–13" in code  # noqa: RUF001
    assert [n.text for n in page.all("span", class_="no")][:11] == ["2", *(str(n) for n in range(4, 14))]
    assert "logit_lens_analysis is defined twice" in page.text


MARK = "only-staff-may-read-this"


def secret_check() -> CheckResult:
    values = FigureCells([[MARK]], [[1.0]])
    return CheckResult(
        f"test_kl[{MARK}]",
        "KL on another prompt",
        Outcome.FAILED,
        0.0,
        1.0,
        Visibility.HIDDEN,
        message=MARK,
        mismatch=Mismatch("kl", MARK, MARK, MARK, MARK),
        diagnoses=(Diagnosis("kl_reversed", "Reversed", "Swap.", 0.9), Diagnosis(MARK, MARK, MARK, 0.1)),
        traceback=(Frame(1, 1, MARK, MARK),),
        figure=Figure("grid", MARK, [MARK], [MARK], values, values),
    )


def test_a_hidden_check_stays_hidden_from_the_student(results: dict[str, Any], parse: Any) -> None:
    """Of a hidden check the student sees the title alone, not even a known mistake."""
    visible = CheckResult("t", "Visible", Outcome.FAILED, 0.0, 1.0, diagnoses=secret_check().diagnoses[:1])
    html = student_page(with_checks(results["reversed"], visible, secret_check()))
    text = parse(html).text

    assert MARK not in html
    assert "KL on another prompt hidden check" in text
    assert "Reversed" in parse(html).all("li", class_="check")[0].text
    assert "Reversed" not in parse(html).all("li", class_="check")[1].text
    assert messages.HIDDEN_NOTE in text


def test_hidden_checks_that_read_the_same_are_one_line(results: dict[str, Any], parse: Any) -> None:
    """A hidden check on three inputs is one line with all its points; staff see three."""
    checks = tuple(replace(secret_check(), id=f"test_kl[{n}]", points=float(n == 0)) for n in range(3))
    result = with_checks(results["reversed"], *checks)
    line = parse(student_page(result)).one("li", class_="check")

    assert "3 hidden checks" in line.text
    assert "1 / 3 points" in line.text
    assert len(parse(staff_page(result)).all("li", class_="check")) == 3


def test_staff_see_a_hidden_check_in_full(results: dict[str, Any], parse: Any) -> None:
    """The staff's page has all that is known of a hidden check."""
    page = parse(staff_page(with_checks(results["reversed"], secret_check())))

    assert page.text.count(MARK) > 10
    assert f"test_kl[{MARK}] · 0.00 s" in page.text
    assert "90 % sure" in page.text


def test_staff_see_where_the_result_comes_from(results: dict[str, Any], parse: Any) -> None:
    """The record has the submission, its digest, the duration and the provenance."""
    record = parse(staff_page(results["full"])).text
    full = results["full"]

    for value in (*full.submission.to_json().values(), "2.13.0", "tiny: sha256:77aa", "0.41 s"):
        assert value in record


@pytest.mark.parametrize("name", ["error", "our_check"])
def test_a_fault_of_ours_is_told_without_its_details(results: dict[str, Any], parse: Any, name: str) -> None:
    """A student reads that it costs nothing; the text of our error is for staff."""
    html = student_page(results[name])

    assert "/srv/secret" not in html
    assert "costs you no points" in parse(html).text
    assert "/srv/secret" in staff_page(results[name])


def test_a_fault_of_ours_shows_no_score(results: dict[str, Any], parse: Any) -> None:
    """What could not be graded is no zero."""
    stopped = parse(student_page(replace(results["reversed"], status=SubmissionStatus.ERROR)))

    assert stopped.one("h1").text == "Not graded yet"
    assert "/ 10" not in stopped.text
    assert "0 / 10" not in parse(student_page(results["our_check"])).text


def test_an_unreadable_file_says_why_and_what_to_do(results: dict[str, Any], parse: Any) -> None:
    """The reason comes first, then how to hand in what can be read."""
    page = parse(student_page(results["unreadable"]))

    assert page.one("p", class_="summary").text == "hw1.ipynb could not be read: it is a PDF, not a notebook."
    assert "hand in the .ipynb file itself" in page.text


def test_full_marks_make_a_short_page(results: dict[str, Any], parse: Any) -> None:
    """A right notebook is praised and gets no advice."""
    page = parse(student_page(results["full"]))

    assert page.one("p", class_="summary").text == "Everything passes, 6 checks in all. Well done."
    assert not page.all("aside")
    assert not page.all("table")


@pytest.mark.parametrize("status", ExerciseStatus)
def test_every_exercise_status_is_said_in_words(results: dict[str, Any], parse: Any, status: ExerciseStatus) -> None:
    """Each status has a label, and all but a pass a sentence, and both are on the page."""
    said = status_texts.EXERCISES[status]
    exercise = ExerciseResult("f", status, 0.0, 10.0)
    text = parse(student_page(replace(results["full"], exercises=(exercise,)))).text

    assert said.label in text
    assert status is ExerciseStatus.PASSED or said.sentence
    assert f"{said.sentence} {said.advice}".strip() in text


@pytest.mark.parametrize("status", SubmissionStatus)
def test_every_submission_status_is_said_in_words(
    results: dict[str, Any], parse: Any, status: SubmissionStatus
) -> None:
    """Each status has a label, and what is not graded says what to do."""
    said = status_texts.SUBMISSIONS[status]
    text = parse(student_page(replace(results["full"], status=status))).text

    assert said.label
    assert said.advice in text


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_said_in_words(results: dict[str, Any], parse: Any, outcome: Outcome) -> None:
    """A check's verdict stands in words beside its icon."""
    check = CheckResult("t", "Title", outcome, 0.0, 1.0)
    page = parse(student_page(with_checks(results["full"], check)))

    assert status_texts.OUTCOMES[outcome].label in page.one("li", class_="check").text


def test_what_grade_says_of_an_exercise_replaces_the_general_sentence(results: dict[str, Any], parse: Any) -> None:
    """A message of the exercise's own is shown once, in place of the status's sentence."""
    text = parse(student_page(results["timed_out"])).text

    assert text.count("Your code did not answer within 20 seconds.") == 1
    assert status_texts.EXERCISES[ExerciseStatus.TIMED_OUT].sentence not in text


def test_a_remark_on_a_right_answer_is_told(results: dict[str, Any], parse: Any) -> None:
    """A passed check shows its message and not the hint for those who fail it."""
    check = CheckResult("t", "Title", Outcome.PASSED, 1.0, 1.0, message="That is fine.", hint="Use a sum.")
    page = parse(student_page(with_checks(results["full"], check)))

    assert page.one("p", class_="message").text == "That is fine."
    assert "Use a sum." not in page.text


def test_a_sentence_that_a_check_says_is_not_said_twice(results: dict[str, Any], parse: Any) -> None:
    """Where a check repeats the exercise's message, the status's sentence replaces it."""
    check = CheckResult("t", "Title", Outcome.FAILED, 0.0, 1.0, message="Off by one.")
    exercise = ExerciseResult("f", ExerciseStatus.FAILED, 0.0, 1.0, message="Off by one.", checks=(check,))
    page = parse(student_page(replace(results["full"], exercises=(exercise,))))

    assert page.one("p", class_="lead").text == status_texts.EXERCISES[ExerciseStatus.FAILED].sentence


def test_where_the_code_stopped_the_reason_is_what_to_look_at(results: dict[str, Any], parse: Any) -> None:
    """A crash in every check is told once, without hints on an answer never given."""
    message, frames = "Your code raised KeyError.", (Frame(2, 1, "f", "  boom()"),)
    checks = tuple(
        CheckResult(f"t{n}", f"T{n}", Outcome.FAILED, 0.0, 1.0, message=message, hint="Use a sum.", traceback=frames)
        for n in range(3)
    )
    exercise = ExerciseResult("f", ExerciseStatus.CRASHED, 0.0, 3.0, message=message, checks=checks)
    page = parse(student_page(replace(results["full"], exercises=(exercise,))))

    assert page.one("p", class_="what").text == message
    assert [m.text for m in page.all("p", class_="message")] == [messages.SAME_REASON] * 2
    assert len(page.all("div", class_="trace")) == 1
    assert "Use a sum." not in page.text


@pytest.mark.parametrize(
    ("message", "code"), [("Use `dim=1` or `.T`.", ["dim=1", ".T"]), ("`<b>`", ["<b>"]), ("A lone ` here", [])]
)
def test_code_in_a_sentence_is_set_as_code(results: dict[str, Any], parse: Any, message: str, code: list[str]) -> None:
    """What stands between backticks is code, and escaped as everything is."""
    check = CheckResult("t", "Title", Outcome.FAILED, 0.0, 1.0, message=message)
    page = parse(student_page(with_checks(results["full"], check)))

    assert [e.text for e in page.all("code") if e.parents[-1].attrs.get("class") == "what"] == code
    assert page.one("p", class_="what").text == (message.replace("`", "") if code else message)


def test_checks_of_one_title_are_told_apart(results: dict[str, Any], parse: Any) -> None:
    """A visible check that runs on several cases names its case."""
    assert "Top token of each layer on a short prompt short" in parse(student_page(results["reversed"])).text


def test_very_long_texts_are_cut_with_a_note(results: dict[str, Any], parse: Any) -> None:
    """Megabytes of output make no page of megabytes, and the cut is said."""
    long = "x" * 5_000_000
    check = CheckResult("t", long, Outcome.FAILED, 0.0, 1.0, message=long, mismatch=Mismatch("value", long, long, long))
    html = student_page(with_checks(results["reversed"], check))

    assert len(html) < 100_000
    assert "… cut, 4,998,500 more characters" in parse(html).text


def test_a_traceback_without_end_keeps_its_last_lines(results: dict[str, Any], parse: Any) -> None:
    """Of a thousand frames those nearest to the error stay, and the cut is said."""
    frames = tuple(Frame(2, n, "again", "again()") for n in range(1, 1001))
    check = CheckResult("t", "Title", Outcome.FAILED, 0.0, 1.0, traceback=frames)
    text = parse(student_page(with_checks(results["reversed"], check))).text

    assert "cell 2, line 1000," in text
    assert "cell 2, line 988," not in text
    assert "… cut, 988 earlier lines" in text


def test_the_title_of_the_assignment_is_shown_when_given(results: dict[str, Any], parse: Any) -> None:
    """People read a title, and the slug where there is none."""
    assert "Feedback · Lenses" in parse(student_page(results["full"], assignment_title="Lenses")).text
    assert "Feedback · transformer_interp" in parse(student_page(results["full"])).text


def test_the_only_wrong_place_is_no_example(results: dict[str, Any], lens: Figure, parse: Any) -> None:
    """Where one value alone is wrong, its place says it all."""
    places = {"worst": {"position": 3, "layer": 2}, "first": {"position": 3, "layer": 2}, "wrong": 1, "total": 112}
    about = Mismatch("kl", "4.13", "4.96", "position 3, layer 2", **places)
    check = CheckResult("t", "Title", Outcome.FAILED, 0.0, 1.0, message="KL: wrong.", mismatch=about, figure=lens)
    page = parse(student_page(with_checks(results["full"], check)))

    assert page.all("dd")[2].text == "only at position 3 (“·Bob”), layer 2"


def test_what_a_named_mistake_advises_is_not_advised_again(results: dict[str, Any], parse: Any) -> None:
    """The hint of a broken rule is left out where the mistake that broke it has one."""
    found = Diagnosis("returns_nothing", "The function returns nothing", "It may end without a `return`.", 1.0)
    about = Mismatch("structure", "a tensor", "None", hint="Your function may end without a `return`, or only print.")
    check = CheckResult("t", "T", Outcome.FAILED, 0.0, 1.0, message="No.", mismatch=about, diagnoses=(found,))
    page = parse(student_page(with_checks(results["full"], check)))

    assert page.text.count("may end without") == 1


def test_staff_read_the_record_in_words(results: dict[str, Any], parse: Any) -> None:
    """What is kept for programs has labels, units and sentences, and no code."""
    full = results["full"]
    claims = (Person("ada", "4711", depth=1),)
    submission = replace(full.submission, claims=claims, late=True, earlier=("a.ipynb", "b.ipynb"))
    layers = {"landlock": True, "seccomp": True, "cgroups": False}
    provenance = Provenance(call_s=10, seed_source="secret", models={"tiny": "77aa"}, layers=layers)
    page = parse(staff_page(replace(full, submission=submission, provenance=provenance)))
    record = {e.text: d.text for e, d in zip(page.all("dt"), page.all("dd"), strict=True)}

    assert record["names found in the path"] == "name ada, id 4711"
    assert record["late"] == "yes"
    assert record["earlier attempts"] == "a.ipynb, b.ipynb"
    assert record["sandbox"] == "all layers but cgroups"
    assert record["time limit of one call"] == "10 s"
    assert record["seed from"] == "this installation's secret"
    assert record["models"] == "tiny: 77aa"


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ({"landlock": True, "cgroups": True}, "all layers"),
        ({"landlock": False, "seccomp": False, "cgroups": True}, "all layers but landlock and seccomp"),
        ({"landlock": False}, "none"),
    ],
)
def test_staff_read_which_layers_the_sandbox_had(results: dict[str, Any], parse: Any, layers: Any, said: str) -> None:
    """Every layer, some or none."""
    page = parse(staff_page(replace(results["full"], provenance=Provenance(layers=layers))))

    assert page.all("dd")[-1].text == said
