"""The grid of student beside reference shows every value, and which ones differ."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from grader.report import student_page
from grader.report.grid import LEVELS, colour_level, lay_out
from grader.result import CheckResult, ExerciseResult, ExerciseStatus, Figure, FigureCells, GradingResult, Outcome
from grader.settings import templates

Contrast = Callable[[str, str], float]


def figure(student: Any, reference: Any, rows: int = 2) -> Figure:
    columns = ["a", " b"]
    return Figure("grid", "Title", [str(r) for r in range(rows)], columns, student, reference, value_name="KL")


def values(*numbers: float | str | None, text: str = " x") -> FigureCells:
    rows = [list(numbers[i : i + 2]) for i in range(0, len(numbers), 2)]
    return FigureCells([[text for _ in row] for row in rows], rows)


def showing(result: GradingResult, *figures: Figure, outcome: Outcome = Outcome.FAILED) -> GradingResult:
    checks = tuple(CheckResult(f"t{n}", f"Check {n}", outcome, 0.0, 1.0, figure=f) for n, f in enumerate(figures))
    return replace(result, exercises=(ExerciseResult("f", ExerciseStatus.FAILED, 0.0, 1.0, checks=checks),))


def test_rows_go_from_bottom_to_top() -> None:
    """The first layer is the lowest row."""
    grid = lay_out(figure(values(1, 2, 3, 4), values(1, 2, 3, 4)))

    assert grid is not None
    assert [row.label for row in grid.panels[0].rows] == ["1", "0"]


def test_cells_that_differ_are_counted_and_marked() -> None:
    """A text that differs is told from a value that does; what nobody can see is none."""
    student, reference = values(1, 2, 3, 4.001), values(1, 2.5, 3, 4)
    student.text[0][0] = " y"
    grid = lay_out(figure(student, reference))

    assert grid is not None
    assert (grid.texts_differ, grid.values_differ, grid.total) == (1, 1, 4)
    assert [c.differs for row in grid.panels[0].rows for c in row.cells] == [False, False, True, True]


def test_what_the_checks_find_wrong_is_what_is_outlined(results: dict[str, Any], parse: Any) -> None:
    """A drawing outlines what its checks find wrong, whatever looks different."""
    one = figure(values(1, 2, 3, 5), values(1, 2, 3, 4.9))
    page = parse(
        student_page(showing(results["reversed"], replace(one, wrong=[[1, 0], [1, 1]]), replace(one, wrong=[])))
    )
    caption = " ".join(page.one("figcaption").text.split())

    assert len(page.all("td", class_="differs")) == 2
    assert "Outlined is what is wrong: 2 of 4 cells for “Check 0” and nothing for “Check 1”." in caption
    assert "The first layer that goes wrong is 1." in caption


def test_the_map_of_errors_shows_how_far_off_each_wrong_cell_is() -> None:
    """Wrong cells have a signed difference and a colour by size, right ones nothing."""
    grid = lay_out(replace(figure(values(1, 2, 3, 5), values(1, 2.5, 3, 4)), wrong=[[0, 1], [1, 1]]))

    assert grid is not None
    assert grid.errors is not None
    assert [[c.text for c in row.cells] for row in grid.errors.rows] == [["", "+1"], ["", "\u22120.5"]]
    assert [c.level for c in grid.errors.rows[0].cells] == ["", grid.levels[-1]]
    assert [row.note for row in grid.errors.rows] == ["1 of 2", "1 of 2"]


def test_words_alone_make_no_map_of_errors() -> None:
    """Where every number is right there is no difference to map."""
    student = values(1, 2, 3, 4)
    student.text[0][0] = " y"
    grid = lay_out(replace(figure(student, values(1, 2, 3, 4)), wrong=[[0, 0]]))

    assert grid is not None
    assert grid.errors is None
    assert grid.first == "0"


def test_the_scale_is_the_reference_s() -> None:
    """A student's wild values do not flatten the reference's colours."""
    grid = lay_out(figure(values(-1e9, 1e9, 0, 1), values(0, 1, 2, 3)))

    assert grid is not None
    student, reference = (p.rows for p in grid.panels)
    assert (grid.low, grid.high) == ("0", "3")
    assert [c.level for c in student[-1].cells] == [grid.levels[0], grid.levels[-1]]
    assert len({c.level for row in reference for c in row.cells}) == 4


@pytest.mark.parametrize(
    "holes", [FigureCells(), FigureCells([[]], [[1.0]]), FigureCells([]), values(None, "nan", math.inf, "x")]
)
def test_an_answer_with_holes_is_drawn_as_far_as_it_goes(holes: Any, results: dict[str, Any], parse: Any) -> None:
    """Missing, infinite and unreadable cells make no page fail."""
    page = parse(student_page(showing(results["reversed"], figure(holes, values(1, 2, 3, 4)))))

    assert len(page.all("table", class_="grid")) == (2 if holes else 1)
    assert ("cannot be laid out" in page.text) == (not holes)


def test_a_figure_without_cells_is_left_out(results: dict[str, Any], parse: Any) -> None:
    """Nothing to draw makes no empty frame."""
    page = parse(
        student_page(
            showing(
                results["reversed"], figure(FigureCells(), FigureCells()), figure(FigureCells(), FigureCells(), rows=0)
            )
        )
    )

    assert not page.all("figure")


def test_a_cell_says_all_that_its_colours_show(results: dict[str, Any], lens: Figure, parse: Any) -> None:
    """Each cell has its token and value and says where it differs, under named headers."""
    page = parse(student_page(results["reversed"]))
    answer, reference, _ = page.all("table", class_="grid")
    cells = [c for c in page.all("td") if answer in c.parents]

    assert len(cells) == len(lens.rows) * len(lens.columns)
    assert cells[-len(lens.columns)].text == "·the 8.5 differs"
    assert [c for c in page.all("td") if reference in c.parents][-len(lens.columns)].text == "·the 7.7"
    assert sum("differs" in c.text for c in cells) == len(page.all("td", class_="differs")) == 98
    assert [h.text for h in page.all("th", scope="row") if answer in h.parents] == lens.rows[::-1]


def test_a_figure_that_several_checks_show_is_drawn_once(results: dict[str, Any], parse: Any) -> None:
    """The caption names all checks it belongs to."""
    one = figure(values(1, 2, 3, 5), values(1, 2, 3, 4))
    page = parse(
        student_page(showing(results["reversed"], one, replace(one, title="Title"), replace(one, title="Other")))
    )

    captions = [c.text for c in page.all("figcaption")]
    assert len(captions) == 2
    assert "“Check 0” and “Check 1”" in captions[0]


def test_a_figure_of_passed_checks_waits_folded(results: dict[str, Any], parse: Any) -> None:
    """A right answer keeps its drawing out of the way."""
    right = figure(values(1, 2, 3, 4), values(1, 2, 3, 4))
    page = parse(student_page(showing(results["full"], right, outcome=Outcome.PASSED)))

    assert page.one("figure").parents[-1] is page.one("details", class_="settled")
    assert "No cell differs." in page.text


def test_a_figure_of_the_same_mistake_waits_folded(results: dict[str, Any], lens: Figure, parse: Any) -> None:
    """One drawing shows the mistake; that of another input is there for whoever wants it."""
    first = results["reversed"].exercises[0].checks[2]
    second = replace(first, id="test_kl[b]", message="Off by more.", figure=replace(lens, title="Another text"))
    exercise = replace(results["reversed"].exercises[0], checks=(first, second))
    page = parse(student_page(replace(results["reversed"], exercises=(exercise,))))

    assert [s.text for s in page.all("summary") if "Another text" in s.text] == ["Another text"]
    assert len(page.all("details", class_="settled")) == 1


def test_a_huge_figure_is_cut_and_says_so(results: dict[str, Any], parse: Any) -> None:
    """A grid of a long prompt and a deep model does not make a page of megabytes."""
    side = 300
    wide = FigureCells([["x"] * side] * side, [[1.0] * side] * side)
    big = Figure("grid", "Big", [str(n) for n in range(side)], ["x"] * side, wide, wide)
    html = student_page(showing(results["reversed"], big))

    assert len(html) < 3_000_000
    assert "only the first rows and columns are drawn" in parse(html).text


@pytest.mark.parametrize("level", [*(f"v{n}" for n in range(LEVELS)), "nan"])
def test_the_text_in_a_cell_can_be_read_on_its_colour(level: str, contrast: Contrast) -> None:
    """Every colour of the scale is in the style sheet, and contrast reaches WCAG AA."""
    style = (templates() / "static" / "page.css").read_text()
    [background] = re.findall(rf"\.{level} \{{ background: (#\w+); \}}", style)
    [text] = re.findall(rf"(?m)^(?:\.\w+, )*\.{level}(?:, \.\w+)* \{{ color: (#\w+); \}}", style)

    assert contrast(text, background) >= 4.5


def test_a_value_that_is_no_number_has_a_colour_of_its_own() -> None:
    """NaN cannot be mistaken for an end of the scale."""
    assert colour_level(math.nan, 0.0, 1.0) == "nan"
    assert [colour_level(v, 0.0, 1.0) for v in (-math.inf, 0.5, 2.0)] == ["v0", "v7", "v14"]
