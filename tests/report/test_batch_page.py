"""The page of a batch: everyone is on it, and its figures are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from grader.corrections import LatePolicy, Terms, final_grade
from grader.report import FOLDER, batch_page, messages
from grader.report.batch_statistics import BatchStatistics
from grader.report.batch_statistics import sum_up as sum_up_grades
from grader.result import GradingResult, SubmissionStatus


@pytest.fixture(scope="module")
def page(results: dict[str, Any], parse: Any) -> Any:
    return parse(batch_page(list(results.values()), assignment_title="Lenses"))


def scored(result: GradingResult, *scores: float) -> list[GradingResult]:
    return [replace(result, score=s) for s in scores]


def sum_up(results: Sequence[GradingResult]) -> BatchStatistics:
    return sum_up_grades([final_grade(r) for r in results])


def test_every_submission_has_a_row_in_the_order_given(results: dict[str, Any], page: Any) -> None:
    """No submission is left out, however broken."""
    rows = [e for e in page.all("tr", within="tbody") if e.parents[-2].attrs.get("class") == "batch"]

    assert len(rows) == len(results)
    for row, result in zip(rows[:-1], results.values(), strict=False):
        assert row.text.strip().startswith(result.submission.student)
        assert messages.SUBMISSIONS[result.status].label in row.text


def test_rows_link_to_both_pages(page: Any) -> None:
    """The name in a row leads to the staff's page, and beside it is the student's."""
    links = {a.attrs["href"]: a.text for a in page.all("a", within="tr")}

    assert links["feedback/ada_4711_98765.html"] == "feedback"
    assert links["review/ada_4711_98765.html"] == "ada"


def test_name_score_and_pages_come_first(page: Any) -> None:
    """Where the table is wider than the screen, what is looked for most is on it."""
    heads = [th.text for th in page.all("th", within="thead") if th.parents[-3].attrs.get("class") == "batch"]

    assert heads[:4] == ["Student", "Score of 20", "Page", "Status"]


def test_each_exercise_shows_its_mistake(page: Any) -> None:
    """The likeliest mistake stands beside the status, by name."""
    text = " ".join(page.one("table", class_="batch").text.split())

    assert "partly right Your KL equals KL(lens || final); the task asks for KL(final || lens)." in text


def test_who_shares_a_mistake_is_one_click_away(results: dict[str, Any], parse: Any) -> None:
    """A mistake and a check list the submissions that they count, with links."""
    page = parse(batch_page([results["reversed"], results["crashed"], results["full"]]))
    lists = [e for e in page.all("details") if "tally" in [p.attrs.get("class") for p in e.parents]]

    assert [[a.text for a in page.all("a") if e in a.parents] for e in lists] == [
        ["bob", "cleo"],
        ["bob", "cleo"],
        ["cleo"],
    ]


def test_a_hidden_check_that_fails_often_says_so(results: dict[str, Any], parse: Any) -> None:
    """Staff who speak of it in class know that students cannot see it."""
    hidden = results["reversed"].exercises[0].checks[3]
    exercise = replace(results["reversed"].exercises[0], checks=(hidden,))
    page = parse(batch_page([replace(results["reversed"], exercises=(exercise,))]))

    assert "KL on another prompt hidden check" in page.text


def test_each_exercise_shows_score_and_status(page: Any) -> None:
    """The cells of an exercise say what it got and why."""
    text = " ".join(page.one("table", class_="batch").text.split())

    assert "6 partly right" in text
    assert "0 ran out of memory" in text


def test_what_was_not_graded_by_our_fault_shows_no_score(results: dict[str, Any], parse: Any) -> None:
    """A dash stands where a zero would be a grade."""
    page = parse(batch_page([results["error"]]))

    assert page.one("td", class_="number").text == "–"  # noqa: RUF001


def test_staff_see_at_once_what_needs_them(page: Any) -> None:
    """Unreadable files and faults of ours are listed on top, with links."""
    wanted = [
        "gus: hw1.ipynb could not be read: it is a PDF",
        "hal: grader error: KernelError",
        "ida: some checks could not be run",
    ]
    items = [e.text.strip() for e in page.all("li", within="aside")]

    assert [any(i.startswith(w) for i in items) for w in wanted] == [True, True, True]
    assert len(items) == 3


def test_the_table_needs_no_script(page: Any) -> None:
    """Without the script, headers are plain text and no row is hidden."""
    assert not page.all("button")
    assert [e.attrs["class"] for e in page.elements if "hidden" in e.attrs] == ["filter", "sort-note"]


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (0, None),
        (1, "1 more submission was handed in and is not"),
        (2, "2 more submissions were handed in and are not"),
    ],
)
def test_a_batch_that_is_not_finished_says_so(
    results: dict[str, Any], parse: Any, missing: int, said: str | None
) -> None:
    """How many are still to be graded stands above all figures, and nothing where none are."""
    page = parse(batch_page([results["full"]], missing=missing))

    assert ("Not finished" in page.text) == bool(missing)
    assert said is None or f"Not finished: {said} graded yet." in page.text


def test_an_empty_batch_is_a_page(parse: Any) -> None:
    """Nothing handed in is said plainly."""
    page = parse(batch_page([], assignment_title="Lenses"))

    assert page.one("p", class_="summary").text == "There are no submissions."
    assert not page.all("svg", role="img")


def test_mean_and_median_leave_out_what_was_not_graded(results: dict[str, Any]) -> None:
    """A file that could not be read is counted, and is no zero in the mean."""
    graded = scored(results["full"], 20.0, 10.0, 6.0)
    figures = sum_up([*graded, results["unreadable"], results["error"]])

    assert figures.total == 5
    assert (figures.mean, figures.median, figures.full_marks) == (12.0, 10.0, 1)
    assert [n for _, n in figures.statuses] == [3, 1, 1]


@pytest.mark.parametrize(
    ("scores", "others", "sentence"),
    [
        ([20.0, 10.0], ["unreadable"], "2 of 3 submissions were graded; their mean is 15 of 20 points."),
        ([20.0, 10.0], [], "2 submissions were graded; their mean is 15 of 20 points."),
        ([10.0], ["unreadable", "error"], "1 of 3 submissions was graded; it has 10 of 20 points."),
        ([10.0], [], "1 submission was graded; it has 10 of 20 points."),
        ([], ["unreadable", "error"], "None of 2 submissions was graded."),
        ([], ["error"], "The submission was not graded."),
    ],
)
def test_the_mean_says_whom_it_is_over(
    results: dict[str, Any], parse: Any, scores: list[float], others: list[str], sentence: str
) -> None:
    """The first sentence counts what was handed in, and how many of those the mean is over."""
    page = parse(batch_page([*scored(results["full"], *scores), *(results[name] for name in others)]))

    assert page.one("p", class_="summary").text == sentence


def test_nothing_graded_has_no_mean(results: dict[str, Any]) -> None:
    """There is no average of nothing."""
    figures = sum_up([results["error"]])

    assert figures.mean is None
    assert figures.bars == ()


def test_the_distribution_counts_everyone_once(results: dict[str, Any]) -> None:
    """Bars are tenths of the full score; full marks are in the last, and one fills the height."""
    bars = sum_up(scored(results["full"], 0.0, 1.9, 2.0, 19.0, 20.0)).bars

    assert [b.count for b in bars] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert max(b.height for b in bars) == bars[0].height
    assert (bars[1].low, bars[1].high) == ("2", "4")


def test_the_distribution_has_a_text(results: dict[str, Any], parse: Any) -> None:
    """Who cannot see the bars can read them."""
    page = parse(batch_page(scored(results["full"], 1.0, 1.5, 20.0)))

    assert page.one("desc").text == "0 to 2 points: 2 submissions. 18 to 20 points: 1 submission. "


def test_a_mistake_counts_once_per_submission(results: dict[str, Any]) -> None:
    """Two checks that fail by one mistake count as one, and a second guess as none."""
    figures = sum_up([results["reversed"], results["crashed"], results["full"]])

    assert [(t.detail, t.count, t.total) for t in figures.diagnoses] == [("kl_reversed", 2, 3)]


def test_the_check_that_fails_most_comes_first(results: dict[str, Any]) -> None:
    """Checks are ranked by submissions that fail them on any input, failing ones alone."""
    failing = sum_up([results["reversed"], results["crashed"], results["full"]]).failing

    assert [(t.detail, t.count) for t in failing] == [
        ("logit_lens_analysis, test_kl", 2),
        ("prompt_to_residual_stream_activations, test_shape", 1),
    ]


def test_a_graded_submission_without_faults_needs_nobody(results: dict[str, Any]) -> None:
    """A wrong answer is the student's affair."""
    assert sum_up([results["reversed"]]).attention == ()
    assert sum_up([replace(results["reversed"], status=SubmissionStatus.ERROR)]).attention


