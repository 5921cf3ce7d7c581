"""Every page is valid, self-contained, accessible, and has a strict content policy."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.report import batch_page, staff_page, student_page, with_neighbours
from grader.result import ExerciseResult
from grader.settings import templates

NAMES = [
    "full",
    "reversed",
    "crashed",
    "timed_out",
    "untouched",
    "missing",
    "unreadable",
    "error",
    "our_check",
    "hostile",
]
PAGES = [*(f"student {n}" for n in NAMES), *(f"staff {n}" for n in NAMES), "batch all", "batch none"]


@pytest.fixture(scope="module", params=PAGES)
def html(request: pytest.FixtureRequest, results: dict[str, Any]) -> str:
    kind, name = request.param.split()
    if kind == "batch":
        return batch_page(list(results.values()) if name == "all" else [])
    return (student_page if kind == "student" else staff_page)(results[name])


@pytest.fixture(scope="module")
def page(html: str, parse: Any) -> Any:
    return parse(html)


def policy(page: Any) -> dict[str, str]:
    content = page.one("meta", http_equiv="Content-Security-Policy").attrs["content"]
    return {name: sources for name, _, sources in (part.strip().partition(" ") for part in content.split(";"))}


def hash_source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_ids_are_unique_and_every_reference_resolves(page: Any) -> None:
    """Links within the page, labels and icons point at something that is there, once."""
    ids = [e.attrs["id"] for e in page.elements if "id" in e.attrs]
    named = [i for e in page.elements for i in e.attrs.get("aria-labelledby", "").split()]
    linked = [e.attrs["href"][1:] for e in page.elements if e.attrs.get("href", "").startswith("#")]

    assert len(ids) == len(set(ids))
    assert set(named) | set(linked) <= set(ids)


def test_nothing_is_loaded_from_elsewhere(html: str, page: Any) -> None:
    """No address leads out of the page but those of its sister pages."""
    links = [v for e in page.elements for k, v in e.attrs.items() if k in {"href", "src", "action", "xlink:href"}]

    assert all(re.fullmatch(r"#[\w-]+|(feedback|review)/[\w.%~-]+\.html|\.\./index\.html", link) for link in links)
    assert not page.all("link")
    assert "url(" not in page.one("style").text
    assert "@import" not in page.one("style").text


def test_the_policy_allows_our_own_style_and_script_alone(page: Any) -> None:
    """The policy forbids all but the inline texts of its hashes; no attribute carries any."""
    rules = policy(page)
    scripts = [hash_source(s.text) for s in page.all("script")]

    assert rules["default-src"] == "'none'"
    assert rules["style-src"] == hash_source(page.one("style").text)
    assert rules["script-src"] == (" ".join(scripts) or "'none'")
    assert not [k for e in page.elements for k in e.attrs if k == "style" or k.startswith("on")]


def test_headings_go_down_one_step_at_a_time(page: Any) -> None:
    """There is one h1, and no level is left out below it."""
    levels = [int(e.tag[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_a_reader_without_eyes_or_mouse_finds_the_way(page: Any) -> None:
    """The language, three landmarks and a first link to the content are there."""
    assert page.one("html").attrs["lang"] == "en"
    assert page.one("title", within="head").text.strip()
    assert page.one("header") and page.one("main") and page.one("footer")  # noqa: PT018 - each raises on its own
    assert page.all("a")[0].attrs["href"] == f"#{page.one('main').attrs['id']}"


def test_landmarks_can_be_told_apart(page: Any) -> None:
    """Whoever jumps from landmark to landmark hears a different name for each of a kind."""
    texts = {e.attrs["id"]: e.text for e in page.elements if "id" in e.attrs}
    marks = [e for e in page.elements if e.tag in {"section", "aside", "nav"} or e.attrs.get("role") == "region"]
    kinds = {"section": "region", "aside": "complementary", "nav": "navigation"}
    named = [(kinds.get(e.tag, "region"), name(e, texts)) for e in marks]

    assert all(text for _, text in named)
    assert len(named) == len(set(named))


def name(element: Any, texts: dict[str, str]) -> str:
    """Return an element's accessible name."""
    return element.attrs.get("aria-label") or " ".join(
        texts[i] for i in element.attrs.get("aria-labelledby", "").split()
    )


