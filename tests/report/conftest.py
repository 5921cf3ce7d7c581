"""Results as the grader makes them, and with what a hostile notebook could put in."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Any

import pytest

from grader.errors import Frame
from grader.person import Person
from grader.provenance import Provenance
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
    SourceSpan,
    SubmissionStatus,
    Visibility,
)
from grader.submission import SubmissionRecord

LENS, STREAM = "logit_lens_analysis", "prompt_to_residual_stream_activations"
PROMPT = [
    "<|endoftext|>",
    "Alice",
    " and",
    " Bob",
    " went",
    " to",
    " the",
    " store",
    ".",
    " Alice",
    " gave",
    " the",
    " milk",
    " to",
]
SOURCE = '''def logit_lens_analysis(input_prompt: str):
    """Return tokens, the top token of each layer, and the KL divergences."""
    tokens = gpt2_small.to_tokens(input_prompt)
    logits, cache = gpt2_small.run_with_cache(tokens, remove_batch_dim=True)
    layers = range(gpt2_small.cfg.n_layers)
    stream = t.stack([cache[f"blocks.{i}.ln2.hook_normalized"] for i in layers], dim=1)
    lens = gpt2_small.unembed(stream).log_softmax(-1)
    final = repeat(logits[0].log_softmax(-1), "p v -> p l v", l=len(layers))
    kl = (lens.exp() * (lens - final)).sum(-1)
    return tokens, lens.argmax(-1), kl'''
REVERSED = Diagnosis(
    "kl_reversed",
    "Your KL equals KL(lens || final); the task asks for KL(final || lens).",
    "In torch.nn.functional.kl_div(input, target) the final distribution is the target and the lens the input.",
    0.99,
)


def grid(seed: int, shift: float = 0.0) -> FigureCells:
    words = [" the", " Bob", " school", " to", ",", " store", " Alice", " milk", "\n", " and", " international"]
    layers, tokens = range(8), range(len(PROMPT))
    return FigureCells(
        text=[[words[(p * 7 + min(r, 5) * 3 + seed) % len(words)] for p in tokens] for r in layers],
        value=[[(7 - r) * (1.1 + 0.5 * math.sin(p)) + (shift if r < 7 else 0) for p in tokens] for r in layers],
    )


def lens_figure() -> Figure:
    return Figure(
        kind="logit_lens",
        title="Logit lens: top token and KL to the final prediction",
        rows=[str(n) for n in range(8)],
        columns=PROMPT,
        student=grid(0, 0.8),
        reference=grid(0),
        value_name="KL in nats",
    )


def passed(name: str, title: str, visibility: Visibility = Visibility.VISIBLE) -> CheckResult:
    return CheckResult(name, title, Outcome.PASSED, 1.0, 1.0, visibility, duration_s=0.03)


def kl_failed(visibility: Visibility, figure: Figure | None = None) -> CheckResult:
    return CheckResult(
        f"test_kl[{visibility}-prompt]",
        "KL to the final prediction" if figure else "KL on another prompt",
        Outcome.FAILED,
        0.0,
        2.0,
        visibility,
        message="The KL divergences are off by up to 0.83 nats.",
        hint="Write the formula down with the two distributions by name before you code it.",
        mismatch=Mismatch(
            "kl", "4.13 nats, to within 0.002", "4.96 nats", "position 3, layer 2", "Look at the direction."
        ),
        diagnoses=(REVERSED, Diagnosis("kl_base2", "The KL is in bits.", "Use natural logarithms.", 0.2)),
        figure=figure,
        duration_s=0.041,
    )


def lens_exercise() -> ExerciseResult:
    return ExerciseResult(
        LENS,
        ExerciseStatus.PARTIAL,
        6.0,
        10.0,
        title="Logit lens",
        remarks=("logit_lens_analysis is defined twice; the last one, in cell 17, counts.",),
        source=(SourceSpan(3, 2, 2, "from einops import repeat"), SourceSpan(17, 4, 13, SOURCE)),
        checks=(
            passed("test_shapes", "Returns tokens, top tokens and KL with the right shapes"),
            passed("test_argmax[short]", "Top token of each layer on a short prompt"),
            kl_failed(Visibility.VISIBLE, lens_figure()),
            kl_failed(Visibility.HIDDEN),
            passed("test_other_model", "Works on a model of another depth", Visibility.HIDDEN),
        ),
    )


def crashed_exercise() -> ExerciseResult:
    frames = (
        Frame(9, 3, "stack_layers", "return t.stack(layers, dim=2)"),
        Frame(19, 14, STREAM, "stream = stack_layers(cache)"),
    )
    check = CheckResult(
        "test_shape",
        "One vector per layer",
        Outcome.FAILED,
        0.0,
        4.0,
        message="Your code raised IndexError in cell 9, line 3: Dimension out of range (expected to be in [-2, 1])",
        traceback=frames,
    )
    source = SourceSpan(
        9, 1, 3, "def stack_layers(cache):\n    layers = [c[-1] for c in cache]\n    return t.stack(layers, dim=2)"
    )
    idle = CheckResult("test_values", "The values of each layer", Outcome.NOT_ATTEMPTED, 0.0, 6.0)
    return ExerciseResult(STREAM, ExerciseStatus.CRASHED, 0.0, 10.0, source=(source,), checks=(check, idle))


def right(name: str, title: str) -> ExerciseResult:
    checks = (
        passed("test_shapes", "Right shapes"),
        passed("test_values", "Right values"),
        passed("test_hidden", "Right values on another prompt", Visibility.HIDDEN),
    )
    source = (SourceSpan(17, 1, 10, SOURCE),)
    return ExerciseResult(name, ExerciseStatus.PASSED, 10.0, 10.0, title, source=source, checks=checks)


def graded(student: str, *exercises: ExerciseResult, **changes: Any) -> GradingResult:
    result = GradingResult(
        submission=SubmissionRecord(
            id=f"{student}_4711_98765",
            student=student,
            path=f"{student}_4711_98765_hw1.ipynb",
            sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ),
        assignment="transformer_interp",
        status=SubmissionStatus.GRADED,
        score=sum(e.score for e in exercises),
        max_score=20.0,
        exercises=exercises,
        duration_s=0.41,
        provenance=Provenance(
            grader="0.1.0",
            assignment="sha256:4be1",
            models={"tiny": "sha256:77aa"},
            packages={"torch": "2.13.0"},
            seed=0,
        ),
    )
    return replace(result, **changes)


def untried(status: ExerciseStatus, name: str = LENS, message: str = "") -> ExerciseResult:
    check = CheckResult("test_shapes", "Right shapes", Outcome.NOT_ATTEMPTED, 0.0, 10.0)
    return ExerciseResult(name, status, 0.0, 10.0, message=message, checks=(check,))


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\x1b[31mred\x1b[0m\x00\u202egnp.exe\udc80"


def hostile() -> GradingResult:
    """Return a result in which every text that a student could choose is an attack."""
    values = FigureCells([[HOSTILE, HOSTILE]], [["nan", HOSTILE]])
    figure = Figure(HOSTILE, HOSTILE, [HOSTILE], [HOSTILE, HOSTILE], values, values, HOSTILE, HOSTILE, HOSTILE)
    check = CheckResult(
        HOSTILE,
        HOSTILE,
        Outcome.FAILED,
        0.0,
        1.0,
        message=HOSTILE,
        hint=HOSTILE,
        mismatch=Mismatch(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        diagnoses=(Diagnosis(HOSTILE, HOSTILE, HOSTILE, 0.5),),
        traceback=(Frame(1, 1, HOSTILE, HOSTILE),),
        figure=figure,
    )
    exercise = ExerciseResult(
        HOSTILE,
        ExerciseStatus.FAILED,
        0.0,
        1.0,
        HOSTILE,
        HOSTILE,
        (HOSTILE,),
        (SourceSpan(1, 1, 1, HOSTILE),),
        (check, replace(check, visibility=Visibility.HIDDEN)),
    )
    claims = (Person(HOSTILE, handle=HOSTILE),)
    submission = SubmissionRecord(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, extras=(HOSTILE,), claims=claims)
    by_name, layers = {HOSTILE: HOSTILE}, {HOSTILE: True, "landlock": False}
    provenance = Provenance(HOSTILE, HOSTILE, 1, HOSTILE, models=by_name, packages=by_name, layers=layers)
    return graded("x", exercise, submission=submission, provenance=provenance, assignment=HOSTILE, message=HOSTILE)


def specimens() -> dict[str, GradingResult]:
    """Return one result of each kind that a batch may hold, by name."""
    ours = CheckResult("test_kl", "KL", Outcome.ERROR, 0.0, 10.0, message="KernelError: zygote gone at /srv/secret")
    timed_out = untried(ExerciseStatus.TIMED_OUT, message="Your code did not answer within 20 seconds.")
    unreadable = "hw1.ipynb could not be read: it is a PDF, not a notebook."
    return {
        "full": graded("ada", right(LENS, "Logit lens"), right(STREAM, "Residual stream")),
        "reversed": graded("bob", lens_exercise(), right(STREAM, "Residual stream")),
        "crashed": graded("cleo", lens_exercise(), crashed_exercise()),
        "timed_out": graded("dora", timed_out, untried(ExerciseStatus.OUT_OF_MEMORY, STREAM)),
        "untouched": graded("emil", *(untried(ExerciseStatus.NOT_ATTEMPTED, n) for n in (LENS, STREAM))),
        "missing": graded("fay", untried(ExerciseStatus.MISSING), untried(ExerciseStatus.SYNTAX_ERROR, STREAM)),
        "unreadable": graded("gus", status=SubmissionStatus.UNREADABLE, message=unreadable),
        "error": graded("hal", status=SubmissionStatus.ERROR, message="KernelError: the zygote at /srv/secret is gone"),
        "our_check": graded("ida", ExerciseResult(LENS, ExerciseStatus.ERROR, 0.0, 10.0, checks=(ours,))),
        "hostile": hostile(),
    }


VOID = {"meta", "br", "link", "img", "input", "hr", "path", "rect", "circle", "line", "use"}


@dataclass(slots=True)
class Element:
    """One element of a page, with all the text inside it."""

    tag: str
    attrs: dict[str, str]
    parents: tuple[Element, ...]
    text: str = ""


class Page(HTMLParser):
    """A page as a list of its elements in document order.

    A tag that is not closed, or not opened, is an error.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert not self._open, f"not closed: {[e.tag for e in self._open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {k: v or "" for k, v in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {k: v or "" for k, v in attrs}, tuple(self._open)))

    def handle_endtag(self, tag: str) -> None:
        opened = self._open.pop()
        assert opened.tag == tag, f"</{tag}> closes <{opened.tag}>"

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str = "", within: str = "", **attrs: str) -> list[Element]:
        """Return elements by tag and attributes; ``class_`` is one of the element's classes."""
        wanted_class = attrs.pop("class_", "")
        return [
            e
            for e in self.elements
            if (not tag or e.tag == tag)
            and (not within or any(p.tag == within for p in e.parents))
            and (not wanted_class or wanted_class in e.attrs.get("class", "").split())
            and all(e.attrs.get(key.replace("_", "-")) == value for key, value in attrs.items())
        ]

    def one(self, tag: str = "", **attrs: str) -> Element:
        """Return the only such element."""
        (element,) = self.all(tag, **attrs)
        return element

    @property
    def text(self) -> str:
        """The page's whole text, its own style and script left out."""
        return self.one("body").text


@pytest.fixture(scope="session")
def parse() -> type[Page]:
    return Page


@pytest.fixture(scope="session")
def results() -> dict[str, GradingResult]:
    return specimens()


@pytest.fixture
def lens() -> Figure:
    return lens_figure()


@pytest.fixture(scope="session")
def contrast() -> Callable[[str, str], float]:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def ratio(one: str, other: str) -> float:
        darker, lighter = sorted((luminance(one), luminance(other)))
        return (lighter + 0.05) / (darker + 0.05)

    return ratio