def test_what_needs_attention_is_said_once(results: dict[str, Any], parse: Any) -> None:
    """The reason that a file could not be read says already that it could not."""
    page = parse(batch_page([results["unreadable"], results["error"]]))

    assert page.one("h3", id="attention").text == "Needs attention"
    assert page.all("li", within="aside")[0].text.count("could not be read") == 1


def test_a_notebook_without_any_of_the_functions_needs_attention(results: dict[str, Any], parse: Any) -> None:
    """A notebook without any function may be another assignment's; one with some is not."""
    none = replace(results["missing"], exercises=results["missing"].exercises[:1])
    items = parse(batch_page([none, results["missing"]])).all("li", within="aside")

    assert [i.text.strip() for i in items] == ["fay: none of the assignment's functions was found in this notebook"]


def test_a_fault_of_ours_is_called_one(results: dict[str, Any], parse: Any) -> None:
    """Beside unreadable files, the overview counts errors and tells whose fault they are."""
    heads = [
        [e.text for e in parse(batch_page([results["unreadable"], *faults])).all("dt")]
        for faults in ([], [results["error"]])
    ]

    assert "grader errors" in heads[0]
    assert "grader error" in heads[1]


def test_what_was_not_graded_is_on_the_page(results: dict[str, Any], parse: Any) -> None:
    """Files that are no notebooks are named, the first of many; without any is no box."""
    listed = "".join(f"  notes_{n:02}.txt\n" for n in range(25))
    found = f"1 file is not a notebook:\n  <b>report.docx\n25 files were handed in before:\n{listed}"
    page = parse(batch_page([results["full"]], intake=found))
    items = [li.text.strip() for li in page.all("li", within="aside")]

    assert items[0] == "1 file is not a notebook: <b>report.docx"
    assert items[1].startswith("25 files were handed in before: notes_00.txt, notes_01.txt")
    assert items[1].endswith("notes_19.txt and 5 more, listed in intake.txt")
    assert not parse(batch_page([results["full"]])).all("aside")


