"""What visible checks found, to be shown below a cell: as HTML and as text."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from grader.report.check_text import heading, sentences
from grader.report.messages import SAME_REASON, exercise_text, passed_checks
from grader.report.pages import render
from grader.report.presentation import reading_order
from grader.report.result_view import exercise_view
from grader.result import CheckResult, ExerciseResult, Outcome, Visibility
from grader.sanitize import visible
from grader.settings import templates

MOST_FRAMES = 5
"""Lines of a traceback below a cell."""

_MARKS = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✗",
    Outcome.NOT_ATTEMPTED: "○",
    Outcome.SKIPPED: "-",
    Outcome.ERROR: "!",
}
_DARK = "[data-jp-theme-light=false] &, .vscode-dark &, .vscode-high-contrast &, [theme=dark] &"
_LIGHT = "[data-jp-theme-light=true] &, .vscode-light &, [theme=light] &"


def cell_report(exercises: Sequence[ExerciseResult], *, further: str = "") -> str:
    """Return HTML without a script for results; ``further`` says what hidden checks try."""
    shown = [_short(e) for e in exercises]
    mark = hashlib.sha256(repr(shown).encode()).hexdigest()[:12]  # anchors are those of the whole notebook's page
    views = [exercise_view(f"report-{mark}-{n}", e) for n, e in enumerate(shown, 1)]
    return render("cell.html", views=views, summary=_summary(shown, further), cell_style=_style())


def cell_text(exercises: Sequence[ExerciseResult], *, further: str = "") -> str:
    """Return the same as text, one line for each sentence."""
    lines = []
    for exercise in map(_short, exercises):
        lines.append(f"{exercise.name}: {exercise_text(exercise).label}")
        groups = [group[0] for group in reading_order(replace(exercise, checks=_visible_checks(exercise)))]
        told = ["", *(check.message for check in groups)]
        lines += [f"  {sentence}" for sentence in (exercise.message, *exercise.remarks) if sentence not in told]
        hinted: set[str] = set()
        for check in groups:
            again = f" {SAME_REASON}" if check.message == SAME_REASON else ""
            lines.append(f"  {_MARKS[check.outcome]} {heading(check)}{again}")
            if check.outcome not in (Outcome.PASSED, Outcome.SKIPPED) and not again:
                lines += [f"      {s}" for s in sentences(check, hinted=hinted, most_frames=1)]
    return "\n".join(visible(line) for line in [*lines, _summary(exercises, further)])


def _short(exercise: ExerciseResult) -> ExerciseResult:
    checks = tuple(replace(c, traceback=c.traceback[-MOST_FRAMES:]) for c in exercise.checks)
    return replace(exercise, checks=checks)


def _summary(exercises: Sequence[ExerciseResult], further: str) -> str:
    shown = [c for e in exercises for c in _visible_checks(e)]
    hidden = sum(len(e.checks) for e in exercises) - len(shown)
    return passed_checks(sum(c.outcome is Outcome.PASSED for c in shown), len(shown), hidden, further)


def _visible_checks(exercise: ExerciseResult) -> tuple[CheckResult, ...]:
    return tuple(c for c in exercise.checks if c.visibility is Visibility.VISIBLE)


@functools.cache
def _style() -> Markup:
    """Return the pages' style sheet for a part of somebody else's page.

    Its rules are nested, and the theme of JupyterLab, VS Code and Colab decides before the system's.
    """
    style = (templates() / "page.css").read_text(encoding="utf-8")
    light, dark = re.findall(r":root \{([^}]*--background[^}]*)\}", style)[:2]
    style = re.sub(r"(?m)^@media print \{.*?^\}\n", "", style, flags=re.DOTALL | re.MULTILINE)
    style = re.sub(r"(?m)^html \{[^}]*\}\n", "", style)
    style = style.replace(":root {", "& {").replace("\nbody {", "\n& {")
    themes = f"{_LIGHT} {{ color-scheme: light; {light} }}\n{_DARK} {{ color-scheme: dark; {dark} }}"
    own = (templates() / "cell.css").read_text(encoding="utf-8")
    return Markup(f".grader-report {{\n{style}\n{themes}\n{own}\n}}")  # noqa: S704 - our own files