def test_tables_have_a_caption_and_scoped_headers(page: Any) -> None:
    """Each table says what it is, and each header cell what it heads."""
    tables, captions = page.all("table"), page.all("caption")

    assert [c.parents[-1] for c in captions] == tables
    assert all(h.attrs.get("scope") in {"col", "row"} for h in page.all("th"))


def test_drawings_have_a_text_or_are_silent(page: Any) -> None:
    """An SVG is an image with title and description, or hidden from screen readers."""
    for svg in page.all("svg"):
        silent = "true" in [e.attrs.get("aria-hidden") for e in (svg, *svg.parents)]
        inside = [e.tag for e in page.elements if svg in e.parents]
        assert silent or (svg.attrs["role"] == "img" and svg.attrs["aria-labelledby"] and "desc" in inside)


def test_what_scrolls_can_be_reached_by_keyboard(page: Any) -> None:
    """A box that scrolls sideways takes the focus and has a name."""
    for box in page.all("div", class_="scroll"):
        assert box.attrs["tabindex"] == "0"
        assert box.attrs["role"] == "region"
        assert box.attrs.get("aria-label") or box.attrs.get("aria-labelledby")


def test_verdicts_are_words_and_not_colours_alone(page: Any) -> None:
    """Each coloured verdict says in text what its colour says."""
    assert all(v.text.strip() for v in page.all("span", class_="verdict"))


def themes() -> Iterator[Any]:
    light, dark, *_ = re.findall(r":root \{(.*?)\}", Path(templates() / "static" / "page.css").read_text(), re.DOTALL)
    for name, block in (("light", light), ("dark", dark)):
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", block))
        for text in ("text", "muted", "link", "good", "bad", "part", "idle", "ours"):
            for background in ("background", "raised"):
                yield pytest.param(colours[text], colours[background], id=f"{name} {text} on {background}")


@pytest.mark.parametrize(("text", "background"), [*themes()])
def test_every_text_colour_can_be_read_on_every_background(
    text: str, background: str, contrast: Callable[[str, str], float]
) -> None:
    """Contrast reaches WCAG AA for normal text in the light and in the dark theme."""
    assert contrast(text, background) >= 4.5


def test_a_review_leads_to_those_beside_it(results: dict[str, Any], parse: Any) -> None:
    """Staff go from one review to the next; linking twice changes nothing."""
    page = staff_page(results["reversed"])
    linked = with_neighbours(page, results["full"], results["crashed"])
    ends = parse(with_neighbours(linked, None, None))

    links = {a.text: a.attrs["href"] for a in parse(linked).all("a", within="nav")}
    assert links == {
        "Overview": "../index.html",
        "Before: ada": f"{results['full'].submission.id}.html",
        "Next: cleo": f"{results['crashed'].submission.id}.html",
    }
    assert [a.text for a in ends.all("a", within="nav")] == ["Overview"]


@pytest.mark.parametrize("kind", ["full", "untouched", "missing", "crashed", "timed_out", "our_check", "error"])
def test_staff_are_not_addressed_as_the_student(results: dict[str, Any], kind: str) -> None:
    """What the page itself says on a review is about the student, not to them."""
    said = staff_page(replace(results[kind], exercises=tuple(map(without_recorded_words, results[kind].exercises))))

    assert not re.search(r"\b[Yy]ours?\b|\b[Yy]ou\b", said.partition("<main")[2])


def test_what_staff_read_changes_no_word_of_others(results: dict[str, Any]) -> None:
    """A file's name and what a student's code said stand on a review as they are."""
    name = "your_notebook.ipynb could not be read: it is cut off"
    crashed = results["crashed"]
    first = replace(crashed.exercises[0], message="Your model said: 'your tokens'", checks=())

    assert name in staff_page(replace(results["unreadable"], message=name))
    assert "Your model said: &#39;your tokens&#39;" in staff_page(replace(crashed, exercises=(first,)))


def without_recorded_words(exercise: ExerciseResult) -> ExerciseResult:
    """Leave out what checks found, which stands in the words that the student reads."""
    checks = tuple(replace(c, message="", hint="", note="", mismatch=None, diagnoses=()) for c in exercise.checks)
    return replace(exercise, message="", remarks=(), checks=checks)