def test_the_same_reason_is_said_once_for_all(results: dict[str, Any], parse: Any) -> None:
    """Sixty files that could not be read in one way are one line, with the first names."""
    broken = results["unreadable"]
    many = [
        replace(
            broken,
            submission=replace(broken.submission, id=f"s{n}", student=f"s{n}", path=f"in/s{n}.ipynb"),
            message=f"s{n}.ipynb could not be read: it is a PDF",
        )
        for n in range(60)
    ]
    items = parse(batch_page(many)).all("li", within="aside")

    assert [" ".join(i.text.split()) for i in items] == [
        "s0, s1, s2, s3, s4, s5, s6, s7 and 52 more: could not be read: it is a PDF"
    ]


def test_sections_have_figures_of_their_own(results: dict[str, Any], parse: Any) -> None:
    """Where a platform names sections, each has its people and its mean."""
    full = results["full"]
    monday, friday = (replace(full, submission=replace(full.submission, section=s)) for s in ("Monday", "Friday"))
    rows = parse(batch_page([monday, friday, monday])).all("tr")
    said = {row.text.strip() for row in rows}

    assert {"Monday2220", f"Friday11{full.score:g}"} <= said


def test_five_hundred_rows_are_a_page_that_opens(results: dict[str, Any]) -> None:
    """A row of the overview takes little room: a large course's page is loaded at once."""
    full = replace(results["full"], submission=replace(results["full"].submission, path="homework.ipynb"))

    assert len(batch_page([full] * 500)) - len(batch_page([full])) < 499 * 600


def test_a_site_gives_the_addresses_and_says_how_to_correct(results: dict[str, Any], parse: Any) -> None:
    """Elsewhere than in an output folder the page links to the pages that are there."""
    late = replace(results["full"], submission=replace(results["full"].submission, late=True))
    grade = final_grade(late, terms=Terms(late=LatePolicy(per_day=10)))
    site = replace(FOLDER, review="/of/{}".format, feedback="/to/{}".format, tell_days="the page of the person says so")

    page = parse(batch_page([grade], site=site))

    id_ = late.submission.id
    assert {a.attrs["href"] for a in page.all("a") if not a.attrs["href"].startswith("#")} == {
        f"/of/{id_}",
        f"/to/{id_}",
    }
    assert "the page of the person says so" in page.text
