"""A notebook's texts are shown, and do nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.report import batch_page, staff_page, student_page
from grader.report.display_text import cut, format_score

PAGES: dict[str, Callable[[Any], str]] = {
    "student": student_page,
    "staff": staff_page,
    "batch": lambda result: batch_page([result]),
}
SHOWN = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>red⟨U+0000⟩⟨U+202E⟩gnp.exe\\x80"


@pytest.fixture(scope="module", params=PAGES)
def html(request: pytest.FixtureRequest, results: dict[str, Any]) -> str:
    return PAGES[request.param](results["hostile"])


def test_markup_in_a_text_is_text(html: str, parse: Any) -> None:
    """No element comes from a student: the only script is ours, and there are no images."""
    page = parse(html)

    assert not page.all("img")
    assert all("alert" not in s.text for s in page.all("script"))
    assert SHOWN in page.text
    assert SHOWN in page.one("title", within="head").text


def test_markup_in_a_grid_is_text(results: dict[str, Any], parse: Any) -> None:
    """Texts and labels in a grid's cells, headers and captions are text, in their titles too."""
    page = parse(student_page(results["hostile"]))
    inside = page.all("", within="figure")
    cells = [e for e in inside if e.tag == "td" and "<script>alert(1)</script>" in e.text]

    assert not {e.tag for e in inside} - {
        *("figcaption", "strong", "span", "div", "i", "table", "caption", "thead", "tbody", "tr", "th", "td", "small"),
    }
    assert cells
    assert all("<script>alert(1)</script>" in e.attrs["title"] for e in cells)


def test_no_attribute_is_broken_out_of(html: str, parse: Any) -> None:
    """Quotes in a text end no attribute, and ids are never made of it."""
    page = parse(html)

    assert not [k for e in page.elements for k in e.attrs if not k.replace("-", "").replace(":", "").isalnum()]
    assert all("script" not in e.attrs.get("id", "") for e in page.elements)


def test_no_character_hides_or_reorders_others(html: str) -> None:
    """Control characters, direction overrides and surrogates are gone or spelled out."""
    assert html.encode("utf-8")
    assert not set(html) & set("\x00\x1b\x07\u202e\udc80")


def test_an_id_becomes_one_part_of_a_link(results: dict[str, Any], parse: Any) -> None:
    """Slashes and quotes in an id do not lead out of the folder."""
    links = [a.attrs["href"] for a in parse(batch_page([results["hostile"]])).all("a")]

    assert any(link.startswith("feedback/%3Cscript%3Ealert%281%29%3C%2Fscript%3E") for link in links)
    assert all(link.count("/") == 1 for link in links if not link.startswith("#"))


def test_a_cut_says_how_much_is_missing() -> None:
    """A text that fits is left alone."""
    assert cut("abc", 3) == "abc"
    assert cut("abcdef", 3) == "abc … cut, 3 more characters"


@pytest.mark.parametrize(
    ("value", "shown"), [(11.0, "11"), (10.5, "10.5"), (1 / 3, "0.33"), (-0.0, "0"), (1e6, "1000000"), (0.0, "0")]
)
def test_numbers_are_short(value: float, shown: str) -> None:
    """A score has no needless zeros and no exponent."""
    assert format_score(value) == shown
