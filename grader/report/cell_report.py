"""What visible checks found, to be shown below a cell: as HTML and as text."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from grader.report.exercise_lines import exercise_lines
from grader.report.messages import passed_checks
from grader.report.result_view import exercise_view
from grader.report.template_environment import fill_template
from grader.result import ExerciseResult
from grader.sanitize import visible
from grader.settings import templates

MOST_FRAMES = 5
"""Lines of a traceback below a cell."""

_DARK = "[data-jp-theme-light=false] &, .vscode-dark &, .vscode-high-contrast &, [theme=dark] &"
_RESET = ":where(:not(svg, svg *, style)) { all: revert; }"  # to the browser's own, away from the editor's
_LIGHT = "[data-jp-theme-light=true] &, .vscode-light &, [theme=light] &"


def cell_report(exercises: Sequence[ExerciseResult], *, further: str = "") -> str:
    """Return HTML without a script for results; ``further`` says what hidden checks try."""
    shown = [_with_short_tracebacks(e) for e in exercises]
    mark = hashlib.sha256(repr(shown).encode()).hexdigest()[:12]  # anchors are those of the whole notebook's page
    views = [exercise_view(f"report-{mark}-{n}", e) for n, e in enumerate(shown, 1)]
    return fill_template("cell.html", views=views, summary=passed_checks(shown, further), cell_style=_style())


def cell_text(exercises: Sequence[ExerciseResult], *, further: str = "") -> str:
    """Return the same as text, one line for each sentence."""
    lines = []
    for exercise in map(exercise_lines, exercises):
        lines += [exercise.heading, *(f"  {sentence}" for sentence in exercise.sentences)]
        for check in exercise.checks:
            lines += [f"  {check.heading}", *(f"      {sentence}" for sentence in check.sentences)]
    return "\n".join(visible(line) for line in [*lines, passed_checks(exercises, further)])


def _with_short_tracebacks(exercise: ExerciseResult) -> ExerciseResult:
    checks = tuple(replace(c, traceback=c.traceback[-MOST_FRAMES:]) for c in exercise.checks)
    return replace(exercise, checks=checks)


@functools.cache
def _style() -> Markup:
    """Return the pages' style sheet for a part of somebody else's page.

    Its rules are nested, below one that undoes the editor's, and outweigh those by an id that nothing has. The theme of
    JupyterLab, VS Code and Colab decides before the system's.
    """
    style = (templates() / "static" / "page.css").read_text(encoding="utf-8")
    light, dark = re.findall(r":root \{([^}]*--background[^}]*)\}", style)[:2]
    style = re.sub(r"(?m)^@media print \{.*?^\}\n", "", style, flags=re.DOTALL | re.MULTILINE)
    style = re.sub(r"(?m)^html \{[^}]*\}\n", "", style)
    style = style.replace(":root {", "& {").replace("\nbody {", "\n& {")
    style = style.replace("@media (max-width", "@container (max-width")  # the cell's width, not the window's
    themes = f"{_LIGHT} {{ color-scheme: light; {light} }}\n{_DARK} {{ color-scheme: dark; {dark} }}"
    own = (templates() / "cell.css").read_text(encoding="utf-8")
    return Markup(f".grader-report:not(#_) {{\n{_RESET}\n{style}\n{themes}\n{own}\n}}")  # noqa: S704 - our own files
